/** A recorded exchange with a real module as what a guard is asked, and what a client and the application see of it. */

import type { Decision, GuardRequest } from '../../src/policy/decision.js'
import type { ringOf } from './recorded.js'

export type Exchange = Parameters<typeof ringOf>[0] & {
  readonly location: string
  readonly nondeterministic?: unknown
  readonly request: {
    readonly method: string
    readonly url: string
    readonly version: string
    readonly host: string | null
    readonly headers: readonly (readonly [string, string])[]
    readonly cookie: readonly string[]
  }
  readonly response: {
    readonly status: number
    readonly location?: string
    readonly set_cookie?: readonly string[]
    readonly env?: Readonly<Record<string, string>> | null
  }
}

/** What a client sees of an answer, and the application of who asks. */
export interface Seen {
  readonly status: number
  readonly location: string | null
  readonly setCookies: readonly string[]
  readonly uid: string | null
  readonly tokens: string | null
  readonly userData: string | null
}

type Asked = Pick<Exchange, 'request' | 'client_ip' | 'tls' | 'now'>

export function requestOf({ request, client_ip: ip, tls, now }: Asked): GuardRequest {
  return {
    method: request.method,
    url: request.url,
    headers: [
      ...(request.host === null ? [] : [['Host', request.host] as const]),
      ...request.headers,
      ...request.cookie.map((value) => ['Cookie', value] as const),
    ],
    ip,
    tls,
    now,
    httpVersion: request.version.slice('HTTP/'.length),
  }
}

export function seenOf(decision: Decision): Seen {
  const identity = decision.kind === 'allow' ? decision.identity : undefined
  return {
    status: decision.kind === 'allow' || decision.kind === 'pass' ? 200 : decision.status,
    location: decision.kind === 'redirect' ? decision.location : null,
    setCookies: decision.kind === 'pass' ? [] : [...decision.setCookies],
    uid: identity?.uid ?? null,
    tokens: identity?.tokens.join() ?? null,
    userData: identity?.userData ?? null,
  }
}

export function recordedAnswer({ response: { status, location, set_cookie, env } }: Exchange): Seen {
  const seen = status === 200 ? env : undefined
  return {
    status,
    location: location ?? null,
    setCookies: [...(set_cookie ?? [])],
    uid: seen?.REMOTE_USER ?? null,
    tokens: seen?.REMOTE_USER_TOKENS ?? null,
    userData: seen?.REMOTE_USER_DATA ?? null,
  }
}
