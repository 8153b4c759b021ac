/** A real proxy in front of a small application, asking our forward-auth endpoints on a socket of their own. */

import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Test } from 'tap'
import type { Proxy } from '../../native-fixtures/proxy-server.mjs'
import { IDENTITY_NAMES } from '../../src/config/serving.js'
import { type CheckFacts, createForwardAuth, type ForwardAuthDeps } from '../../src/gateway/forward-auth/server.js'
import { identityHeaders } from '../../src/gateway/identity.js'
import { createMatcher } from '../../src/http/cidr.js'
import type { Decision, Guard } from '../../src/policy/decision.js'
import { NOW } from '../adapters/site.js'

/** What the application saw, as it says in every answer. */
export interface SeenByApp {
  readonly method: string
  readonly url: string
  /** Names in lower case; all lines. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string
}

export interface Judged {
  readonly decision: Decision
  readonly facts: CheckFacts
}

export interface Proxied {
  readonly port: number
  /** Requests that reached the application. */
  readonly runs: string[]
  readonly judged: Judged[]
  readonly problems: string[]
  /** Targets of the check requests. */
  readonly checks: string[]
  /** Another guard from now on, as after a reload. */
  use(guard: Guard): void
}

/** RFC 6455 section 1.3. */
const WEBSOCKET = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

export const APP_COOKIES = ['theme=dark; Path=/', 'lang=en; Path=/']

const portOf = (server: Server) => (server.address() as AddressInfo).port

async function listen(t: Test, server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close().closeAllConnections())
  return portOf(server)
}

/** Our endpoints on a free port, with a server's usual limits. */
export async function startAuth(
  t: Test,
  guard: Guard,
  deps: Partial<ForwardAuthDeps> = {},
): Promise<Omit<Proxied, 'runs'>> {
  let current = guard
  const judged: Judged[] = []
  const problems: string[] = []
  const checks: string[] = []
  const check = createForwardAuth({
    guard: () => current,
    peers: createMatcher(['127.0.0.0/8', '::1']),
    now: () => NOW,
    identity: identityHeaders(IDENTITY_NAMES, 'latin1'),
    onDecision: (decision, facts) => judged.push({ decision, facts }),
    onProblem: (problem) => problems.push(problem),
    ...deps,
  })
  const server = createServer({ maxHeaderSize: 65_536 }, (request, response) => {
    checks.push(request.url as string)
    check(request, response)
  })
  const use = (guard: Guard) => {
    current = guard
  }
  return { port: await listen(t, server), judged, problems, checks, use }
}

function linesOf({ rawHeaders }: IncomingMessage) {
  return rawHeaders.flatMap((name, i) =>
    i % 2 === 0 ? [[name.toLowerCase(), rawHeaders[i + 1] as string] as const] : [],
  )
}

/** Says what it sees; takes upgrades and then sends back what it gets. */
async function startApp(t: Test, runs: string[]): Promise<number> {
  const server = createServer(async (request, response) => {
    const { method = '', url = '' } = request
    runs.push(`${method} ${url}`)
    const seen: SeenByApp = { method, url, headers: linesOf(request), body: await text(request) }
    response.setHeader('Set-Cookie', APP_COOKIES)
    response.setHeader('Content-Type', 'application/json')
    response.end(JSON.stringify(seen))
  })
  server.on('upgrade', (request, socket) => {
    runs.push(`UPGRADE ${request.url}`)
    const user = request.headers['remote-user'] ?? ''
    const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}${WEBSOCKET}`).digest('base64')
    socket.on('error', () => socket.destroy())
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\nX-User: ${user}\r\n\r\n`,
    )
    socket.pipe(socket)
  })
  return listen(t, server)
}

export async function startProxied(
  t: Test,
  start: (ports: { app: number; auth: number }) => Promise<Proxy>,
  guard: Guard,
): Promise<Proxied> {
  const runs: string[] = []
  const auth = await startAuth(t, guard)
  const proxy = await start({ app: await startApp(t, runs), auth: auth.port })
  t.teardown(proxy.stop)
  return { ...auth, port: proxy.port, runs }
}
