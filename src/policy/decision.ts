/** What the guard is asked and what it answers. Data only. */

import type { CacheStats, Reason } from '../types.js'
import type { ParsedPublicKey } from './options.js'
import type { Settings } from './settings.js'
import type { Visit } from './visit.js'

/** A request as it stands on the wire. Strings are latin-1: one char a byte. */
export interface GuardRequest {
  readonly method: string
  /** The request target: `/path?query`, or absolute (`http://host/path`). */
  readonly url: string
  /** All header lines in order, names in any case: Node's `rawHeaders` (name, value, name, value ...) or pairs. */
  readonly headers: readonly string[] | readonly (readonly [name: string, value: string])[]
  /** Address of the client or of the proxy in front, IPv4 or IPv6 text. */
  readonly ip: string | undefined
  /** Came over TLS. Default false. */
  readonly tls?: boolean | undefined
  /** Unix time in whole seconds. */
  readonly now: number
  /** `1.1` where left out. */
  readonly httpVersion?: string | undefined
  /** Name and port of the server, for requests without Host; and the port for hosts that have one. */
  readonly serverName?: string | undefined
  readonly port?: number | undefined
  /** Address of the server that was asked, for hosts that have one. */
  readonly localAddress?: string | undefined
}

/** Who asks. Bytes of a ticket, one char each; with `charset: 'utf8'` its text. */
export interface Identity {
  readonly uid: string
  readonly tokens: readonly string[]
  readonly userData: string
  /** The guard made this identity up; a guest's ticket that comes back is an ordinary one. */
  readonly guest: boolean
}

interface Common {
  /** Values of Set-Cookie headers to send with whatever is answered. */
  readonly setCookies: readonly string[]
  /** Send `Cache-Control: no-store`. */
  readonly noStore: boolean
}

/** A body for programs (RFC 9457, application/problem+json). */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  /** Where a person signs in. */
  readonly login?: string
}

interface Through {
  /** The target that was judged: hand this on, not what the client sent. */
  readonly url: string
  /** Which entry of `hosts` judged it; left out where none did. Serve what belongs to that one. */
  readonly host?: number
}

export interface Allow extends Common, Through {
  readonly kind: 'allow'
  readonly identity: Identity
  /** Which key made the ticket; undefined for guests. */
  readonly keyIndex: number | undefined
  /**
   * The Authorization header that goes on with the request in place of the client's own (TKTAuthFakeBasicAuth,
   * TKTAuthPassthruBasicAuth); null: none may go on; left out: the client's, if it has one. A credential.
   */
  readonly authorization?: string | null
}
export interface Pass extends Through {
  readonly kind: 'pass'
  /** As in `Allow`: where the guard's Authorization is what applications go by, a client's own may not go on. */
  readonly authorization?: null
  /** With `shadow`: what would have been done. */
  readonly shadow?: Decision
}
export interface Redirect extends Common {
  readonly kind: 'redirect'
  readonly status: 302 | 303 | 307
  readonly location: string
  readonly reason: Reason
}
export interface Deny extends Common {
  readonly kind: 'deny'
  readonly status: 401 | 403
  readonly reason: Reason
  readonly problem?: Problem
}
/** A request that no area can judge (400, 404) or an area that is not fully configured (500). */
export interface Failure extends Common {
  readonly kind: 'error'
  readonly status: 400 | 404 | 500
  readonly reason: Reason
}

export type Decision = Allow | Pass | Redirect | Deny | Failure

/** An area for people to look at. Nothing in it is secret. */
export interface AreaInfo {
  /** Where it is configured, or its path. */
  readonly name: string
  readonly settings: Settings
  /** The entry of `hosts` that it belongs to; undefined: the main server's. */
  readonly host: number | undefined
  /** What checks signed tickets there; left out where others are asked for. */
  readonly publicKeys?: readonly ParsedPublicKey[]
}

export interface Guard {
  /** What to do with a request. Pure and synchronous; never throws on anything that a client can send. */
  decide(request: GuardRequest): Decision
  /** The same for callers that must also work where a guard has to wait. */
  decideAsync(request: GuardRequest): Promise<Decision>
  /** The area that a request falls in, as it is merged; undefined where none does or no area gets to judge. */
  areaOf(request: GuardRequest): AreaInfo | undefined
  /** The request as a sign-in page takes it; undefined where no area gets to judge. */
  visit(request: GuardRequest): Visit | undefined
  /** Look-ups of verified tickets that were remembered (`cache`), in all rings together; undefined where none is. */
  cacheStats(): CacheStats | undefined
  /** Whether `oddPaths` is `refuse`: else a router that is more lenient than the guard may find areas by other spellings. */
  readonly refusesOddPaths: boolean
  /** What an operator should know: weak settings that are in use. Never secrets. */
  readonly warnings: readonly string[]
}

/** A guard that checks signatures with WebCrypto, and has to wait for it: see `createAsyncGuard`. */
export type AsyncGuard = Omit<Guard, 'decide' | 'visit'>
