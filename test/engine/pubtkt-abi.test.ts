import { readFileSync } from 'node:fs'
import t from 'tap'
import { engineModule } from '../../src/engine/module.js'
import {
  BAD_ESCAPE,
  createSplitter,
  instantiateSplitter,
  MALFORMED,
  SPLIT,
  splitterModule,
  TEXT_MIN,
  TOO_LONG,
} from '../../src/engine/pubtkt.js'
import { SPLITTERS } from '../helpers/engines.js'

const EXPORTS = [
  ['memory', 'split', 'wipe', 'FIELDS', 'SIGNATURE', 'TEXT', 'TEXT_MAX', 'TEXT_MIN', 'VALUE', 'VALUE_MAX'],
  ['BAD_ESCAPE', 'MALFORMED', 'MISUSE', 'PUBTKT_ABI', 'SPLIT', 'TOO_LONG'],
].flat()

t.test('the release build imports nothing and exports the ABI, no more', async (t) => {
  const module = splitterModule()
  t.same(WebAssembly.Module.imports(module), [])
  const names = WebAssembly.Module.exports(module).map(({ name }) => name)
  t.same(names.sort(), [...EXPORTS].sort())
})

t.test('the debug build imports abort only, and exports the same', async (t) => {
  const [, debug] = SPLITTERS[1] as (typeof SPLITTERS)[number]
  t.same(
    WebAssembly.Module.imports(debug).map(({ module, name }) => `${module}.${name}`),
    ['env.abort'],
  )
  t.same(WebAssembly.Module.exports(debug), WebAssembly.Module.exports(splitterModule()))
})

t.test('the release build is at most 4 KB and its memory one page for ever', async (t) => {
  const bytes = readFileSync('build/pubtkt.wasm')
  t.ok(bytes.length <= 4 * 1024, `${bytes.length} bytes`)
  const memory = instantiateSplitter(splitterModule()).memory as WebAssembly.Memory & { grow(pages: number): number }
  t.equal(memory.buffer.byteLength, 65536)
  t.throws(() => memory.grow(1))
})

t.test('the embedded build and the published file are what the build made', async (t) => {
  const { binary } = await import('../../src/engine/pubtkt-binary.js')
  const made = readFileSync('build/pubtkt.wasm')
  t.equal(binary, made.toString('base64'))
  t.ok(readFileSync('dist/pubtkt.wasm').equals(made))
})

t.test('another module is refused, the engine too', async (t) => {
  const empty = new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0))
  for (const module of [empty, engineModule()]) t.throws(() => createSplitter(module), { code: 'ERR_TKT_ENGINE' })
})

t.test("the host's numbers are the module's", async (t) => {
  const e = instantiateSplitter(splitterModule())
  t.same(
    [SPLIT, MALFORMED, TOO_LONG, BAD_ESCAPE, TEXT_MIN],
    [e.SPLIT, e.MALFORMED, e.TOO_LONG, e.BAD_ESCAPE, e.TEXT_MIN].map(({ value }) => value),
  )
})

t.test('one process compiles the module once, and two splitters share no memory', async (t) => {
  t.equal(splitterModule(), splitterModule())
  const [one, other] = [createSplitter(), createSplitter()]
  one.split('uid=alice;sig=AAAA')
  t.equal(one.fields[0], 18)
  t.equal(other.fields[0], 0)
})

t.test('every region lies inside the memory and none overlaps another', async (t) => {
  const e = instantiateSplitter(splitterModule())
  const regions: [number, number][] = [
    [e.VALUE.value, e.VALUE_MAX.value],
    [e.TEXT.value, e.VALUE_MAX.value],
    [e.SIGNATURE.value, (e.TEXT_MAX.value * 3) / 4],
    [e.FIELDS.value, 64],
  ]
  regions.sort(([a], [b]) => a - b)
  for (const [index, [at, length]] of regions.entries()) {
    t.ok(at + length <= (regions[index + 1]?.[0] ?? e.memory.buffer.byteLength))
  }
})
