/**
 * What does a guard add to a request of node:http, Express, Fastify and Hono, in CPU time and in bytes on the heap?
 *
 * Each framework is one process with its pages (`adapter-server.ts`), pinned to one core; the client has another. The
 * pages take turns in short slices, in rotating order; differences to the open page are taken within a round, the median
 * over the rounds counts; then come new processes, and the median over those.
 *
 * Bytes are counted in processes of their own, whose young generation holds all that a slice leaves behind: nothing is
 * collected between two looks at the heap.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Framework, Page } from './adapter-server.js'
import { ask, type Connection, load, open } from './http-client.js'
import { type Effort, median } from './measure.js'
import { cpuOf, pin } from './processes.js'
import { SECRET, tickets, ticketText } from './workloads.js'

export interface AdapterPlan {
  /** How often each server is started anew. */
  readonly starts: number
  /** Of each start. */
  readonly rounds: number
  /** Of each page in a round. */
  readonly requests: number
  /** Requests of each page until the optimising compilers have been there. */
  readonly warmUp: number
}
export const ADAPTER_PLANS: Readonly<Record<Effort, AdapterPlan>> = {
  full: { starts: 5, rounds: 60, requests: 400, warmUp: 8000 },
  quick: { starts: 2, rounds: 30, requests: 400, warmUp: 6000 },
  smoke: { starts: 1, rounds: 2, requests: 64, warmUp: 64 },
}

/** µs of CPU time and bytes on the heap per request; `added` over the framework's open page. */
export interface AdapterTiming {
  readonly framework: Framework
  readonly page: Page
  readonly cpu: number
  readonly added: number
  /** Median absolute deviation of `added` over the starts. */
  readonly addedMad: number
  readonly bytes: number
  readonly addedBytes: number
}

export interface AdapterResults {
  readonly plan: AdapterPlan & { readonly connections: number }
  /** False where processes cannot be pinned: client and server then disturb each other. */
  readonly pinned: boolean
  readonly rows: readonly AdapterTiming[]
}

const CONNECTIONS = 32
const [CLIENT_CORE, SERVER_CORE] = [0, 1]
/** Room for all that a slice leaves behind, in MB. */
const YOUNG = ['--min-semi-space-size=128', '--max-semi-space-size=128']
const PAGES: Readonly<Record<Framework, readonly Page[]>> = {
  'node:http': ['/open', '/guarded', '/alone'],
  Express: ['/open', '/guarded', '/alone'],
  Fastify: ['/open', '/guarded', '/alone'],
  // It waits for the guard's answer anyway.
  Hono: ['/open', '/guarded'],
}

/** `Cookie` is left out where there is no value. */
function requestOf(page: Page, i: number, value: string | undefined): Buffer {
  const lines = [
    `GET ${page}/${i}?item=${i} HTTP/1.1`,
    'Host: www.example.com',
    'User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
    'Accept-Language: en-US,en;q=0.5',
    'Accept-Encoding: gzip, deflate, br, zstd',
    'Connection: keep-alive',
    ...(value === undefined ? [] : [`Cookie: theme=dark; auth_tkt=${value}`]),
  ]
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1')
}

function requestsOf(page: Page): Buffer[] {
  return tickets('typical').map((ticket, i) => {
    const text = ticketText('sha256', SECRET, '127.0.0.1', ticket)
    return requestOf(page, i, Buffer.from(text, 'latin1').toString('base64'))
  })
}

interface Side {
  readonly page: Page
  readonly requests: readonly Buffer[]
  readonly connections: readonly Connection[]
}

/** Everybody is who they are, and without a ticket, or with a forged one, nobody is let in. */
async function check(port: number, page: Page, requests: readonly Buffer[], framework: Framework): Promise<void> {
  const [{ socket } = { socket: undefined }] = await open(port, 1, requests[0] as Buffer)
  if (!socket) throw new Error('No connection')
  for (const [i, ticket] of tickets('typical').entries()) {
    const answer = await ask(socket, requests[i] as Buffer)
    const body = page === '/open' ? 'nobody00' : ticket.uid
    if (!answer.startsWith('HTTP/1.1 200 ') || !answer.endsWith(`\r\n\r\n${body}`))
      throw new Error(`${framework}, ${page}: wrong answer ${i}`)
  }
  const [ticket] = tickets('typical')
  const forged = ticketText('sha256', `not ${SECRET}`, '127.0.0.1', ticket as NonNullable<typeof ticket>)
  for (const value of [undefined, Buffer.from(forged, 'latin1').toString('base64')]) {
    const answer = await ask(socket, requestOf(page, 0, value))
    if (!answer.startsWith(`HTTP/1.1 ${page === '/open' ? 200 : 307} `))
      throw new Error(`${framework}, ${page}: strangers are let in`)
  }
  socket.destroy()
}

