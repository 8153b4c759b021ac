/**
 * What a gateway serves, beside what its guard decides: where it listens, who answers which path, how long it waits.
 * Read from our own configuration and from Apache's; the guard knows nothing of it.
 */

import type { LoginConfig } from './login.js'

/** Where a server can be asked: a port of an address (`*`: of all), or a socket in the file system. */
export type Endpoint = { readonly host: string; readonly port: number } | { readonly unix: string }

export interface Certificate {
  /** Names that it is shown for (SNI), in lower case, `*.example.com` among them; empty: whoever asks. */
  readonly names: readonly string[]
  /** PEM files: the certificate with its chain, and its key. */
  readonly certFile: string
  readonly keyFile: string
  /** Where it is configured, for errors. */
  readonly at: string
}

export interface Listen {
  readonly endpoint: Endpoint
  /** Undefined: no TLS. The first certificate is shown to whoever names no host, or an unknown one. */
  readonly tls: readonly Certificate[] | undefined
  /** Where it is configured, for errors: `site.conf:3: Listen` or `--listen`. */
  readonly at: string
}

/** Who answers the paths that begin with `path`. */
export type Answerer =
  /** An HTTP server. What the path has behind `path` is put behind the URL, as ProxyPass does. */
  | { readonly kind: 'upstream'; readonly url: string; readonly unix?: string; readonly preserveHost: boolean }
  /**
   * A folder of this machine, or one file. `index`: names tried for a folder itself. `programs`:
   * endings (`.cgi`, anywhere in a name) and whole names, in small letters, of files that are answered 501, by their own
   * name and as an index.
   */
  | {
      readonly kind: 'files'
      readonly folder: string
      readonly index: readonly string[]
      readonly programs: readonly string[]
    }
  /**
   * Nobody here: the client is sent to `url` (`https://*`: the host it asked for) with what
   * the path has behind `path`, or told a status without one.
   */
  | { readonly kind: 'redirect'; readonly url: string; readonly status: number }
  /**
   * Nobody, and why: what would have been run or is not read here must not be served as a text. Answered 501.
   * `forbidden`: Apache refuses them itself, so `--upstream` does not get them either. `pattern`: only decoded paths that it matches as well; whoever does not look at it answers 501 more often.
   */
  | { readonly kind: 'nobody'; readonly why: string; readonly pattern?: string; readonly forbidden?: true }

export type Route = Answerer & {
  /** Decoded. `/app`: it and all below it; `/app/`: only what is below; `/`: everything. */
  readonly path: string
  readonly at: string
  /** Seconds until the upstream must have begun to answer; undefined: the gateway's own. */
  readonly timeout?: number | undefined
}

/** URLs in answers (Location, Content-Location) that begin with `url` are turned into the client's `path`. */
export interface Reverse {
  readonly path: string
  readonly url: string
}

/** What one server, or virtual host, answers with: the first route whose path fits. */
export interface Content {
  readonly routes: readonly Route[]
  readonly reverse: readonly Reverse[]
}

/** Header names that carry the identity to an upstream. */
export interface IdentityNames {
  readonly uid: readonly string[]
  readonly tokens: readonly string[]
  readonly userData: readonly string[]
}

/** Seconds. */
export interface Timeouts {
  /** Until a client has sent all of its request's head. */
  readonly head: number
  /** Until a client has sent all of a request, its body included. */
  readonly request: number
  /** A connection on which nothing moves, in the middle of a request or an answer. */
  readonly idle: number
  /** A connection between two requests. */
  readonly keepAlive: number
  /** Until an upstream has taken a connection. */
  readonly connect: number
  /** Until an upstream has begun to answer. */
  readonly response: number
  /** Until requests that are under way must be over when the gateway stops. */
  readonly drain: number
}

export interface Limits {
  /** Bytes of a request's head. */
  readonly headBytes: number
  readonly headers: number
  /** Bytes of the request line's target. */
  readonly urlBytes: number
  /** Bytes of a request's body; null: any. */
  readonly bodyBytes: number | null
  /** Connections to one upstream at a time, and requests that may wait for one. */
  readonly connections: number
  readonly waiting: number
}

