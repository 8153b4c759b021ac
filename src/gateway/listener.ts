/** Servers on their endpoints: plain, TLS, Unix sockets; what a client may send and how long it may take. */

import { readFileSync, rmSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls'
import { hangUp } from '../adapters/upgrade-answer.js'
import {
  type Certificate,
  type Endpoint,
  endpointText,
  type Limits,
  type Listen,
  type Timeouts,
} from '../config/serving.js'
import { TktError } from '../errors.js'
import { isListed } from '../http/host.js'
import { rawProblem } from './problem.js'
import { isWebSocket, putBack } from './put-back.js'

export interface Handlers {
  readonly handle: RequestListener
  readonly handleExpect?: RequestListener
  readonly upgrade?: (message: Parameters<RequestListener>[0], socket: Duplex, head: Buffer) => void
}

export interface Listener {
  /** What people can open. */
  readonly url: string
  readonly endpoint: Endpoint
  /** Shows other certificates from the next connection on. */
  renew(certificates: Certificates | undefined): void
  /** No new connections; resolves when the last one is over, at the latest after `seconds`. */
  drain(seconds: number): Promise<void>
}

/** Certificates that have been read, so that nothing can go wrong any more. */
export interface Certificates {
  /** For whoever names no host. */
  readonly first: SecureContextOptions
  readonly choose: (name: string) => SecureContext
}

const HINTS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program listens there; choose another port',
  EACCES: 'this user may not listen there; choose a port above 1023, or another folder for a socket',
  EADDRNOTAVAIL: 'this machine has no such address; 127.0.0.1 always works',
  ENOTFOUND: 'there is no such host; 127.0.0.1 always works',
  ENOENT: 'there is no such folder',
}
/** Milliseconds between two looks at connections that take too long. */
const CHECK = 1000
const TICK = 50

/** Reads certificates and keys, and finds out whether they belong together. */
export function readCertificates(list: readonly Certificate[] | undefined): Certificates | undefined {
  if (list === undefined) return undefined
  const known = list.map(({ names, ...files }) => ({ names, ...contextOf(files) }))
  const [first] = known as [(typeof known)[number]]
  return {
    first: first.pems,
    choose(name) {
      const lower = name.toLowerCase()
      return (known.find(({ names }) => isListed(lower, names)) ?? first).context
    },
  }
}

function contextOf({ certFile, keyFile, at }: Omit<Certificate, 'names'>) {
  const cert = readPem(certFile, at, 'certificate')
  const key = readPem(keyFile, at, 'key')
  const pems: SecureContextOptions = { cert, key, minVersion: 'TLSv1.2' }
  try {
    return { pems, context: createSecureContext(pems) }
  } catch (cause) {
    const { code = '' } = cause as NodeJS.ErrnoException
    const mismatch = code === 'ERR_OSSL_X509_KEY_VALUES_MISMATCH'
    const why = mismatch ? 'the certificate and the key do not belong together' : 'they hold no PEM certificate and key'
    throw new TktError('ERR_TKT_CONFIG', `${at}: ${certFile}, ${keyFile}: ${why}; name the right files`, { cause })
  }
}

function readPem(file: string, at: string, what: string): Buffer {
  try {
    return readFileSync(file)
  } catch (cause) {
    const { code = 'error' } = cause as NodeJS.ErrnoException
    const message = `${at}: the ${what} '${file}' cannot be read (${code}); check that it exists and may be read`
    throw new TktError('ERR_TKT_CONFIG', message, { cause })
  }
}

