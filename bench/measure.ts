/**
 * How it is measured. A sample is a batch: a single call is shorter than the clock can tell. The contenders of a row
 * take turns, round after round, in one process: what the machine does meanwhile (a neighbour, a clock that drops) hits
 * them all, and a ratio is taken within a round before the rounds are summed up.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Bench } from 'tinybench'

/** Milliseconds, per contender. */
export interface Plan {
  readonly rounds: number
  /** Of measuring, in each round. */
  readonly time: number
  /** Before the first round, until the optimising compilers have been there. */
  readonly warmup: number
}
export const FULL: Plan = { rounds: 9, time: 40, warmup: 120 }
export const QUICK: Plan = { rounds: 3, time: 15, warmup: 50 }

export interface Contender {
  readonly name: string
  /** Do the job `operations` times. */
  readonly sample: () => void
}

/** Nanoseconds per operation, the median over the rounds; `p99` and `mad` are those of batches. */
export interface Timing {
  readonly name: string
  readonly median: number
  readonly p99: number
  readonly mad: number
  /** How many times as fast as the reference: the median of the rounds' ratios. */
  readonly ratio: number
  /** Nanoseconds on top of the reference: the median of the rounds' differences. */
  readonly more: number
}

export interface Race {
  readonly timings: readonly Timing[]
  /** tinybench found the clock too coarse for a contender: the run is not to be trusted. */
  readonly warnings: readonly string[]
}

setFlagsFromString('--expose-gc')
export const collect = runInNewContext('gc') as (options: { type: 'minor' }) => void

/** Where a result goes, so that nobody can optimise the job away. */
export const sink: { last: unknown } = { last: undefined }

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2
}

interface Round {
  readonly p50: number
  readonly p99: number
  readonly mad: number
}

export function race(contenders: readonly Contender[], reference: string, operations: number, plan: Plan): Race {
  const rounds = new Map<string, Round[]>(contenders.map(({ name }) => [name, []]))
  const warnings: string[] = []
  for (let round = 0; round < plan.rounds; round++) {
    const bench = new Bench({
      timestampProvider: 'hrtimeNow',
      time: plan.time,
      iterations: 8,
      warmupTime: round === 0 ? plan.warmup : plan.time / 10,
      warmupIterations: 2,
      throws: true,
      // Or a contender pays for its predecessor's garbage (createHash leaves native objects: +10 % on the next one).
      setup: () => collect({ type: 'minor' }),
    })
    bench.addEventListener('warning', ({ task, reason }) => warnings.push(`${task?.name}: ${reason}`))
    // Nobody always follows the same predecessor.
    const order = [...contenders.slice(round % contenders.length), ...contenders.slice(0, round % contenders.length)]
    for (const { name, sample } of order) bench.add(name, sample)
    for (const { name, result } of bench.runSync()) {
      if (result.state !== 'completed') throw new Error(`${name}: ${result.state}`)
      const perOperation = (ms: number) => (ms * 1e6) / operations
      const { p50, p99, mad } = result.latency
      rounds.get(name)?.push({ p50: perOperation(p50), p99: perOperation(p99), mad: perOperation(mad) })
    }
  }
  const referenceRounds = rounds.get(reference) ?? []
  const timings = [...rounds].map(([name, own]) => ({
    name,
    median: median(own.map(({ p50 }) => p50)),
    p99: median(own.map(({ p99 }) => p99)),
    mad: median(own.map(({ mad }) => mad)),
    ratio: median(own.map(({ p50 }, i) => (referenceRounds[i]?.p50 ?? Number.NaN) / p50)),
    more: median(own.map(({ p50 }, i) => p50 - (referenceRounds[i]?.p50 ?? Number.NaN))),
  }))
  return { timings, warnings }
}
