import fc from 'fast-check'
import t from 'tap'
import { createVerifier, type Key } from '../../src/index.js'
import { splitText } from '../../src/ticket/fields.js'
import { createRing } from '../../src/ticket/ring.js'

const now = 1700000000
const ip = '192.0.2.7'
const keys: Key[] = [
  { secret: 'the newest secret of this ring', digest: 'sha512' },
  { secret: 'an older secret of this ring', digest: 'md5', dialect: 'lighttpd' },
]
const ring = createRing({ keys, ignoreIp: false, selfTest: false })
const lighttpdFirst = createRing({ keys: keys.toReversed(), ignoreIp: false, selfTest: false })

t.test('what is renewed verifies with the newest key, whatever a ticket may hold', async () => {
  const byte = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code))
  const part = fc.string({ unit: byte.filter((char) => char !== '!' && char !== '\0'), maxLength: 40 })
  const some = fc.oneof(part, fc.constant(''))
  const data = fc.oneof(
    part,
    fc.array(part, { maxLength: 4 }).map((parts) => parts.join('!')),
  )
  const choice = fc.constantFrom(ring, lighttpdFirst)
  const seconds = fc.integer({ min: 0, max: 0xffffffff })
  const address = fc
    .oneof(fc.ipV4(), fc.ipV6())
    .filter((text) => !/255\.255\.255\.255$|^(::|0:0:0:0:0:)ffff:ffff:ffff$/i.test(text))
  fc.assert(
    fc.property(
      choice,
      part,
      some,
      data,
      seconds,
      address,
      fc.boolean(),
      (ring, uid, tokens, userData, issuedAt, client, terse) => {
        const value = ring.renew(splitText(`${uid}!${tokens}!${userData}`), client, issuedAt, terse)
        const result = ring.verify(value, { ip: client, now })
        if (!result.ok || result.keyIndex !== 0) return false
        const { ticket } = result
        return (
          ticket.uid === uid &&
          ticket.tokens.join() === tokens &&
          ticket.userData === userData &&
          ticket.issuedAt === issuedAt
        )
      },
    ),
    { numRuns: 2000 },
  )
})

t.test('nothing is renewed for nobody, nor beyond what a cookie holds', async (t) => {
  for (const nobody of [undefined, '', 'localhost', '255.255.255.255', '::ffff:255.255.255.255']) {
    t.equal(ring.renew(splitText('alice!!'), nobody, now, false), undefined, String(nobody))
  }
  t.equal(ring.renew(splitText(`alice!!${'x'.repeat(9000)}`), ip, now, false), undefined)
  t.equal(ring.renew(splitText('alice!!\u0141'), ip, now, false), undefined)
  const free = createRing({ keys, ignoreIp: true, selfTest: false })
  const value = free.renew(splitText('alice!!'), undefined, now, false)
  t.match(createVerifier({ keys, ignoreIp: true }).verify(value), { ok: true, keyIndex: 0 })
})

t.test('renewing does not turn the verifier to another client', async (t) => {
  const mine = ring.renew(splitText('alice!!'), ip, now, false)
  for (const other of ['198.51.100.9', '2001:db8::1', '::']) {
    t.match(ring.verify(mine, { ip, now }), { ok: true })
    ring.renew(splitText('bob!!'), other, now, false)
    t.match(ring.verify(mine, { ip, now }), { ok: true })
    t.match(ring.verify(mine, { ip: other, now }), { ok: false, reason: 'digest' })
  }
})

t.test('a ring needs a key', async (t) => {
  t.throws(() => createRing({ keys: [], ignoreIp: false, selfTest: false }), { code: 'ERR_TKT_OPTIONS' })
})

t.test('what another dialect can have in a uid, and this one would read as more, is not renewed', async (t) => {
  const fields = (uid: string, userData = '') => ({ uid, tokens: [], userData })
  for (const dialect of ['apache', 'paste', 'plone', 'php-contrib', 'passport-authtkt', 'lighttpd'] as const) {
    const other = createRing({ keys: [{ secret: 'x', digest: 'sha256', dialect }], ignoreIp: false, selfTest: false })
    for (const uid of ['alice!admin', 'alice!', '!'])
      t.equal(other.renew(fields(uid), ip, now, false), undefined, dialect)
    t.equal(other.renew(fields('alice', 'a\0b'), ip, now, false), undefined, 'a NUL in the data, as base64 can have it')
    t.ok(other.renew(fields('alice'), ip, now, true))
  }
  const pyramid = createRing({
    keys: [{ secret: 'x', digest: 'md5', dialect: 'pyramid' }],
    ignoreIp: false,
    selfTest: false,
  })
  const typed = pyramid.renew(fields('alice!admin', 'userid_type:b64str'), ip, now, false)
  t.match(pyramid.verify(typed, { ip, now }), { ok: true, ticket: { uid: 'alice!admin', tokens: [] } })
})

t.test('terse: one separator without tokens, unless the data would be read as tokens', async (t) => {
  const text = (userData: string, tokens: string[] = []) =>
    Buffer.from(ring.renew({ uid: 'alice', tokens, userData }, ip, now, true) ?? '', 'base64').toString('latin1')
  t.match(text(''), /alice!$/)
  t.match(text('data'), /alice!data$/)
  t.match(text('da!ta'), /alice!!da!ta$/)
  t.match(text('data', ['a', 'b']), /alice!a,b!data$/)
})
