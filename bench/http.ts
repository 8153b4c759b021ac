/**
 * How much CPU time does a guard add to a request of node:http, allowed and on a connection that stays open?
 *
 * Four servers live at once, each a process of its own, pinned to one core together; the client has another core. They
 * are loaded one after the other, in rotating order, round after round; what the adapter adds is the difference within
 * a round, the median over the rounds. Then come four new processes, and the median over all of those counts: V8 does
 * not optimise any two alike, and one in ten is slower by a quarter for as long as it lives. All get the same requests,
 * tickets included.
 *
 * The client must keep the server busy: one that waits pays for waking up, and the quicker ones wait more often.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { ask, type Connection, load, open } from './http-client.js'
import type { ServerKind } from './http-server.js'
import { type Effort, type Middle, median, middle } from './measure.js'
import { pin } from './processes.js'
import { figure, type Sheet } from './sheet.js'
import { DIGESTS, SECRET, tickets, ticketText } from './workloads.js'

export interface HttpPlan {
  /** How often the servers are started anew. */
  readonly starts: number
  /** Of each start. */
  readonly rounds: number
  /** Requests per server and round. */
  readonly requests: number
  /** Requests until the optimising compilers have been there. */
  readonly warmUp: number
}
export const HTTP_PLANS: Readonly<Record<Effort, HttpPlan>> = {
  full: { starts: 9, rounds: 8, requests: 4000, warmUp: 30_000 },
  quick: { starts: 3, rounds: 8, requests: 4000, warmUp: 30_000 },
  smoke: { starts: 1, rounds: 1, requests: 200, warmUp: 200 },
}
const CONNECTIONS = 32
const KINDS: readonly ServerKind[] = ['bare', ...DIGESTS]

/** Microseconds of CPU time per request; `added` over the bare server. Median and MAD of the starts. */
export interface HttpTiming {
  readonly server: ServerKind
  readonly cpu: Middle
  readonly added: Middle
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
    if (!/^HTTP\/1\.1 200 /.test(answer) || !answer.endsWith(`\r\n\r\n${body}`))
      throw new Error(`${kind}: wrong answer ${i}`)
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

/** CPU time per request, by server. */
type Round = Readonly<Record<ServerKind, number>>

async function roundsOf(servers: readonly Server[], { rounds, requests, warmUp }: HttpPlan): Promise<Round[]> {
  const done: Round[] = []
  for (const server of servers) await load(server.connections, server.requests, warmUp)
  for (let round = 0; round < rounds; round++) {
    const figures: Partial<Record<ServerKind, number>> = {}
    for (let i = 0; i < servers.length; i++) {
      const server = servers[(i + round) % servers.length] as Server
      figures[server.kind] = await measure(server, requests)
    }
    done.push(figures as Round)
  }
  return done
}

function summed(rounds: readonly Round[]): { readonly cpu: Round; readonly added: Round } {
  const over = (figure: (round: Round, kind: ServerKind) => number) =>
    Object.fromEntries(KINDS.map((kind) => [kind, median(rounds.map((round) => figure(round, kind)))])) as Round
  return { cpu: over((round, kind) => round[kind]), added: over((round, kind) => round[kind] - round.bare) }
}

export async function httpResults(plan: HttpPlan): Promise<HttpResults> {
  let pinned = pin(process.pid, 0)
  const starts: ReturnType<typeof summed>[] = []
  for (let i = 0; i < plan.starts; i++) {
    process.stderr.write(`http, servers ${i + 1}/${plan.starts}\n`)
    const servers: Awaited<ReturnType<typeof start>>[] = []
    for (const kind of KINDS) servers.push(await start(kind, 1))
    pinned &&= servers.every((server) => server.pinned)
    try {
      starts.push(summed(await roundsOf(servers, plan)))
    } finally {
      for (const server of servers) server.process.kill()
    }
  }
  const rows = KINDS.map((server) => ({
    server,
    cpu: middle(starts.map((one) => one.cpu[server])),
    added: middle(starts.map((one) => one.added[server])),
  }))
  return { plan: { ...plan, connections: CONNECTIONS }, pinned, rows }
}

export function httpTables({ rows, pinned, plan }: HttpResults): Sheet[] {
  return [
    {
      name: 'http',
      title: 'What a guard adds to a request of node:http',
      corner: `µs CPU per request, ${plan.connections} connections${pinned ? '' : ', NOT PINNED'}`,
      columns: [
        { name: 'whole server', unit: 'µs' },
        { name: 'added by the guard', unit: 'µs' },
      ],
      rows: rows.map(({ server, cpu, added }) => ({
        name: server === 'bare' ? 'no guard' : server,
        cells: [figure(cpu.median, cpu.mad), server === 'bare' ? null : figure(added.median, added.mad)],
      })),
      chart: { columns: ['whole server'] },
    },
  ]
}
