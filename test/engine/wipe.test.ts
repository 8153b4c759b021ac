import t from 'tap'
import { DIALECTS } from '../../src/engine/dialects.js'
import { instantiate } from '../../src/engine/module.js'
import type { Digest as AnyDigest, Dialect, Encoding } from '../../src/types.js'

type Digest = Exclude<AnyDigest, 'sha1'>

import { MODULES } from '../helpers/engines.js'
import { referenceTicket } from '../helpers/reference.js'

const secret = Buffer.from('S3cr3t-that-must-not-leak-anywhere!')
const address = Buffer.from([192, 0, 2, 7])
const SHORTEST = 6

/** Every run of six bytes of `needle` that is still somewhere in `memory`, outside [from, end). */
function leftovers(memory: Buffer, needle: Buffer, from = 0, end = 0): string[] {
  const found: string[] = []
  for (let i = 0; i + SHORTEST <= needle.length; i++) {
    const run = needle.subarray(i, i + SHORTEST)
    for (let at = memory.indexOf(run); at >= 0; at = memory.indexOf(run, at + 1)) {
      if (at < from || at >= end) found.push(`${run.toString('latin1')} at ${at}`)
    }
  }
  return found
}

function encode(ticket: string, encoding: Encoding): string {
  if (encoding === 'raw') return `"${ticket}"`
  if (encoding === 'base64') return Buffer.from(ticket, 'latin1').toString('base64')
  return [...ticket].map((char) => `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`).join('')
}

for (const [build, module] of MODULES) {
  for (const digest of ['md5', 'sha256', 'sha512'] as Digest[]) {
    for (const dialect of ['apache', 'lighttpd'] as Dialect[]) {
      t.test(`nothing is left behind by any outcome (${dialect} ${digest}, ${build})`, async (t) => {
        const e = instantiate(module)
        const memory = Buffer.from(e.memory.buffer)
        const ring = e.RING.value
        const ringEnd = ring + e.KEYS_MAX.value * e.KEY_SIZE.value
        const recipe = DIALECTS[dialect]
        const numbers = { md5: e.MD5.value, sha256: e.SHA256.value, sha512: e.SHA512.value }
        const apache = [
          e.RECIPE_SEPARATED,
          e.RECIPE_HEX,
          e.RECIPE_NUL_ENDS,
          e.RECIPE_RAW,
          e.RECIPE_PERCENT,
          e.RECIPE_BASE64,
        ]
        const lighttpd = [e.RECIPE_ADDRESS_TEXT, e.RECIPE_ANY_CASE, e.RECIPE_BASE64]
        const bits = (dialect === 'apache' ? apache : lighttpd).reduce((sum, { value }) => sum | value, 0)
        secret.copy(memory, ring + e.KEY_SECRET.value)
        t.equal(e.loadKey(0, numbers[digest], bits, secret.length), 0)
        address.copy(memory, e.ADDRESS.value)
        memory.write('192.0.2.7', e.ADDRESS_TEXT.value)
        const base = {
          dialect,
          digest,
          secret,
          address: dialect === 'apache' ? address : Buffer.from('192.0.2.7'),
          issuedAt: 0x6553f100,
          uid: 'Zq1Zq2Zq3Zq4Zq5',
          tokens: 'Tk7Tk8Tk9,Tk0',
          userData: 'Yd1Yd2Yd3Yd4!Yd5Yd6'.repeat(5),
        }
        const good = referenceTicket(base)
        const bad = good.slice(0, 3) + (good[3] === '0' ? '1' : '0') + good.slice(4)
        const digits = 2 * (16 << numbers[digest])
        const shapes: [string, string, number][] = [
          ['valid', good, 1],
          ['tampered', bad, e.MISMATCH.value],
          ['cut', good.slice(0, 30), e.MALFORMED.value],
          ['without a timestamp', `${good.slice(0, digits)}zzzz${good.slice(digits + 4)}`, e.MALFORMED.value],
        ]
        for (const encoding of recipe.encodings) {
          for (const [name, ticket, status] of shapes) {
            const value = Buffer.from(encode(ticket, encoding), 'latin1')
            value.copy(memory, e.COOKIE.value)
            const answer = e.verify(value.length, 4, 9)
            t.equal(answer, status, `${name} ${encoding}`)
            const expected = Buffer.from(good.slice(0, digits))
            t.same(leftovers(memory, expected), [], `no digest after ${name} ${encoding}`)
            t.same(leftovers(memory, Buffer.from(expected.toString('latin1'), 'hex')), [], 'nor its bytes')
            e.wipe()
            t.same(leftovers(memory, Buffer.from(ticket, 'latin1')), [], `no ticket after ${name} ${encoding}`)
            t.same(leftovers(memory, value), [], `no cookie value after ${name} ${encoding}`)
            t.same(leftovers(memory, secret, ring, ringEnd), [], 'the secret is in the ring only')
          }
        }
        const fields = Buffer.from(good.slice(digits + 8), 'latin1')
        for (const form of [e.RECIPE_RAW.value, e.RECIPE_PERCENT.value, e.RECIPE_BASE64.value]) {
          fields.copy(memory, e.SEAL_FIELDS.value)
          t.ok(e.seal(fields.length, base.issuedAt, 4, 9, form) > 0)
          e.wipe()
          t.same(leftovers(memory, Buffer.from(good, 'latin1')), [], 'no ticket after sealing')
        }
        Buffer.from(encode(good, 'base64')).copy(memory, e.COOKIE.value)
        e.peek(encode(good, 'base64').length)
        e.wipe()
        t.same(leftovers(memory, Buffer.from(good, 'latin1')), [], 'no ticket after a peek')
        const calls: [string, number, () => number][] = [
          ['a wrong address', e.MISUSE.value, () => e.verify(good.length, 5, 0)],
          ['a wrong length', e.TOO_LONG.value, () => e.verify(e.COOKIE_MAX.value + 1, 4, 9)],
          ['a wrong length, peeking', e.TOO_LONG.value, () => e.peek(e.COOKIE_MAX.value + 1)],
        ]
        for (const [name, status, call] of calls) {
          Buffer.from(good, 'latin1').copy(memory, e.COOKIE.value)
          t.equal(call(), status)
          t.same(leftovers(memory, Buffer.from(good, 'latin1')), [], `no cookie value after ${name}`)
        }
        for (const length of [fields.length, e.SEAL_FIELDS_MAX.value + 1]) {
          fields.copy(memory, e.SEAL_FIELDS.value)
          t.ok(e.seal(length, base.issuedAt, 4, 9, 0) < 0)
          t.same(leftovers(memory, fields), [], 'no fields after sealing was refused')
        }
        Buffer.from('abc').copy(memory, e.MESSAGE.value)
        e.digest(numbers[digest], 3)
        e.wipe()
        const outside = Buffer.concat([
          memory.subarray(e.COOKIE.value, e.ADDRESS.value),
          memory.subarray(e.FIELDS.value, ring),
        ])
        t.ok(
          outside.every((byte) => byte === 0),
          'all working memory is zero',
        )
      })
    }
  }
}
