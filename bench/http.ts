/**
 * How much CPU time does a guard add to a request of node:http, allowed and on a connection that stays open?
 *
 * Four servers live at once, each a process of its own, pinned to one core together; the client has another core. They
 * are loaded one after the other, in rotating order, round after round; what the adapter adds is the difference within
 * a round, the median over the rounds. All get the same requests, tickets included.
 */
import { type ChildProcess, execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { ask, type Connection, load, open } from './http-client.js'
import type { ServerKind } from './http-server.js'
import { median } from './measure.js'
import { DIGESTS, SECRET, ticketText, tickets } from './workloads.js'

export interface HttpPlan {
  readonly rounds: number
  /** Requests per server and round. */
  readonly requests: number
}
export const HTTP_FULL: HttpPlan = { rounds: 40, requests: 20_000 }
export const HTTP_QUICK: HttpPlan = { rounds: 8, requests: 10_000 }
const CONNECTIONS = 32

/** Microseconds of CPU time per request; `added` over the bare server. */
export interface HttpTiming {
  readonly server: ServerKind
  readonly cpu: number
  readonly added: number
  /** Median absolute deviation of `added` over the rounds. */
  readonly mad: number
}

export interface HttpResults {
  readonly plan: HttpPlan & { readonly connections: number }
  /** False where processes cannot be pinned: client and server then disturb each other. */
  readonly pinned: boolean
  readonly rows: readonly HttpTiming[]
}

interface Server {
  readonly kind: ServerKind
  readonly process: ChildProcess
  readonly connections: readonly Connection[]
  readonly requests: readonly Uint8Array[]
}

function pin(pid: number | undefined, core: number): boolean {
  try {
    execFileSync('taskset', ['-a', '-c', '-p', String(core), String(pid)], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** `Cookie` is left out where there is no value. */
function requestText(i: number, value: string | undefined): string {
  const lines = [
    `GET /app${i % 10}/page/${i}?item=${i} HTTP/1.1`,
    'Host: www.example.com',
    'User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
    'Accept-Language: en-US,en;q=0.5',
    'Accept-Encoding: gzip, deflate, br, zstd',
    'Connection: keep-alive',
    ...(value === undefined ? [] : [`Cookie: theme=dark; auth_tkt=${value}`]),
  ]
  return `${lines.join('\r\n')}\r\n\r\n`
}

/** The bare server gets a ticket of the same length as the MD5 one. */
function requestsFor(kind: ServerKind): Buffer[] {
  const digest = kind === 'bare' ? 'md5' : kind
  return tickets('typical').map((ticket, i) => {
    const text = ticketText(digest, SECRET, '127.0.0.1', ticket)
    return Buffer.from(requestText(i, Buffer.from(text, 'latin1').toString('base64')), 'latin1')
  })
}

/** Everybody is who they are, and without a ticket nobody is let in. */
async function check(port: number, kind: ServerKind, requests: readonly Buffer[]): Promise<void> {
  const [{ socket } = { socket: undefined }] = await open(port, 1, requests[0] as Buffer)
  if (!socket) throw new Error('No connection')
  const all = tickets('typical')
  for (const [i, request] of requests.entries()) {
    const answer = await ask(socket, request)
    const body = kind === 'bare' ? 'nobody00' : (all[i]?.uid as string)
    if (!/^HTTP\/1\.1 200 /.test(answer) || !answer.endsWith(`\r\n\r\n${body}`)) throw new Error(`${kind}: wrong answer ${i}`)
  }
  const stranger = await ask(socket, Buffer.from(requestText(0, undefined), 'latin1'))
  if (!stranger.startsWith(`HTTP/1.1 ${kind === 'bare' ? 200 : 307} `)) throw new Error(`${kind}: lets strangers in`)
  socket.destroy()
}

async function start(kind: ServerKind, core: number): Promise<Server & { pinned: boolean }> {
  const process = fork(fileURLToPath(new URL('http-server.js', import.meta.url)), [kind])
  const [port] = (await once(process, 'message')) as [number]
  const pinned = pin(process.pid, core)
  const requests = requestsFor(kind)
  await check(port, kind, requests)
  return { kind, process, pinned, requests, connections: await open(port, CONNECTIONS, requests[0] as Buffer) }
}

async function cpuTime(server: Server): Promise<number> {
  server.process.send('cpu')
  const [microseconds] = (await once(server.process, 'message')) as [number]
  return microseconds
}

async function measure(server: Server, count: number): Promise<number> {
  const before = await cpuTime(server)
  await load(server.connections, server.requests, count)
  return ((await cpuTime(server)) - before) / count
}

export async function httpResults(plan: HttpPlan): Promise<HttpResults> {
  const kinds: readonly ServerKind[] = ['bare', ...DIGESTS]
  const apart = availableParallelism() > 1
  const pinned = apart && pin(process.pid, 0)
  const servers = await Promise.all(kinds.map((kind) => start(kind, 1)))
  const rounds: Record<string, number>[] = []
  try {
    for (const server of servers) await load(server.connections, server.requests, 2 * plan.requests)
    for (let round = 0; round < plan.rounds; round++) {
      process.stderr.write(`http, round ${round + 1}/${plan.rounds}\n`)
      const figures: Record<string, number> = {}
      for (let i = 0; i < servers.length; i++) {
        const server = servers[(i + round) % servers.length] as Server
        figures[server.kind] = await measure(server, plan.requests)
      }
      rounds.push(figures)
    }
  } finally {
    for (const server of servers) server.process.kill()
  }
  const rows = kinds.map((server) => {
    const of = (kind: string) => rounds.map((figures) => figures[kind] as number)
    const bare = of('bare')
    const differences = of(server).map((cpu, i) => cpu - (bare[i] as number))
    const added = median(differences)
    return { server, cpu: median(of(server)), added, mad: median(differences.map((one) => Math.abs(one - added))) }
  })
  return { plan: { ...plan, connections: CONNECTIONS }, pinned: pinned && servers.every((one) => one.pinned), rows }
}
