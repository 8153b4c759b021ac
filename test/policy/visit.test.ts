/** A request at the sign-in page: who it is from, and the cookies that sign in and out. */

import t from 'tap'
import { createGuard, createVerifier, type GuardOptions, type GuardRequest, type Key } from '../../src/index.js'

const NOW = 1_700_000_000
const SECRET = 'a secret of the visit tests'
const KEYS: Key[] = [{ secret: SECRET, digest: 'sha256' }]

function request(change: Partial<GuardRequest> & { cookie?: string; host?: string } = {}): GuardRequest {
  const { cookie, host = 'www.example.com', ...rest } = change
  const headers = ['Host', host, ...(cookie === undefined ? [] : ['Cookie', cookie])]
  return { method: 'GET', url: '/login?x=1', headers, ip: '192.0.2.7', now: NOW, ...rest }
}

function guard(options: GuardOptions = {}) {
  const areas = [{ path: '/' }, { path: '/login', require: 'granted' as const }]
  return createGuard({ keys: KEYS, areas, allowShiftableFields: true, ...options })
}

const cookieOf = (line: string) => line.replace(/;.*/s, '')

for (const dialect of ['apache', 'lighttpd'] as const) {
  for (const digest of ['md5', 'sha256', 'sha512'] as const) {
    t.test(`a ${dialect} ticket with ${digest} is good where the ring is`, async (t) => {
      const keys = [{ secret: SECRET, digest, dialect }, ...KEYS]
      const visit = guard({ keys }).visit(request())
      const line = visit?.signIn({ uid: 'alice', tokens: ['a', 'b'], userData: 'x!y' }) ?? ''
      const value = cookieOf(line).replace('auth_tkt=', '')
      const verified = createVerifier({ keys: [keys[0] as Key] }).verify(value, {
        ip: '192.0.2.7',
        now: NOW,
      })
      t.match(verified, { ok: true, ticket: { uid: 'alice', tokens: ['a', 'b'], userData: 'x!y', issuedAt: NOW } })
      t.match(guard({ keys }).decide(request({ url: '/app', cookie: cookieOf(line) })), {
        kind: 'allow',
        identity: { uid: 'alice' },
      })
    })
  }
}

t.test('what it says of the request', async (t) => {
  t.match(guard().visit(request()), {
    ip: '192.0.2.7',
    tls: false,
    host: 'www.example.com',
    path: '/login',
    query: 'x=1',
    cookies: undefined,
    visitor: undefined,
    settings: { cookieName: 'auth_tkt' },
  })
  const proxied = request({ ip: '10.0.0.1', url: '/login' })
  const headers = [...(proxied.headers as string[]), 'X-Forwarded-For', '192.0.2.9', 'X-Forwarded-Proto', 'https']
  t.match(guard({ trustedProxies: ['10.0.0.0/8'] }).visit({ ...proxied, headers }), {
    ip: '192.0.2.9',
    tls: true,
    query: '',
  })
  t.equal(guard().visit(request({ url: '/%' })), undefined, 'cannot be read')
  t.equal(guard({ areas: [{ path: '/app' }] }).visit(request()), undefined, 'in no area')
})

t.test('whose ticket it brings', async (t) => {
  const visited = guard({ timeout: 100, maxAge: 150 })
  const cookie = cookieOf(visited.visit(request())?.signIn({ uid: 'alice', tokens: ['a'] }) ?? '')
  const visitor = (now: number) => visited.visit(request({ cookie, now }))?.visitor
  t.strictSame(visitor(NOW + 100), {
    uid: 'alice',
    tokens: ['a'],
    userData: '',
    issuedAt: NOW,
    since: NOW,
    until: NOW + 100,
    due: false,
  })
  t.equal(visitor(NOW + 101), undefined)
  t.equal(guard({ timeout: 0 }).visit(request({ cookie }))?.visitor?.until, undefined)
  t.equal(guard().visit(request({ cookie, ip: '192.0.2.8' }))?.visitor, undefined, 'bound to another address')
  t.equal(guard().visit(request({ cookie: 'auth_tkt=x' }))?.visitor, undefined)
})

