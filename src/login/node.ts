/** The login in a server of node:http. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Answer } from '../adapters/answer.js'
import { guardRequest } from '../adapters/node-request.js'
import { send } from '../adapters/node-response.js'
import { systemNow } from '../adapters/options.js'
import { skip } from '../adapters/skip.js'
import type { Guard } from '../policy/decision.js'
import type { Visit } from '../policy/visit.js'
import type { Login } from './login.js'

const TROUBLE: Answer = {
  status: 500,
  headers: [
    ['Content-Type', 'text/plain; charset=utf-8'],
    ['Cache-Control', 'no-store'],
  ],
  setCookies: [],
  body: 'Something is wrong on this server.\n',
}
/** A form with the longest user, password and way back, escaped. */
const BODY_MAX = 32_768

export interface LoginHandlerOptions {
  /** Is told what should not happen, for a log. Its message may hold anything. */
  readonly onError?: (error: unknown) => void
}

/**
 * Answers the requests below the login's path: everything that the guard would let pass there.
 *
 * @example
 * const login = createLogin({ keys, authenticators: [htpasswd({ file: 'users' })], attempts })
 * const pages = loginHandler(login, guard)
 * createServer((request, response) => request.url.startsWith('/login') ? pages(request, response) : site(request, response))
 */
export function loginHandler(
  login: Login,
  guard: Guard,
  { onError }: LoginHandlerOptions = {},
): (m: IncomingMessage, r: ServerResponse) => Promise<void> {
  return async (message, response) => {
    const { url = '/', socket } = message
    const now = systemNow()
    try {
      const visit = guard.visit(guardRequest(message, url, socket.remoteAddress, now))
      await answerPage(login, message, response, visit, now)
    } catch (error) {
      // A client that went away in the middle of a form is no mistake of anybody's.
      if (response.destroyed) return
      onError?.(error)
      if (response.headersSent) response.destroy()
      else send(response, TROUBLE)
    }
  }
}

/** `accept`: tells a client that waits with its body to go on. */
export async function answerPage(
  login: Login,
  message: IncomingMessage,
  response: ServerResponse,
  visit: Visit | undefined,
  now: number,
  accept?: () => void,
): Promise<void> {
  const { headers, method = 'GET' } = message
  const fetchSite = headers['sec-fetch-site']
  const answer = await login.answer({
    method,
    visit,
    fetchSite: Array.isArray(fetchSite) ? fetchSite.join() : fetchSite,
    origin: headers.origin,
    contentType: headers['content-type'],
    now,
    body() {
      accept?.()
      return readBody(message)
    },
  })
  send(response, answer)
  // The rest of an upload whose ticket had run out: a connection that ends before it would be all that the browser sees.
  if (!message.complete) skip(message)
}

async function readBody(message: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = []
  let length = 0
  // To stop reading must not end the connection: the answer has still to go out over it.
  for await (const part of message.iterator({ destroyOnReturn: false })) {
    length += (part as Buffer).length
    if (length > BODY_MAX) return undefined
    parts.push(part as Buffer)
  }
  return Buffer.concat(parts).toString('utf8')
}
