/**
 * `authtkt verify` over a long log, the whole command from start to end: does a second thread double it, does memory stay
 * where it is, and what would `crypto.hash` do on the same threads? From a file, and from standard input.
 */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { DISTINCT, LOG_CLIENT, LOG_NOW, LOG_TIMEOUT, type Log, type LogCounts, writeLog } from './log-input.js'
import { type Effort, middle } from './measure.js'
import { type Figure, figure, type Sheet } from './sheet.js'
import { type Digest, SECRET } from './workloads.js'

export interface LogPlan {
  readonly lines: number
  readonly rounds: number
  readonly digests: readonly Digest[]
}
export const LOG_PLANS: Readonly<Record<Effort, LogPlan>> = {
  full: { lines: 10_000_000, rounds: 3, digests: ['md5', 'sha256'] },
  quick: { lines: 2_000_000, rounds: 1, digests: ['sha256'] },
  smoke: { lines: 20_000, rounds: 1, digests: ['md5'] },
}

export interface LogRow {
  readonly name: string
  readonly linesPerSecond: Figure
  /** Times as fast as `crypto.hash` on as many threads: of the rounds' ratios. */
  readonly toBaseline: Figure
  /** Times as fast as the same on one thread; null where it is that. */
  readonly toOneThread: Figure | null
  /** Most memory that the process had resident, in MB, of all rounds. */
  readonly peakMb: number
}

export interface LogResults {
  readonly plan: LogPlan
  readonly rows: readonly LogRow[]
  /** Bytes of a line, on average. */
  readonly lineBytes: number
}

interface Way {
  readonly name: string
  readonly threads: number
  readonly argv: (digest: Digest, file: string) => readonly string[]
  /** `cat` writes the log into its standard input. */
  readonly piped: boolean
  readonly counts: boolean
}

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url))
const BIN = fileURLToPath(new URL('./cli/bin.js', import.meta.resolve('authtkt')))
const BASELINE = 'crypto.hash'

function ours(name: string, threads: number, piped: boolean, counts: boolean): Way {
  const argv = (digest: Digest, file: string) => [
    ...[BIN, 'verify', '--digest', digest, '--ip', LOG_CLIENT, '--now', `${LOG_NOW}`, '--timeout', `${LOG_TIMEOUT}`],
    ...['--threads', `${threads}`, ...(counts ? ['--summary'] : []), ...(piped ? [] : [file])],
  ]
  return { name: `${name}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`, threads, argv, piped, counts }
}

function baseline(threads: number): Way {
  const argv = (digest: Digest, file: string) => [here('./log-baseline.js'), digest, `${threads}`, file]
  return { name: `${BASELINE}, ${threads}`, threads, argv, piped: false, counts: true }
}

const WAYS: readonly Way[] = [1, 2].flatMap((threads) => [
  baseline(threads),
  ours('file', threads, false, true),
  ours('stdin', threads, true, true),
  ours('file, verdicts in JSON', threads, false, false),
])

interface Run {
  readonly seconds: number
  readonly peakMb: number
  readonly out: string
}

/** The most that a process, or a child of its own, has had resident so far, in MB; 0 where it is gone or cannot be known. */
function peakOf(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1')
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim().split(' ').filter(Boolean)
    const own = Number(/^VmHWM:\s*(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024
    return Math.max(own, ...children.map((child) => peakOf(Number(child))))
  } catch {
    return 0
  }
}

async function run({ name, argv, piped, counts }: Way, digest: Digest, file: string): Promise<Run> {
  const command = [process.execPath, ...argv(digest, file)]
  const env = { AUTHTKT_SECRET: SECRET, PATH: process.env.PATH }
  const start = performance.now()
  const child = piped
    ? spawn('sh', ['-c', 'cat "$0" | "$@"', file, ...command], { env, stdio: ['ignore', 'pipe', 'inherit'] })
    : spawn(command[0] as string, command.slice(1), { env, stdio: ['ignore', counts ? 'pipe' : 'ignore', 'inherit'] })
  let peakMb = 0
  const watch = setInterval(() => {
    peakMb = Math.max(peakMb, peakOf(child.pid as number))
  }, 20)
  let out = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    out += text
  })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve)
  })
  clearInterval(watch)
  // Some are refused: ours says so by 1, a pipeline of dash the same.
  if (code !== 0 && code !== 1) throw new Error(`${name}: exit code ${code}`)
  return { seconds: (performance.now() - start) / 1000, peakMb, out }
}

