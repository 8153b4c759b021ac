/** `authtkt serve` with a login that makes signed tickets: what is wrong is told at start, and the rest works. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { htpasswdLine } from '../../native-fixtures/htpasswd.mjs'
import { createPubtktIssuer, createPubtktVerifier } from '../../src/index.js'
import { startServe } from '../helpers/serve-process.js'
import { startApp } from '../helpers/served.js'
import { pairOf, publicKeyOf, signingKeyOf } from '../helpers/signing-keys.js'
import { openBrowser } from '../login/desk.js'
import { cli } from './command.js'

const folder = mkdtempSync(join(tmpdir(), 'authtkt-signed-login-'))
t.teardown(() => rmSync(folder, { recursive: true }))
const put = (name: string, text: string) => {
  writeFileSync(join(folder, name), text, { mode: 0o600 })
  return join(folder, name)
}
const PASSWORD = 'battery staple of Ada'
put('users', `${htpasswdLine('ada', PASSWORD, 'bcrypt')}\n`)
for (const name of ['rsa', 'otherRsa'] as const) {
  put(name, pairOf(name).privateKey)
  put(`${name}.pub`, pairOf(name).publicKey)
}
put('aes', '16 bytes of key!')
put('other-aes', '16 other bytes!!')
put('secret', 'a secret of the other tickets')

const authenticators = [{ type: 'htpasswd', file: 'users' }]
const signingKey = { privateKey: { file: 'rsa' }, digest: 'sha256' }
const publicKeys = [{ publicKey: { file: 'rsa.pub' }, digest: 'sha256' }]
const others = [{ publicKey: { file: 'otherRsa.pub' }, digest: 'sha256' }]
const SIGNED = { module: 'mod_auth_pubtkt', publicKeys, areas: [{ path: '/' }], upstream: 'http://127.0.0.1:3000' }
const write = (guard: object, login: object = {}) =>
  put(
    'authtkt.json',
    JSON.stringify({ gateway: { listen: '127.0.0.1:0' }, ...guard, login: { authenticators, ...login } }, null, 1),
  )

const WRONG: [name: string, guard: object, login: object, says: RegExp][] = [
  [
    'no signing key',
    SIGNED,
    {},
    /login: the area \/ asks for signed tickets, and there is nothing to sign them with; give the login a signingKey: .*keygen/,
  ],
  [
    'a key of nobody',
    { ...SIGNED, publicKeys: others },
    { signingKey },
    /login: signingKey: it belongs to none of the publicKeys of the area \/, .*openssl pkey/,
  ],
  [
    'another digest',
    SIGNED,
    { signingKey: { ...signingKey, digest: 'sha512' } },
    /signingKey: it belongs to none of the publicKeys of the area \/, or has another digest/,
  ],
  [
    'one area of two',
    { ...SIGNED, areas: [{ path: '/' }, { path: '/x', publicKeys: others }] },
    { signingKey },
    /publicKeys of the area \/x,/,
  ],
  [
    'nobody asks for it',
    { keys: [{ secret: { file: 'secret' }, digest: 'sha256' }], areas: [{ path: '/' }] },
    { signingKey },
    /signingKey: no area that sends people here asks for signed tickets/,
  ],
  [
    'tickets of both kinds',
    {
      ...SIGNED,
      keys: [{ secret: { file: 'secret' }, digest: 'sha256' }],
      areas: [{ path: '/' }, { path: '/x', authType: 'TKT' }],
    },
    { signingKey },
    /take different tickets \((?:cookieName|authType)\)/,
  ],
  [
    'no cookie',
    { ...SIGNED, ticketHeaders: ['X-Ticket'] },
    { signingKey },
    /would not take the login's tickets \(absent\).*ticketHeaders/,
  ],
  [
    'a public key to sign with',
    SIGNED,
    { signingKey: { ...signingKey, privateKey: { file: 'rsa.pub' } } },
    /authtkt\.json:\d+: login\.signingKey\.privateKey: 'rsa\.pub': this is a public key, which signs nothing/,
  ],
  [
    'no such file',
    SIGNED,
    { signingKey: { ...signingKey, privateKey: { file: 'none' } } },
    /login\.signingKey\.privateKey: 'none' cannot be read/,
  ],
  [
    'no such variable',
    SIGNED,
    { signingKey: { ...signingKey, privateKey: { env: 'NO_SUCH_KEY' } } },
    /login\.signingKey\.privateKey: the environment has no NO_SUCH_KEY/,
  ],
  [
    'tickets that nobody asks for',
    { keys: [{ secret: { file: 'secret' }, digest: 'sha256' }], areas: [{ path: '/' }] },
    { tickets: { timeout: '8h' } },
    /login: tickets: no area that sends people here asks for signed tickets/,
  ],
  [
    'two timeouts',
    { ...SIGNED, timeout: '1h' },
    { signingKey, tickets: { timeout: '8h' } },
    /authtkt\.json:\d+: login: tickets\.timeout: the configuration says another timeout; keep one of them/,
  ],
  [
    "an area's",
    { ...SIGNED, areas: [{ path: '/', maxAge: '1d' }] },
    { signingKey, tickets: { maxAge: '12h' } },
    /tickets\.maxAge: the area \/ says another maxAge/,
  ],
  [
    "the login's area",
    { ...SIGNED, areas: [{ path: '/' }, { path: '/login', require: 'granted', cookieSecure: false }] },
    { signingKey, tickets: { cookieSecure: true } },
    /tickets\.cookieSecure: the area \/login says another cookieSecure/,
  ],
  [
    "a host's",
    { ...SIGNED, hosts: [{ names: ['a.example'], ignoreIp: true }] },
    { signingKey, tickets: { ignoreIp: false } },
    /tickets\.ignoreIp: the host a\.example says another ignoreIp/,
  ],
  [
    'nothing to seal with',
    SIGNED,
    { signingKey, passthru: true },
    /login: passthru: there is no passthruKey to seal passwords with \(TKTAuthPassthruBasicKey\)/,
  ],
  [
    'another key to seal with',
    {
      ...SIGNED,
      passthruBasicAuth: true,
      areas: [
        { path: '/y', passthruKey: { file: 'aes' } },
        { path: '/x', passthruKey: { file: 'other-aes' } },
      ],
    },
    { signingKey, passthru: true },
    /passthru: the area \/x has another passthruKey than the others, or none/,
  ],
  [
    "another key than the login's",
    {
      ...SIGNED,
      areas: [
        { path: '/', passthruBasicAuth: true },
        { path: '/login', require: 'granted', passthruKey: { file: 'aes' } },
      ],
    },
    { signingKey, passthru: true },
    /passthru: the area \/ has another passthruKey than the login's area, or none/,
  ],
  [
    'nobody asks for passwords',
    { keys: [{ secret: { file: 'secret' }, digest: 'sha256' }], areas: [{ path: '/' }] },
    { passthru: true },
    /login: passthru: no area that sends people here asks for signed tickets/,
  ],
  [
    'no duration',
    SIGNED,
    { signingKey, tickets: { timeout: 'x' } },
    /authtkt\.json:\d+: login\.tickets\.timeout: 'x' is no/,
  ],
  ['misspelt settings', SIGNED, { signingKey, tickets: { timeuot: 1 } }, /tickets\.timeuot: .* did you mean 'timeout'/],
  ['misspelt', SIGNED, { signinKey: signingKey }, /did you mean 'signingKey'/],
]

t.test('a login whose tickets would let nobody in is told at start', async (t) => {
  for (const [name, guard, login, says] of WRONG) {
    const answer = await cli('serve', '--check', '--config', write(guard, login))
    t.match(answer, { code: 2, out: '', err: says }, name)
    t.notOk(answer.err.includes(pairOf('rsa').privateKey.split('\n')[1] as string), name)
  }
  const good: [guard: object, login: object][] = [
    [SIGNED, {}],
    [{ ...SIGNED, timeout: '2h', hosts: [{ names: ['a.example'] }] }, { tickets: { timeout: 7200, maxAge: '1d' } }],
    [{ ...SIGNED, passthruKey: { file: 'aes' } }, { passthru: true }],
    [
      {
        ...SIGNED,
        hosts: [{ names: ['a.example'], passthruKey: { file: 'other-aes' } }],
        passthruKey: { file: 'aes' },
      },
      { passthru: true },
    ],
    [
      // What other areas have is their matter.
      { ...SIGNED, areas: [{ path: '/' }, { path: '/open', require: 'granted', timeout: '1h', loginUrl: null }] },
      { tickets: { timeout: '8h' } },
    ],
  ]
  for (const [guard, login] of good) {
    t.match(await cli('serve', '--check', '--config', write(guard, { signingKey, ...login })), { code: 0, out: 'ok\n' })
  }
})

t.test('renewals that nothing would end are told at start', async (t) => {
  put('mute.mjs', "export default { name: 'mute', check: async () => ({ ok: false, reason: 'wrong' }) }\n")
  put(
    'knows.mjs',
    "export default { name: 'knows', check: async () => ({ ok: false, reason: 'wrong' }), lookUp: async () => ({}) }\n",
  )
  const corp = { name: 'corp', issuer: 'https://corp.example.com', clientId: 'portal' }
  const own = (file: string) => ({ type: 'module', file })
  const cases: [guard: object, login: object, by: string | undefined][] = [
    [{}, {}, undefined],
    [{}, { authenticators: [own('knows.mjs')] }, undefined],
    [{}, { authenticators: [...authenticators, own('mute.mjs')] }, 'mute'],
    [{}, { authenticators: [own('mute.mjs')], providers: [corp] }, 'mute, corp'],
    [{ maxAge: '12h' }, { authenticators: [own('mute.mjs')], providers: [corp] }, undefined],
    [{ timeoutRefresh: 0 }, { providers: [corp] }, undefined],
    [{ timeout: 0 }, { providers: [corp] }, undefined],
  ]
  for (const [guard, login, by] of cases) {
    const config = write({ ...SIGNED, ...guard }, { signingKey, ...login })
    const serve = await startServe(t, ['--config', config])
    const says =
      /"by":"([^"]*)","msg":"login: whoever signs in by \1, or might have, has .* renewed for ever: .*; set maxAge"/
    t.equal(says.exec(serve.messages())?.[1], by, JSON.stringify([guard, login]))
    await serve.end()
  }
})

t.test('keys of another login are not taken at the login where another area of ours does not have them', async (t) => {
  const app = await startApp(t)
  const both = [...publicKeys, ...others]
  const areas = [{ path: '/' }, { path: '/both', publicKeys: both }]
  const config = write({ ...SIGNED, publicKeys, areas, upstream: app.url, ignoreIp: true }, { signingKey })
  const serve = await startServe(t, ['--config', config])
  const now = Math.floor(Date.now() / 1000)
  const browser = openBrowser(serve.urls.gateway as string, '/login', { now })
  const fields = { uid: 'mallory', validUntil: now + 600, gracePeriod: now - 600 }
  const value = createPubtktIssuer({ key: signingKeyOf('otherRsa', 'sha256') }).issue(fields)
  await browser.jar.setCookie(`auth_pubtkt=${value}; path=/`, serve.urls.gateway as string)
  const sent = await browser.ask('/both')
  t.match(sent, { status: 307, location: /\/login\?back=/ })
  const page = await browser.ask(sent.location as string)
  t.match(page, { status: 200, body: /name="password"/ }, 'a password is wanted')
  t.strictSame(
    page.setCookies.filter((line) => line.startsWith('auth_pubtkt')),
    [],
  )
})

t.test("next to Apache's own configuration, from a file of its own, through pages and processes", async (t) => {
  const app = await startApp(t)
  const conf = put(
    'site.conf',
    `LoadModule auth_pubtkt_module modules/mod_auth_pubtkt.so
<Location />
  AuthType mod_auth_pubtkt
  TKTAuthPublicKey "${join(folder, 'rsa.pub')}"
  TKTAuthDigest SHA256
  TKTAuthLoginURL /login
  Require valid-user
</Location>
<Location /app>
  TKTAuthPassthruBasicAuth on
  TKTAuthPassthruBasicKey "16 bytes of key!"
</Location>
`,
  )
  const login = put(
    'login.json',
    JSON.stringify({ authenticators, passthru: true, signingKey: { ...signingKey, privateKey: { env: 'LOGIN_KEY' } } }),
  )
  const args = [
    '--config',
    conf,
    '--format',
    'apache',
    '--upstream',
    app.url,
    '--listen',
    '127.0.0.1:0',
    '--login',
    login,
  ]
  const serve = await startServe(t, [...args, '--admin', '127.0.0.1:0', '--access-log', '--log-level', 'trace'], {
    LOGIN_KEY: pairOf('rsa').privateKey,
  })
  const origin = serve.urls.gateway as string
  const clock = { now: Math.floor(Date.now() / 1000) }
  const ada = openBrowser(origin, '/login', clock)
  const sent = await ada.ask('/page?x=1')
  t.match(sent, { status: 307, location: /\/login\?back=/ })
  const signedIn = await ada.signIn({ uid: 'ada', password: PASSWORD }, sent.location)
  t.match(signedIn, { status: 303 })
  t.match(await ada.ask(signedIn.location as string), { status: 303, location: `${origin}/page?x=1` })
  t.match(await ada.ask('/page?x=1'), { status: 200 })
  t.match((await ada.ask('/app')).body, `Basic ${btoa(`ada:${PASSWORD}`)}`)

  const late = openBrowser(origin, '/login', clock)
  const issue = (uid: string) => {
    const argv = ['--private-key-file', join(folder, 'rsa'), '--digest', 'sha256', '--uid', uid, '--ip', '127.0.0.1']
    return cli('issue', ...argv, '--time', `${clock.now - 3600}`, '--valid', '2h', '--grace', '90m')
  }
  const due = await issue('ada')
  await late.jar.setCookie(`auth_pubtkt=${due.out.trim()}; path=/`, origin)
  const refresh = await late.ask('/page')
  t.match(refresh, { status: 307, location: /\/login\?back=/ })
  const renewed = await late.ask(refresh.location as string)
  t.match(await late.ask(renewed.location as string), { status: 303, location: `${origin}/page` })
  t.match(await late.ask('/page'), { status: 200 })

  const gone = openBrowser(origin, '/login', clock)
  await gone.jar.setCookie(`auth_pubtkt=${(await issue('eve')).out.trim()}; path=/`, origin)
  t.match(await gone.ask('/login'), { status: 200, body: /name="password"/ }, 'whose account is gone')
  const metrics = await (await fetch(`${serve.urls.admin}/metrics`)).text()
  t.match(metrics, /authtkt_logins_total\{by="htpasswd",outcome="renewed"\} 1\n/)
  t.match(metrics, /authtkt_logins_total\{by="htpasswd",outcome="not-renewed"\} 1\n/)
  await serve.end()
  const written = serve.messages() + serve.printed()
  t.match(written, 'ticket renewed')
  t.match(written, /"reason":"unknown","uid":"eve","ip":"127.0.0.1","msg":"renewal refused"/)
  for (const secret of [PASSWORD, due.out.trim(), pairOf('rsa').privateKey.split('\n')[1] as string]) {
    t.notOk(written.includes(secret), 'nothing secret is written')
  }
})

t.test("next to Apache's configuration, the login's tickets are what its file says", async (t) => {
  const app = await startApp(t)
  const conf = put(
    'tickets.conf',
    `<Location />
  AuthType mod_auth_pubtkt
  TKTAuthPublicKey "${join(folder, 'rsa.pub')}"
  TKTAuthDigest SHA256
  TKTAuthLoginURL /login
  Require valid-user
</Location>
`,
  )
  t.match(await cli('convert', '--from', 'apache', conf), {
    err: /note: timeout, .* of signed tickets are the login's.*"tickets"/,
  })
  const tickets = { timeout: '8h', timeoutRefresh: 0.25, maxAge: '1d', ignoreIp: true, cookieSecure: true }
  const login = (more: object) =>
    put('login.json', JSON.stringify({ authenticators, signingKey, tickets: { ...tickets, ...more } }))
  const args = ['--config', conf, '--upstream', app.url, '--listen', '127.0.0.1:0', '--login', login({})]
  const serve = await startServe(t, args)
  const now = Math.floor(Date.now() / 1000)
  const ada = openBrowser(serve.urls.gateway as string, '/login', { now })
  const { setCookies } = await ada.signIn({ uid: 'ada', password: PASSWORD })
  const line = setCookies.find((one) => one.startsWith('auth_pubtkt=')) ?? ''
  t.match(line, /; secure/i)
  const verifier = createPubtktVerifier({ keys: [publicKeyOf('rsa', 'sha256')] })
  const result = verifier.verify(line.slice('auth_pubtkt='.length).split(';')[0] as string, { now })
  const { validUntil = 0, gracePeriod = 0, ...rest } = (result.ok && result.ticket) || {}
  t.match(rest, { uid: 'ada', clientIp: '', tokens: [/^since=/] })
  t.ok(validUntil >= now + 8 * 3600 && validUntil < now + 8 * 3600 + 60)
  t.equal(validUntil - gracePeriod, 2 * 3600)
  await serve.end()
  const domain = args.with(-1, login({ cookieDomain: 'example.com', timeoutRefresh: undefined, refreshWithin: '10m' }))
  t.match(await cli('serve', '--check', ...domain), { code: 0, out: 'ok\n' })
})

t.test('explain: what a signed ticket lacks, and what the backend gets', async (t) => {
  const now = 1_700_000_000
  const guard = {
    ...SIGNED,
    areas: [{ path: '/' }, { path: '/fake', fakeBasicAuth: true }, { path: '/x', publicKeys: others }],
  }
  const config = put('explain.json', JSON.stringify({ ...guard, loginUrl: '/login', clientAuthorization: 'keep' }))
  const issue = (digest: 'sha1' | 'sha256', more: object = {}) =>
    createPubtktIssuer({ key: signingKeyOf('rsa', digest) }).issue({ uid: 'ada', validUntil: now + 60, ...more })
  const line = (url: string, value: string, more: [string, string][] = []) =>
    JSON.stringify({
      url,
      headers: [['Host', 'a.example'], ['Cookie', `auth_pubtkt=${value}`], ...more],
      ip: '192.0.2.1',
      now,
    })
  const lines = (texts: string[]) => put('requests', `${texts.join('\n')}\n`)
  const good = issue('sha256')
  const basic: [string, string] = ['Authorization', 'Basic YTpi']
  const rows = (
    await cli(
      'explain',
      '--config',
      config,
      lines([line('/', good), line('/', good, [basic]), line('/fake', good), line('/fake', good, [basic])]),
    )
  ).out
  t.match(
    rows
      .trimEnd()
      .split('\n')
      .map((text) => JSON.parse(text)),
    [
      { kind: 'allow', authType: 'mod_auth_pubtkt', authorization: null },
      { authorization: 'Basic YTpi' },
      { authorization: `Basic ${btoa('ada:password')}` },
      { authorization: 'Basic YTpi' },
    ],
  )
  for (const [url, value, says] of [
    ['/', issue('sha1'), /try: the login signs with sha1: set TKTAuthDigest/],
    ['/x', good, /try: it is signed for another key, the one of the main server/],
    ['/', issue('sha256', { validUntil: now - 5 }), /has run out[\s\S]*try: the ticket is good, but has run out/],
    [
      '/',
      issue('sha256', { clientIp: '192.0.2.9' }),
      /of another client address[\s\S]*try: the ticket is of another address/,
    ],
    ['/', issue('sha256', { gracePeriod: now - 5 }), /past its grace period[\s\S]*wants a refresh from/],
  ] as const) {
    const { out } = await cli('explain', '--human', '--config', config, lines([line(url, value)]))
    t.match(out, says)
    t.match(out, /ticket: signed, in cookie auth_pubtkt, of the address that it names; public keys: 1/)
    t.notOk(out.includes(value))
  }
})
