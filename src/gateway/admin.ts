/** Health and metrics, on a listener of their own: neither is for the public. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { send } from '../adapters/node-response.js'
import { problemAnswer } from './problem.js'

export interface AdminSources {
  /** Undefined: ready; else why not, in a word. */
  readonly unready: () => string | undefined
  /** The metrics as text. */
  readonly metrics: () => Promise<string>
}

const TEXT = 'text/plain; charset=utf-8'
const PROMETHEUS = 'text/plain; version=0.0.4; charset=utf-8'

export function createAdmin({ unready, metrics }: AdminSources): (m: IncomingMessage, r: ServerResponse) => void {
  const text = (response: ServerResponse, status: number, body: string, type = TEXT) =>
    send(response, {
      status,
      headers: [
        ['Content-Type', type],
        ['Cache-Control', 'no-store'],
      ],
      setCookies: [],
      body,
    })
  return (message, response) => {
    if (message.method !== 'GET' && message.method !== 'HEAD') return send(response, problemAnswer(405))
    const path = (message.url as string).replace(/\?.*$/s, '')
    const why = unready()
    switch (path) {
      case '/-/healthz':
        return text(response, 200, 'ok\n')
      case '/-/readyz':
        return text(response, why === undefined ? 200 : 503, `${why ?? 'ready'}\n`)
      case '/metrics':
        return void metrics().then(
          (body) => text(response, 200, body, PROMETHEUS),
          () => send(response, problemAnswer(500)),
        )
      default:
        return send(response, problemAnswer(404))
    }
  }
}
