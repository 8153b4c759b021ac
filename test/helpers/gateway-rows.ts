/** Requests to the places that upstream's test configuration has. */

import { forge } from '../../native-fixtures/forge.mjs'
import { SUITE_START } from '../../native-fixtures/upstream-suite.mjs'

export type Headers = readonly (readonly [name: string, value: string])[]
export interface Row {
  readonly name: string
  readonly target: string
  readonly method?: string
  readonly headers?: Headers
  /** A request without it is HTTP/1.0. */
  readonly host?: string | null
  readonly body?: string
  /** Which virtual host's port; default the main server's. */
  readonly site?: number
  /** The deliberate difference, and Apache's answer as the gateway gives it. */
  readonly meant?: { readonly row: string; readonly ours: (theirs: Seen) => Seen }
}

/** What is compared of an answer. */
export interface Seen {
  readonly status: number
  readonly location: string | null
  readonly setCookies: readonly string[]
  readonly text: string
}

function changed(theirs: Seen, what: RegExp, by: string): Seen {
  const put = (text: string) => text.replace(what, by)
  return { ...theirs, location: theirs.location && put(theirs.location), text: put(theirs.text) }
}

/** Which port the server of a host that nobody names has is no news to a client. */
const nobody: NonNullable<Row['meant']> = {
  row: 'HTTP/1.0 without Host',
  ours: (theirs) => changed(theirs, /(?<=\(null\))(?::|%3a)\d+/g, ''),
}

const AGE = 5
const draft = {
  digest: 'md5',
  secret: '',
  ip: '127.0.0.1',
  issuedAt: SUITE_START - AGE,
  uid: 'testuser',
  tokens: '',
  userData: '',
} as const
type Change = Partial<Record<'secret' | 'ip' | 'uid' | 'tokens' | 'userData', string>> & { issuedAt?: number }

/** Secrets as the suite's configuration has them. */
export interface Secrets {
  readonly main: string
  readonly old: string
  readonly host: string
}

