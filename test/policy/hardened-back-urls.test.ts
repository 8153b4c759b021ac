/** A1, A3, A13, A15: where people are sent, and the way back. */

import t from 'tap'
import { backOf, checkFlips, cookiesOf, locationOf } from './flips.js'
import { type Asked, decideIn, guardOf, LOGIN } from './guards.js'

t.test("A1: the port of the back URL's host", async (t) => {
  const row = { see: backOf, harden: { backPort: true }, soften: { backPort: false } }
  const at = (host: string, exact: string, hardened: string) => ({
    ...row,
    name: host,
    asked: { host },
    exact,
    hardened,
  })
  checkFlips(t, [
    at('www.example.com:8080', 'http://www.example.com/', 'http://www.example.com:8080/'),
    at('[2001:db8::7]:8080', 'http://[2001:db8::7]/', 'http://[2001:db8::7]:8080/'),
    at('[2001:db8::7]', 'http://[2001:db8::7]/', 'http://[2001:db8::7]/'),
    at('www.example.com', 'http://www.example.com/', 'http://www.example.com/'),
  ])
  const asked = { host: 'www.example.com:8080' }
  const withDomain = decideIn({ cookieDomain: '.example.com' }, asked, { compat: 'exact' })
  t.equal(backOf(withDomain), 'http://www.example.com:8080/', 'exact keeps it with a domain, as the module does')
})

t.test('A1: without any Host', async (t) => {
  const asked: Asked = { host: null, httpVersion: '1.0', serverName: 'srv.example.com', port: 8080 }
  const row = { see: backOf, harden: { backPort: true }, soften: { backPort: false } }
  checkFlips(t, [
    { ...row, name: 'a port', asked, exact: 'http://(null)/', hardened: 'http://srv.example.com:8080/' },
    {
      ...row,
      name: 'port 80',
      asked: { ...asked, port: 80 },
      exact: 'http://(null)/',
      hardened: 'http://srv.example.com/',
    },
    {
      ...row,
      name: 'nothing known',
      asked: { host: null, httpVersion: '1.0', tls: true },
      exact: 'https://(null)/',
      hardened: 'https://localhost/',
    },
  ])
})

t.test('A3: X-Forwarded-Host is believed from trusted proxies only', async (t) => {
  const headers = [
    ['X-Forwarded-Host', 'evil.example.net'],
    ['X-Forwarded-For', '198.51.100.9'],
  ] as const
  const asked = { headers }
  const loginUrl = '/login'
  const guestCookie = { guestLogin: true, guestCookie: true, hostDomain: true }
  for (const compat of ['exact', 'hardened'] as const) {
    const host = (trustedProxies?: 'any' | string[]) =>
      new URL(backOf(decideIn({}, asked, { compat, trustedProxies }))).hostname
    t.equal(host(), 'www.example.com', `${compat}: nobody is trusted`)
    t.equal(host(['10.0.0.0/8']), 'www.example.com', `${compat}: somebody else is trusted`)
    t.equal(host(['192.0.2.0/24']), 'evil.example.net', `${compat}: the peer is trusted`)
    t.equal(host('any'), 'evil.example.net', `${compat}: as the module`)
    t.notMatch(locationOf(decideIn({ loginUrl }, asked, { compat })), /evil/)
    t.notMatch(cookiesOf(decideIn(guestCookie, asked, { compat })), /evil/)
    t.match(cookiesOf(decideIn(guestCookie, asked, { compat, trustedProxies: 'any' })), [/domain=evil\.example\.net/])
    t.match(guardOf({ compat, trustedProxies: 'any' }).warnings, [/trustedProxies is 'any'/])
    const bad = { headers: [['X-Forwarded-Host', 'a b']] as const }
    t.match(decideIn({}, bad, { compat, trustedProxies: 'any' }), { kind: 'error', status: 400 }, 'no host at all')
    t.match(decideIn({}, bad, { compat }), { kind: 'redirect' })
    t.equal(backOf(decideIn({}, {}, { compat, trustedProxies: 'any' })), 'http://www.example.com/')
  }
})

