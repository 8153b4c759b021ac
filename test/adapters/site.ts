/** One site behind one guard: what every adapter protects in these tests. */

import type { Guard, Identity } from '../../src/policy/decision.js'
import { createGuard } from '../../src/policy/guard.js'
import type { GuardOptions } from '../../src/policy/options.js'
import { createIssuer } from '../../src/ticket/issue.js'

export const NOW = 1700000000
export const SECRET = 'a secret of the adapter tests'
export const OLD_SECRET = 'the secret that they had before'
export const LOGIN = 'https://login.example.com/in?x=1'

const KEYS: GuardOptions['keys'] = [
  { secret: SECRET, digest: 'sha256' },
  { secret: OLD_SECRET, digest: 'md5' },
]

/** /admin asks for a user, /staff for a token as well, /lounge takes guests; everything else is open. */
export const OPTIONS: GuardOptions = {
  keys: KEYS,
  loginUrl: LOGIN,
  default: 'pass',
  areas: [
    { path: '/admin' },
    { path: '/staff', tokens: ['staff'] },
    { path: '/lounge', guestLogin: true, guestUser: 'guest', guestCookie: true },
    { path: '/bare', loginUrl: null },
    { path: '/broken', require: 'valid-user', authType: 'None', loginUrl: null, guestLogin: false },
    { path: '/public', require: 'granted' },
  ],
}

export function siteGuard(options: Partial<GuardOptions> = {}): Guard {
  return createGuard({ ...OPTIONS, ...options })
}

export interface TicketOptions {
  readonly tokens?: readonly string[]
  readonly userData?: string
  readonly age?: number
  readonly ip?: string
  readonly secret?: string
}

/** A cookie header with a ticket that the site takes from 127.0.0.1. */
export function cookie(
  uid: string,
  { tokens = [], userData = '', age = 0, ip = '127.0.0.1', secret = SECRET }: TicketOptions = {},
): string {
  const digest = secret === OLD_SECRET ? 'md5' : 'sha256'
  return `auth_tkt=${createIssuer({ keys: [{ secret, digest }] }).issue({ uid, tokens, userData }, { ip, now: NOW - age })}`
}

/** What a handler says it saw; the body of every 200. */
export interface Seen {
  readonly route: string
  readonly url: string
  readonly identity: Identity | null
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Cookies that the handler of /admin/cookies sets. */
export const OWN_COOKIES = ['theme=dark; Path=/', 'lang=en; Path=/']

/** The routes, and which of them ran: attacks look here. */
export class Log {
  readonly runs: string[] = []
  /** Errors that came out of handlers. */
  readonly errors: unknown[] = []
}

/** Headers that are of interest to the tests. */
export function headersSeen(entries: Iterable<readonly [string, string]>): Record<string, string> {
  return Object.fromEntries(Array.from(entries).filter(([name]) => /^remote|^x-/i.test(name)))
}
