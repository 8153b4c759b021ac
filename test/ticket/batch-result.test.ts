import t from 'tap'
import { createIssuer } from '../../src/ticket/issue.js'
import { createVerifier } from '../../src/ticket/verify.js'
import type { BatchContext, Key } from '../../src/types.js'

const key: Key = { secret: 'secret of the batch', digest: 'sha256' }
const issuer = createIssuer({ keys: [key] })
const ip = '192.0.2.7'
const now = 1_700_000_000
const cookie = (uid: string, tokens: string[] = []) => issuer.issue({ uid, tokens, userData: 'd' }, { ip, now })

t.test('a result is asked by index', async (t) => {
  const verifier = createVerifier({ keys: [{ secret: 'newer', digest: 'md5' }, key] })
  const batch = verifier.verifyMany([cookie('alice', ['a', 'b']), 'x', undefined], { ip })
  t.same([batch.size, batch.accepted], [3, 1])
  t.same([batch.ok(0), batch.ok(1)], [true, false])
  t.same([batch.keyIndex(0), batch.keyIndex(1)], [1, -1])
  t.same([batch.reason(0), batch.reason(1), batch.reason(2)], [undefined, 'malformed', 'absent'])
  const ticket = { uid: 'alice', tokens: ['a', 'b'], userData: 'd', issuedAt: now }
  t.same(batch.ticket(0), ticket)
  t.same(batch.result(0), { ok: true, ticket, keyIndex: 1 })
  t.same(batch.result(1), { ok: false, reason: 'malformed' })
  t.same(batch.counts(), { ok: 1, malformed: 1, absent: 1 })
  t.throws(() => batch.ticket(1), { code: 'ERR_TKT_OPTIONS', message: /refused/ })
  for (const index of [-1, 3, 0.5, Number.NaN]) {
    t.throws(() => batch.ok(index), { code: 'ERR_TKT_OPTIONS', message: /no ticket/ }, `${index}`)
  }
})

t.test('a smaller batch after a larger one has no more tickets than it was given', async (t) => {
  const verifier = createVerifier({ keys: [key] })
  verifier.verifyMany(
    Array.from({ length: 50 }, () => cookie('alice')),
    { ip },
  )
  const batch = verifier.verifyMany([cookie('bob')], { ip })
  t.throws(() => batch.ok(1), { code: 'ERR_TKT_OPTIONS' })
  t.equal(batch.ticket(0).uid, 'bob')
})

t.test('a result ends with the next batch of its verifier, not with another one', async (t) => {
  const verifier = createVerifier({ keys: [key] })
  const first = verifier.verifyMany([cookie('alice')], { ip })
  createVerifier({ keys: [key] }).verifyMany([cookie('bob')], { ip })
  verifier.verify(cookie('carol'), { ip })
  t.equal(first.ticket(0).uid, 'alice')
  verifier.verifyMany([], { ip })
  for (const ask of [
    () => first.size,
    () => first.accepted,
    () => first.ok(0),
    () => first.reason(0),
    () => first.keyIndex(0),
    () => first.ticket(0),
    () => first.result(0),
    () => first.counts(),
  ]) {
    t.throws(ask, { code: 'ERR_TKT_STALE', message: /verifyMany was called again/ })
  }
})

t.test('verdicts only: no fields', async (t) => {
  const verifier = createVerifier({ keys: [key] })
  const batch = verifier.verifyMany([cookie('alice'), ''], { ip, verdictsOnly: true })
  t.same([batch.ok(0), batch.keyIndex(0), batch.reason(1)], [true, 0, 'absent'])
  t.throws(() => batch.ticket(0), { code: 'ERR_TKT_OPTIONS', message: /only verdicts/ })
  t.throws(() => batch.result(0), { code: 'ERR_TKT_OPTIONS', message: /only verdicts/ })
  t.same(batch.result(1), { ok: false, reason: 'absent' })
})

