/** Options of a wrong shape, misspelt or without sense are named with their place when the guard is made. */

import fc from 'fast-check'
import t, { type Test } from 'tap'
import { parseDuration } from '../../src/policy/duration.js'
import { createGuard } from '../../src/policy/guard.js'
import { nearest } from '../../src/policy/nearest.js'
import { checkOptions, type GuardOptions, placeOf } from '../../src/policy/options.js'
import { guardOf, KEY } from './guards.js'

const base = { keys: [KEY], selfTest: false }
const inArea = (area: object) => ({ ...base, areas: [{ path: '/', ...area }] })
const inHost = (area: object) => ({
  ...base,
  hosts: [{ names: ['h'], areas: [{ path: '/' }, { path: '/x', ...area }] }],
})

function refused(t: Test, cases: readonly (readonly [options: unknown, message: RegExp])[]): void {
  for (const [options, message] of cases) {
    t.throws(
      () => createGuard(options as GuardOptions),
      { code: 'ERR_TKT_OPTIONS', name: 'TktError', message },
      String(message),
    )
  }
}

t.test('a misspelt name is named with the one that was meant', async (t) => {
  refused(t, [
    [
      { ...base, loginURL: '/l' },
      /^createGuard: loginURL: there is no option 'loginURL' here; did you mean 'loginUrl'\?$/,
    ],
    [{ ...base, timeot: 1 }, /timeot: .*did you mean 'timeout'/],
    [
      { ...base, xyzzy: 1 },
      /xyzzy: there is no option 'xyzzy' here; known are compat, module, allowShiftableFields, keys, areas/,
    ],
    [inArea({ loginUrll: '/l' }), /areas\[0\]\.loginUrll: .*did you mean 'loginUrl'/],
    [inHost({ loginUrll: '/l' }), /hosts\[0\]\.areas\[1\]\.loginUrll: .*did you mean 'loginUrl'/],
    [{ ...base, hosts: [{ names: ['h'], name: 'x' }] }, /hosts\[0\]\.name: .*did you mean 'names'/],
    [{ keys: [{ secret: 'x', digset: 'md5' }] }, /keys\[0\]\.digset: .*did you mean 'digest'/],
    [{ publicKeys: [{ publickey: 'x', digest: 'sha256' }] }, /publicKeys\[0\]\.publickey: .*did you mean 'publicKey'/],
    [{ publicKeys: [{ publicKey: 'x', digset: 'sha256' }] }, /publicKeys\[0\]\.digset: .*did you mean 'digest'/],
    [inArea({ publicKeys: [{ publicKey: 'x', alow: ['sha1'] }] }), /areas\[0\]\.publicKeys\[0\]\.alow: .*'allow'/],
    [{ signingKey: { privatekey: 'x' } }, /signingKey\.privatekey: .*did you mean 'privateKey'/],
    [{ keys: [{ ...KEY, dialekt: 'apache' }] }, /keys\[0\]\.dialekt: .*did you mean 'dialect'/],
    [
      { ...base, hosts: [{ names: ['h'], keys: [{ ...KEY, secrt: 'x' }] }] },
      /hosts\[0\]\.keys\[0\]\.secrt: .*'secret'/,
    ],
    [inArea({ pth: '/' }), /areas\[0\]\.pth: .*did you mean 'path'/],
  ])
})

t.test('of names that a setting can have, the one that was meant', async (t) => {
  const meant = (digest: unknown) => [{ publicKey: 'x', digest }]
  refused(t, [
    [{ publicKeys: meant('SHA256') }, /digest: must be one of sha1, sha224, sha256, .*; did you mean 'sha256'\?$/],
    [{ publicKeys: meant('sha-512') }, /digest: .*; did you mean 'sha512'\?$/],
    [{ publicKeys: meant('md5') }, /digest: must be one of sha1, sha224, sha256, sha384, sha512$/],
    [{ publicKeys: meant(256) }, /digest: must be one of sha1, sha224, sha256, sha384, sha512$/],
    [{ signingKey: { privateKey: 'x', digest: 'SHA1' } }, /signingKey\.digest: .*; did you mean 'sha1'\?$/],
    [{ keys: [{ secret: 'x', digest: 'SHA-256' }] }, /keys\[0\]\.digest: .*; did you mean 'sha256'\?$/],
    [{ ...base, module: 'mod_auth_pubkt' }, /module: must be one of .*; did you mean 'mod_auth_pubtkt'\?$/],
    [inHost({ authType: 'basic' }), /hosts\[0\]\.areas\[1\]\.authType: .*; did you mean 'Basic'\?$/],
  ])
})

