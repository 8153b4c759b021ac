/** Guards and requests that say only what a test is about. */

import { createIssuer } from '../../src/index.js'
import type { Decision, GuardRequest } from '../../src/policy/decision.js'
import { createGuard } from '../../src/policy/guard.js'
import type { AreaOptions, GuardOptions } from '../../src/policy/options.js'
import type { IssueFields, Key } from '../../src/types.js'

export const NOW = 1700000000
export const IP = '192.0.2.7'
export const LOGIN = 'https://login.example.com/login'
export const KEY: Key = { secret: 'the current secret, 32 bytes or so', digest: 'sha256' }
export const OLD_KEY: Key = { secret: 'the previous secret, of years ago', digest: 'md5' }
export const FOREIGN_KEY: Key = { secret: 'the secret of quite another site', digest: 'sha256' }

export type Lines = readonly (readonly [name: string, value: string])[]

export interface Asked extends Omit<Partial<GuardRequest>, 'headers'> {
  readonly headers?: Lines
  /** The Host line; null: none. */
  readonly host?: string | null
  /** Value of the ticket cookie. */
  readonly ticket?: string | undefined
  readonly cookieName?: string
}

/** A GET of / by 192.0.2.7, where nothing else is said. */
export function requestOf(asked: Asked = {}): GuardRequest {
  const { headers = [], host = 'www.example.com', ticket, cookieName = 'auth_tkt', ...rest } = asked
  const lines = [
    ...(host === null ? [] : [['Host', host] as const]),
    ...(ticket === undefined ? [] : [['Cookie', `${cookieName}=${ticket}`] as const]),
    ...headers,
  ]
  return { method: 'GET', url: '/', ip: IP, now: NOW, ...rest, headers: lines }
}

export interface Issued extends Partial<IssueFields> {
  readonly key?: Key
  readonly ip?: string
  readonly at?: number
  readonly ignoreIp?: boolean
}

/** A base64 ticket of alice's, made just now with the current key. */
export function ticketOf({ key = KEY, ip = IP, at = NOW, ignoreIp = false, ...fields }: Issued = {}): string {
  const issuer = createIssuer({ keys: [key], ignoreIp, allowShiftableFields: true, selfTest: false })
  return issuer.issue({ uid: 'alice', ...fields }, { ip, now: at })
}

/** A guard with one key, a login URL and one area: everything. */
export function guardOf(options: GuardOptions = {}) {
  return createGuard({ keys: [KEY], loginUrl: LOGIN, areas: [{ path: '/' }], selfTest: false, ...options })
}

/** What such a guard decides. */
export function decide(options: GuardOptions, asked: Asked = {}): Decision {
  return guardOf(options).decide(requestOf(asked))
}

/** As `decide`, for one area that is everything. */
export function decideIn(area: AreaOptions, asked: Asked = {}, options: GuardOptions = {}): Decision {
  return decide({ ...options, areas: [{ path: '/', ...area }] }, asked)
}

/** A decision in a word or two: `allow`, `deny 403 tokens`, `redirect expired`. */
export function inShort(decision: Decision): string {
  if (decision.kind === 'allow' || decision.kind === 'pass') return decision.kind
  if (decision.kind === 'redirect') return `redirect ${decision.reason}`
  return `${decision.kind} ${decision.status} ${decision.reason}`
}

/** The ticket in a decision's first Set-Cookie line, or undefined. */
export function renewedTicket(decision: Decision): string | undefined {
  const [line = ''] = decision.kind === 'pass' ? [] : decision.setCookies
  return /^[^=]+=([^;]+)/.exec(line)?.[1]
}
