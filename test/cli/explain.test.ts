/** `authtkt explain`: what it takes, what it says, and that no line is ever lost. */

import { writeFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { createIssuer } from '../../src/index.js'
import { cli, rows, spawned } from './command.js'

const NOW = 1700000000
const SECRET = 'a secret for explanations, 40 bytes long'
const SITE = `TKTAuthSecret "${SECRET}"
TKTAuthDigestType SHA256
<Location /app>
  AuthType None
  Require valid-user
  TKTAuthLoginURL https://login.example.com/login
  TKTAuthToken staff
</Location>
`
const keys = [{ secret: SECRET, digest: 'sha256' as const }]
const ip = '192.0.2.7'
const ticket = (options: { ignoreIp?: boolean; now?: number; tokens?: string[]; ip?: string } = {}) =>
  createIssuer({ keys, ignoreIp: options.ignoreIp ?? false, selfTest: false }).issue(
    { uid: 'alice', tokens: options.tokens ?? ['staff'] },
    { ip: options.ip ?? ip, now: options.now ?? NOW - 10 },
  )
const request = (fields: object, cookie?: string) => {
  const cookies = cookie === undefined ? [] : [['Cookie', cookie]]
  return { id: 1, url: '/app/x', headers: [['Host', 'www.example.com'], ...cookies], ip, now: NOW, ...fields }
}

async function explain(t: Test, requests: readonly (object | string)[], ...argv: string[]) {
  const dir = t.testdir({ 'site.conf': SITE })
  const lines = requests.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)))
  writeFileSync(`${dir}/requests.jsonl`, `${lines.join('\n')}\n`)
  const answer = await cli('explain', '--config', `${dir}/site.conf`, ...argv, `${dir}/requests.jsonl`)
  if (answer.out.includes(SECRET) || answer.err.includes(SECRET)) throw new Error('a secret was printed')
  return answer
}

t.test('one decision a line, all names as documented', async (t) => {
  const answer = await explain(t, [
    request({}),
    request({ id: 'b' }, `auth_tkt=${ticket()}`),
    request({ url: '/free' }),
  ])
  t.equal(answer.code, 0)
  t.strictSame(rows(answer), [
    {
      id: 1,
      kind: 'redirect',
      status: 307,
      location: 'https://login.example.com/login?back=http%3a%2f%2fwww.example.com%2fapp%2fx',
      setCookies: [],
      identity: null,
      authorization: null,
      authType: null,
      reason: 'absent',
      keyIndex: null,
    },
    {
      id: 'b',
      kind: 'allow',
      status: 200,
      location: null,
      setCookies: [],
      identity: { uid: 'alice', tokens: ['staff'], userData: '', guest: false },
      authorization: null,
      authType: 'Basic',
      reason: null,
      keyIndex: 0,
    },
    {
      id: 1,
      kind: 'pass',
      status: 200,
      location: null,
      setCookies: [],
      identity: null,
      authorization: null,
      authType: null,
      reason: null,
      keyIndex: null,
    },
  ])
})

t.test('what a server refuses before anybody is asked', async (t) => {
  const odd: object[] = [
    { headers: [['Host', 'a\x01b']] },
    { headers: [['Ho st', 'www.example.com']] },
    { headers: [] },
    { url: '/app/%zz' },
    { url: '/%2fapp' },
    { method: 'GE T' },
  ]
  const answer = await explain(
    t,
    odd.map((fields) => request(fields)),
  )
  t.strictSame(
    rows(answer).map(({ kind, status }) => [kind, status]),
    [400, 400, 400, 400, 404, 400].map((status) => ['error', status]),
  )
})

t.test('a broken line is told in its place, the others are answered', async (t) => {
  const broken: (string | object)[] = [
    '{',
    '[]',
    'null',
    '{}',
    '{"url":1}',
    request({ headers: 'x' }),
    request({ ip: 1 }),
    request({ port: 1.5 }),
  ]
  broken.push(
    request({ tls: 'yes' }),
    request({ now: 'x' }),
    request({ method: 1 }),
    request({ httpVersion: 1.1 }),
    request({ serverName: 1 }),
    '',
  )
  const answer = await explain(t, [...broken, request({})])
  t.equal(answer.code, 1)
  const said = rows(answer)
  t.equal(said.length, broken.length + 1)
  for (const row of said.slice(0, -1)) t.match(row, { kind: 'error', status: 400, reason: 'malformed', error: /./ })
  t.equal(said.at(-1).kind, 'redirect')
})

t.test('the clock: the request, --now, the real one', async (t) => {
  const { now: _, ...untimed } = request({}, `auth_tkt=${ticket()}`)
  t.equal(rows(await explain(t, [untimed], '--now', String(NOW)))[0].kind, 'allow')
  t.equal(rows(await explain(t, [untimed], '--now', String(NOW + 7191)))[0].reason, 'expired')
  t.equal(rows(await explain(t, [untimed]))[0].reason, 'expired')
})

