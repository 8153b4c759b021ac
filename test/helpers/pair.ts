/** The real Apache and our server on one configuration, one clock and one port number, and the same bytes to both. */

import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { setTimeout as delay } from 'node:timers/promises'
import { type Certificate, startSite } from '../../native-fixtures/apache-site.mjs'
import { type Node, print } from '../../native-fixtures/config-tree.mjs'
import { PORT, TLS_PORT } from '../../native-fixtures/random-config.mjs'
import type { RandomRequest } from '../../native-fixtures/random-request.mjs'
import { bytesOf, exchange } from '../../native-fixtures/wire.mjs'
import { protect } from '../../src/adapters/node.js'
import { readApacheConfig } from '../../src/config/apache.js'
import { createGuard, type Guard } from '../../src/index.js'
import { identityHeader, type Outcome, outcomeOf, outcomeOfDecision } from './outcome.js'

export interface Outcomes {
  readonly apache: Outcome
  /** What the guard decides about the request as it was written. */
  readonly policy: Outcome
  /** What our server answers to its bytes. */
  readonly adapter: Outcome
}

export interface Pair {
  ask(request: RandomRequest): Promise<Outcomes>
  stop(): Promise<void>
}

export interface PairOptions {
  /** The clock stands at this unix time; the real one where it is left out. */
  readonly clock?: number | undefined
  readonly certificate?: Certificate | undefined
  /** X-Forwarded-Host is believed from anyone, as in the module (A3). */
  readonly anyProxy: boolean
}

const OURS = '127.0.0.2'
/** Milliseconds. */
const COARSE = 20
const nowSeconds = () => Math.floor(Date.now() / 1000)

/** time() goes by a coarse clock, which is a few milliseconds late. */
async function beyondTheTick(): Promise<void> {
  const late = Date.now() % 1000
  if (late < COARSE) await delay(COARSE - late)
}

export async function startPair(nodes: readonly Node[], options: PairOptions): Promise<Pair> {
  const { clock, certificate, anyProxy } = options
  const textFor = ({ port, tls }: { port: number; tls: number | undefined }) =>
    print(nodes).replaceAll(PORT, `${port}`).replaceAll(TLS_PORT, `${tls}`)
  const site = await startSite({
    text: textFor,
    ...(clock !== undefined && { clock }),
    ...(certificate && { certificate }),
  })
  try {
    const read = readApacheConfig(textFor(site)).options
    const guard = createGuard(anyProxy ? { ...read, trustedProxies: 'any' } : read)
    let now = clock ?? nowSeconds()
    const servers = await startOurs(guard, () => now, site, certificate)
    return {
      async ask(template) {
        const request = withPorts(template, site.port)
        const port = (request.tls ? site.tls : site.port) as number
        const bytes = bytesOf(request)
        for (;;) {
          if (clock === undefined) await beyondTheTick()
          now = clock ?? nowSeconds()
          const [apache, adapter] = await Promise.all(
            ['127.0.0.1', OURS].map((host) => exchange({ host, port, tls: request.tls }, bytes)),
          )
          // Both must have been asked in the same second.
          if (clock === undefined && nowSeconds() !== now) continue
          const policy = outcomeOfDecision(guard.decide(guardRequest(request, now, port)))
          return { apache: outcomeOf(apache), policy, adapter: outcomeOf(adapter) }
        }
      },
      async stop() {
        for (const server of servers) server.close().closeAllConnections()
        await site.stop()
      },
    }
  } catch (error) {
    await site.stop()
    throw error
  }
}

async function startOurs(
  guard: Guard,
  now: () => number,
  { port, tls }: { port: number; tls: number | undefined },
  certificate: Certificate | undefined,
): Promise<Server[]> {
  const ip = (request: IncomingMessage) => request.headers['x-client-ip']?.toString()
  const listener = protect(
    guard,
    (request, response) => {
      if (request.identity) response.setHeader('X-Identity', identityHeader(request.identity))
      response.end('let in\n')
    },
    { now, ip },
  )
  const plain = createServer(listener).listen(port, OURS)
  const servers: Server[] = [plain]
  if (certificate) servers.push(createTlsServer(certificate, listener).listen(tls, OURS))
  await Promise.all(servers.map((server) => once(server, 'listening')))
  return servers
}

function withPorts(request: RandomRequest, port: number): RandomRequest {
  const put = (text: string) => text.replaceAll(PORT, `${port}`)
  const headers = request.headers.map(([name, value]) => [name, put(value)] as const)
  return { ...request, target: put(request.target), headers }
}

function guardRequest({ method, target, version, headers, ip, tls }: RandomRequest, now: number, port: number) {
  return { method, url: target, headers: headers.flat(), ip, tls, now, httpVersion: version, port }
}
