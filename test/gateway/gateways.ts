/** Gateways on free loopback ports, in front of upstreams that a test makes up, and clients that send bytes as they are. */

import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { type AddressInfo, connect, createServer as createNetServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'
import { type Content, LIMITS, NO_SERVING, type Serving, TIMEOUTS } from '../../src/config/serving.js'
import { createGateway } from '../../src/gateway/gateway.js'
import { openListener } from '../../src/gateway/listener.js'
import { createSite, type Site } from '../../src/gateway/site.js'
import { createUpstreams } from '../../src/gateway/upstreams.js'
import type { GuardOptions } from '../../src/policy/options.js'
import { createIssuer } from '../../src/ticket/issue.js'

export const SECRET = 'a secret of the gateway tests'
export const LOGIN = 'https://login.example.com/in'

/** /admin asks for a user; everything else is open. */
export const OPTIONS: GuardOptions = {
  keys: [{ secret: SECRET, digest: 'sha256' }],
  loginUrl: LOGIN,
  default: 'pass',
  areas: [{ path: '/admin' }],
}

export interface Fields {
  readonly tokens?: readonly string[]
  readonly userData?: string
  /** Seconds since it was issued. */
  readonly age?: number
}

/** A ticket that gateways take from 127.0.0.1. */
export function ticket(uid = 'alice', { tokens = [], userData = '', age = 0 }: Fields = {}): string {
  const issuer = createIssuer({ keys: [{ secret: SECRET, digest: 'sha256' }] })
  return issuer.issue({ uid, tokens, userData }, { ip: '127.0.0.1', now: Math.floor(Date.now() / 1000) - age })
}

export const cookie = (uid?: string, fields?: Fields): string => `auth_tkt=${ticket(uid, fields)}`

export interface Setup {
  readonly options?: Partial<GuardOptions>
  readonly serving?: Partial<Serving>
  readonly timeouts?: Partial<Serving['timeouts']>
  readonly limits?: Partial<Serving['limits']>
}

export interface Gate {
  readonly port: number
  readonly site: Site
  /** What went wrong with upstreams, by cause. */
  readonly failures: string[]
  /** Mistakes of ours: there must be none. */
  readonly broken: unknown[]
  /** Requests that are under way. */
  active(): number
  drain(seconds: number): Promise<void>
}

/** One upstream for everything, its URLs turned into ours. */
export function everythingAt(url: string): Content {
  return {
    routes: [{ kind: 'upstream', path: '/', url, preserveHost: true, at: 'test' }],
    reverse: [{ path: '/', url }],
  }
}

/** Starts a gateway that ends with the test. `main`: the URL of its only upstream, or who answers what. */
export async function gateway(t: Test, main: string | Content, setup: Setup = {}): Promise<Gate> {
  const serving: Serving = {
    ...NO_SERVING,
    main: typeof main === 'string' ? everythingAt(main) : main,
    timeouts: { ...TIMEOUTS, ...setup.timeouts },
    limits: { ...LIMITS, ...setup.limits },
    ...setup.serving,
  }
  const upstreams = createUpstreams()
  const site = createSite({ ...OPTIONS, ...setup.options }, serving, upstreams)
  const failures: string[] = []
  const broken: unknown[] = []
  const handlers = createGateway({
    site: () => site,
    watch: { failed: ({ cause }) => failures.push(cause), broken: (error) => broken.push(error) },
  })
  const listen = { endpoint: { host: '127.0.0.1', port: 0 }, tls: undefined, at: 'test' }
  const listener = await openListener(listen, undefined, handlers, serving.limits, serving.timeouts)
  t.teardown(async () => {
    await Promise.all([listener.drain(0), upstreams.close()])
  })
  return {
    port: Number(new URL(listener.url).port),
    site,
    failures,
    broken,
    active: () => [...site.pools].reduce((sum, { active }) => sum + active, 0),
    drain: (seconds) => listener.drain(seconds),
  }
}

/** Waits until something is so; a test that waits for ever fails with what it waited for. */
export async function until(so: () => unknown, what: string, seconds = 10): Promise<void> {
  for (const end = performance.now() + seconds * 1000; !so(); await sleep(5)) {
    if (performance.now() > end) throw new Error(`waited in vain until ${what}`)
  }
}

/** All requests are over, and the gateway has made no mistake. */
export async function settled(t: Test, gate: Gate): Promise<void> {
  await until(() => gate.active() === 0, 'no request is under way any more')
  t.strictSame(gate.broken, [], 'nothing went wrong inside')
}

/** An upstream of node:http; its URL. */
export async function httpUpstream(t: Test, handler: RequestListener): Promise<string> {
  const server = createServer(handler)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

export interface RawUpstream {
  readonly url: string
  /** All that came over each connection, one char a byte. */
  readonly seen: string[]
  readonly sockets: Socket[]
  /** Stops listening; open connections stay. */
  close(): void
}

/** What an upstream does with a head that has come; `count`: the how many of its connection it is, from 1. */
export type OnHead = (socket: Socket, head: string, count: number) => unknown

/** An upstream that reads heads and keeps every byte. `answer`: what it writes for each head, or does. */
export async function rawUpstream(t: Test, answer: string | OnHead): Promise<RawUpstream> {
  const onHead: OnHead = typeof answer === 'string' ? (socket) => socket.write(answer, 'latin1') : answer
  const seen: string[] = []
  const sockets: Socket[] = []
  const server = createNetServer((socket) => {
    const index = seen.push('') - 1
    sockets.push(socket)
    let from = 0
    let count = 0
    let tunnel = false
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      seen[index] += chunk.toString('latin1')
      // Behind a handshake there are no heads.
      while (!tunnel) {
        const text = seen[index] as string
        const end = text.indexOf('\r\n\r\n', from)
        if (end < 0) return
        const head = text.slice(from, end + 4)
        from = end + 4
        tunnel = /\r\nupgrade:/i.test(head)
        // What is no request line is a body, or the end of one.
        if (/[A-Z]+ \S+ HTTP\/1\.1\r\n/.test(head)) onHead(socket, head, ++count)
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, seen, sockets, close: () => server.close() }
}

/** A connection, byte by byte. */
export class Wire {
  readonly socket: Socket
  /** What has come, one char a byte. */
  text = ''
  /** The other side has ended it. */
  ended = false
  /** It ended with a reset. */
  reset = false

  constructor(port: number) {
    this.socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    this.socket.setNoDelay(true)
    this.socket.on('data', (chunk) => {
      this.text += chunk.toString('latin1')
    })
    this.socket.on('end', () => {
      this.ended = true
    })
    this.socket.on('close', () => {
      this.ended = true
    })
    this.socket.on('error', () => {
      this.reset = true
    })
  }

  send(...pieces: string[]): this {
    for (const piece of pieces) this.socket.write(piece, 'latin1')
    return this
  }

  async until(pattern: RegExp): Promise<this> {
    await until(
      () => pattern.test(this.text),
      `${pattern} comes, instead of ${JSON.stringify(this.text.slice(0, 300))}`,
    )
    return this
  }

  /** Everything up to the end of the connection. */
  async all(): Promise<string> {
    await until(() => this.ended, 'the connection ends')
    this.socket.destroy()
    return this.text
  }
}

/** A connection that ends with the test. */
export function wire(t: Test, port: number): Wire {
  const made = new Wire(port)
  t.teardown(() => made.socket.destroy())
  return made
}

/** Sends bytes, and waits until the gateway has ended the connection. */
export async function talk(t: Test, port: number, ...pieces: string[]): Promise<string> {
  return wire(t, port)
    .send(...pieces)
    .all()
}

/** A head as text. */
export function headOf(target: string, lines: readonly string[] = [], method = 'GET'): string {
  return `${[`${method} ${target} HTTP/1.1`, 'Host: a.example', ...lines].join('\r\n')}\r\n\r\n`
}

export const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1] ?? 0)