interface Started {
  readonly process: ChildProcess
  readonly pinned: boolean
  readonly sides: readonly Side[]
}

async function start(framework: Framework, execArgv: readonly string[]): Promise<Started> {
  const server = fileURLToPath(new URL('adapter-server.js', import.meta.url))
  const process = fork(server, [framework], { execArgv: [...execArgv] })
  const [port] = (await once(process, 'message')) as [number]
  const pinned = pin(process.pid, SERVER_CORE)
  const sides: Side[] = []
  for (const page of PAGES[framework]) {
    const requests = requestsOf(page)
    await check(port, page, requests, framework)
    sides.push({ page, requests, connections: await open(port, CONNECTIONS, requests[0] as Buffer) })
  }
  return { process, pinned, sides }
}

async function heap({ process }: Started, message: 'collect' | 'look'): Promise<number> {
  process.send(message)
  const [bytes] = (await once(process, 'message')) as [number]
  return bytes
}

async function cpuTaken(started: Started, { connections, requests }: Side, count: number, from: number) {
  const before = cpuOf(started.process.pid as number)
  await load(connections, requests, count, from)
  return (cpuOf(started.process.pid as number) - before) / count
}

async function bytesLeft(started: Started, { connections, requests }: Side, count: number, from: number) {
  const before = await heap(started, 'collect')
  await load(connections, requests, count, from)
  return ((await heap(started, 'look')) - before) / count
}

/** Of each page in turn: medians over the rounds, of the figure and of what it is more than that of the open page. */
async function race(started: Started, plan: AdapterPlan, measure: typeof cpuTaken) {
  const { sides } = started
  const taken = new Map<Page, number[]>(sides.map(({ page }) => [page, []]))
  for (const { connections, requests } of sides) await load(connections, requests, plan.warmUp)
  for (let round = 0; round < plan.rounds; round++) {
    for (let i = 0; i < sides.length; i++) {
      const side = sides[(i + round) % sides.length] as Side
      taken.get(side.page)?.push(await measure(started, side, plan.requests, round * plan.requests))
    }
  }
  const bare = taken.get('/open') as number[]
  return (page: Page) => {
    const own = taken.get(page) as number[]
    return { whole: median(own), more: median(own.map((figure, i) => figure - (bare[i] as number))) }
  }
}

async function measured(framework: Framework, plan: AdapterPlan, pinned: { all: boolean }): Promise<AdapterTiming[]> {
  const run = async (execArgv: readonly string[], measure: typeof cpuTaken) => {
    const started = await start(framework, execArgv)
    pinned.all &&= started.pinned
    const figures = await race(started, plan, measure)
    for (const { connections } of started.sides) for (const { socket } of connections) socket.destroy()
    started.process.kill()
    return figures
  }
  const cpus: Awaited<ReturnType<typeof race>>[] = []
  const heaps: typeof cpus = []
  for (let i = 0; i < plan.starts; i++) {
    process.stderr.write(`adapters, ${framework}, ${i + 1}/${plan.starts}\n`)
    cpus.push(await run([], cpuTaken))
    heaps.push(await run(YOUNG, bytesLeft))
  }
  return PAGES[framework].map((page) => {
    const added = median(cpus.map((of) => of(page).more))
    return {
      framework,
      page,
      cpu: median(cpus.map((of) => of(page).whole)),
      added,
      addedMad: median(cpus.map((of) => Math.abs(of(page).more - added))),
      bytes: median(heaps.map((of) => of(page).whole)),
      addedBytes: median(heaps.map((of) => of(page).more)),
    }
  })
}

/** Pins this process to a core of its own: run it last. */
export async function adapterResults(
  plan: AdapterPlan,
  frameworks = Object.keys(PAGES) as Framework[],
): Promise<AdapterResults> {
  const pinned = { all: pin(process.pid, CLIENT_CORE) }
  const rows: AdapterTiming[] = []
  for (const framework of frameworks) rows.push(...(await measured(framework, plan, pinned)))
  return { plan: { ...plan, connections: CONNECTIONS }, pinned: pinned.all, rows }
}