t.test('the time, the end of a key and its list count as in verify', async (t) => {
  const keys: Key[] = [
    { secret: 'newest', digest: 'md5' },
    { ...key, acceptUntil: now + 50, strict: { alice: ['a'], bob: [] } },
  ]
  const verifier = createVerifier({ keys, timeout: 100 })
  const values = [cookie('alice', ['a']), cookie('alice', ['b']), cookie('bob'), cookie('mallory')]
  for (const at of [now, now + 50, now + 51, now + 100, now + 101]) {
    for (const verdictsOnly of [false, true]) {
      const batch = verifier.verifyMany(values, { ip, now: at, verdictsOnly })
      const wanted = values.map((value) => verifier.verify(value, { ip, now: at }))
      t.same(
        values.map((_, i) => batch.reason(i) ?? 'ok'),
        wanted.map((one) => (one.ok ? 'ok' : one.reason)),
        `${at - now}`,
      )
    }
  }
  const expired = createVerifier({ keys: [key], timeout: 100 }).verifyMany(values, { ip, now: now + 101 })
  t.same(expired.counts(), { expired: 4 })
})

t.test('a uid that means something else than it says', async (t) => {
  const pyramid: Key = { secret: 's', digest: 'sha512', dialect: 'pyramid' }
  // The same digest, and nobody who looks at the uid.
  const own = createIssuer({ keys: [{ secret: 's', digest: 'sha512' }] })
  const value = (uid: string, userData: string) => own.issue({ uid, userData }, { ip, now })
  const values = [
    value('YWxpY2U=', 'userid_type:b64unicode'),
    value('42', 'userid_type:int'),
    value('x', 'userid_type:int'),
    value('?', 'userid_type:b64str'),
  ]
  const verifier = createVerifier({ keys: [pyramid] })
  const batch = verifier.verifyMany(values, { ip })
  t.same(
    [batch.ticket(0).uid, batch.ticket(1).uid, batch.reason(2), batch.reason(3)],
    ['alice', '42', 'malformed', 'malformed'],
  )
})

t.test('an unbound verifier, with and without addresses', async (t) => {
  const free = createIssuer({ keys: [key], ignoreIp: true }).issue({ uid: 'alice' }, { now })
  const verifier = createVerifier({ keys: [key], ignoreIp: true })
  t.equal(verifier.verifyMany([free]).accepted, 1)
  t.equal(verifier.verifyMany([free], { ips: ['192.0.2.1'] }).accepted, 1)
  t.same(
    createVerifier({ keys: [key] })
      .verifyMany([free, 'x'])
      .counts(),
    { address: 1, malformed: 1 },
  )
})

t.test('misuse is said at once', async (t) => {
  const verifier = createVerifier({ keys: [key], timeout: 5 })
  for (const [values, context, message] of [
    ['one', { now }, /array of strings, or bytes/],
    [undefined, { now }, /array of strings, or bytes/],
    [[], { now, ips: 'x' }, /context.ips must be an array/],
    [['x'], { now, ips: [] }, /0 addresses for 1 tickets/],
    [[], { now, verdictsOnly: 1 }, /verdictsOnly must be true or false/],
    [[], { now, adress: ip }, /no option 'adress'/],
    [[], {}, /context.now must be unix time/],
  ] as const) {
    t.throws(() => verifier.verifyMany(values as never, context as BatchContext), { code: 'ERR_TKT_OPTIONS', message })
  }
})

t.test('without a self-test', async (t) => {
  const verifier = createVerifier({ keys: [key], selfTest: false })
  t.equal(verifier.verifyMany([cookie('alice')], { ip }).accepted, 1)
})

t.test('arguments that call back, or fail, spoil nothing', async (t) => {
  const verifier = createVerifier({ keys: [key] })
  const values = [cookie('alice'), 'x']
  Object.defineProperty(values, 1, { get: () => verifier.verifyMany([cookie('bob')], { ip }).size })
  t.throws(() => verifier.verifyMany(values, { ip }), { code: 'ERR_TKT_OPTIONS', message: /called again/ })
  const ips = [ip]
  Object.defineProperty(ips, 0, {
    get() {
      throw new Error('no address')
    },
  })
  t.throws(() => verifier.verifyMany([cookie('alice')], { ips }), { message: 'no address' })
  t.equal(verifier.verifyMany([cookie('alice')], { ip }).accepted, 1)
})