export function rowsFor({ main: secret, old: secretOld, host: hostSecret }: Secrets): Row[] {
  const raw = (change: Change = {}) => forge({ ...draft, secret, ...change })
  const base64 = (change?: Change) => Buffer.from(raw(change), 'latin1').toString('base64')
  const cookie = (value: string) => ({ headers: [['Cookie', `auth_tkt=${value}`]] as Headers })
  const basic = '/secret_basic/index.html'
  const guest = '/secret_guest/index.cgi'
  return [
    { name: 'no ticket', target: basic },
    { name: 'no ticket, HEAD', method: 'HEAD', target: basic },
    { name: 'no ticket, POST', method: 'POST', target: basic, body: 'a=1' },
    { name: 'a query', target: `${basic}?a=1&b=2;c&&d==3` },
    { name: 'markup in the query', target: `${basic}?x=%3Cb%3E&y='"<>` },
    { name: 'an escaped path', target: '/secret_basic/%41%20b/%7e~' },
    { name: 'dots and slashes', target: '/public/..//secret_basic/./index.html' },
    { name: 'a hidden separator', target: '/secret_basic%2findex.html' },
    { name: 'a host with a port', target: basic, host: 'www.example.com:8080' },
    { name: 'no host', target: basic, host: null, meant: nobody },
    { name: 'an absolute URL', target: `http://other.example.com${basic}` },
    { name: 'base64 ticket', target: basic, ...cookie(base64()) },
    { name: 'raw ticket', target: basic, ...cookie(raw()) },
    { name: 'percent-escaped ticket', target: basic, ...cookie(raw().replaceAll('!', '%21')) },
    { name: 'quoted ticket', target: basic, ...cookie(`"${base64()}"`) },
    { name: 'ticket of the old secret', target: basic, ...cookie(base64({ secret: secretOld })) },
    { name: 'ticket of no secret', target: basic, ...cookie(base64({ secret: 'another' })) },
    { name: 'ticket of another client', target: basic, ...cookie(base64({ ip: '192.0.2.1' })) },
    { name: 'digest spoilt', target: basic, ...cookie(raw().replace(/^../, 'XX')) },
    { name: 'ticket too short', target: basic, ...cookie('ABC') },
    { name: 'empty cookie', target: basic, ...cookie('') },
    { name: 'ticket behind another cookie', target: basic, ...cookie(`x; auth_tkt=${base64()}`) },
    {
      name: 'names that end or begin alike',
      target: basic,
      headers: [['Cookie', `a_auth_tkt=1; auth_tkt=${base64()}; auth_tkt2=3`]],
    },
    {
      name: 'two Cookie headers',
      target: basic,
      headers: [
        ['Cookie', 'a=1'],
        ['Cookie', `auth_tkt=${base64()}`],
      ],
    },
    { name: 'past its default timeout', target: basic, ...cookie(base64({ issuedAt: SUITE_START - 7201 })) },
    { name: 'at its default timeout', target: basic, ...cookie(base64({ issuedAt: SUITE_START - 7200 })) },
    {
      name: 'due for a refresh',
      target: basic,
      ...cookie(base64({ issuedAt: SUITE_START - 4000, tokens: 'a,b', userData: 'x!y' })),
    },
    { name: 'not yet due', target: basic, ...cookie(base64({ issuedAt: SUITE_START - 3600 })) },
    { name: 'from the future', target: basic, ...cookie(base64({ issuedAt: SUITE_START + 9999 })) },
    { name: 'timeout URL', target: '/secret_timeout/index.html', ...cookie(base64({ issuedAt: SUITE_START - 61 })) },
    {
      name: 'timeout URL after a POST',
      method: 'POST',
      body: 'a',
      target: '/secret_timeout/index.html?q',
      ...cookie(base64({ issuedAt: SUITE_START - 61 })),
    },
    { name: 'no refresh', target: '/secret_timeout/index.html', ...cookie(base64({ issuedAt: SUITE_START - 59 })) },
    {
      name: 'a late refresh',
      target: '/secret_timeout_refresh/index.html',
      ...cookie(base64({ issuedAt: SUITE_START - 16 })),
    },
    {
      name: 'timed out to a guest',
      target: '/secret_timeout_guest_fallback/index.cgi',
      ...cookie(base64({ issuedAt: SUITE_START - 61 })),
    },
    { name: 'relative login URL', target: '/secret_relative_url/index.html' },
    { name: 'relative login URL, no host', target: '/secret_relative_url/index.html', host: null, meant: nobody },
    { name: 'no back argument', target: '/secret_back_none/' },
    { name: 'another back argument', target: '/secret_back_explicit/?a=b' },
    { name: 'token asked for', target: '/secret_tokens/index.html', ...cookie(base64({ tokens: 'audit,admin' })) },
    { name: 'token missing', target: '/secret_tokens/index.html', ...cookie(base64({ tokens: 'administrator' })) },
    { name: 'token asked of a guest', target: '/secret_noguest/index.cgi' },
    { name: 'address ignored', target: '/secret_ignore_ip/index.html', ...cookie(base64({ ip: '0.0.0.0' })) },
    { name: 'guest', target: guest },
    { name: 'guest with a cookie that expires', target: '/secret_guest_user/index.cgi' },
    { name: 'guest without a cookie', target: '/secret_guest_nocookie/index.cgi' },
    { name: 'guest without a name', target: '/secret_guest_empty/index.cgi' },
    { name: 'guest with a secure cookie', target: '/secret_cookie_secure1/index.cgi' },
    { name: 'guest that expires in two years and more', target: '/secret_cookie_expiry9/index.cgi' },
    { name: 'user where guests are let in', target: guest, ...cookie(base64()) },
    {
      name: 'a user sent along by the client',
      target: guest,
      headers: [
        ['Remote-User', 'root'],
        ['Remote_User', 'root'],
      ],
    },
    { name: '.htaccess', target: '/secret_htaccess/index.html' },
    { name: "a virtual host's own secret", site: 1, target: '/', ...cookie(base64({ secret: hostSecret })) },
    { name: 'the main secret at a host with its own', site: 1, target: '/', ...cookie(base64()) },
    { name: 'the main secret at a host without one', site: 2, target: '/', ...cookie(base64()) },
    { name: 'nobody is asked for', target: '/public.html', ...cookie('x') },
    { name: 'ticket in the query', target: `${basic}?auth_tkt=${raw()}&a=1` },
    {
      name: 'bad ticket in the query',
      target: `${basic}?auth_tkt=x;domain=evil.example&a=1`,
      meant: { row: 'A2', ours: (theirs) => ({ ...theirs, setCookies: [] }) },
    },
    {
      name: 'a host that a client forwards',
      target: basic,
      headers: [['X-Forwarded-Host', 'evil.example']],
      meant: { row: 'A3', ours: (theirs) => changed(theirs, /evil\.example/g, 'www.example.com') },
    },
  ]
}