t.test('A13: the path of the back URL', async (t) => {
  const row = { see: backOf, harden: { backPath: 'verbatim' as const }, soften: { backPath: 'decoded' as const } }
  const at = (url: string, exact: string, hardened: string) => {
    return {
      ...row,
      name: url,
      asked: { url },
      exact: `http://www.example.com${exact}`,
      hardened: `http://www.example.com${hardened}`,
    }
  }
  checkFlips(t, [
    at('/a%20b', '/a b', '/a%20b'),
    at('/a%3Fb', '/a?b', '/a%3Fb'),
    at('/x?a=%0d%0a', '/x?a=%0d%0a', '/x?a=%0d%0a'),
    at('//x/../y?a==1&&flag;c', '/y?a=1&flag=&c=', '//x/../y?a==1&&flag;c'),
    at('/?', '/', '/'),
    at('/?x&auth_tkt=T&y', '/?x=&y=', '/?x&y'),
  ])
  for (const compat of ['exact', 'hardened'] as const) {
    const crlf = { url: '/%0d%0aSet-Cookie:%20x=1' }
    const location = locationOf(decideIn({}, crlf, { compat }))
    t.notMatch(location, /[\r\n]/)
    t.notMatch(decodeURIComponent(location), /[\r\n]/, 'nor after one decoding')
  }
})

t.test('A15: login URLs, and where the back argument goes', async (t) => {
  const see = (decision: Parameters<typeof locationOf>[0]) => locationOf(decision).replace(/back=[^#]*/, 'BACK')
  const row = { see, asked: {}, harden: { loginUrls: 'parsed' as const }, soften: { loginUrls: 'module' as const } }
  const at = (loginUrl: string, exact: string, hardened: string) => {
    return { ...row, name: loginUrl, area: { loginUrl, querySeparator: '&' as const }, exact, hardened }
  }
  checkFlips(t, [
    at('https://l.example/x#top', 'https://l.example/x#top?BACK', 'https://l.example/x?BACK#top'),
    at('https://l.example/x?', 'https://l.example/x?&BACK', 'https://l.example/x?BACK'),
    at('https://l.example/x?a&', 'https://l.example/x?a&&BACK', 'https://l.example/x?a&BACK'),
    at('https://l.example/x?a', 'https://l.example/x?a&BACK', 'https://l.example/x?a&BACK'),
    at('/login', 'http://www.example.com//login?BACK', 'http://www.example.com/login?BACK'),
    at('/a/../login', 'http://www.example.com//a/../login?BACK', 'http://www.example.com/login?BACK'),
  ])
  for (const loginUrl of [
    'ftp://l.example/',
    'httpfoo/',
    'login',
    '//l.example/',
    '/\\l.example',
    'javascript:x',
    'http://',
    'https://[/',
  ]) {
    t.throws(
      () => decideIn({ loginUrl }),
      { code: 'ERR_TKT_OPTIONS', message: /areas\[0\]\.loginUrl: this is no http/ },
      loginUrl,
    )
    t.throws(() => decideIn({ loginUrl, loginUrls: 'parsed' }, {}, { compat: 'exact' }), { code: 'ERR_TKT_OPTIONS' })
    t.match(decideIn({ loginUrl, loginUrls: 'module' }), { kind: 'redirect' })
    t.throws(() => guardOf({ hosts: [{ names: ['a'], areas: [{ path: '/', unauthUrl: loginUrl }] }] }), {
      message: /hosts\[0\]\.areas\[0\]\.unauthUrl/,
    })
  }
  t.equal(
    see(decideIn({ loginUrl: 'httpfoo/' }, {}, { compat: 'exact' })),
    'httpfoo/?BACK',
    'the module takes it for absolute',
  )
  const odd = decideIn({ loginUrl: '/login' }, { host: 'a_b.-c' })
  t.match(locationOf(odd), /^(http:\/\/a_b\.-c)?\/login\?back=/, 'whatever URL parsers think of the host')
})

t.test('no argument, another name, a cookie in its place', async (t) => {
  for (const compat of ['exact', 'hardened'] as const) {
    t.equal(locationOf(decideIn({ backArgName: null }, {}, { compat })), LOGIN)
    t.match(locationOf(decideIn({ backArgName: 'ret' }, {}, { compat })), /\?ret=http%3a%2f%2fwww\.example\.com%2f$/)
    const carried = decideIn({ backCookieName: 'way' }, { url: '/a%20b' }, { compat })
    t.equal(locationOf(carried), LOGIN)
    t.match(cookiesOf(carried), [/^way=http%3a%2f%2fwww\.example\.com%2fa%(25)?20b; path=\//])
  }
  t.equal(locationOf(decideIn({ backArgName: null, loginUrl: '/l' }, {}, { compat: 'exact' })), '/l', 'left as it is')
  t.equal(locationOf(decideIn({ backArgName: null, loginUrl: '/l' })), 'http://www.example.com/l')
})
