import { readFileSync } from 'node:fs'
import t from 'tap'
import { type BatchExports, batchModule, createBatch } from '../../src/engine/batch.js'
import { createEngine, UNBOUND } from '../../src/engine/engine.js'
import { engineModule } from '../../src/engine/module.js'
import { BATCHES, MODULES } from '../helpers/engines.js'

const CALLS = ['adoptKey', 'splitBytes', 'splitLines', 'verifyBatch', 'wipeBatch']
const GLOBALS = [
  ['ADDRESS_CHARS', 'ADDRESS_LENGTH', 'ADDRESS_SIZE', 'ADDRESS_TEXT_LENGTH', 'ADDRESSES', 'INPUT', 'INPUT_MAX'],
  ['LENGTHS', 'RECORDS', 'STARTS', 'TEXTS', 'TEXTS_MAX', 'TICKETS_MAX', 'ABSENT', 'BATCH_ABI', 'UNBOUND'],
].flat()
const ENGINE = WebAssembly.Module.exports(engineModule()).map(({ name }) => name)

t.test('the release build imports nothing and exports what the engine does and its own, no more', async (t) => {
  t.same(WebAssembly.Module.imports(batchModule()), [])
  const names = WebAssembly.Module.exports(batchModule()).map(({ name }) => name)
  t.same(names.sort(), [...ENGINE, ...CALLS, ...GLOBALS].sort())
})

t.test('the debug build imports abort only, and exports the same', async (t) => {
  const [, debug] = BATCHES[1] as (typeof BATCHES)[number]
  t.same(
    WebAssembly.Module.imports(debug).map(({ module, name }) => `${module}.${name}`),
    ['env.abort'],
  )
  t.same(WebAssembly.Module.exports(debug), WebAssembly.Module.exports(batchModule()))
})

t.test('the release build is at most 64 KB and its memory never grows', async (t) => {
  const bytes = readFileSync('build/batch.wasm')
  t.ok(bytes.length <= 64 * 1024, `${bytes.length} bytes`)
  const { memory } = exportsOf(batchModule())
  t.equal(memory.buffer.byteLength, 8 * 65536)
  t.throws(() => (memory as WebAssembly.Memory & { grow(pages: number): number }).grow(1))
})

t.test('only the batch module is taken for one', async (t) => {
  t.throws(() => createBatch(createEngine(), engineModule()), { code: 'ERR_TKT_ENGINE', message: /not a batch/ })
})

t.test('the ring of another build is not taken', async (t) => {
  const engine = createEngine()
  const other = { ...engine, ring: () => ({ keys: 1, bytes: new Uint8Array(8) }) }
  t.throws(() => createBatch(other), { code: 'ERR_TKT_ENGINE', message: /refuses key 0/ })
})

for (const [build, module] of BATCHES) {
  t.test(`what cannot be is refused (${build})`, async (t) => {
    const e = exportsOf(module)
    const [count, length] = [e.TICKETS_MAX.value, e.INPUT_MAX.value]
    const input = Buffer.from(e.memory.buffer, e.INPUT.value, length)
    for (const call of [() => e.splitLines(length + 1, 0), () => e.verifyBatch(count + 1, 0, 0)]) {
      input.fill('x')
      t.equal(call(), e.MISUSE.value)
      t.ok(input.equals(Buffer.alloc(length)), 'and nothing of it stays')
    }
    t.equal(e.splitLines(length + 1, 0), e.MISUSE.value)
    t.equal(e.splitLines(-1, 0), e.MISUSE.value)
    t.equal(e.verifyBatch(count + 1, 0, 0), e.MISUSE.value)
    t.equal(e.verifyBatch(-1, 0, 0), e.MISUSE.value)
    t.equal(e.verifyBatch(0, 0, 0), 0)
    const starts = new Uint32Array(e.memory.buffer, e.STARTS.value, 1)
    const lengths = new Uint16Array(e.memory.buffer, e.LENGTHS.value, 1)
    for (const [start, size] of [
      [length + 1, 0],
      [0xffffffff, 41],
      [length - 40, 41],
      [length - 40, 8192],
    ] as const) {
      starts[0] = start
      lengths[0] = size
      t.equal(e.verifyBatch(1, 0, 0), e.MISUSE.value, `${start} ${size}`)
    }
    // As often as there is room for, and once more: they would be more text than fits.
    const all = new Uint32Array(e.memory.buffer, e.STARTS.value, count)
    const sizes = new Uint16Array(e.memory.buffer, e.LENGTHS.value, count)
    all.fill(0)
    sizes.fill(8192)
    t.equal(e.verifyBatch(length / 8192, 0, 0), 0)
    t.equal(e.verifyBatch(length / 8192 + 1, 0, 0), e.MISUSE.value)
    t.equal(e.adoptKey(1), e.MISUSE.value)
    t.equal(e.adoptKey(-1), e.MISUSE.value)
    for (let index = 0; index < e.KEYS_MAX.value; index++) t.equal(e.adoptKey(index), 0)
    t.equal(e.adoptKey(e.KEYS_MAX.value), e.MISUSE.value)
  })

  t.test(`a host that hands over more than there is room for hears of it (${build})`, async (t) => {
    const batch = createBatch(createEngine((MODULES[0] as (typeof MODULES)[number])[1]), module)
    batch.useAddress(UNBOUND)
    t.throws(() => batch.verify(batch.room.tickets + 1, false, 0), { code: 'ERR_TKT_ENGINE' })
  })
}

function exportsOf(
  module: WebAssembly.Module,
): BatchExports & { MISUSE: WebAssembly.Global; KEYS_MAX: WebAssembly.Global } {
  const abort = () => {
    throw new Error('abort')
  }
  return new WebAssembly.Instance(module, { env: { abort } }).exports as never
}
