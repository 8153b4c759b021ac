import t from 'tap'
import { createEngine } from '../../src/engine/engine.js'
import { createIssuer, createVerifier, type Key, type VerifierOptions } from '../../src/index.js'
import { verifierOn } from '../../src/ticket/verify.js'

const current: Key = { secret: 'the current secret of this ring', digest: 'sha512' }
const previous: Key = { secret: 'the previous secret of this ring', digest: 'md5' }
const ip = '192.0.2.7'
const now = 1700000000
const fields = { uid: 'alice', tokens: ['editor', 'staff'], userData: 'a!b' }
const value = createIssuer({ keys: [current] }).issue(fields, { ip, now })

t.test('a good ticket gives its fields as plain data', async (t) => {
  const result = createVerifier({ keys: [current] }).verify(value, { ip, now })
  t.strictSame(result, { ok: true, ticket: { ...fields, issuedAt: now }, keyIndex: 0 })
  t.strictSame(JSON.parse(JSON.stringify({ ...result })), result)
})

t.test('a ticket made with the previous secret is accepted, and says so', async (t) => {
  const old = createIssuer({ keys: [previous] }).issue(fields, { ip, now })
  t.match(createVerifier({ keys: [current, previous] }).verify(old, { ip, now }), { ok: true, keyIndex: 1 })
  const strange = { ...previous, secret: 'a secret of another ring' }
  t.same(createVerifier({ keys: [strange] }).verify(old, { ip, now }), { ok: false, reason: 'digest' })
  t.same(createVerifier({ keys: [current] }).verify(old, { ip, now }), { ok: false, reason: 'malformed' }, 'no SHA-512')
})

t.test('each refusal has its reason', async (t) => {
  const verifier = createVerifier({ keys: [current], timeout: 7200 })
  const cases: [string, unknown, string | undefined, number, string][] = [
    ['no cookie', undefined, ip, now, 'absent'],
    ['an empty cookie', '', ip, now, 'absent'],
    ['one byte', 'x', ip, now, 'malformed'],
    ['no string', 42, ip, now, 'malformed'],
    ['no separator', 'A'.repeat(200), ip, now, 'malformed'],
    ['a char above 0xFF', `${value.slice(0, -1)}\u0141`, ip, now, 'malformed'],
    ['1 MB', 'A'.repeat(1 << 20), ip, now, 'too-long'],
    ['another digest', `N${value.slice(1)}`, ip, now, 'digest'],
    ['another client', value, '192.0.2.8', now, 'digest'],
    ['no client address', value, undefined, now, 'address'],
    ['a bad client address', value, '192.0.2.256', now, 'address'],
    ["C's error value", value, '255.255.255.255', now, 'address'],
    ["C's error value, mapped", value, '::ffff:255.255.255.255', now, 'address'],
    ['expired', value, ip, now + 7201, 'expired'],
  ]
  for (const [name, cookieValue, client, at, reason] of cases) {
    t.same(verifier.verify(cookieValue as string, { ip: client, now: at }), { ok: false, reason }, name)
  }
  t.match(verifier.verify(value, { ip, now: now + 7200 }), { ok: true }, 'the last second is still good')
  const untimed = createVerifier({ keys: [current] })
  for (const nothing of [undefined, null, {}]) {
    t.same(untimed.verify(value, nothing as undefined), { ok: false, reason: 'address' })
  }
})

t.test('without a timeout there is no expiry, and no clock is needed', async (t) => {
  t.match(createVerifier({ keys: [current] }).verify(value, { ip }), { ok: true })
  t.match(createVerifier({ keys: [current], timeout: 0 }).verify(value, { ip, now: 0xffffffff }), { ok: true })
  const timed = createVerifier({ keys: [current], timeout: 60 })
  for (const bad of [undefined, -1, 1.5, 2 ** 32, Number.NaN]) {
    t.throws(() => timed.verify(value, { ip, now: bad }), { code: 'ERR_TKT_OPTIONS' })
  }
})

