/** Where a gateway's own login lies among the areas, and how people find it. */

import t from 'tap'
import { withLogin } from '../../src/cli/login-area.js'
import type { LoginConfig } from '../../src/config/login.js'
import { NO_SERVING } from '../../src/config/serving.js'
import { createGuard, type GuardOptions } from '../../src/index.js'
import { trouble } from '../config/config-helpers.js'

const KEYS: GuardOptions['keys'] = [{ secret: 'a secret of the area tests', digest: 'sha256' }]
const request = { method: 'GET', ip: '192.0.2.7', now: 1_700_000_000 }

function options(given: GuardOptions, login: Partial<LoginConfig> | undefined = {}): GuardOptions {
  const whole = login && { authenticators: [], providers: [], at: 'a.json:2: login', ...login }
  return withLogin({ options: { keys: KEYS, ...given }, serving: { ...NO_SERVING, login: whole } }).options
}

function decide(given: GuardOptions, url: string, host = 'www.example.com:8080', login?: Partial<LoginConfig>) {
  return createGuard(options(given, login)).decide({ ...request, url, headers: ['Host', host] })
}

t.test('without a login nothing changes', async (t) => {
  const given = { keys: KEYS, areas: [{ path: '/' }] }
  t.strictSame(withLogin({ options: given, serving: NO_SERVING }).options, given)
})

for (const compat of ['hardened', 'exact'] as const) {
  t.test(`${compat}: people are sent there, port and all, and may come in`, async (t) => {
    const given: GuardOptions = {
      compat,
      areas: [
        { path: '/', require: 'valid-user' },
        { path: '/x', tokens: ['x'] },
      ],
    }
    const location = /^http:\/\/www\.example\.com:8080\/login\?back=http%3a(?:%2f){2}www\.example\.com%3a8080%2fapp$/
    t.match(decide(given, '/app'), { kind: 'redirect', location })
    t.match(decide(given, '/login'), { kind: 'pass' })
    t.match(decide(given, '/login/logout'), { kind: 'pass' })
    t.match(decide(given, '/loginx'), { kind: 'redirect' })
    t.match(decide(given, '/auth', undefined, { path: '/auth' }), { kind: 'pass' })
    t.match(options(given), {
      timeoutUrl: '/login?timeout=1',
      postTimeoutUrl: '/login?timeout=1&post=1',
      unauthUrl: '/login?unauth=1',
    })
  })
}

t.test('a login URL that is set stays, and its own URL counts', async (t) => {
  t.equal(options({ loginUrl: 'https://sso.example.com/' }).loginUrl, 'https://sso.example.com/')
  t.equal(options({ loginUrl: 'https://sso.example.com/' }).timeoutUrl, undefined)
  t.match(options({ timeoutUrl: '/late' }, { url: 'https://login.example.com/in', path: '/in' }), {
    loginUrl: 'https://login.example.com/in',
    timeoutUrl: '/late',
    unauthUrl: 'https://login.example.com/in?unauth=1',
  })
})

t.test('virtual hosts', async (t) => {
  const given: GuardOptions = {
    areas: [{ path: '/' }],
    hosts: [{ names: ['Login.example.com'] }, { names: ['www.example.com'], areas: [{ path: '/app' }, { path: '/' }] }],
  }
  for (const host of ['login.example.com', 'www.example.com'])
    t.match(decide(given, '/login', host), { kind: 'pass' }, host)
  const login = { hosts: ['login.EXAMPLE.com'], url: 'https://login.example.com/login' }
  t.match(decide(given, '/login', 'login.example.com', login), { kind: 'pass' })
  t.match(decide(given, '/login', 'www.example.com', login), {
    kind: 'redirect',
    location: /^https:\/\/login\.example\.com\/login\?back=/,
  })
  t.match(
    trouble(() => options(given, { hosts: ['login.example.com'] })),
    /^a\.json:2: login: with hosts, .*give its url, such as https:\/\/login/,
  )
  t.match(
    trouble(() => options(given, { hosts: ['sso.example.com'] })),
    /^a\.json:2: login: hosts: no virtual host is named 'sso\.example\.com'/,
  )
  t.match(
    trouble(() => options({}, { hosts: ['sso.example.com'] })),
    /no virtual host/,
  )
})

t.test('the login makes the tickets that the areas want which send people there', async (t) => {
  const foo: GuardOptions = {
    compat: 'exact',
    areas: [
      { path: '/app', require: 'valid-user', cookieName: 'foo', ignoreIp: true, timeout: 60, loginUrl: '/login' },
    ],
  }
  const area = (given: GuardOptions, login?: Partial<LoginConfig>) =>
    createGuard(options(given, login)).areaOf({ ...request, url: '/login', headers: ['Host', 'a'] })?.settings
  t.match(area(foo), { cookieName: 'foo', ignoreIp: true, timeout: 60, require: 'granted' })
  t.match(area({ ...foo, cookieName: 'foo', ignoreIp: true }), { cookieName: 'foo', timeout: 7200 }, 'nothing to do')
  t.match(
    trouble(() => area({ areas: [{ path: '/' }, { path: '/other', cookieName: 'other' }] })),
    /^a\.json:2: login: the areas \/ and \/other send people to the login and take different tickets \(cookieName\); give an area \/login/,
  )
  t.match(
    area({ areas: [{ path: '/' }, { path: '/ip', ignoreIp: true, loginUrl: 'https://elsewhere.example.com/' }] }),
    {
      ignoreIp: false,
    },
  )
  t.match(
    area({ areas: [{ path: '/' }, { path: '/other', cookieName: 'other' }, { path: '/login', cookieName: 'other' }] }),
    { cookieName: 'other', require: 'granted' },
    'who writes the area knows',
  )
  const hosts = { hosts: [{ names: ['*.example.com'], areas: [{ path: '/', cookieName: 'host' }] }] }
  t.match(
    createGuard(options({ areas: [{ path: '/' }], ...hosts })).areaOf({
      ...request,
      url: '/login',
      headers: ['Host', 'a.example.com'],
    })?.settings,
    { cookieName: 'host' },
  )
})

t.test('login URLs that would send people round in circles', async (t) => {
  const circle =
    /^a\.json:2: login: the area \/ sends people to \/signin, where a user is asked for: .*the login is at \/login/
  t.match(
    trouble(() => options({ areas: [{ path: '/' }], loginUrl: '/signin' })),
    circle,
  )
  t.match(
    trouble(() =>
      options({ hosts: [{ names: ['a.example'], areas: [{ path: '/' }] }], loginUrl: 'https://a.example/signin' }),
    ),
    circle,
  )
  for (const loginUrl of ['https://elsewhere.example.com/signin', '/login', '/login/corp', '/open/signin']) {
    t.ok(options({ areas: [{ path: '/' }, { path: '/open', require: 'granted' }], loginUrl }), loginUrl)
  }
})

t.test('a login URL that is the login gets the words that go with it', async (t) => {
  t.match(options({ loginUrl: '/login?x=1', unauthUrl: '/no' }), {
    loginUrl: '/login?x=1',
    timeoutUrl: '/login?x=1&timeout=1',
    postTimeoutUrl: '/login?x=1&timeout=1&post=1',
    unauthUrl: '/no',
  })
})