t.test('a wrong type is named with its place', async (t) => {
  refused(t, [
    [undefined, /createGuard: must be an object$/],
    [null, /createGuard: must be an object$/],
    [[], /createGuard: /],
    [{ ...base, compat: 'strict' }, /compat: must be one of exact, hardened$/],
    [{ ...base, keys: {} }, /keys: must be an array$/],
    [{ keys: ['a secret of many bytes'] }, /keys\[0\]: must be an object$/],
    [{ keys: [{ secret: 7, digest: 'md5' }] }, /keys\[0\]\.secret: must be a string$/],
    [{ keys: [{ secret: 'x', digest: 'xyzzy' }] }, /keys\[0\]\.digest: must be one of md5, sha1, sha256, sha512$/],
    [{ keys: [{ secret: 'x' }] }, /keys\[0\]\.digest: is missing; give it$/],
    [{ publicKeys: [{ digest: 'sha256' }] }, /publicKeys\[0\]\.publicKey: is missing; give it$/],
    [{ ...base, cache: 5 }, /cache: must be true or false or an object$/],
    [{ ...base, keys: Array(65).fill(KEY) }, /keys: Too big/],
    [{ ...base, hosts: [{}] }, /hosts\[0\]\.names: is missing; give it$/],
    [
      { keys: [{ ...KEY, acceptUntil: 'soon' }] },
      /keys\[0\]\.acceptUntil: must be unix time in whole seconds, a date, /,
    ],
    [{ keys: [{ ...KEY, acceptUntil: -1 }] }, /keys\[0\]\.acceptUntil: /],
    [{ keys: [{ ...KEY, acceptUntil: 1.5 }] }, /keys\[0\]\.acceptUntil: /],
    [{ keys: [{ ...KEY, acceptUntil: '2024-02-30' }] }, /keys\[0\]\.acceptUntil: /],
    [{ keys: [{ ...KEY, acceptUntil: '2024-02-01T00:00:00' }] }, /keys\[0\]\.acceptUntil: /],
    [{ ...base, timeout: '2 hours' }, /timeout: '2 hours' is no duration/],
    [{ ...base, timeout: -1 }, /timeout: '-1' is no duration/],
    [{ ...base, timeout: 1.5 }, /timeout: '1.5' is no duration/],
    [{ ...base, timeout: 2 ** 31 }, /timeout: /],
    [{ ...base, timeout: true }, /timeout: give whole seconds/],
    [{ ...base, timeoutRefresh: 1.1 }, /timeoutRefresh: /],
    [{ ...base, trustedProxies: ['10.0.0.0/33'] }, /trustedProxies/],
    [{ ...base, trustedProxies: 'all' }, /trustedProxies/],
    [{ ...base, minSecretLength: 0 }, /minSecretLength: /],
    [{ ...base, shadow: 'no' }, /shadow: /],
    [{ ...base, redirectStatus: 301 }, /redirectStatus: /],
    [{ ...base, loginUrl: 'https://l.example/a b' }, /loginUrl: an URL has no spaces/],
    [{ ...base, loginUrl: 'https://l.example/\r\nX: y' }, /loginUrl: an URL has no/],
    [{ ...base, cookieName: 'a=b' }, /cookieName: a cookie name has/],
    [{ ...base, cookieName: 'a;b' }, /cookieName: /],
    [{ ...base, cookieName: '' }, /cookieName: /],
    [{ ...base, backCookieName: 'a b' }, /backCookieName: /],
    [{ ...base, backArgName: 'a&b' }, /backArgName: an argument name/],
    [{ ...base, cookieDomain: 'a;b' }, /cookieDomain: a cookie domain/],
    [{ ...base, guestUser: 'a!b' }, /guestUser: a guest's uid/],
    [{ ...base, guestUser: 'a\nb' }, /guestUser: /],
    [{ ...base, tokens: ['a,b'] }, /tokens\[0\]: a token has no/],
    [{ ...base, tokens: [''] }, /tokens\[0\]: /],
    [{ ...base, backHosts: ['a:80'] }, /backHosts\[0\]: a host is a name/],
    [{ ...base, ipv6Prefix: 129 }, /ipv6Prefix: /],
    [{ ...base, hosts: [{}] }, /hosts\[0\]\.names: /],
    [{ ...base, hosts: [{ names: ['a:80'] }] }, /hosts\[0\]\.names\[0\]: /],
    [{ ...base, hosts: [{ names: ['a'], port: 70000 }] }, /hosts\[0\]\.port: /],
    [
      { ...base, hosts: [{ names: ['a'], address: 'localhost' }] },
      /hosts\[0\]\.address: this is no IPv4 or IPv6 address/,
    ],
    [inArea({ require: 'everybody' }), /areas\[0\]\.require: /],
    [inArea({ require: { user: ['a'] } }), /areas\[0\]\.require: /],
    [inArea({ require: { users: [] } }), /areas\[0\]\.require/],
    [inArea({ require: { any: [] } }), /areas\[0\]\.require/],
    [inArea({ require: { users: ['a'], ips: ['10.0.0.1'] } }), /areas\[0\]\.require/],
    [inArea({ require: { ips: ['10.0.0.0/x'] } }), /areas\[0\]\.require/],
    [inArea({ groups: { a: 'b' } }), /areas\[0\]\.groups\.a: /],
  ])
})

t.test('areas that no request could ever be in are refused', async (t) => {
  refused(t, [
    [{ ...base, areas: [{}] }, /areas\[0\]: an area has exactly one of path, exactPath, pattern and file/],
    [inArea({ exactPath: '/x' }), /areas\[0\]: an area has exactly one of/],
    [inArea({ path: 'admin' }), /areas\[0\]\.path: no path can match 'admin': begin it with \//],
    [inArea({ path: '' }), /begin it with/],
    [inArea({ path: '//a' }), /write it without \/\//],
    [inArea({ path: '/a/../b' }), /write it without/],
    [inArea({ path: '/a/.' }), /write it without/],
    [inArea({ path: '/a%20b' }), /compared with decoded paths/],
    [inArea({ path: '/a?b' }), /compared with paths alone/],
    [inArea({ path: '/a\\b' }), /such paths are refused/],
    [inArea({ path: '/a;b' }), /such paths are refused; set oddPaths/],
    [inArea({ path: '/a.' }), /such paths are refused/],
    [inArea({ path: '/a /b' }), /such paths are refused/],
    [
      inArea({ path: '/priv\u00e9' }),
      /is compared with bytes, one char a byte: write its UTF-8 as '\/priv\u00c3\u00a9'/,
    ],
    [inArea({ path: '/\u0416' }), /write its UTF-8/],
    [inArea({ path: undefined, exactPath: 'x' }), /areas\[0\]\.exactPath: no path/],
    [inArea({ path: undefined, pattern: '(' }), /areas\[0\]\.pattern: this is no regular expression/],
    [inArea({ path: undefined, file: '[' }), /areas\[0\]\.file: this is no regular expression/],
    [inArea({ path: undefined, pattern: '^/\u0416' }), /areas\[0\]\.pattern: .*UTF-8/],
    [inHost({ path: 'x' }), /hosts\[0\]\.areas\[1\]\.path: no path/],
    [{ ...inArea({ path: 'x' }), compat: 'exact' }, /begin it with/],
    [{ ...inArea({ path: '/\u0416' }), compat: 'exact' }, /UTF-8/],
  ])
  for (const path of ['/a%20b', '/a?b', '/a\\b', '/a;b', '/a.', '/priv\u00e9']) {
    t.doesNotThrow(() => createGuard({ ...inArea({ path }), compat: 'exact' }), `Apache's syntax allows ${path}`)
  }
  t.doesNotThrow(() => createGuard({ ...inArea({ path: '/a;b' }), oddPaths: 'allow' }))
  t.doesNotThrow(() => createGuard(inArea({ path: '/priv\u00c3\u00a9' })), 'UTF-8 as bytes')
})

t.test('two areas of one path, and settings that contradict each other, are refused', async (t) => {
  const two = (...areas: object[]) => ({ ...base, areas })
  refused(t, [
    [two({ path: '/a' }, { path: '/a' }), /areas\[1\]\.path: '\/a' is areas\[0\] already/],
    [
      two({ path: '/a' }, { path: '/b' }, { path: '/A' }),
      /areas\[2\]\.path: '\/A' differs from areas\[0\] in case only/,
    ],
    [two({ exactPath: '/a' }, { exactPath: '/a' }), /areas\[1\]\.exactPath: .*already/],
    [{ ...base, cookieName: '__Host-a', cookieDomain: 'a.example' }, /cookieDomain: a __Host- cookie has no domain/],
    [{ ...base, cookieName: '__Secure-a', cookieSecure: false }, /cookieSecure: browsers drop __Secure-a/],
    [inArea({ cookieName: '__Host-a', cookieSecure: false }), /areas\[0\]\.cookieSecure: /],
    [{ ...base, cookieSameSite: 'None', cookieSecure: false }, /cookieSameSite: browsers drop/],
    [{ ...base, guestLogin: false, guestFallback: true }, /guestFallback: there are no guests/],
    [{ ...base, hosts: [{ names: [] }] }, /hosts\[0\]\.names: name at least one host/],
    [{ ...base, hosts: [{ names: ['a'], guestLogin: false, guestFallback: true }] }, /hosts\[0\]\.guestFallback/],
  ])
  t.doesNotThrow(() =>
    createGuard(two({ path: '/a' }, { path: '/a/' }, { exactPath: '/a' }, { pattern: '^/a' }) as GuardOptions),
  )
  t.doesNotThrow(() => createGuard({ ...(two({ path: '/a' }, { path: '/A' }) as GuardOptions), oddPaths: 'allow' }))
  t.doesNotThrow(() => createGuard({ ...(two({ path: '/a' }, { path: '/a' }) as GuardOptions), compat: 'exact' }))
})

t.test('weak and well-known secrets are refused in hardened', async (t) => {
  const secret = (text: string | Uint8Array) => ({
    keys: [KEY, { secret: text, digest: 'md5' as const }],
    selfTest: false,
  })
  const manual = 'w b@5b15#664038f.f9d8U19b7e25 664eY9ad2%4393e,a2ef'
  refused(t, [
    [secret('fifteen bytes !'), /keys\[1\]\.secret: this secret has 15 bytes; it needs 16 or more/],
    [secret(''), /keys\[1\]\.secret: this secret has 0 bytes/],
    [secret(manual), /keys\[1\]\.secret: this secret stands in a manual/],
    [secret(new TextEncoder().encode(manual)), /stands in a manual/],
    [secret('secret'), /stands in a manual/],
    [{ ...secret('x'.repeat(20)), minSecretLength: 32 }, /it needs 32 or more/],
    [{ ...secret(''), compat: 'exact' }, /it needs 1 or more/],
    [{ ...secret('x'.repeat(1025)) }, /longer than 1024 bytes/],
    [
      { ...base, hosts: [{ names: ['h'], keys: [{ secret: 'short', digest: 'md5' }] }] },
      /hosts\[0\]\.keys\[0\]\.secret: /,
    ],
    [{ keys: [{ ...KEY, acceptUntil: '1969-01-01' }] }, /acceptUntil/],
  ])
  t.doesNotThrow(() => createGuard(secret('sixteen bytes !!')))
  t.doesNotThrow(
    () => createGuard({ ...secret('\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9') }),
    'bytes, not chars',
  )
  t.doesNotThrow(() => createGuard({ ...secret('secret'), compat: 'exact' }))
  t.doesNotThrow(() => createGuard({ ...secret('secret'), demoSecrets: 'allow', minSecretLength: 6 }))
})

t.test('no message ever says a secret', async () => {
  const secret = fc
    .string({ minLength: 6, maxLength: 30 })
    .filter((text) => /^[^\s'\\]{6,}$/.test(text) && !/^[a-z]+$/i.test(text))
  const wrong: ((secret: string) => unknown)[] = [
    (text) => ({ keys: [{ secret: text, digest: 'md5' }], minSecretLength: 1024 }),
    (text) => ({ keys: [{ secret: text }] }),
    (text) => ({ keys: [{ secret: text, digest: text }] }),
    (text) => ({ keys: [{ secret: [text], digest: 'md5' }] }),
    (text) => ({ keys: [{ secret: { file: text }, digest: 'md5' }] }),
    (text) => ({ keys: [text] }),
    (text) => ({ keys: text }),
    (text) => ({ keys: [{ secret: text, digest: 'md5', dialect: text, acceptUntil: text }] }),
    (text) => ({ keys: [{ secret: `${text}\ud800`.repeat(3), digest: 'md5' }], areas: [{ path: '/' }] }),
    (text) => ({ keys: [{ secret: text.repeat(300), digest: 'md5' }], areas: [{ path: '/' }] }),
    (text) => ({ hosts: [{ names: ['h'], keys: [{ secret: text, digest: 'md5', x: 1 }] }] }),
  ]
  fc.assert(
    fc.property(secret, fc.constantFrom(...wrong), (text, make) => {
      try {
        createGuard(make(text) as GuardOptions)
        return false
      } catch (error) {
        return (
          error instanceof Error &&
          error.name === 'TktError' &&
          !`${error.message}${error.stack?.split('\n    at')[0]}`.includes(text)
        )
      }
    }),
    { numRuns: 2000 },
  )
})

t.test('warnings name what works and is weak', async (t) => {
  const lighttpd = { ...KEY, dialect: 'lighttpd' as const }
  const cases: [GuardOptions, RegExp | undefined][] = [
    [{}, undefined],
    [{ trustedProxies: 'any' }, /trustedProxies is 'any'/],
    [{ keys: [KEY, lighttpd], allowShiftableFields: true }, /dialect lighttpd/],
    [{ hosts: [{ names: ['h'], keys: [lighttpd] }], allowShiftableFields: true }, /dialect lighttpd/],
    [{ shadow: true }, /shadow is on/],
    [{ urlTickets: true }, /urlTickets is on/],
    [{ areas: [{ path: '/', urlTickets: true }] }, /urlTickets is on/],
    [{ urlTickets: true, compat: 'exact' }, undefined],
    [{ guestFallback: true }, /guestFallback without guestLogin/],
    [{ guestFallback: true, guestFallbackAlone: true }, /guestFallback counts without guestLogin \(L8\)/],
    [{ compat: 'exact', module: 'mod_authn_tkt', guestFallback: true }, /\(L8\)/],
    [{ guestFallback: true, guestLogin: true }, undefined],
    [{ loginUrl: null, areas: [{ path: '/', authType: 'None', require: 'valid-user' }] }, /it answers 500/],
    [{ areas: [{ path: '/', authType: 'None', require: 'valid-user' }] }, undefined],
    [{ compat: 'exact', areas: [] }, /no area is configured/],
    [{ default: 'pass', areas: [], hosts: [{ names: ['h'], areas: [] }] }, /no area is configured/],
    [{ default: 'pass', areas: [], hosts: [{ names: ['h'], areas: [{ path: '/' }] }] }, undefined],
    [{ areas: [{ path: '/' }, { path: '/shop', guestLogin: true, guestUser: 'g-%8U' }] }, /guests get tickets/],
    [
      { areas: [{ path: '/' }, { path: '/shop', guestLogin: true, guestUser: 'g-%8U', guestCookie: false }] },
      undefined,
    ],
    [
      { compat: 'exact', areas: [{ path: '/' }, { path: '/shop', guestLogin: true, guestCookie: true }] },
      /guests get tickets/,
    ],
    [{ compat: 'exact', areas: [{ path: '/' }, { path: '/shop', guestLogin: true }] }, undefined],
  ]
  for (const [options, warning] of cases) {
    const { warnings } = guardOf(options)
    if (warning) t.match(warnings, [warning], JSON.stringify(options))
    else t.strictSame(warnings, [], JSON.stringify(options))
    t.notMatch(warnings.join(), /the current secret/)
  }
})

t.test('small parts: nearest names, places, durations', async (t) => {
  t.equal(nearest('LOGINURL', ['loginUrl', 'logicUrl']), 'loginUrl')
  t.equal(nearest('lgoinUrl', ['loginUrl']), 'loginUrl', 'a swap is one slip')
  t.equal(nearest('x', ['y']), 'y')
  t.equal(nearest('abc', ['xyz']), undefined)
  t.equal(nearest('', []), undefined)
  t.equal(placeOf(['hosts', 0, 'areas', 1, 'x']), 'hosts[0].areas[1].x')
  t.equal(placeOf([]), '')
  const durations = { '0': 0, '7200': 7200, '2h': 7200, '1h30m': 5400, '1M': 2592000, '1y': 31536000, '1w2d3s': 777603 }
  for (const [text, seconds] of Object.entries(durations)) t.equal(parseDuration(text), seconds, text)
  for (const text of ['', 'h', ' 1', '1 h', '-1', '1.5h', '1x', '1h30', '12345678901']) {
    t.equal(parseDuration(text), undefined, text)
  }
  t.match(checkOptions({ keys: [{}], areas: [{ x: 1 }] }), { issues: { length: 3 } }, 'all that is wrong at once')
})
