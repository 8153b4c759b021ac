/** Header lines on their way to upstreams and back: who asks, who asked before, and nothing that ends here. */

import fc from 'fast-check'
import t, { type Test } from 'tap'
import { cookie, gateway, headOf, rawUpstream, type Setup, talk, ticket } from './gateways.js'

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
const CLOSE = 'Connection: close'

/** The header lines that the upstream gets, and what the client gets. */
async function asked(t: Test, lines: readonly string[], setup: Setup = {}, target = '/', answer = OK) {
  const upstream = await rawUpstream(t, answer)
  const gate = await gateway(t, upstream.url, setup)
  const text = await talk(t, gate.port, headOf(target, [...lines, CLOSE]))
  return { text, lines: (upstream.seen[0] ?? '').split('\r\n').slice(1, -2) }
}

const named = (lines: readonly string[], name: string) =>
  lines
    .filter((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}:`))
    .map((line) => line.slice(name.length + 2))

t.test('the identity is told by us alone', async (t) => {
  const forged = [
    'Remote-User: root',
    'REMOTE_USER: root',
    'remote.user: root',
    'Remote-User-Tokens: root',
    'REMOTE-USER_TOKENS: root',
    'remote~user!data: root',
    'X-Remote-User: mine',
  ]
  const nobody = await asked(t, forged)
  t.strictSame(
    nobody.lines.filter((line) => /remote/i.test(line)),
    ['X-Remote-User: mine', 'Remote-User: ', 'Remote-User-Tokens: ', 'Remote-User-Data: '],
    'all three, also where nobody is known',
  )
  const fields = { tokens: ['a', 'b'], userData: 'caf\xe9 100%' }
  const alice = await asked(t, [...forged, `Cookie: ${cookie('alice \u00e9', fields)}`], {}, '/admin')
  t.strictSame(
    alice.lines.filter((line) => /remote/i.test(line)),
    ['X-Remote-User: mine', 'Remote-User: alice %E9', 'Remote-User-Tokens: a,b', 'Remote-User-Data: caf%E9 100%25'],
  )
  const identity = { uid: ['X-User', 'X-Login'], tokens: ['X-Groups'], userData: ['X-Data'] }
  const other = await asked(t, ['x_login: root', 'Remote-User: theirs'], { serving: { identity } })
  t.strictSame(named(other.lines, 'x-login'), [''])
  t.strictSame(named(other.lines, 'x-user'), [''])
  t.strictSame(named(other.lines, 'remote-user'), ['theirs'])
})

t.test('the ticket cookie ends here, and no other', async (t) => {
  const it = `auth_tkt=${ticket()}`
  const quoted = `auth_tkt="${ticket()}"`
  for (const [sent, left] of [
    [[it], []],
    [[`${it}; a=1`], ['a=1']],
    [[`a=1; ${it}; b=2`], ['a=1; b=2']],
    [[`a=1;${it};b=2`], ['a=1;b=2']],
    [[`a=1; ${it}`], ['a=1']],
    [[`${it}; ${it}; a=1; ${it}`], ['a=1']],
    [
      [`my_auth_tkt=1; ${it}; auth_tkt2=2; xauth_tkt=3; AUTH_TKT=4`],
      ['my_auth_tkt=1; auth_tkt2=2; xauth_tkt=3; AUTH_TKT=4'],
    ],
    [
      ['a=1', it, 'b=2'],
      ['a=1', 'b=2'],
    ],
    [[`$Version=1; ${quoted}; $Path=/`], []],
    [[`$Version=1; ${quoted}; $Path=/; a=1; $Path=/x`], ['$Version=1; a=1; $Path=/x']],
    [[`$Version=1; a=1; $Path=/x; ${quoted}; $Path=/; $Domain=.example`], ['$Version=1; a=1; $Path=/x']],
    [['auth_tkt=; a=1'], ['a=1']],
    [['a="auth_tkt"; b=auth_tkt'], ['a="auth_tkt"; b=auth_tkt']],
  ] as const) {
    const { lines } = await asked(
      t,
      sent.map((value) => `Cookie: ${value}`),
    )
    t.strictSame(named(lines, 'cookie'), left, sent.join(' | ').replace(/(auth_tkt="?)\w{20,}=*/g, '$1...'))
  }
  const kept = await asked(t, [`Cookie: a=1; ${it}`], { serving: { forwardTicket: true } })
  t.strictSame(named(kept.lines, 'cookie'), [`a=1; ${it}`])
  const renamed = await asked(t, [`Cookie: sso=1; ${it}; a=1`], {
    options: { areas: [{ path: '/x', cookieName: 'sso' }] },
  })
  t.strictSame(named(renamed.lines, 'cookie'), ['a=1'], 'whatever it is called, in any area')
})

t.test('a fresh cookie comes first, and nobody keeps the page', async (t) => {
  const setup: Setup = { options: { areas: [{ path: '/admin', timeout: 3600 }] } }
  const answer =
    'HTTP/1.1 200 OK\r\nCache-Control: public, max-age=600\r\nSet-Cookie: a=1\r\nset-cookie: b=2\r\nContent-Length: 2\r\n\r\nok'
  const old = await asked(t, [`Cookie: ${cookie('alice', { age: 3000 })}`], setup, '/admin', answer)
  const lines = old.text.split('\r\n')
  t.match(named(lines, 'set-cookie'), [/^auth_tkt=/, 'a=1', 'b=2'])
  t.strictSame(named(lines, 'cache-control'), ['no-store'])
  const fresh = await asked(t, [`Cookie: ${cookie()}`], setup, '/admin', answer)
  t.strictSame(named(fresh.text.split('\r\n'), 'set-cookie'), ['a=1', 'b=2'])
  const open = await asked(t, [], setup, '/', answer)
  t.strictSame(named(open.text.split('\r\n'), 'cache-control'), ['public, max-age=600'])
})

t.test('who asked before, and by what name', async (t) => {
  const claims = [
    'X-Forwarded-For: 192.0.2.1',
    'X-Forwarded-Proto: https',
    'X-Forwarded-Host: www.example.com',
    'X-Forwarded-Port: 443',
    'Forwarded: for=192.0.2.1;proto=https',
    'Via: 1.1 front',
  ]
  const NAMES = ['X-Forwarded-For', 'X-Forwarded-Proto', 'X-Forwarded-Host', 'X-Forwarded-Port', 'Forwarded', 'Via']
  const told = ({ lines }: { lines: string[] }) => NAMES.map((name) => named(lines, name))
  t.strictSame(told(await asked(t, claims)), [
    ['127.0.0.1'],
    ['http'],
    ['a.example'],
    [],
    [],
    ['1.1 front, 1.1 authtkt'],
  ])
  const trusting: Setup = { options: { trustedProxies: ['127.0.0.0/8'] } }
  t.strictSame(told(await asked(t, claims, trusting)), [
    ['192.0.2.1, 127.0.0.1'],
    ['https'],
    ['www.example.com'],
    ['443'],
    ['for=192.0.2.1;proto=https, for=127.0.0.1;proto=http;host="a.example"'],
    ['1.1 front, 1.1 authtkt'],
  ])
})

t.test("the upstream's own name, or the client's", async (t) => {
  const upstream = await rawUpstream(t, OK)
  for (const preserveHost of [true, false]) {
    const gate = await gateway(t, {
      routes: [{ kind: 'upstream', path: '/', url: upstream.url, preserveHost, at: 'test' }],
      reverse: [],
    })
    await talk(t, gate.port, headOf('/', [CLOSE]))
    const lines = (upstream.seen.join('').split(/^GET /m).at(-1) ?? '').split('\r\n')
    t.strictSame(named(lines, 'host'), [preserveHost ? 'a.example' : new URL(upstream.url).host])
    t.strictSame(named(lines, 'x-forwarded-host'), ['a.example'])
    await gate.drain(0)
  }
})

t.test('of any header lines, an upstream gets what is for it, in order', async (t) => {
  const HOP = `connection keep-alive proxy-connection proxy-authorization te trailer upgrade http2-settings`.split(' ')
  const OWN = /^(?:x-forwarded-(?:for|proto|host|port)|forwarded|via|host|connection|expect|content-length)$/
  const fold = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, '_')
  const OURS = ['remote_user', 'remote_user_tokens', 'remote_user_data']
  const upstream = await rawUpstream(t, OK)
  const gate = await gateway(t, upstream.url)
  const name = fc.oneof(
    fc.constantFrom(
      ...HOP,
      'Keep-Alive',
      'X-One',
      'X-Two',
      'x-named',
      'Accept',
      'Authorization',
      'X-Forwarded-For',
      'Via',
    ),
    fc.constantFrom(
      'Remote-User',
      'REMOTE_USER',
      'remote.user',
      'REMOTE-USER-TOKENS',
      'Remote_User-Data',
      'remote^user',
    ),
    fc.stringMatching(/^[A-Za-z][A-Za-z0-9!#$%&'*+.^_`|~-]{0,12}$/),
  )
  const value = fc.stringMatching(/^[!-~\xa1-\xff](?:[ -~\xa1-\xff]{0,20}[!-~\xa1-\xff])?$/)
  const NEVER = /^(?:host|content-length|transfer-encoding|connection|expect|upgrade|cookie)$/i
  const lineLists = fc.array(
    fc.oneof(
      {
        weight: 6,
        arbitrary: fc.tuple(
          name.filter((one) => !NEVER.test(one)),
          value,
        ),
      },
      { weight: 1, arbitrary: fc.constantFrom(['Connection', 'X-Named, x-two'], ['connection', 'keep-alive, X-One']) },
    ),
    { maxLength: 20 },
  )
  await fc.assert(
    fc.asyncProperty(lineLists, async (pairs) => {
      const before = upstream.seen.join('').length
      await talk(t, gate.port, headOf('/', [...pairs.map(([key, text]) => `${key}: ${text}`), CLOSE]))
      const got = upstream.seen.join('').slice(before).split('\r\n').slice(1, -2)
      const taken = pairs.flatMap(([key, text]) =>
        key?.toLowerCase() === 'connection' ? (text as string).toLowerCase().split(', ') : [],
      )
      const isOwn = (key: string) => OWN.test(key.toLowerCase()) || OURS.includes(fold(key))
      const wanted = pairs.filter(([key = '']) => {
        const lower = key.toLowerCase()
        return !HOP.includes(lower) && !taken.includes(lower) && !isOwn(key)
      })
      const rest = got.filter((line) => !isOwn(line.slice(0, line.indexOf(':'))))
      const identity = got.filter((line) => OURS.includes(fold(line.slice(0, line.indexOf(':')))))
      if (identity.join() !== 'Remote-User: ,Remote-User-Tokens: ,Remote-User-Data: ') return false
      return rest.join('\n') === wanted.map(([key, text]) => `${key}: ${text}`).join('\n')
    }),
    { numRuns: 150 },
  )
  t.strictSame(gate.broken, [])
})

t.test('header lines of answers end here where they must', async (t) => {
  const answer =
    'HTTP/1.1 200 OK\r\nConnection: keep-alive, X-Hop\r\nKeep-Alive: timeout=5\r\nX-Hop: 1\r\nProxy-Authenticate: Basic\r\nX-A: \xe9\r\nX-a: 2\r\nContent-Length: 2\r\n\r\nok'
  const { text } = await asked(t, [], {}, '/', answer)
  t.notMatch(text, /x-hop|proxy-auth|timeout=5/i)
  t.match(text, /\r\nX-A: \xe9\r\nX-a: 2\r\n/)
})
