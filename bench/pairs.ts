/**
 * Two servers, or two pages of one, held against each other: both live at once and take turns in slices of some 30 ms, as
 * a neighbour of the machine must not hit one of them alone. Ratios are taken within a round, the median over the rounds
 * counts; then come new processes, and the median over those.
 */
import { type Connection, load } from './http-client.js'
import { type Effort, median, middle } from './measure.js'
import { cpuOf, pin } from './processes.js'
import type { Figure } from './sheet.js'

export interface PairPlan {
  /** How often the servers are started anew. */
  readonly starts: number
  /** Of each start. */
  readonly rounds: number
  /** Of each of the two in a round. */
  readonly requests: number
  /** Requests of each until the optimising compilers have been there. */
  readonly warmUp: number
}
export const PAIR_PLANS: Readonly<Record<Effort, PairPlan>> = {
  full: { starts: 5, rounds: 200, requests: 200, warmUp: 8000 },
  quick: { starts: 2, rounds: 60, requests: 200, warmUp: 4000 },
  smoke: { starts: 1, rounds: 4, requests: 400, warmUp: 1200 },
}
export const [CLIENT_CORE, SERVER_CORE] = [0, 1]

/** Medians over the starts, and how far those lie apart. */
export interface PairTiming {
  readonly name: string
  /** Of the comparison's first; CPU time in µs per request. */
  readonly perSecond: Figure
  readonly cpu: Figure
  /** Of the second, which it is held against. */
  readonly otherPerSecond: Figure
  readonly otherCpu: Figure
  /** Requests per second, first to second, and CPU time the first takes more (µs per request). */
  readonly ratio: Figure
  readonly added: Figure
  /** Requests per second of CPU time, first to second. */
  readonly perCore: Figure
}

export interface PairResults {
  readonly pinned: boolean
  readonly rows: readonly PairTiming[]
  /** What could not be compared, and why. */
  readonly skipped: readonly { readonly name: string; readonly why: string }[]
}

export interface Server {
  readonly pid: number
  readonly port: number
  readonly stop: () => Promise<unknown>
}

/** The pieces that start a real Apache; nothing of it is in the published package. */
export interface Fixtures {
  apacheMissing(): string | undefined
  pubtktMissing(): string | undefined
  lighttpdMissing(): string | undefined
  readonly LIGHTTPD: string
  startServer(options: object): Promise<{ ports: number[]; pid: number; stop: () => Promise<void> }>
  loadModules(names: string[], module?: string): string[]
  startChild(
    binary: string,
    args: string[],
  ): Promise<{ pid: number; stop: () => Promise<void>; complaint: () => string }>
}

export async function fixtures(): Promise<Fixtures> {
  const load = (file: string) => import(new URL(`../../native-fixtures/${file}`, import.meta.url).href)
  return { ...(await load('debian.mjs')), ...(await load('apache-server.mjs')), ...(await load('child.mjs')) }
}

/** One side of a comparison: a server, and what it is asked. */
export interface Contender {
  readonly server: Server
  readonly requests: readonly Buffer[]
  readonly connections: readonly Connection[]
}

interface Slice {
  readonly perSecond: number
  readonly cpu: number
}

/** `from`: the first of its requests, so that slices go on where the last one ended. */
async function measure({ server, requests, connections }: Contender, count: number, from: number): Promise<Slice> {
  const cpu = cpuOf(server.pid)
  const start = performance.now()
  await load(connections, requests, count, from)
  const seconds = (performance.now() - start) / 1000
  return { perSecond: count / seconds, cpu: (cpuOf(server.pid) - cpu) / count }
}

export type Pair = readonly [one: Contender, other: Contender]

async function race([one, other]: Pair, { rounds, requests, warmUp }: PairPlan) {
  let from = 0
  for (; from < warmUp; from += requests) for (const side of [one, other]) await measure(side, requests, from)
  const taken: { one: Slice; other: Slice }[] = []
  for (let round = 0; round < rounds; round++) {
    const turn = (side: Contender) => measure(side, requests, from)
    if (round % 2 === 0) taken.push({ one: await turn(one), other: await turn(other) })
    else {
      const second = await turn(other)
      taken.push({ one: await turn(one), other: second })
    }
    from += requests
  }
  const over = (figure: (round: (typeof taken)[number]) => number) => median(taken.map(figure))
  return {
    perSecond: over((round) => round.one.perSecond),
    cpu: over((round) => round.one.cpu),
    otherPerSecond: over((round) => round.other.perSecond),
    otherCpu: over((round) => round.other.cpu),
    ratio: over((round) => round.one.perSecond / round.other.perSecond),
    added: over((round) => round.one.cpu - round.other.cpu),
    perCore: over((round) => round.other.cpu / round.one.cpu),
  }
}

/** Starts servers, which `compare` ends. */
export type Start = (run: (server: Promise<Server>) => Promise<Server>) => Promise<Pair>

export async function compare(
  name: string,
  start: Start,
  plan: PairPlan,
  pinned: { all: boolean },
): Promise<PairTiming> {
  process.stderr.write(`pair, ${name}\n`)
  const races: Awaited<ReturnType<typeof race>>[] = []
  for (let again = 0; again < plan.starts; again++) {
    const running: Server[] = []
    try {
      const pair = await start(async (starting) => {
        const server = await starting
        running.push(server)
        pinned.all = pin(server.pid, SERVER_CORE) && pinned.all
        return server
      })
      races.push(await race(pair, plan))
      for (const { connections } of pair) for (const { socket } of connections) socket.destroy()
    } finally {
      await Promise.all(running.map((server) => server.stop()))
    }
  }
  const over = (figure: keyof (typeof races)[number]): Figure => {
    const found = races.map((one) => one[figure])
    const { median, mad } = middle(found)
    return { value: median, mad, range: [Math.min(...found), Math.max(...found)] }
  }
  return {
    name,
    perSecond: over('perSecond'),
    cpu: over('cpu'),
    otherPerSecond: over('otherPerSecond'),
    otherCpu: over('otherCpu'),
    ratio: over('ratio'),
    added: over('added'),
    perCore: over('perCore'),
  }
}
