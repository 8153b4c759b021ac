/** The real Apache and our server on one configuration, one clock and one port number, and the same bytes to both. */

import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { setTimeout as delay } from 'node:timers/promises'
import type { TktModule } from '../../native-fixtures/apache-server.mjs'
import { type Certificate, type Site, startSite } from '../../native-fixtures/apache-site.mjs'
import { type Node, print } from '../../native-fixtures/config-tree.mjs'
import { PORT, TLS_PORT } from '../../native-fixtures/random-config.mjs'
import type { RandomRequest } from '../../native-fixtures/random-request.mjs'
import { bytesOf, exchange } from '../../native-fixtures/wire.mjs'
import { protect } from '../../src/adapters/node.js'
import { readApacheConfig } from '../../src/config/apache.js'
import { nodeFiles } from '../../src/config/files.js'
import { createGuard, type Guard } from '../../src/index.js'
import { identityHeader, type Outcome, outcomeOf, outcomeOfDecision } from './outcome.js'

/** This Apache has no index pages (mod_dir), so no expression has to match the folder of one. */
const PAGES = ['Location', 'LocationMatch']
const READING = { allowSkipped: PAGES, files: nodeFiles }

export interface Outcomes {
  readonly apache: Outcome
  /** What the guard decides about the request as it was written. */
  readonly policy: Outcome
  /** What our server answers to its bytes. */
  readonly adapter: Outcome
}

export interface Pair {
  ask(request: RandomRequest): Promise<Outcomes>
  /** Statuses of both answers to bytes that need not be a request; 0: none came. */
  send(bytes: string): Promise<{ readonly apache: number; readonly adapter: number }>
  stop(): Promise<void>
}

export interface PairOptions {
  /** The clock stands at this unix time; the real one where it is left out. */
  readonly clock?: number | undefined
  readonly certificate?: Certificate | undefined
  /** X-Forwarded-Host is believed from anyone, as in the module (A3). */
  readonly anyProxy: boolean
  /** Whose tickets; default `auth_tkt`. */
  readonly module?: TktModule | undefined
}

/** The same ports on two loopback addresses: a port may stand in an answer. */
const THEIRS = '127.0.0.1'
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
  const { clock, certificate, anyProxy, module = 'auth_tkt' } = options
  const textFor = ({ port, tls }: Ports) => print(nodes).replaceAll(PORT, `${port}`).replaceAll(TLS_PORT, `${tls}`)
  const site = await startSite({
    text: textFor,
    module,
    ...(clock !== undefined && { clock }),
    ...(certificate && { certificate }),
  })
  try {
    const read = readApacheConfig(textFor(site), { ...READING, module: `mod_${module}` }).options
    const guard = createGuard(anyProxy ? { ...read, trustedProxies: 'any' } : read)
    const moment = { now: clock ?? nowSeconds() }
    const servers = await startOurs(guard, () => moment.now, site, options)
    const stop = async () => {
      for (const server of servers) server.close().closeAllConnections()
      await site.stop()
    }
    return { ask: asker(site, guard, options, moment), send: sender(site.port), stop }
  } catch (error) {
    await site.stop()
    throw error
  }
}

type Ports = Pick<Site, 'port' | 'tls'>

/** What an application would find where the client alone has a say; undefined where nobody else ever has. */
const ownAuthorization = ({ headers }: RandomRequest, { module }: PairOptions) =>
  module === 'auth_pubtkt' ? (headers.find(([name]) => name.toLowerCase() === 'authorization')?.[1] ?? '') : undefined

function asker({ port, tls }: Ports, guard: Guard, options: PairOptions, moment: { now: number }): Pair['ask'] {
  const { clock } = options
  return async (template) => {
    const request = withPorts(template, port)
    const asked = (request.tls ? tls : port) as number
    for (;;) {
      if (clock === undefined) await beyondTheTick()
      const now = clock ?? nowSeconds()
      moment.now = now
      const [apache, adapter] = await both({ port: asked, tls: request.tls }, bytesOf(request))
      // Both must have been asked in the same second.
      if (clock === undefined && nowSeconds() !== now) continue
      const decision = guard.decide(guardRequest(request, now, asked))
      const policy = outcomeOfDecision(decision, ownAuthorization(request, options))
      return { apache: outcomeOf(apache), policy, adapter: outcomeOf(adapter) }
    }
  }
}

function sender(port: number): Pair['send'] {
  return async (bytes) => {
    const [apache, adapter] = await both({ port, tls: false }, bytes)
    return { apache: apache?.status ?? 0, adapter: adapter?.status ?? 0 }
  }
}

const both = (at: { port: number; tls: boolean }, bytes: string) =>
  Promise.all([exchange({ host: THEIRS, ...at }, bytes), exchange({ host: OURS, ...at }, bytes)])

async function startOurs(
  guard: Guard,
  now: () => number,
  { port, tls }: Ports,
  { certificate, module }: PairOptions,
): Promise<Server[]> {
  const ip = (request: IncomingMessage) => request.headers['x-client-ip']?.toString()
  const listener = protect(
    guard,
    (request, response) => {
      const found = module === 'auth_pubtkt' ? (request.headers.authorization ?? '') : undefined
      if (request.identity) response.setHeader('X-Identity', identityHeader(request.identity, found))
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
