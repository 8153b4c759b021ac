/** Answers on a bare socket: there is no ServerResponse behind an upgrade. */

import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { type Answer, answerTo, type Refusal } from './answer.js'

/** What a WebSocket client gets: it follows no redirects, so it is told 401 where a page would be sent away. */
export function upgradeRefusal(decision: Refusal): string {
  return rawAnswer(answerTo(decision.kind === 'redirect' ? { ...decision, kind: 'deny', status: 401 } : decision))
}

/** An answer as it stands on the wire; the connection ends with it. */
export function rawAnswer({ status, headers, setCookies, body }: Answer): string {
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    ...setCookies.map((cookie) => `Set-Cookie: ${cookie}`),
    `Content-Length: ${body.length}`,
    'Connection: close',
  ]
  return `${lines.join('\r\n')}\r\n\r\n${body}`
}

export function hangUp(socket: Duplex, text: string): void {
  // Node has taken its own listener off; a client that is gone must not end the process.
  socket.on('error', () => socket.destroy())
  socket.end(text, 'latin1', () => socket.destroy())
}