t.test('renewals keep the first sign-in, and it ends there', async (t) => {
  const visited = guard({ timeout: 100, timeoutRefresh: 1, maxAge: 150 })
  const first = cookieOf(visited.visit(request())?.signIn({ uid: 'alice' }) ?? '')
  const renewed = visited.decide(request({ url: '/app', cookie: first, now: NOW + 90 }))
  const cookie = cookieOf(renewed.kind === 'allow' ? (renewed.setCookies[0] ?? '') : '')
  t.match(visited.visit(request({ cookie, now: NOW + 90 }))?.visitor, {
    since: NOW,
    issuedAt: NOW + 90,
    until: NOW + 150,
    tokens: [],
  })
  t.equal(visited.visit(request({ cookie, now: NOW + 151 }))?.visitor, undefined)
})

t.test('fields are bytes, or text with charset utf8', async (t) => {
  const fields = { uid: 'j\u00fcrgen', tokens: ['\u00e9'], userData: '\u20ac' }
  t.throws(() => guard().visit(request())?.signIn(fields), { code: 'ERR_TKT_FIELD', message: /utf8/ })
  const utf8 = guard({ charset: 'utf8' })
  const cookie = cookieOf(utf8.visit(request())?.signIn(fields) ?? '')
  t.match(utf8.visit(request({ cookie }))?.visitor, fields)
  t.throws(() => utf8.visit(request())?.signIn({ uid: '\ud800' }), { code: 'ERR_TKT_FIELD', message: /surrogate/ })
  for (const uid of ['', 'a!b', 'a\nb'])
    t.throws(() => guard().visit(request())?.signIn({ uid }), { code: 'ERR_TKT_FIELD' })
})

t.test('clients that no ticket can be bound to, and guards without a key', async (t) => {
  const ip = '2001:db8::7'
  t.ok(guard().visit(request({ ip }))?.signIn({ uid: 'alice' }))
  t.throws(() => guard({ ipv6: 'refuse' }).visit(request({ ip }))?.signIn({ uid: 'alice' }), {
    code: 'ERR_TKT_OPTIONS',
    message: /ipv6/,
  })
  t.ok(
    guard({ ignoreIp: true })
      .visit(request({ ip: undefined }))
      ?.signIn({ uid: 'alice' }),
  )
  const keyless = createGuard({ compat: 'exact', areas: [{ path: '/', require: 'granted' }] })
  t.throws(() => keyless.visit(request())?.signIn({ uid: 'alice' }), { code: 'ERR_TKT_OPTIONS', message: /no key/ })
  t.equal(keyless.visit(request({ cookie: 'auth_tkt=x' }))?.visitor, undefined)
})

t.test('signing out deletes every cookie that the host can have', async (t) => {
  const visited = guard({
    cookieName: 'one',
    areas: [
      { path: '/', cookieDomain: '.example.com' },
      { path: '/b', cookieName: '__Host-two' },
      { path: '/c', cookieDomain: 'other.example' },
      { path: '/d', cookieDomain: 'www.example.com:80' },
    ],
    hosts: [
      {
        names: ['www.example.com'],
        cookieName: 'three',
        cookieDomain: 'example.com',
        areas: [{ path: '/', require: 'granted' }],
      },
    ],
  })
  const lines = visited.visit(request())?.signOut() ?? []
  const places = lines.map((line) =>
    line.replace(/; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; HttpOnly; SameSite=Lax$/, ''),
  )
  t.strictSame(places.filter((line) => line.startsWith('three=')).sort(), [
    'three=; path=/',
    'three=; path=/; domain=.example.com',
    'three=; path=/; domain=example.com',
    'three=; path=/; domain=www.example.com',
  ])
  t.strictSame(places.filter((line) => line.startsWith('one=')).length, 4)
  t.match(
    lines.filter((line) => line.startsWith('__Host-')),
    [/^__Host-two=; path=\/; expires.*; secure; /],
  )
  t.notMatch(lines.join(), 'other.example')
  t.strictSame(
    guard()
      .visit(request({ httpVersion: '1.0', headers: [] }))
      ?.signOut().length,
    1,
  )
})

t.test('the back cookie', async (t) => {
  t.equal(guard().visit(request())?.dropBackCookie(), undefined)
  t.match(
    guard({ backCookieName: 'way' }).visit(request())?.dropBackCookie(),
    /^way=; path=\/; expires=Thu, 01 Jan 1970/,
  )
})
