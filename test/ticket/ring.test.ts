import fc from 'fast-check'
import t from 'tap'
import { createVerifier, type Key } from '../../src/index.js'
import { createRing } from '../../src/ticket/ring.js'

const now = 1700000000
const ip = '192.0.2.7'
const keys: Key[] = [
  { secret: 'the newest secret of this ring', digest: 'sha512' },
  { secret: 'an older secret of this ring', digest: 'md5', dialect: 'lighttpd' },
]
const ring = createRing({ keys, ignoreIp: false, selfTest: false })

t.test('what is renewed verifies with the newest key, whatever a ticket may hold', async () => {
  const byte = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code))
  const part = fc.string({ unit: byte.filter((char) => char !== '!' && char !== '\0'), maxLength: 40 })
  const seconds = fc.integer({ min: 0, max: 0xffffffff })
  const address = fc
    .oneof(fc.ipV4(), fc.ipV6())
    .filter((text) => !/255\.255\.255\.255$|^(::|0:0:0:0:0:)ffff:ffff:ffff$/i.test(text))
  fc.assert(
    fc.property(part, part, part, seconds, address, (uid, tokens, userData, issuedAt, client) => {
      const value = ring.renew(`${uid}!${tokens}!${userData}`, client, issuedAt)
      const result = ring.verify(value, { ip: client, now })
      if (!result.ok || result.keyIndex !== 0) return false
      const { ticket } = result
      return (
        ticket.uid === uid &&
        ticket.tokens.join() === tokens &&
        ticket.userData === userData &&
        ticket.issuedAt === issuedAt
      )
    }),
    { numRuns: 2000 },
  )
})

t.test('nothing is renewed for nobody, nor beyond what a cookie holds', async (t) => {
  for (const nobody of [undefined, '', 'localhost', '255.255.255.255', '::ffff:255.255.255.255']) {
    t.equal(ring.renew('alice!!', nobody, now), undefined, String(nobody))
  }
  t.equal(ring.renew(`alice!!${'x'.repeat(9000)}`, ip, now), undefined)
  t.equal(ring.renew('alice!!\u0141', ip, now), undefined)
  const free = createRing({ keys, ignoreIp: true, selfTest: false })
  const value = free.renew('alice!!', undefined, now)
  t.match(createVerifier({ keys, ignoreIp: true }).verify(value), { ok: true, keyIndex: 0 })
})

t.test('renewing does not turn the verifier to another client', async (t) => {
  const mine = ring.renew('alice!!', ip, now)
  for (const other of ['198.51.100.9', '2001:db8::1', '::']) {
    t.match(ring.verify(mine, { ip, now }), { ok: true })
    ring.renew('bob!!', other, now)
    t.match(ring.verify(mine, { ip, now }), { ok: true })
    t.match(ring.verify(mine, { ip: other, now }), { ok: false, reason: 'digest' })
  }
})

t.test('a ring needs a key', async (t) => {
  t.throws(() => createRing({ keys: [], ignoreIp: false, selfTest: false }), { code: 'ERR_TKT_OPTIONS' })
})
