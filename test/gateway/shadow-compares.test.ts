/** Shadow mode: which pairs of answers are the same, which differ, and what of it is told. */

import t from 'tap'
import { compare, signsOf } from '../../src/gateway/shadow.js'
import type { Decision } from '../../src/index.js'
import { createIssuer } from '../../src/index.js'

const issuer = createIssuer({ keys: [{ secret: 'a secret of these tests', digest: 'md5' }] })
const ticket = (uid: string, now: number) => issuer.issue({ uid }, { ip: '192.0.2.7', now })
const signs = signsOf({
  loginUrl: 'https://login.example.com/login',
  hosts: [{ names: ['a'], areas: [{ path: '/', unauthUrl: '/no', cookieName: 'other' }] }],
})
const none = { setCookies: [], noStore: false }
const identity = { uid: 'alice', tokens: [], userData: '', guest: false }
const allow: Decision = { kind: 'allow', identity, keyIndex: 0, url: '/', ...none }
const renewing = (cookie: string, guest = false): Decision => ({
  ...allow,
  identity: { ...identity, guest },
  setCookies: [cookie],
})
const location = 'https://login.example.com/login?back=http%3a%2f%2fa%2f'
const redirect: Decision = { kind: 'redirect', status: 307, location, reason: 'absent', ...none }
const answer = (status: number, ...lines: string[]) => ({ status, lines })

interface Row {
  readonly name: string
  readonly ours: Decision
  readonly theirs: ReturnType<typeof answer>
  readonly outcome: string
  readonly tells?: RegExp
}

const ROWS: readonly Row[] = [
  { name: 'both let in', ours: allow, theirs: answer(200, 'Content-Type', 'text/html'), outcome: 'same' },
  { name: 'the app has no such page', ours: allow, theirs: answer(404), outcome: 'same' },
  { name: 'the app redirects', ours: allow, theirs: answer(302, 'Location', 'https://a/next'), outcome: 'same' },
  { name: 'the app or the server refuses', ours: allow, theirs: answer(403), outcome: 'unclear', tells: /403/ },
  {
    name: 'the old server sends away',
    ours: allow,
    theirs: answer(307, 'Location', location),
    outcome: 'differs',
    tells: /sends away \(307\), we would let in/,
  },
  {
    name: 'the old server sends to a relative URL',
    ours: allow,
    theirs: answer(307, 'location', 'http://a//no?back=x'),
    outcome: 'differs',
    tells: /sends away/,
  },
  { name: 'both send away', ours: redirect, theirs: answer(307, 'Location', location), outcome: 'same' },
  {
    name: 'only we send away',
    ours: redirect,
    theirs: answer(200),
    outcome: 'differs',
    tells: /lets in, we would answer 307/,
  },
  {
    name: 'a page that has not changed is one',
    ours: redirect,
    theirs: answer(304),
    outcome: 'differs',
    tells: /lets in/,
  },
  {
    name: 'with another status',
    ours: redirect,
    theirs: answer(302, 'Location', location),
    outcome: 'differs',
    tells: /302/,
  },
  {
    name: 'elsewhere',
    ours: redirect,
    theirs: answer(307, 'Location', 'https://other.example.com/?back=http%3a'),
    outcome: 'differs',
    tells: /sends to https:\/\/other.example.com\/, we would send to https:\/\/login.example.com\/login$/,
  },
  { name: 'nowhere', ours: redirect, theirs: answer(307), outcome: 'differs', tells: /names no location/ },
  {
    name: 'with another back URL',
    ours: redirect,
    theirs: answer(307, 'Location', 'https://login.example.com/login?back=http%3a%2f%2fb%2f1'),
    outcome: 'differs',
    tells: /back URL differs \(24 and 23 chars\)$/,
  },
  {
    name: 'both refuse',
    ours: { kind: 'deny', status: 403, reason: 'user', ...none },
    theirs: answer(403),
    outcome: 'same',
  },
  {
    name: 'one ticket renewed twice',
    ours: renewing(`auth_tkt=${ticket('alice', 1000)}; path=/; domain=a; expires=Wed, 15-Nov-23 22:13:20 GMT`),
    theirs: answer(
      200,
      'Set-Cookie',
      `auth_tkt=${ticket('alice', 1001)}; path=/; domain=a; expires=Wed, 15-Nov-23 22:13:21 GMT`,
    ),
    outcome: 'same',
  },
  {
    name: 'at another time',
    ours: renewing(`auth_tkt=${ticket('alice', 1000)}; path=/`),
    theirs: answer(200, 'Set-Cookie', `auth_tkt=${ticket('alice', 1009)}; path=/`),
    outcome: 'differs',
    tells: /^cookie auth_tkt: the values differ$/,
  },
  {
    name: 'for somebody else',
    ours: renewing(`auth_tkt=${ticket('alice', 1000)}; path=/`),
    theirs: answer(200, 'Set-Cookie', `auth_tkt=${ticket('bob', 1000)}; path=/`),
    outcome: 'differs',
    tells: /values differ/,
  },
  {
    name: 'guests have names of their own',
    ours: renewing(`auth_tkt=${ticket('guest-1', 1000)}; path=/`, true),
    theirs: answer(200, 'Set-Cookie', `auth_tkt=${ticket('guest-2', 1000)}; path=/`),
    outcome: 'same',
  },
  {
    name: 'no ticket on one side',
    ours: renewing('auth_tkt=; path=/'),
    theirs: answer(200, 'Set-Cookie', `auth_tkt=${ticket('bob', 1000)}; path=/`),
    outcome: 'differs',
    tells: /values differ/,
  },
  {
    name: 'with other attributes',
    ours: renewing(`auth_tkt=${ticket('alice', 1000)}; path=/; HttpOnly`),
    theirs: answer(200, 'Set-Cookie', `auth_tkt=${ticket('alice', 1000)}; path=/; domain=a`),
    outcome: 'differs',
    tells: /attributes are "domain=a; path=\/", ours "httponly; path=\/"$/,
  },
  {
    name: 'only we renew',
    ours: renewing(`auth_tkt=${ticket('alice', 1000)}; path=/`),
    theirs: answer(200),
    outcome: 'differs',
    tells: /we would set it, the old server does not/,
  },
  {
    name: 'only the old server renews',
    ours: { kind: 'pass', url: '/' },
    theirs: answer(200, 'Set-Cookie', `other=${ticket('alice', 1000)}`),
    outcome: 'differs',
    tells: /cookie other: the old server sets it, we would not/,
  },
  {
    name: "the app's own cookies are the app's",
    ours: allow,
    theirs: answer(200, 'Set-Cookie', 'session=1', 'Set-Cookie', 'theme=dark'),
    outcome: 'same',
  },
]

for (const { name, ours, theirs, outcome, tells } of ROWS) {
  t.test(name, async (t) => {
    const found = compare(ours, theirs, signs)
    t.equal(found.outcome, outcome)
    if (tells) t.match(found.differences.join('\n'), tells)
    else t.same(found.differences, [])
    t.notMatch(found.differences.join('\n'), /%3a|[0-9a-f]{32}|[A-Za-z0-9+/]{40}/, 'nothing secret, no query')
  })
}
