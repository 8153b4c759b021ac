/** `cache` of a verifier: the same answers, less work. */

import fc from 'fast-check'
import t from 'tap'
import { createEngine } from '../../src/engine/engine.js'
import { createIssuer, createVerifier, type Key, type VerifierOptions } from '../../src/index.js'
import { createRing } from '../../src/ticket/ring.js'
import type { Rules } from '../../src/ticket/verified.js'
import { verifierOn } from '../../src/ticket/verify.js'
import { referenceTicket } from '../helpers/reference.js'

const now = 1_700_000_000
const ip = '192.0.2.7'
const secret = 'a secret that is long enough'
const key: Key = { secret, digest: 'sha256' }
const fields = { uid: 'alice', tokens: ['finance', 'admin'], userData: 'hello world' }
const value = createIssuer({ keys: [key] }).issue(fields, { ip, now })
const ticket = { ...fields, issuedAt: now }
const counts = (hits: number, misses: number, evictions = 0) => ({ hits, misses, evictions })

/** A cookie value of any bytes. */
const ticketOf = (uid: string, tokens = '', userData = '', issuedAt = now) =>
  Buffer.from(
    referenceTicket({
      dialect: 'apache',
      digest: 'sha256',
      secret: Buffer.from(secret),
      address: Buffer.from([192, 0, 2, 7]),
      issuedAt,
      uid,
      tokens,
      userData,
    }),
    'latin1',
  ).toString('base64')

t.test('without the option nothing is remembered', async (t) => {
  for (const options of [{}, { cache: false }]) {
    const verifier = createVerifier({ keys: [key], ...options })
    verifier.verify(value, { ip })
    t.match(verifier.verify(value, { ip }), { ok: true, ticket })
    t.same(verifier.cacheStats(), counts(0, 0))
  }
  const ring = createRing({ keys: [key], ignoreIp: false, selfTest: false })
  ring.verify(value, { ip })
  t.same(ring.cacheStats(), counts(0, 0))
})

t.test('the second look at a ticket is a hit, and says the same', async (t) => {
  const plain = createVerifier({ keys: [key] })
  for (const cache of [true, { entries: 2 }]) {
    const verifier = createVerifier({ keys: [key], cache })
    for (const hits of [0, 1, 2]) {
      t.strictSame(verifier.verify(value, { ip }), plain.verify(value, { ip }))
      t.same(verifier.cacheStats(), counts(hits, 1))
    }
    t.not(verifier.cacheStats(), verifier.cacheStats(), 'the counts are copies')
  }
})

t.test('another address is no hit, and refused', async (t) => {
  const verifier = createVerifier({ keys: [key], cache: true })
  verifier.verify(value, { ip })
  t.same(verifier.verify(value, { ip: '192.0.2.8' }), { ok: false, reason: 'digest' })
  for (const none of [{}, undefined, { ip: '' }, { ip: '192.0.2.007' }]) {
    t.same(verifier.verify(value, none), { ok: false, reason: 'address' })
  }
  t.same(
    verifier.verify(value, { ip: '192.0.2.8' }),
    { ok: false, reason: 'digest' },
    'what was refused is not remembered',
  )
  t.equal(verifier.cacheStats().hits, 0)
})

t.test('where the address does not count, all share what is remembered', async (t) => {
  const verifier = createVerifier({ keys: [key], ignoreIp: true, cache: true })
  const unbound = createIssuer({ keys: [key], ignoreIp: true }).issue(fields, { now })
  for (const context of [{ ip }, { ip: '2001:db8::1' }, undefined])
    t.match(verifier.verify(unbound, context), { ok: true, ticket })
  t.same(verifier.cacheStats(), counts(2, 1))
})

t.test('a changed ticket is none that is remembered', async (t) => {
  const verifier = createVerifier({ keys: [key], cache: true })
  verifier.verify(value, { ip })
  for (let at = 0; at < value.length; at++) {
    const other = value.slice(0, at) + (value[at] === 'A' ? 'B' : 'A') + value.slice(at + 1)
    const { ok } = verifier.verify(other, { ip })
    // The last char's low bits say nothing.
    if (other !== value && ok && at < value.length - 3) t.fail(`changed at ${at}`)
  }
  t.match(verifier.verify(value, { ip }), { ok: true })
  t.ok(verifier.cacheStats().misses >= value.length)
})

