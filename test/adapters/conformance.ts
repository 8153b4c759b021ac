/** What every adapter must do, in one list: a request, and what the client and the handler must see. */

import type { Asking } from './client.js'
import { cookie, OLD_SECRET, OWN_COOKIES, type Seen } from './site.js'

export interface Case {
  readonly name: string
  readonly path: string
  readonly asking?: Asking
  readonly status: number
  /** Headers that must match; null: must not be there. */
  readonly headers?: Readonly<Record<string, RegExp | string | null>>
  readonly body?: RegExp | string
  /** What the handler saw, at least. */
  readonly saw?: Partial<Seen>
  /** Names of the cookies that are set, in order. */
  readonly cookies?: readonly string[]
}

const alice = { uid: 'alice', tokens: ['staff', 'editor'], userData: 'x!y', guest: false }
const with_ = (value: string, headers: Record<string, string> = {}): Asking => ({
  headers: { ...headers, cookie: value },
})
const aliceCookie = cookie('alice', alice)
const script = { 'sec-fetch-mode': 'cors', accept: 'application/json' }
const TO_LOGIN = /^https:\/\/login\.example\.com\/in\?x=1&back=http/
const own = OWN_COOKIES.map((one) => one.split('=')[0] as string)

export const CASES: readonly Case[] = [
  {
    name: 'an open path needs nobody',
    path: '/public?a=1',
    status: 200,
    cookies: [],
    headers: { 'cache-control': null },
    saw: { route: '/public', url: '/public?a=1', identity: null },
  },
  {
    name: 'an open path knows nobody, ticket or not',
    path: '/public',
    asking: with_(aliceCookie),
    status: 200,
    saw: { identity: null },
  },
  { name: 'a path in no area passes', path: '/', status: 200, saw: { route: '/', identity: null } },
  {
    name: 'a ticket opens',
    path: '/admin?x=%2F..&y',
    asking: with_(aliceCookie),
    status: 200,
    cookies: [],
    headers: { 'cache-control': null },
    saw: { route: '/admin', url: '/admin?x=%2F..&y', identity: alice },
  },
  {
    name: 'a ticket among other cookies',
    path: '/admin',
    asking: with_(`a=b; ${aliceCookie}; c=d`),
    status: 200,
    saw: { identity: alice },
  },
  {
    name: 'a ticket that is half used up is renewed',
    path: '/admin',
    asking: with_(cookie('alice', { ...alice, age: 4000 })),
    status: 200,
    cookies: ['auth_tkt'],
    headers: { 'cache-control': 'no-store', 'set-cookie': /HttpOnly/ },
    saw: { identity: alice },
  },
  {
    name: "the renewed ticket goes out with the handler's own cookies, and first",
    path: '/admin/cookies',
    asking: with_(cookie('alice', { age: 4000 })),
    status: 200,
    body: 'cookies',
    cookies: ['auth_tkt', ...own],
    headers: { 'cache-control': 'no-store' },
  },
  {
    name: "without a renewal the handler's cookies are alone",
    path: '/admin/cookies',
    asking: with_(aliceCookie),
    status: 200,
    cookies: own,
  },
  {
    name: 'a ticket of an old key is renewed',
    path: '/admin',
    asking: with_(cookie('bob', { secret: OLD_SECRET })),
    status: 200,
    cookies: ['auth_tkt'],
  },
  {
    name: 'without a ticket: redirect',
    path: '/admin?q=<1>',
    status: 307,
    headers: {
      location: TO_LOGIN,
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'www-authenticate': null,
    },
    body: /<a href="https:\/\/login\.example\.com\/in\?x=1&#38;back=http[^"<>]*"/,
    cookies: [],
  },
  {
    name: 'HEAD: redirect without a body',
    path: '/admin',
    asking: { method: 'HEAD' },
    status: 307,
    headers: { location: TO_LOGIN, 'content-length': /^\d{3}$/ },
    body: '',
  },
  {
    name: 'HEAD with a ticket',
    path: '/admin',
    asking: { method: 'HEAD', headers: { cookie: aliceCookie } },
    status: 200,
    body: '',
  },
  {
    name: 'a forged ticket: redirect',
    path: '/admin',
    asking: with_(`${aliceCookie.slice(0, 20)}A${aliceCookie.slice(21)}`),
    status: 307,
    body: /^(?!.*digest)/s,
  },
  {
    name: "another address' ticket: redirect",
    path: '/admin',
    asking: with_(cookie('alice', { ip: '127.0.0.2' })),
    status: 307,
  },
  {
    name: 'a ticket that has run out: redirect that deletes it',
    path: '/admin',
    asking: with_(cookie('alice', { age: 8000 })),
    status: 307,
    headers: { location: TO_LOGIN, 'set-cookie': /^auth_tkt=;.*expires=Thu,? /i },
    cookies: ['auth_tkt'],
  },
  { name: 'a token that is there', path: '/staff', asking: with_(aliceCookie), status: 200, saw: { identity: alice } },
  {
    name: 'a token that is not: redirect',
    path: '/staff',
    asking: with_(cookie('bob')),
    status: 307,
    headers: { location: TO_LOGIN },
  },
  {
    name: 'a script without a ticket: a problem',
    path: '/admin',
    asking: { headers: script },
    status: 401,
    headers: {
      'content-type': 'application/problem+json',
      'www-authenticate': 'TKT',
      'cache-control': 'no-store',
      location: null,
    },
    body: /^\{"type":"about:blank","title":"[^"]+","status":401,"login":"https:/,
  },
  {
    name: 'a script, HEAD',
    path: '/admin',
    asking: { method: 'HEAD', headers: script },
    status: 401,
    headers: { 'content-type': 'application/problem+json' },
    body: '',
  },
  {
    name: 'a script with an old ticket: the problem deletes it',
    path: '/admin',
    asking: with_(cookie('alice', { age: 8000 }), script),
    status: 401,
    cookies: ['auth_tkt'],
  },
  {
    name: 'a script without the token: 403',
    path: '/staff',
    asking: with_(cookie('bob'), script),
    status: 403,
    headers: { 'www-authenticate': null },
    body: /"status":403/,
  },
  {
    name: 'no login URL: 403 in plain text',
    path: '/bare',
    status: 403,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'www-authenticate': null },
    body: 'You may not see this page.\n',
  },
  {
    name: 'an area that is not configured: never open',
    path: '/broken',
    asking: with_(aliceCookie),
    status: 500,
    body: 'Something is wrong on this server.\n',
  },
  {
    name: 'a guest is let in, and gets a ticket',
    path: '/lounge',
    status: 200,
    cookies: ['auth_tkt'],
    headers: { 'cache-control': 'no-store' },
    saw: { identity: { uid: 'guest', tokens: [], userData: '', guest: true } },
  },
  { name: 'no route, but an area: guarded as well', path: '/admin/none', status: 307 },
  { name: 'no route, with a ticket', path: '/admin/none', asking: with_(aliceCookie), status: 404 },
  {
    name: 'an escape of a letter is undone',
    path: '/%61dmin?%61',
    asking: with_(aliceCookie),
    status: 200,
    saw: { route: '/admin', identity: alice },
  },
  {
    name: 'a hidden slash',
    path: '/public%2fx',
    status: 400,
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    body: 'This request is not understood.\n',
  },
  {
    name: 'a body reaches the handler untouched',
    path: '/admin/echo',
    asking: {
      method: 'POST',
      headers: { cookie: aliceCookie, 'content-type': 'text/x' },
      body: 'bytes\n'.repeat(20_000),
    },
    status: 200,
    saw: { route: '/admin/echo', identity: alice, body: 'bytes\n'.repeat(20_000) },
  },
  {
    name: 'a body of a request that is refused',
    path: '/admin/echo',
    asking: { method: 'POST', body: 'x'.repeat(100_000) },
    status: 307,
  },
  {
    name: 'a handler that fails',
    path: '/admin/throws',
    asking: with_(cookie('alice', { age: 4000 })),
    status: 500,
    body: /^(?!.*(?:secret|alice|throws))/s,
  },
  {
    name: 'headers of 12000 bytes',
    path: '/admin',
    asking: with_(`${aliceCookie}; z=${'z'.repeat(6000)}`, { 'x-long': 'y'.repeat(6000) }),
    status: 200,
    saw: { identity: alice },
  },
  {
    name: 'a cookie longer than a ticket can be',
    path: '/admin',
    asking: with_(`auth_tkt=${'A'.repeat(9000)}`),
    status: 307,
  },
  {
    name: 'headers that claim an identity are not ours',
    path: '/admin',
    asking: with_(aliceCookie, { identity: 'root', 'remote-user': 'root' }),
    status: 200,
    saw: { identity: alice },
  },
]
