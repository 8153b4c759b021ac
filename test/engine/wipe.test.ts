import t from 'tap'
import { DIALECTS } from '../../src/engine/dialects.js'
import { recipeNumber } from '../../src/engine/engine.js'
import { instantiate } from '../../src/engine/module.js'
import type { Dialect, Digest, Encoding } from '../../src/types.js'
import { ENGINES } from '../helpers/engines.js'
import { cookieQuoted, referenceTicket } from '../helpers/reference.js'

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
  if (encoding === 'quoted') return cookieQuoted(`${ticket},`).replace('\\054"', '"')
  if (encoding === 'base64') return Buffer.from(ticket, 'latin1').toString('base64')
  return [...ticket].map((char) => `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`).join('')
}

for (const [build, module] of ENGINES) {
  for (const digest of ['md5', 'sha1', 'sha256', 'sha512'] as Digest[]) {
    for (const dialect of Object.keys(DIALECTS) as Dialect[]) {
      if (DIALECTS[dialect].hmac && digest !== 'sha256') continue
      t.test(`nothing is left behind by any outcome (${dialect} ${digest}, ${build})`, async (t) => {
        const e = instantiate(module)
        const memory = Buffer.from(e.memory.buffer)
        const ring = e.RING.value
        const ringEnd = ring + e.KEYS_MAX.value * e.KEY_SIZE.value
        const recipe = DIALECTS[dialect]
        const numbers = { md5: e.MD5.value, sha1: e.SHA1.value, sha256: e.SHA256.value, sha512: e.SHA512.value }
        const bits = recipeNumber(e, recipe)
        secret.copy(memory, ring + e.KEY_SECRET.value)
        t.equal(e.loadKey(0, numbers[digest], bits, secret.length), 0)
        address.copy(memory, e.ADDRESS.value)
        memory.write('192.0.2.7', e.ADDRESS_TEXT.value)
        const base = {
          dialect,
          digest,
          secret,
          address: dialect === 'lighttpd' ? Buffer.from('192.0.2.7') : address,
          issuedAt: 0x6553f100,
          uid: 'Zq1Zq2Zq3Zq4Zq5',
          tokens: 'Tk7Tk8Tk9,Tk0',
          userData: 'Yd1Yd2Yd3Yd4!Yd5Yd6'.repeat(5),
        }
        const good = referenceTicket(base)
        const bad = good.slice(0, 3) + (good[3] === '0' ? '1' : '0') + good.slice(4)
        const digits = recipe.hmac ? 32 : { md5: 32, sha1: 40, sha256: 64, sha512: 128 }[digest]
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
        const plain = `${base.uid}!${base.tokens}!${base.userData}`
        // Escapes undone make the second reading shorter than the first.
        const escapes = Buffer.from(`"${'a'.repeat(40)}bob%21tok%21${'\\101'.repeat(60)}${'Rest7Rest8'.repeat(6)}"`)
        escapes.copy(memory, e.COOKIE.value)
        t.ok(e.verify(escapes.length, 4, 9) <= 0)
        t.same(leftovers(memory, Buffer.from('Rest7Rest8')), [], 'nothing of what was decoded twice')
        const fields = Buffer.from(plain, 'latin1')
        for (const name of ['RECIPE_RAW', 'RECIPE_PERCENT', 'RECIPE_BASE64', 'RECIPE_QUOTED'] as const) {
          fields.copy(memory, e.SEAL_FIELDS.value)
          t.ok(e.seal(fields.length, base.issuedAt, 4, 9, e[name].value) > 0)
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
        const shown = memory.indexOf('Zq1Zq2')
        t.equal(shown, -1, 'no field')
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

for (const [build, module] of ENGINES) {
  t.test(`a long HMAC secret is in the ring alone, in no other words (${build})`, async (t) => {
    const e = instantiate(module)
    const memory = Buffer.from(e.memory.buffer)
    const before = Buffer.from(memory)
    Buffer.alloc(200, 'a long secret').copy(memory, e.RING.value + e.KEY_SECRET.value)
    t.equal(e.loadKey(0, e.SHA256.value, recipeNumber(e, DIALECTS.plone), 200), 0)
    const end = e.RING.value + e.KEY_SIZE.value
    const changed: number[] = []
    for (let i = 0; i < memory.length; i++) if (memory[i] !== before[i]) changed.push(i)
    t.same(
      changed.filter((at) => at < e.RING.value || at >= end),
      [],
    )
  })
}