t.test('in words: what would have verified', async (t) => {
  const cases: [string, object, RegExp][] = [
    ['no cookie', request({}), /no Cookie header/],
    ['another cookie', request({}, 'theme=dark'), /other cookies only: theme/],
    ['another name', request({}, `sso=${ticket()}`), /cookie sso looks like a ticket: set CookieName/],
    ['address 0.0.0.0', request({}, `auth_tkt=${ticket({ ignoreIp: true })}`), /set IgnoreIP/],
    ['a ticket that has run out', request({}, `auth_tkt=${ticket({ now: NOW - 90000 })}`), /has run out/],
    [
      'another address',
      request({
        headers: [
          ['Host', 'h'],
          ['X-Forwarded-For', ip],
          ['Cookie', `auth_tkt=${ticket()}`],
        ],
        ip: '10.0.0.1',
      }),
      /trustedProxies/,
    ],
    ['tokens', request({}, `auth_tkt=${ticket({ tokens: ['guest'] })}`), /lacks the tokens asked for/],
    ['nothing helps', request({}, `auth_tkt=${'0'.repeat(72)}alice!`), /no key of the ring/],
  ]
  for (const [name, one, says] of cases) {
    const { out, code } = await explain(t, [one], '--human')
    t.equal(code, 0)
    t.match(out, says, name)
    t.match(out, /area: .*site\.conf:3 <Location \/app>/, name)
    t.match(out, /rule: valid-user; one of the tokens staff/, name)
    t.notMatch(out, ticket().slice(0, 20), name)
  }
})

t.test('in words: other digests and dialects, and those who are let in', async (t) => {
  const other = (digest: 'md5' | 'sha512', dialect: 'apache' | 'lighttpd') =>
    createIssuer({ keys: [{ secret: SECRET, digest, dialect }], allowShiftableFields: true, selfTest: false }).issue(
      { uid: 'a', tokens: ['staff'] },
      { ip, now: NOW },
    )
  t.match(
    (await explain(t, [request({}, `auth_tkt=${other('sha512', 'apache')}`)], '--human')).out,
    /signs with sha512/,
  )
  for (const [dialect, name] of [
    ['lighttpd', "lighttpd's mod_authn_tkt"],
    ['paste', 'Paste'],
    ['pyramid', 'Pyramid'],
    ['repoze', 'repoze.who'],
    ['plone', 'plone.session'],
    ['php-contrib', 'contrib/auth_ticket.inc.php'],
    ['passport-authtkt', 'passport-authtkt'],
  ] as const) {
    const keys = [{ secret: SECRET, digest: 'sha256', dialect }] as const
    const issuer = createIssuer({ keys, allowShiftableFields: true, selfTest: false })
    const value = issuer.issue(
      { uid: 'a@b', tokens: ['staff'], userData: 'some data' },
      { ip, now: NOW, encoding: 'base64' },
    )
    const { out } = await explain(t, [request({}, `auth_tkt=${value}`)], '--human')
    t.match(out, new RegExp(`try: the login signs as ${name}.*: set the dialect`), dialect)
  }
  const { out } = await explain(t, [request({}, `auth_tkt=${ticket()}`), request({ url: '/free?x=secret' })], '--human')
  t.match(out, /allowed as "alice"/)
  t.match(out, /clock: now 2023-11-14T22:13:20Z; ticket of 2023-11-14T22:13:10Z \(10 s ago\), good until/)
  t.match(out, /GET \/free\?\.\.\.\n {2}answer: passes; nobody is asked for\n {2}area: none/)
})

t.test('as a process: standard input, and an empty one', async (t) => {
  const dir = t.testdir({ 'site.conf': SITE })
  const argv = ['explain', '--config', `${dir}/site.conf`]
  t.match(await spawned(argv, { input: `${JSON.stringify(request({}))}\n` }), { code: 0, out: /"kind":"redirect"/ })
  t.match(await spawned(argv), { code: 0, out: '', err: /no requests/ })
})

t.test('in words: a strict list that lacks the user', async (t) => {
  const dir = t.testdir({ secret: SECRET })
  const key = { secret: { file: 'secret' }, digest: 'sha256', strict: { bob: ['staff'] } }
  const area = { path: '/app', require: 'valid-user', loginUrl: 'https://login.example.com/login' }
  const alice = createIssuer({ keys: [{ secret: SECRET, digest: 'sha256' }], selfTest: false })
  const cookie = `auth_tkt=${alice.issue({ uid: 'alice', tokens: ['staff'] }, { ip, now: NOW - 10 })}`
  writeFileSync(`${dir}/requests.jsonl`, JSON.stringify(request({}, cookie)))
  const told = async (require: unknown) => {
    const whole = { compat: 'exact', keys: [key], areas: [{ ...area, require }] }
    writeFileSync(`${dir}/authtkt.json`, JSON.stringify(whole))
    return (await cli('explain', '--config', `${dir}/authtkt.json`, '--human', `${dir}/requests.jsonl`)).out
  }
  t.match(await told('valid-user'), /try: the key's strict list lacks this user, or one of the ticket's tokens/)
  t.notMatch(await told({ users: ['bob'] }), /strict list/, 'the rule refuses, too')
})
