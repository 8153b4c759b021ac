/** A real proxy in front of a small application, asking our forward-auth endpoints on a socket of their own. */

import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { connect as connectTls } from 'node:tls'
import type { Test } from 'tap'
import type { Proxy as RealProxy, Surroundings } from '../../native-fixtures/proxy-server.mjs'
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

export type Start = (around: Surroundings) => Promise<RealProxy>

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
  /** Nobody answers checks from now on. */
  down(): Promise<void>
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
  const down = async () => {
    server.close().closeAllConnections()
    await once(server, 'close')
  }
  return { port: await listen(t, server), judged, problems, checks, use, down }
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
  start: Start,
  guard: Guard,
  more: Pick<Surroundings, 'certificate'> = {},
): Promise<Proxied> {
  const runs: string[] = []
  const auth = await startAuth(t, guard)
  const proxy = await start({ app: await startApp(t, runs), auth: auth.port, ...more })
  t.teardown(proxy.stop)
  return { ...auth, port: proxy.port, runs }
}

export interface WireAnswer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string
}

/** Sends bytes on a connection of their own and reads what comes back, one char a byte. */
export async function sendBytes(port: number, bytes: string, tls = false): Promise<WireAnswer> {
  const peer = { port, host: '127.0.0.1' }
  const socket = tls ? connectTls({ ...peer, rejectUnauthorized: false }) : connect(peer)
  const chunks: Buffer[] = []
  socket.on('data', (chunk) => chunks.push(chunk))
  // What was refused may not be read to its end.
  socket.on('error', () => socket.destroy())
  socket.setTimeout(10_000, () => socket.destroy())
  socket.write(bytes, 'latin1')
  await once(socket, 'close')
  const [head = '', ...rest] = Buffer.concat(chunks).toString('latin1').split('\r\n\r\n')
  const [first = '', ...lines] = head.split('\r\n')
  const headers = lines.map((line) => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const
  })
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(first)?.[1] ?? 0), headers, body: rest.join('\r\n\r\n') }
}

export interface Sending {
  readonly method?: string
  readonly target: string
  /** Host is www.example.com where there is none among them. */
  readonly lines?: readonly string[]
  readonly body?: string
}

export function requestBytes({ method = 'GET', target, lines = [], body }: Sending): string {
  const host = lines.some((line) => /^host:/i.test(line)) ? [] : ['Host: www.example.com']
  const length = body === undefined ? [] : [`Content-Length: ${body.length}`]
  const all = [`${method} ${target} HTTP/1.1`, ...host, ...lines, ...length, 'Connection: close']
  return `${all.join('\r\n')}\r\n\r\n${body ?? ''}`
}

export const valuesOf = (headers: WireAnswer['headers'], wanted: string) =>
  headers.flatMap(([name, value]) => (name === wanted ? [value] : []))

export const seenByApp = ({ body }: WireAnswer): SeenByApp => JSON.parse(body)
