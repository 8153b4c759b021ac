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
  /** For bytes (`allocation.ts`). Default 101. */
  readonly batches?: number
}
/** How much of it: what README.md quotes, a first look, or a look at whether it works at all. */
export const PLANS = {
  full: { rounds: 9, time: 40, warmup: 120 },
  quick: { rounds: 3, time: 15, warmup: 50 },
  smoke: { rounds: 1, time: 1, warmup: 1, batches: 1 },
} as const satisfies Readonly<Record<string, Plan>>
export type Effort = keyof typeof PLANS

export interface Contender {
  readonly name: string
  /** Do the job `operations` times. */
  readonly sample: () => void
}

/** Nanoseconds per operation, medians over the rounds, and how far the rounds lie apart (`mad` ...); `p99` is that of batches. */
export interface Timing extends Middle {
  readonly name: string
  readonly p99: number
  /** How many times as fast as the reference: the median of the rounds' ratios. */
  readonly ratio: number
  readonly ratioMad: number | undefined
  /** Nanoseconds on top of the reference: the median of the rounds' differences. */
  readonly more: number
  readonly moreMad: number | undefined
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

/** `mad`: median absolute deviation; of one value nothing is known. */
export interface Middle {
  readonly median: number
  readonly mad: number | undefined
}

export function middle(values: readonly number[]): Middle {
  const found = median(values)
  return { median: found, mad: values.length > 1 ? median(values.map((value) => Math.abs(value - found))) : undefined }
}

interface Round {
  readonly p50: number
  readonly p99: number
}

/** `rounds`: each contender's medians, for ratios to others than the reference. */
export function race(
  contenders: readonly Contender[],
  reference: string,
  operations: number,
  plan: Plan,
): Race & { readonly rounds: ReadonlyMap<string, readonly number[]> } {
  const rounds = new Map<string, Round[]>(contenders.map(({ name }) => [name, []]))
  const warnings: string[] = []
  for (let round = 0; round < plan.rounds; round++) {
    const bench = new Bench({
      timestampProvider: 'hrtimeNow',
      time: plan.time,
      iterations: plan.time < 10 ? 2 : 8,
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
      const { p50, p99 } = result.latency
      rounds.get(name)?.push({ p50: perOperation(p50), p99: perOperation(p99) })
    }
  }
  const referenceRounds = rounds.get(reference) ?? []
  const timings = [...rounds].map(([name, own]) => {
    const ratio = middle(own.map(({ p50 }, i) => (referenceRounds[i]?.p50 ?? Number.NaN) / p50))
    const more = middle(own.map(({ p50 }, i) => p50 - (referenceRounds[i]?.p50 ?? Number.NaN)))
    return {
      name,
      ...middle(own.map(({ p50 }) => p50)),
      p99: median(own.map(({ p99 }) => p99)),
      ratio: ratio.median,
      ratioMad: ratio.mad,
      more: more.median,
      moreMad: more.mad,
    }
  })
  return { timings, warnings, rounds: new Map([...rounds].map(([name, own]) => [name, own.map(({ p50 }) => p50)])) }
}