export interface ForwardAuth {
  readonly listen: Listen
  /** Addresses or CIDRs of the proxies that are answered. A Unix socket's peers count as 127.0.0.1. */
  readonly peers: readonly string[]
}

export interface Serving {
  /** Empty: nothing is said of it. */
  readonly listen: readonly Listen[]
  readonly main: Content
  /** By the place of the virtual host in the guard's `hosts`. */
  readonly hosts: readonly Content[]
  /** Health and metrics. */
  readonly admin: Listen | undefined
  readonly forwardAuth: ForwardAuth | undefined
  readonly identity: IdentityNames
  /** Upstreams see the ticket cookie. */
  readonly forwardTicket: boolean
  readonly timeouts: Timeouts
  readonly limits: Limits
  readonly workers: number
  /** How people sign in here; undefined: elsewhere. */
  readonly login: LoginConfig | undefined
}

export const IDENTITY_NAMES: IdentityNames = {
  uid: ['Remote-User'],
  tokens: ['Remote-User-Tokens'],
  userData: ['Remote-User-Data'],
}

export const TIMEOUTS: Timeouts = {
  head: 20,
  request: 600,
  idle: 60,
  keepAlive: 15,
  connect: 10,
  response: 60,
  drain: 30,
}

export const LIMITS: Limits = {
  headBytes: 32_768,
  headers: 100,
  urlBytes: 8190,
  bodyBytes: null,
  connections: 256,
  waiting: 1024,
}

export const NO_CONTENT: Content = { routes: [], reverse: [] }

/** What applies where a configuration says nothing. */
export const NO_SERVING: Serving = {
  listen: [],
  main: NO_CONTENT,
  hosts: [],
  admin: undefined,
  forwardAuth: undefined,
  identity: IDENTITY_NAMES,
  forwardTicket: false,
  timeouts: TIMEOUTS,
  limits: LIMITS,
  workers: 1,
  login: undefined,
}

/** `127.0.0.1:8080`, `[::1]:8080`, `8080` (loopback), `*:80` (all addresses), `unix:/run/authtkt.sock`. */
export function parseEndpoint(text: string): Endpoint | undefined {
  if (text.startsWith('unix:')) return text.length > 5 ? { unix: text.slice(5) } : undefined
  const [, bracketed, plain, digits] = /^(?:(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]/\s]+)):)?(\d{1,5})$/.exec(text) ?? []
  const port = Number(digits)
  if (digits === undefined || port > 65535) return undefined
  return { host: bracketed ?? plain ?? '127.0.0.1', port }
}

/** As it is told to people: never more than where. */
export function endpointText(endpoint: Endpoint): string {
  if ('unix' in endpoint) return `unix:${endpoint.unix}`
  return `${endpoint.host.includes(':') ? `[${endpoint.host}]` : endpoint.host}:${endpoint.port}`
}

/** `http://host:port/path`, `https://...`, `unix:/run/app.sock` or `unix:/run/app.sock|http://host/path`. */
export function parseUpstream(text: string): { readonly url: string; readonly unix?: string } | undefined {
  const [, unix, behind] = /^unix:([^|]+)(?:\|(.*))?$/.exec(text) ?? []
  const url = unix === undefined ? text : (behind ?? 'http://localhost')
  if (!/^https?:\/\/[^\s/?#@]+(?:\/[^\s?#]*)?$/i.test(url) || !URL.canParse(url)) return undefined
  return unix === undefined ? { url } : { url, unix }
}

/** A name that can carry an identity; not one that requests are framed, routed or signed in by. */
export function isHeaderName(name: string): boolean {
  return (
    /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name) &&
    !/^(?:host|connection|content-.*|transfer-encoding|te|trailer|upgrade|expect|keep-alive|proxy-.*|cookie)$/i.test(
      name,
    )
  )
}
