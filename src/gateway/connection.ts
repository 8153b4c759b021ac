/** Who is at the other end of a request's connection. */

import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Matcher } from '../http/cidr.js'
import { type ForwardedHeaders, originOf as forwardedOrigin } from '../http/forwarded.js'
import type { Client } from './request-headers.js'

/** Scheme and authority of an absolute target. */
export const ORIGIN = /^https?:\/\/[^/?#]*/i

/** A Unix socket's other end is on this machine. */
export function addressOf({ socket }: IncomingMessage): string {
  return socket.remoteAddress ?? '127.0.0.1'
}

export function isTls({ socket }: IncomingMessage): boolean {
  return (socket as Socket & { encrypted?: boolean }).encrypted === true
}

/**
 * The host of an absolute target counts, whatever the Host header says (RFC 9112 section 3.2.2), if its scheme is the
 * connection's: just as the guard takes it, or a request would be judged as one host's and served as another's.
 */
export function clientOf(message: IncomingMessage): Client {
  const tls = isTls(message)
  const url = message.url as string
  if (url.startsWith('/')) return { ip: addressOf(message), tls, host: message.headers.host }
  const [, scheme, authority] = /^(https?):\/\/([^/?#]*)/i.exec(url) ?? []
  const counts = scheme?.toLowerCase() === (tls ? 'https' : 'http')
  return { ip: addressOf(message), tls, host: counts ? authority?.toLowerCase() : message.headers.host }
}

/** How the client sees us, behind proxies that are trusted: for URLs in answers. */
export function asSeen(
  client: Client,
  { rawHeaders }: IncomingMessage,
  trusts: Matcher,
  kind: ForwardedHeaders,
): Client {
  if (!trusts(client.ip)) return client
  const seen = forwardedOrigin(rawHeaders, client.ip, trusts, kind)
  return {
    ip: client.ip,
    tls: seen?.scheme === undefined ? client.tls : seen.scheme === 'https',
    host: seen?.host ?? client.host,
  }
}

/** How the client calls us; the empty text where it does not. */
export function originOf({ tls, host }: Client): string {
  return host === undefined ? '' : `${tls ? 'https' : 'http'}://${host}`
}
