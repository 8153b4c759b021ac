import { randomBytes } from 'node:crypto'
import t from 'tap'
import { DIALECTS } from '../../src/engine/dialects.js'
import { createEngine, MALFORMED, MISMATCH, TOO_LONG } from '../../src/engine/engine.js'
import { instantiate } from '../../src/engine/module.js'
import { ENGINES } from '../helpers/engines.js'

/** A text, or one made from the digest's digits. */
type Value = string | ((head: string) => string)

const CORPUS: readonly [name: string, value: Value, status: number][] = [
  ['one byte', 'x', MALFORMED],
  ['one quote', '"', MALFORMED],
  ['two quotes', '""', MALFORMED],
  ['one separator only', '!', MALFORMED],
  ['separators only', '!'.repeat(100), MALFORMED],
  ['no separator, raw', (head) => `${head}6553f100alice`, MALFORMED],
  ['no separator, base64', (head) => btoa(`${head}6553f100alice`), MALFORMED],
  ['separator inside the digest', (head) => `${head.slice(1)}!6553f100alice!`, MALFORMED],
  ['separator inside the timestamp', (head) => `${head}6553f1!0alice!`, MALFORMED],
  ['timestamp without hex digits', (head) => `${head}zzzzzzzzalice!`, MALFORMED],
  ['timestamp with a sign', (head) => `${head}+553f100alice!`, MALFORMED],
  ['timestamp with 0x', (head) => `${head}0x53f100alice!`, MALFORMED],
  ['timestamp with a blank', (head) => `${head} 553f100alice!`, MALFORMED],
  ['timestamp of control bytes', (head) => btoa(`${head}\x11\x12\x13\x14\x15\x16\x17\x18alice!`), MALFORMED],
  ['upper-case timestamp', (head) => `${head}6553F100alice!`, MISMATCH],
  ['six separators', (head) => `${head}6553f100a!b!c!d!e!f!`, MISMATCH],
  ['an empty uid', (head) => `${head}6553f100!`, MISMATCH],
  ['percent-escaped', (head) => `${head}6553f100alice%21`, MISMATCH],
  ['percent-escaped, broken escape at the end', (head) => `${head}6553f100alice%21%2`, MISMATCH],
  ['NUL in the uid', (head) => `${head}6553f100al%00ice%21`, MALFORMED],
  ['a percent sign and no separator', (head) => `${head}6553f100alice%2`, MALFORMED],
  ['bytes above 0x7f', (head) => `${head}6553f100\xe9l\xe8ve!\xff`, MISMATCH],
  ['a char above 0xFF', (head) => `${head}6553f100alice!\u0141`, MALFORMED],
  ['a char above 0xFF that truncates to the right byte', (head) => `${head}6553f100\u0161lice!`, MALFORMED],
  ['a lone surrogate', (head) => `${head}6553f100alice!\ud800`, MALFORMED],
  ['all 8192 bytes', (head) => `${head}6553f100alice!${'d'.repeat(8192 - head.length - 14)}`, MISMATCH],
  ['8192 bytes above 0x7f', '\xff'.repeat(8192), MALFORMED],
  ['one byte too many', 'A'.repeat(8193), TOO_LONG],
  ['1 MB', 'A'.repeat(1 << 20), TOO_LONG],
]

for (const [build, module] of ENGINES) {
  for (const digest of ['md5', 'sha256', 'sha512'] as const) {
    t.test(`hostile cookie values are refused (${digest}, ${build})`, async (t) => {
      const engine = createEngine(module)
      engine.loadKey(randomBytes(32), digest, DIALECTS.apache)
      const digits = { md5: 32, sha256: 64, sha512: 128 }[digest]
      for (const [name, make, status] of CORPUS) {
        const value = typeof make === 'string' ? make : make('0'.repeat(digits))
        t.equal(engine.verify(value), status, name)
        if (status !== MALFORMED) t.equal(engine.peek(value), status === TOO_LONG ? TOO_LONG : 1, `${name}, peeked at`)
        engine.wipe()
      }
    })
  }

  t.test(`random bytes of every length are refused (${build})`, async (t) => {
    const engine = createEngine(module)
    for (const dialect of ['apache', 'lighttpd'] as const) {
      for (const digest of ['md5', 'sha256', 'sha512'] as const)
        engine.loadKey(randomBytes(20), digest, DIALECTS[dialect])
    }
    for (let length = 0; length <= 1200; length++) {
      const bytes = randomBytes(length)
      for (const value of [bytes.toString('latin1'), bytes.toString('base64'), `${bytes.toString('hex')}!`]) {
        if (engine.verify(value) > 0) t.fail(`${length} random bytes verified`)
      }
    }
  })

  t.test(`a host's mistakes are answered, not followed (${build})`, async (t) => {
    const e = instantiate(module)
    const misuse = e.MISUSE.value
    t.equal(e.verify(-1, 4, 0), e.TOO_LONG.value)
    t.equal(e.verify(e.COOKIE_MAX.value + 1, 4, 0), e.TOO_LONG.value)
    for (const [binary, text] of [
      [0, 0],
      [5, 0],
      [-1, 0],
      [4, 65],
      [4, -1],
      [17, 0],
    ] as const) {
      t.equal(e.verify(10, binary, text), misuse)
      t.equal(e.seal(10, 0, binary, text, e.RECIPE_RAW.value), misuse)
    }
    t.equal(e.seal(3, 0, 4, 0, e.RECIPE_RAW.value), misuse, 'no key')
    for (const [index, digest, length] of [
      [1, 0, 8],
      [-1, 0, 8],
      [0, 4, 8],
      [0, -1, 8],
      [0, 0, 0],
      [0, 0, 1025],
      [0, 0, -1],
    ] as const) {
      t.equal(e.loadKey(index, digest, 0, length), misuse)
    }
    for (const digest of [e.MD5, e.SHA1, e.SHA512]) {
      t.equal(e.loadKey(0, digest.value, e.RECIPE_HMAC.value, 8), misuse, 'an HMAC is of SHA-256')
    }
    t.equal(e.loadKey(0, 0, 0, 8), 0)
    t.equal(e.loadKey(0, 0, 0, 8), misuse, 'the same key twice')
    const fields = new Uint8Array(e.memory.buffer, e.SEAL_FIELDS.value, 16)
    fields.set(Buffer.from('abc'))
    t.equal(e.seal(3, 0, 4, 0, e.RECIPE_RAW.value), misuse, 'no separator')
    fields.set(Buffer.from('a!b!'))
    t.equal(e.seal(4, 0, 4, 0, 0), misuse, 'no such form')
    t.equal(e.seal(4, 0, 4, 0, e.RECIPE_RAW.value), misuse, 'the fields were wiped')
    t.equal(e.seal(e.SEAL_FIELDS_MAX.value + 1, 0, 4, 0, e.RECIPE_RAW.value), e.TOO_LONG.value)
  })
}