t.test('the sum of timestamp and timeout does not wrap at 2^32', async (t) => {
  const late = createIssuer({ keys: [current] }).issue(fields, { ip, now: 0xffffffff })
  t.match(createVerifier({ keys: [current], timeout: 60 }).verify(late, { ip, now }), {
    ok: true,
    ticket: { issuedAt: 0xffffffff },
  })
})

t.test('IPv6 clients, IPv4 mapped into IPv6, and no address at all', async (t) => {
  const issuer = createIssuer({ keys: [current] })
  const verifier = createVerifier({ keys: [current] })
  const v6 = issuer.issue(fields, { ip: '2001:db8::1', now })
  t.match(verifier.verify(v6, { ip: '2001:DB8:0:0::0:1' }), { ok: true })
  t.match(verifier.verify(v6, { ip: '2001:DB8:0:0::0:1' }), { ok: true }, 'the same text again')
  t.match(verifier.verify(v6, { ip: '2001:db8::2' }), { ok: false, reason: 'digest' })
  t.match(verifier.verify(v6, { ip: '0.0.0.1' }), { ok: false, reason: 'digest' })
  t.match(verifier.verify(value, { ip: `::ffff:${ip}` }), { ok: true })
  const unbound = createIssuer({ keys: [current], ignoreIp: true }).issue(fields, { now })
  t.match(createVerifier({ keys: [current], ignoreIp: true }).verify(unbound), { ok: true })
  t.match(verifier.verify(unbound, { ip: '0.0.0.0' }), { ok: true }, 'as Apache, where the client is 0.0.0.0')
})

t.test('lighttpd tickets bind the address as text', async (t) => {
  const key: Key = { secret: 'x', digest: 'md5', dialect: 'lighttpd' }
  const issuer = createIssuer({ keys: [key], allowShiftableFields: true })
  const verifier = createVerifier({ keys: [current, key] })
  for (const client of [ip, '2001:db8::1']) {
    t.match(verifier.verify(issuer.issue(fields, { ip: client, now }), { ip: client }), { ok: true, keyIndex: 1 })
  }
  t.match(verifier.verify(issuer.issue(fields, { ip, now, encoding: 'raw' }), { ip }), {
    ok: false,
    reason: 'malformed',
  })
  t.match(verifier.verify(value, { ip }), { ok: true, keyIndex: 0 })
  t.match(verifier.verify(value, { ip: '255.255.255.255' }), { ok: false, reason: 'address' })
})

t.test('utf8 fields are decoded', async (t) => {
  const utf8 = { uid: 'élève', tokens: ['büro', 'plain'], userData: '日本!\u{1f511}' }
  const cookie = createIssuer({ keys: [current], charset: 'utf8' }).issue(utf8, { ip, now })
  for (const lazyTicket of [false, true]) {
    const result = createVerifier({ keys: [current], charset: 'utf8', lazyTicket }).verify(cookie, { ip })
    t.match(result, { ok: true, ticket: utf8 })
  }
  t.match(createVerifier({ keys: [current] }).verify(cookie, { ip }), { ok: true, ticket: { uid: 'Ã©lÃ¨ve' } })
})

t.test('in utf8, every name stays itself', async (t) => {
  const options = { keys: [current], charset: 'utf8' as const }
  const issuer = createIssuer(options)
  for (const uid of ['\ufeffadmin', '\ufffe', 'é', '\u{10ffff}', '\u2028']) {
    const result = createVerifier(options).verify(issuer.issue({ uid, tokens: [uid] }, { ip, now }), { ip })
    t.match(result, { ok: true, ticket: { uid, tokens: [uid] } })
  }
  for (const half of ['\ud800', 'a\udfff', '\udc00\ud800']) {
    t.throws(() => issuer.issue({ uid: half }, { ip, now }), { code: 'ERR_TKT_FIELD', message: /surrogate/ })
    t.throws(() => createVerifier({ keys: [{ secret: half, digest: 'md5' }] }), { code: 'ERR_TKT_OPTIONS' })
  }
})

