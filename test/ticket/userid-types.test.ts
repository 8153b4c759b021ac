/** Pyramid's `userid_type:`: what a uid is, and what is not believed of it. */

import t from 'tap'
import { createGuard, createIssuer, createVerifier, type Key } from '../../src/index.js'

const key: Key = { secret: 'a secret that is long enough', digest: 'sha512', dialect: 'pyramid' }
const [ip, now] = ['192.0.2.7', 1700000000]
const issuer = createIssuer({ keys: [key] })
const verifier = createVerifier({ keys: [key], lazyTicket: true })

t.test('a uid comes back as it was given, whatever its type', async (t) => {
  for (const [uid, userData, written] of [
    ['alice', '', 'alice'],
    ['alice', 'userid_type:b64unicode', 'YWxpY2U%3D'],
    ['\xff\xfe', 'userid_type:b64str', '//4%3D'],
    ['42', 'userid_type:int', '42'],
    ['-7', 'more|userid_type:int', '-7'],
    ['alice', 'userid_type:unicode', 'alice'],
    ['alice', 'userid_type:unheard-of', 'alice'],
    ['alice', 'no userid_type:b64str', 'alice'],
    ['alice', 'userid_type:int|userid_type:b64str', 'YWxpY2U%3D'],
  ] as const) {
    const fields = { uid, tokens: ['a', 'b'], userData }
    const value = issuer.issue(fields, { ip, now, encoding: 'raw' })
    t.equal(value.slice(136).split('!')[0], written)
    t.match(verifier.verify(value, { ip }), { ok: true, ticket: { ...fields, issuedAt: now } })
    t.match(
      verifier.verify(issuer.issue(fields, { ip, now }), { ip }),
      { ok: true, ticket: fields },
      'as Pyramid writes it',
    )
  }
})

t.test('what is not written as its type says is refused', async (t) => {
  const plain = createIssuer({ keys: [{ ...key, dialect: 'paste' }] })
  for (const [uid, userData] of [
    ['ali*ce', 'userid_type:b64unicode'],
    ['YWx', 'userid_type:b64str'],
    ['alice', 'userid_type:int'],
    ['4 2', 'userid_type:int'],
    ['YWwAaWNl', 'userid_type:b64str'],
  ] as const) {
    const value = plain.issue({ uid, userData }, { ip, now })
    t.same(verifier.verify(value, { ip }), { ok: false, reason: 'malformed' }, `${uid} ${userData}`)
  }
  t.throws(() => issuer.issue({ uid: 'alice', userData: 'userid_type:int' }, { ip, now }), { code: 'ERR_TKT_FIELD' })
  t.throws(() => issuer.issue({ uid: '\u0141', userData: 'userid_type:b64str' }, { ip, now }), {
    code: 'ERR_TKT_FIELD',
  })
})

t.test('a guard looks at the uid that is meant: control bytes and emptiness do not hide in base64', async (t) => {
  const guard = createGuard({ keys: [key], loginUrl: '/login', areas: [{ path: '/' }] })
  const decide = (value: string) =>
    guard.decide({ method: 'GET', url: '/', headers: ['Host', 'h', 'Cookie', `auth_tkt=${value}`], ip, now }).kind
  const plain = createIssuer({ keys: [{ ...key, dialect: 'paste' }] })
  const typed = (uid: string) =>
    plain.issue({ uid: Buffer.from(uid, 'latin1').toString('base64'), userData: 'userid_type:b64str' }, { ip, now })
  t.equal(decide(typed('alice')), 'allow')
  t.equal(decide(typed('al\nice')), 'redirect')
  const forged = plain.issue({ uid: 'QUJD', userData: 'userid_type:b64str' }, { ip, now })
  t.equal(decide(forged), 'allow')
  t.equal(decide(plain.issue({ uid: '====', userData: 'userid_type:b64str' }, { ip, now })), 'redirect')
})

t.test('a renewed ticket has its uid as its type says, in the cookie that Pyramid reads', async (t) => {
  const guard = createGuard({ keys: [key], loginUrl: '/login', areas: [{ path: '/' }], timeoutRefresh: 1 })
  const fields = { uid: 'alice', tokens: ['a', 'b'], userData: 'userid_type:b64unicode' }
  const headers = ['Host', 'h', 'Cookie', `auth_tkt=${issuer.issue(fields, { ip, now })}`]
  const decision = guard.decide({ method: 'GET', url: '/', headers, ip, now: now + 60 })
  t.match(decision, { kind: 'allow', identity: { uid: 'alice', tokens: ['a', 'b'] } })
  const [line = ''] = decision.kind === 'allow' ? decision.setCookies : []
  t.match(line, /^auth_tkt="[0-9a-f]{136}YWxpY2U%3D!a\\054b!userid_type:b64unicode"; path=\/; /)
  const renewed = line.slice('auth_tkt='.length, line.indexOf('; path'))
  t.match(verifier.verify(renewed, { ip }), { ok: true, ticket: { ...fields, issuedAt: now + 60 } })
})

t.test('plone.session reads no user data with a separator: none is issued', async (t) => {
  const plone = createIssuer({ keys: [{ ...key, digest: 'sha256', dialect: 'plone' }] })
  t.throws(() => plone.issue({ uid: 'a', userData: 'x!y' }, { ip, now }), {
    code: 'ERR_TKT_FIELD',
    message: /userData/,
  })
  for (const digest of ['md5', 'sha1', 'sha512'] as const) {
    const keys: Key[] = [{ ...key, digest, dialect: 'plone' }]
    t.throws(() => createVerifier({ keys }), { code: 'ERR_TKT_OPTIONS', message: /keys\[0\]\.digest must be sha256/ })
  }
})
