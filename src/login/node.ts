/** The login in a server of node:http. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { guardRequest } from '../adapters/node-request.js'
import { send } from '../adapters/node-response.js'
import { systemNow } from '../adapters/options.js'
import type { Guard } from '../policy/decision.js'
import type { Visit } from '../policy/visit.js'
import type { Login } from './login.js'

/** A form with the longest user, password and way back, escaped. */
const BODY_MAX = 32_768

/**
 * Answers the requests below the login's path: everything that the guard would let pass there.
 *
 * @example
 * const login = createLogin({ secrets: [secret], authenticators: [await htpasswd({ file: 'users' })], attempts })
 * const pages = loginHandler(login, guard)
 * createServer((request, response) => request.url.startsWith('/login') ? pages(request, response) : site(request, response))
 */
export function loginHandler(login: Login, guard: Guard): (m: IncomingMessage, r: ServerResponse) => Promise<void> {
  return (message, response) => {
    const { url = '/', socket } = message
    const now = systemNow()
    return answerPage(login, message, response, guard.visit(guardRequest(message, url, socket.remoteAddress, now)), now)
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
  // What nobody has read would be taken for the next request.
  if (!message.complete && method !== 'GET' && method !== 'HEAD') response.shouldKeepAlive = false
  send(response, answer)
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