/** Both count the same, and what is right. */
function check(name: string, out: string, { lines, counts }: Log): void {
  const { lines: found, ...rest } = JSON.parse(out) as LogCounts
  for (const reason of new Set([...Object.keys(rest), ...Object.keys(counts)])) {
    if ((rest[reason] ?? 0) !== (counts[reason] ?? 0) || found !== lines) {
      throw new Error(`${name}: ${rest[reason]} of ${found} lines are ${reason}, not ${counts[reason]} of ${lines}`)
    }
  }
}

async function rowsOf(digest: Digest, log: Log, rounds: number): Promise<LogRow[]> {
  const runs = new Map<Way, Run[]>(WAYS.map((way) => [way, []]))
  for (let round = 0; round < rounds; round++) {
    // Nobody always follows the same predecessor.
    for (const way of [...WAYS.slice(round % WAYS.length), ...WAYS.slice(0, round % WAYS.length)]) {
      process.stderr.write(`log, ${digest}, round ${round + 1}: ${way.name}\n`)
      const result = await run(way, digest, log.file)
      if (way.counts) check(way.name, result.out, log)
      runs.get(way)?.push(result)
    }
  }
  const secondsOf = (way: Way | undefined) => (way && runs.get(way)?.map(({ seconds }) => seconds)) ?? []
  const ratio = (way: Way, other: Way | undefined) => {
    const others = secondsOf(other)
    return overRounds(secondsOf(way).map((seconds, round) => (others[round] ?? Number.NaN) / seconds))
  }
  return WAYS.map((way) => {
    const kindOf = ({ name }: Way) => name.replace(/, \d.*$/, '')
    return {
      name: `${digest} ${way.name}`,
      linesPerSecond: overRounds(secondsOf(way).map((seconds) => log.lines / seconds)),
      toBaseline: ratio(
        way,
        WAYS.find(({ name, threads }) => name.startsWith(BASELINE) && threads === way.threads),
      ),
      toOneThread:
        way.threads === 1
          ? null
          : ratio(
              way,
              WAYS.find((other) => kindOf(other) === kindOf(way) && other.threads === 1),
            ),
      peakMb: Math.max(...(runs.get(way) ?? []).map(({ peakMb }) => peakMb)),
    }
  })
}

/** Takes minutes, and some gigabytes of the disk until it ends. */
export async function logResults(plan: LogPlan): Promise<LogResults> {
  const rows: LogRow[] = []
  let lineBytes = 0
  for (const digest of plan.digests) {
    const log = writeLog(digest, Math.max(1, Math.round(plan.lines / DISTINCT)) * DISTINCT)
    lineBytes = log.bytes / log.lines
    try {
      rows.push(...(await rowsOf(digest, log, plan.rounds)))
    } finally {
      log.remove()
    }
  }
  return { plan, rows, lineBytes }
}

export function logTables({ rows, plan, lineBytes }: LogResults): Sheet[] {
  return [
    {
      name: 'log',
      title: 'A long log through authtkt verify',
      corner: `${plan.lines / 1e6} million lines of ${lineBytes.toFixed(0)} bytes`,
      columns: [
        { name: 'lines/s', unit: 'per second' },
        { name: `to ${BASELINE}`, unit: 'x' },
        { name: 'to one thread', unit: 'x' },
        { name: 'peak MB', unit: 'MB' },
      ],
      rows: rows.map(({ name, linesPerSecond, toBaseline, toOneThread, peakMb }) => ({
        name,
        cells: [linesPerSecond, toBaseline, toOneThread, figure(peakMb)],
      })),
    },
  ]
}

function overRounds(values: readonly number[]): Figure {
  const { median, mad } = middle(values)
  return figure(median, mad)
}
