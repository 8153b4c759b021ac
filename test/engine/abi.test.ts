import { readFileSync } from 'node:fs'
import t from 'tap'
import { createEngine, MALFORMED, MISMATCH, TOO_LONG } from '../../src/engine/engine.js'
import { engineModule, instantiate } from '../../src/engine/module.js'
import { MODULES } from '../helpers/engines.js'

const CALLS = [
  ['closeLong', 'concludeLong', 'digest', 'loadKey', 'longMessage', 'memory'],
  ['openLong', 'peek', 'seal', 'verify', 'wipe'],
].flat()
const GLOBALS = [
  ['ADDRESS', 'ADDRESS_TEXT', 'ADDRESS_TEXT_MAX', 'COOKIE', 'COOKIE_MAX', 'FIELDS', 'KEYS_MAX', 'KEY_SECRET'],
  ['KEY_SIZE', 'MESSAGE', 'MESSAGE_MAX', 'RING', 'SEAL_FIELDS', 'SEAL_FIELDS_MAX', 'SECRET_MAX', 'STATE'],
  ['ABI', 'MALFORMED', 'MD5', 'MISMATCH', 'MISUSE', 'SHA1', 'SHA256', 'SHA512', 'TOO_LONG'],
  ['RECIPE_ADDRESS_TEXT', 'RECIPE_ANY_CASE', 'RECIPE_BASE64', 'RECIPE_BYTES', 'RECIPE_DATA_BASE64', 'RECIPE_HEX'],
  ['RECIPE_HMAC', 'RECIPE_IPV6_TEXT', 'RECIPE_NUL_ENDS', 'RECIPE_PERCENT', 'RECIPE_QUOTED', 'RECIPE_RAW'],
  ['RECIPE_SEPARATED', 'RECIPE_SHIFTED', 'RECIPE_UID_QUOTED'],
].flat()

t.test('the release build imports nothing and exports the ABI, no more', async (t) => {
  const module = engineModule()
  t.same(WebAssembly.Module.imports(module), [])
  const names = WebAssembly.Module.exports(module).map(({ name }) => name)
  t.same(names.sort(), [...CALLS, ...GLOBALS].sort())
})

t.test('the debug build imports abort only, and exports the same', async (t) => {
  const [, debug] = MODULES[1] as (typeof MODULES)[number]
  t.same(
    WebAssembly.Module.imports(debug).map(({ module, name }) => `${module}.${name}`),
    ['env.abort'],
  )
  t.same(WebAssembly.Module.exports(debug), WebAssembly.Module.exports(engineModule()))
})

t.test('the release build is at most 40 KB and its memory three pages for ever', async (t) => {
  const bytes = readFileSync('build/engine.wasm')
  t.ok(bytes.length <= 40 * 1024, `${bytes.length} bytes`)
  const memory = instantiate(engineModule()).memory as WebAssembly.Memory & { grow(pages: number): number }
  t.equal(memory.buffer.byteLength, 3 * 65536)
  t.throws(() => memory.grow(1))
})

t.test('the embedded build is the file that the build made', async (t) => {
  const { binary } = await import('../../src/engine/binary.js')
  t.equal(binary, readFileSync('build/engine.wasm').toString('base64'))
})

t.test('an assertion of the debug build arrives as a message that says where', async (t) => {
  const [, debug] = MODULES[1] as (typeof MODULES)[number]
  const e = instantiate(debug)
  const keyDigest = e.RING.value + e.KEY_SIZE.value - 16
  t.equal(e.loadKey(0, e.MD5.value, e.RECIPE_RAW.value, 8), 0)
  new Int32Array(e.memory.buffer, keyDigest, 1)[0] = 9
  const cookie = new Uint8Array(e.memory.buffer, e.COOKIE.value, 64)
  cookie.set(Buffer.from(`${'0'.repeat(40)}alice!`))
  t.throws(() => e.verify(46, 4, 0), /a key in the ring has no such digest.*assembly\/verify\.ts:\d+/)
})

t.test('a module with another ABI is refused', async (t) => {
  const other = new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0))
  t.throws(() => createEngine(other), { code: 'ERR_TKT_ENGINE' })
})

t.test("the host's numbers are the engine's", async (t) => {
  const e = instantiate(engineModule())
  t.same([MALFORMED, MISMATCH, TOO_LONG], [e.MALFORMED.value, e.MISMATCH.value, e.TOO_LONG.value])
})

t.test('a host that does not wipe before it writes is refused, never mistaken', async (t) => {
  const e = instantiate(engineModule())
  const memory = Buffer.from(e.memory.buffer)
  memory.write('secret', e.RING.value + e.KEY_SECRET.value)
  e.loadKey(0, e.MD5.value, e.RECIPE_SEPARATED.value | e.RECIPE_HEX.value | e.RECIPE_RAW.value, 6)
  memory.write('alice!!', e.SEAL_FIELDS.value)
  const length = e.seal(7, 1, 4, 0, e.RECIPE_RAW.value)
  const ticket = memory.toString('latin1', e.COOKIE.value, e.COOKIE.value + length)
  e.wipe()
  const verify = () => {
    memory.write(ticket, e.COOKIE.value, 'latin1')
    return e.verify(length, 4, 0)
  }
  t.equal(verify(), 1)
  t.equal(verify(), e.MALFORMED.value, 'not wiped')
  t.equal(verify(), 1)
  e.wipe()
  t.equal(verify(), 1, 'wiped')
})

t.test('every region lies inside the memory and none overlaps another', async (t) => {
  const e = instantiate(engineModule())
  const regions: [number, number][] = [
    [e.ADDRESS.value, 16],
    [e.ADDRESS_TEXT.value, e.ADDRESS_TEXT_MAX.value],
    [e.COOKIE.value, e.COOKIE_MAX.value],
    [e.FIELDS.value, 32],
    [e.MESSAGE.value, e.MESSAGE_MAX.value],
    [e.RING.value, e.KEYS_MAX.value * e.KEY_SIZE.value],
    [e.SEAL_FIELDS.value, e.SEAL_FIELDS_MAX.value],
    [e.STATE.value, 64],
  ]
  regions.sort(([a], [b]) => a - b)
  for (const [index, [at, length]] of regions.entries()) {
    t.ok(at + length <= (regions[index + 1]?.[0] ?? e.memory.buffer.byteLength))
  }
})