t.test('time goes on for what is remembered', async (t) => {
  const until: Key = { ...key, acceptUntil: now + 50 }
  for (const [options, reason] of [
    [{ keys: [key], timeout: 50 }, 'expired'],
    [{ keys: [until] }, 'digest'],
  ] as const) {
    const verifier = createVerifier({ ...options, cache: true })
    for (const late of [0, 50]) t.match(verifier.verify(value, { ip, now: now + late }), { ok: true, ticket })
    t.same(verifier.verify(value, { ip, now: now + 51 }), { ok: false, reason })
    t.match(verifier.verify(value, { ip, now: now + 49 }), { ok: true, ticket })
    t.same(verifier.cacheStats(), counts(3, 1))
    t.throws(() => verifier.verify(value, { ip }), { code: 'ERR_TKT_OPTIONS' }, 'and is asked for')
  }
})

const LOOSE: Rules = { clockSkew: null, strictFields: false, guestEmpty: false }
const STRICT: Rules = { clockSkew: null, strictFields: true, guestEmpty: false }

t.test('rules are asked each time: one ring serves areas with other ones', async (t) => {
  const ring = createRing({ keys: [key], ignoreIp: false, selfTest: false, cache: 64 })
  const context = { ip, now }
  const future = ticketOf('alice', '', '', now + 100)
  t.match(ring.verify(future, context, LOOSE), { ok: true })
  t.match(ring.verify(future, context, { ...LOOSE, clockSkew: 100 }), { ok: true })
  t.same(ring.verify(future, context, { ...LOOSE, clockSkew: 99 }), { ok: false, reason: 'future' })
  t.same(ring.cacheStats(), counts(2, 1))
  for (const odd of [ticketOf('a\tb'), ticketOf('a', 'x\x7f'), ticketOf('a', '', '\n'), ticketOf('')]) {
    t.match(ring.verify(odd, context, LOOSE), { ok: true })
    t.same(ring.verify(odd, context, STRICT), { ok: false, reason: 'malformed' })
    t.match(ring.verify(odd, context, LOOSE), { ok: true }, 'and it is still remembered for others')
  }
  t.match(ring.verify(ticketOf(''), context, { ...STRICT, guestEmpty: true }), { ok: true })
  t.equal(ring.verify(ticketOf('fine'), context, STRICT).ok, true)
  const { hits } = ring.cacheStats()
  t.match(ring.verify(ticketOf('fine'), context, STRICT), { ok: true })
  t.equal(ring.cacheStats().hits, hits + 1)
})

t.test('what a caller does with a result is no concern of the next', async (t) => {
  const verifier = createVerifier({ keys: [key], cache: true })
  for (let round = 0; round < 3; round++) {
    const result = verifier.verify(value, { ip })
    t.strictSame(result, { ok: true, ticket, keyIndex: 0 })
    if (!result.ok) continue
    result.ticket.uid = 'root'
    result.ticket.tokens.push('root')
    result.ticket.issuedAt = 0
    result.keyIndex = 7
  }
  t.same(verifier.cacheStats(), counts(2, 1))
})

t.test('with a cache, lazyTicket does nothing', async (t) => {
  const verifier = createVerifier({ keys: [key], cache: true, lazyTicket: true })
  for (let round = 0; round < 2; round++)
    t.strictSame({ ...verifier.verify(value, { ip }) }, { ok: true, ticket, keyIndex: 0 })
})

