/** A request's header lines as an upstream gets them: hop-by-hop ones out, identity and forwarding ones ours. */

import type { IncomingMessage } from 'node:http'
import { authorizationOf, isAuthorization } from '../adapters/authorization.js'
import type { Matcher } from '../http/cidr.js'
import type { ForwardedHeaders } from '../http/forwarded.js'
import type { Allow, Pass } from '../policy/decision.js'
import { isHopByHop, namedByConnection } from './hop-by-hop.js'
import type { IdentityHeaders } from './identity.js'

/** What does not change between requests. */
export interface HeaderRules {
  readonly identity: IdentityHeaders
  /** Whose X-Forwarded-* and Forwarded headers are kept and continued. */
  readonly trusts: Matcher
  /** Which of them trusted proxies send. */
  readonly forwarded: ForwardedHeaders
  /** Takes the ticket cookie out; undefined: upstreams see it. */
  readonly withoutTicket: ((cookies: string) => string | undefined) | undefined
  /** Other headers that bring tickets and go no further, in lower case; undefined: there are none. */
  readonly ticketHeaders: ReadonlySet<string> | undefined
}

/** Who asks, and how. */
export interface Client {
  /** Address of the connection's other end. */
  readonly ip: string
  readonly tls: boolean
  /** What it calls us, with its port; undefined for HTTP/1.0 without Host. */
  readonly host: string | undefined
}

const FORWARDED = new Set(['x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host', 'x-forwarded-port', 'forwarded'])
/** Other spellings, which CGI-style software takes for the same: no proxy sends them. */
const LOOKALIKE =
  /^x(?!-forwarded-)[^a-z0-9]forwarded[^a-z0-9](?:for|proto|host|port)$|^x-forwarded[^a-z0-9-](?:for|proto|host|port)$/
/** The Expect is ours to answer; the length is that of the body as it is sent on. */
const OURS = new Set(['host', 'expect', 'content-length', 'via'])

export interface UpstreamHeaders {
  readonly lines: string[]
  /** The content-length of the request, if it has one. */
  readonly length: string | undefined
}

/**
 * `host`: what the upstream is called; undefined: by its own name. The lines are ready for undici, which adds Host,
 * Connection and the framing.
 */
export function upstreamHeaders(
  message: IncomingMessage,
  client: Client,
  host: string | undefined,
  decision: Allow | Pass,
  rules: HeaderRules,
): UpstreamHeaders {
  const { rawHeaders } = message
  const named = namedByConnection(rawHeaders)
  const trusted = rules.trusts(client.ip)
  const authorization = authorizationOf(decision)
  const lines: string[] = []
  const chain = { for: '', forwarded: '', proto: false, host: false, via: '' }
  let length: string | undefined
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string
    const value = rawHeaders[i + 1] as string
    const lower = name.toLowerCase()
    if (OURS.has(lower)) {
      if (lower === 'content-length') length = value
      else if (lower === 'via') chain.via += `${value}, `
      continue
    }
    if (isHopByHop(lower, named) || rules.identity.isOurs(name)) continue
    if (authorization !== undefined && isAuthorization(lower)) continue
    if (rules.ticketHeaders?.has(lower)) continue
    if (lower.startsWith('x') && LOOKALIKE.test(lower)) continue
    if (FORWARDED.has(lower)) {
      if (!trusted) continue
      if (lower === 'x-forwarded-for') chain.for += `${value}, `
      else if (lower === 'forwarded') chain.forwarded += `${value}, `
      else {
        if (lower === 'x-forwarded-proto') chain.proto = true
        if (lower === 'x-forwarded-host') chain.host = true
        lines.push(name, value)
      }
      continue
    }
    if (lower === 'cookie' && rules.withoutTicket !== undefined) {
      const cookies = rules.withoutTicket(value)
      if (cookies !== undefined) lines.push(name, cookies)
      continue
    }
    lines.push(name, value)
  }
  if (host !== undefined) lines.push('Host', host)
  lines.push('X-Forwarded-For', chain.for + client.ip)
  if (!chain.proto) lines.push('X-Forwarded-Proto', client.tls ? 'https' : 'http')
  if (!chain.host && client.host !== undefined) lines.push('X-Forwarded-Host', client.host)
  if (chain.forwarded !== '') lines.push('Forwarded', chain.forwarded + forwardedElement(client))
  lines.push('Via', `${chain.via}${message.httpVersion} authtkt`)
  const identity = decision.kind === 'allow' ? decision.identity : undefined
  for (const text of rules.identity.pairs(identity)) lines.push(text)
  if (typeof authorization === 'string') lines.push('Authorization', authorization)
  return { lines, length }
}

/** RFC 7239, only where a proxy in front uses it. */
function forwardedElement({ ip, tls, host }: Client): string {
  const node = ip.includes(':') ? `"[${ip}]"` : ip
  return `for=${node};proto=${tls ? 'https' : 'http'}${host === undefined ? '' : `;host="${host}"`}`
}
