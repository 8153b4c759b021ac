/** Requests that ask for an upgrade and are answered without one. */

import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { hasBody } from './proxy.js'

/** Only WebSockets go on as such; theirs is a GET without a body (RFC 6455 section 4.1). */
export function isWebSocket(message: IncomingMessage): boolean {
  return message.method === 'GET' && /^websocket$/i.test(message.headers.upgrade ?? '') && !hasBody(message)
}

/**
 * Node gives the connection of every request away that asks for an upgrade. One that we ignore (RFC 9110 section 7.8) is
 * put back without the asking and read once more, its body and what follows it with it: HTTP clients that would rather
 * speak HTTP/2 ask for `h2c` with each request.
 */
export function putBack(server: Server, message: IncomingMessage, socket: Duplex, head: Buffer): void {
  const { rawHeaders } = message
  const lines = [`${message.method} ${message.url} HTTP/${message.httpVersion}`]
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string
    if (name.toLowerCase() !== 'upgrade') lines.push(`${name}: ${rawHeaders[i + 1]}`)
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]))
  server.emit((socket as { encrypted?: boolean }).encrypted ? 'secureConnection' : 'connection', socket)
}
