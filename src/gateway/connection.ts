/** Who is at the other end of a request's connection. */

import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
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

/** The host of an absolute target counts, whatever the Host header says (RFC 9112 section 3.2.2). */
export function clientOf(message: IncomingMessage): Client {
  const named = ORIGIN.exec(message.url as string)?.[0].replace(/^https?:\/\//i, '')
  return { ip: addressOf(message), tls: isTls(message), host: named ?? message.headers.host }
}

/** How the client calls us; the empty text where it does not. */
export function originOf({ tls, host }: Client): string {
  return host === undefined ? '' : `${tls ? 'https' : 'http'}://${host}`
}