t.test("the caller's secret is copied, not kept and not touched", async (t) => {
  const secret = Buffer.from('a secret of bytes')
  const verifier = createVerifier({ keys: [{ secret, digest: 'md5' }] })
  const issuer = createIssuer({ keys: [{ secret, digest: 'md5' }] })
  t.equal(secret.toString(), 'a secret of bytes')
  secret.fill(0)
  t.match(verifier.verify(issuer.issue(fields, { ip, now }), { ip }), { ok: true })
})

t.test('a lazy ticket is read when asked for, whatever was verified since', async (t) => {
  const verifier = createVerifier({ keys: [previous, current], lazyTicket: true })
  const result = verifier.verify(value, { ip })
  t.match(verifier.verify('!'.repeat(50), { ip }), { ok: false })
  t.ok(result.ok)
  if (!result.ok) return
  t.equal(result.keyIndex, 1)
  t.strictSame(result.ticket, { ...fields, issuedAt: now })
  t.equal(result.ticket, result.ticket, 'once')
  t.strictSame(JSON.parse(JSON.stringify(result)), { ok: true, ticket: { ...fields, issuedAt: now }, keyIndex: 1 })
  const { inspect } = await import('node:util')
  t.notOk(inspect(result, { showHidden: true, depth: 9 }).includes(value.slice(0, 20)), 'no cookie value when logged')
})

t.test('options that make no sense are refused by name, without the secret', async (t) => {
  const key = { ...current }
  const cases: [unknown, RegExp][] = [
    [{}, /keys must be an array/],
    [null, /needs an object/],
    [{ keys: [] }, /at least one key/],
    [{ keys: new Array(65).fill(key) }, /at most 64 keys/],
    [{ keys: [{ ...key, digest: 'sha224' }] }, /keys\[0\]\.digest must be one of md5, sha1, sha256, sha512/],
    [{ keys: [{ secret: 'x' }] }, /keys\[0\]\.digest/],
    [{ keys: [key, { ...key, dialect: 'nginx' }] }, /keys\[1\]\.dialect must be one of apache, lighttpd/],
    [{ keys: [{ ...key, secret: '' }] }, /keys\[0\]\.secret is empty/],
    [{ keys: [{ ...key, secret: 'x'.repeat(1025) }] }, /longer than 1024 bytes/],
    [{ keys: [{ ...key, secret: 7 }] }, /must be a string or a Uint8Array/],
    [{ keys: [{ ...key, sekret: 'x' }] }, /there is no option 'sekret'; the options are secret, digest, dialect/],
    [{ keys: [null] }, /keys\[0\]: needs an object/],
    [{ keys: [key], ignoreIP: true }, /there is no option 'ignoreIP'/],
    [{ keys: [key], ignoreIp: 'yes' }, /ignoreIp must be true or false/],
    [{ keys: [key], lazyTicket: 1 }, /lazyTicket must be true or false/],
    [{ keys: [key], selfTest: 0 }, /selfTest must be true or false/],
    [{ keys: new Array(1) }, /keys\[0\]: needs an object/],
    [{ keys: [key], timeout: '2h' }, /timeout must be whole seconds/],
    [{ keys: [key], timeout: -1 }, /timeout must be whole seconds/],
    [{ keys: [key], charset: 'utf-16' }, /charset must be one of latin1, utf8/],
  ]
  for (const [options, message] of cases) {
    t.throws(() => createVerifier(options as VerifierOptions), { code: 'ERR_TKT_OPTIONS', name: 'TktError', message })
  }
})

t.test('an engine that answers nonsense is an error, not a verdict', async (t) => {
  const broken = { ...createEngine(), verify: () => -9 }
  t.throws(() => verifierOn(broken, { keys: [current] }).verify(value, { ip }), { code: 'ERR_TKT_ENGINE' })
})