/** @throws TktError `ERR_TKT_CONFIG` where it cannot listen: what, why, and the way out */
export async function openListener(
  { endpoint, at }: Listen,
  certificates: Certificates | undefined,
  handlers: Handlers,
  limits: Limits,
  timeouts: Timeouts,
): Promise<Listener> {
  const current = { certificates }
  const options = {
    maxHeaderSize: limits.headBytes,
    headersTimeout: timeouts.head * 1000,
    requestTimeout: Math.max(timeouts.request, timeouts.head) * 1000,
    keepAliveTimeout: timeouts.keepAlive * 1000,
    connectionsCheckingInterval: CHECK,
  }
  const choose = (name: string, done: (error: null, context?: SecureContext) => void) =>
    done(null, current.certificates?.choose(name))
  const tlsServer = certificates && createTlsServer({ ...options, ...certificates.first, SNICallback: choose })
  const server: Server = tlsServer ?? createServer(options)
  // Headers beyond a maximum would be dropped unseen: they are counted where requests are judged.
  server.maxHeadersCount = 0
  const sockets = watchSockets(server)
  const tunnels = new WeakSet<Duplex>()
  const isGone = goneCheck(endpoint)
  const served =
    (handle: RequestListener): RequestListener =>
    (message, response) =>
      isGone(message.socket) ? message.socket.destroy() : handle(message, response)
  server.on('request', served(handlers.handle))
  server.on('checkContinue', served(handlers.handleExpect ?? handlers.handle))
  server.on('connect', (_message: unknown, socket: Duplex) => hangUp(socket, rawProblem(405)))
  const { upgrade } = handlers
  if (upgrade) {
    const isAnswering = watchAnswers(server)
    server.on('upgrade', (message, socket, head) => {
      // Node has left the answers before this one without a connection; nobody may send them after another one.
      if (isAnswering(socket) || isGone(message.socket)) socket.destroy()
      else if (isWebSocket(message)) {
        tunnels.add(socket)
        upgrade(message, socket, head)
      } else putBack(server, message, socket, head)
    })
  }
  await listen(server, endpoint, at)
  server.on('error', () => {})
  return {
    url: urlOf(server, endpoint, certificates !== undefined),
    endpoint,
    renew(next) {
      current.certificates = next
      if (next) tlsServer?.setSecureContext(next.first)
    },
    drain: (seconds) => drain(server, sockets, tunnels, seconds),
  }
}

/**
 * A client that has broken off has no address, and must not be taken for one of this machine, as those of Unix sockets
 * are. Asked as its request arrives; Node remembers the answer for as long as the connection is known.
 */
function goneCheck(endpoint: Endpoint): (socket: Socket) => boolean {
  return 'unix' in endpoint ? () => false : ({ remoteAddress }) => remoteAddress === undefined
}

/** Upgraded connections are no longer the server's: it would not end them. */
function watchSockets(server: Server): ReadonlySet<Socket> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    if (sockets.has(socket)) return
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  return sockets
}

/** Connections whose requests are not all answered. */
function watchAnswers(server: Server): (socket: Duplex) => boolean {
  const open = new WeakMap<Duplex, number>()
  const add = (socket: Duplex, by: number) => open.set(socket, (open.get(socket) ?? 0) + by)
  const count: RequestListener = ({ socket }, response) => {
    add(socket, 1)
    response.once('close', () => add(socket, -1))
  }
  server.on('request', count)
  server.on('checkContinue', count)
  return (socket) => (open.get(socket) ?? 0) > 0
}

async function listen(server: Server, endpoint: Endpoint, at: string): Promise<void> {
  try {
    await attempt(server, endpoint)
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException
    if ('unix' in endpoint && code === 'EADDRINUSE' && (await isDead(endpoint.unix))) {
      rmSync(endpoint.unix)
      return listen(server, endpoint, at)
    }
    const why = HINTS[code] ?? message
    throw new TktError('ERR_TKT_CONFIG', `${at}: cannot listen on ${endpointText(endpoint)}: ${why}`, { cause: error })
  }
}

function attempt(server: Server, endpoint: Endpoint): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.once('listening', () => {
      server.off('error', reject)
      resolve()
    })
    if ('unix' in endpoint) server.listen(endpoint.unix)
    else if (endpoint.host === '*') server.listen(endpoint.port)
    else server.listen(endpoint.port, endpoint.host)
  })
}

/** A socket file that nobody listens on any more: its server was killed. */
function isDead(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.destroy()
      resolve(false)
    })
    socket.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code === 'ECONNREFUSED'))
  })
}

function urlOf(server: Server, endpoint: Endpoint, tls: boolean): string {
  if ('unix' in endpoint) return endpointText(endpoint)
  const { port } = server.address() as AddressInfo
  const host = endpoint.host === '*' ? 'localhost' : endpoint.host
  return `${tls ? 'https' : 'http'}://${endpointText({ host, port })}`
}

async function drain(
  server: Server,
  sockets: ReadonlySet<Socket>,
  tunnels: WeakSet<Duplex>,
  seconds: number,
): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  // A connection becomes idle when its answer is through.
  const sweep = setInterval(() => {
    server.closeIdleConnections()
    // WebSockets have no end of their own to wait for.
    const all = [...sockets]
    if (all.every((socket) => tunnels.has(socket))) for (const socket of all) socket.destroy()
  }, TICK)
  const end = setTimeout(() => {
    for (const socket of sockets) socket.destroy()
  }, seconds * 1000)
  await closed
  clearInterval(sweep)
  clearTimeout(end)
  for (const socket of sockets) socket.destroy()
}