t.test('fields are remembered as they are meant', async (t) => {
  const pyramid: Key = { secret, digest: 'sha512', dialect: 'pyramid' }
  const typed = { uid: 'Z\u00fcrich\x01', tokens: [], userData: 'userid_type:b64unicode' }
  const written = createIssuer({ keys: [pyramid], charset: 'utf8' })
  const verifier = createVerifier({ keys: [pyramid], charset: 'utf8', cache: true })
  const plain = { ...typed, uid: 'Z\u00fcrich' }
  for (let round = 0; round < 2; round++)
    t.match(verifier.verify(written.issue(plain, { ip, now }), { ip }), { ok: true, ticket: plain })
  t.same(verifier.cacheStats(), counts(1, 1))
  const ring = createRing({ keys: [pyramid], ignoreIp: false, selfTest: false, cache: 2 })
  const control = ring.renew({ ...typed, uid: 'a\x01' }, ip, now, false)
  t.match(ring.verify(control, { ip, now }, LOOSE), { ok: true, ticket: { uid: 'a\x01' } })
  t.same(ring.verify(control, { ip, now }, STRICT), { ok: false, reason: 'malformed' }, 'in base64 nobody sees it')
})

t.test('a strict list has been asked before anything is remembered', async (t) => {
  const listed: Key = { secret, digest: 'md5', dialect: 'lighttpd', strict: { alice: ['finance', 'admin'] } }
  const verifier = createVerifier({ keys: [listed], cache: true })
  const good = createIssuer({ keys: [listed] }).issue(fields, { ip, now })
  const bad = createIssuer({ keys: [{ ...listed, strict: undefined }], allowShiftableFields: true }).issue(
    { ...fields, tokens: ['root'] },
    { ip, now },
  )
  for (let round = 0; round < 2; round++) {
    t.match(verifier.verify(good, { ip }), { ok: true })
    t.same(verifier.verify(bad, { ip }), { ok: false, reason: 'user' })
  }
  t.same(verifier.cacheStats(), counts(1, 3))
})

t.test('with and without a cache, all answers are the same', async () => {
  const keys: Key[] = [key, { secret: 'an older one', digest: 'md5', acceptUntil: now + 5 }]
  const old = createIssuer({ keys: [keys[1] as Key] }).issue(fields, { ip, now })
  const values = [
    value,
    old,
    ticketOf(''),
    ticketOf('a\x02'),
    ticketOf('late', '', '', now + 9),
    ticketOf('early', '', '', now - 9),
    `${value.slice(0, -4)}AAAA`,
    'x'.repeat(60),
  ]
  const step = fc.record({
    value: fc.constantFrom(...values),
    ip: fc.constantFrom(ip, ip, ip, '192.0.2.8', '2001:db8::1', 'none', undefined),
    now: fc.integer({ min: now - 15, max: now + 15 }),
    rules: fc.option(
      fc.record({ clockSkew: fc.constantFrom(null, 0, 5), strictFields: fc.boolean(), guestEmpty: fc.boolean() }),
      { nil: undefined },
    ),
  })
  const options: VerifierOptions = { keys, timeout: 10, selfTest: false }
  const ruled = { strictText: false, pythonCookies: true }
  const plain = verifierOn(createEngine(), options, ruled)
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.constantFrom(2, 4, 64), (steps, entries) => {
      const cached = verifierOn(createEngine(), { ...options, cache: { entries } }, ruled)
      return steps.every(({ value, ip, now, rules }) => {
        const [one, other] = [cached, plain].map(({ verify }) => verify(value, { ip, now }, rules))
        return JSON.stringify(one) === JSON.stringify(other)
      })
    }),
    { numRuns: 300 },
  )
})

t.test('an option that makes no sense is named', async (t) => {
  const never = (cache: unknown) => () => createVerifier({ keys: [key], cache: cache as boolean })
  for (const cache of [1, 'yes', null]) t.throws(never(cache), { code: 'ERR_TKT_OPTIONS', message: /cache/ })
  for (const entries of [0, 1, 1.5, -2, '64', undefined, 2 ** 20 + 1, Number.NaN]) {
    t.throws(never({ entries }), { message: 'createVerifier: cache.entries must be a whole number from 2 to 1048576' })
  }
  t.throws(never({ entries: 4, size: 4 }), { message: /no option 'size'/ })
})
