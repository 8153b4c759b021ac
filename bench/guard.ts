/**
 * What does a whole decision cost on top of the ticket's verification, for requests that are let in and for those that
 * are not, and does it stay what it is with 10 000 areas, patterns and hosts?
 *
 * Each row is measured in several fresh processes (`guard-row.ts`), the rows taking turns: which way V8 optimises a
 * process is partly luck, and a machine that slows down should hit all rows.
 */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { GUARD_ROWS } from './guard-workloads.js'
import { median, type Plan } from './measure.js'

/** Medians over the processes. Nanoseconds and bytes per request; `over` is taken within each round of a process. */
export interface GuardTiming {
  readonly name: string
  readonly verify: number
  readonly decide: number
  readonly over: number
  readonly verifyBytes: number
  readonly decideBytes: number
  readonly warnings: readonly string[]
}

export interface GuardResults {
  readonly rows: readonly GuardTiming[]
}

type Run = Omit<GuardTiming, 'name'>

function measure(name: string, plan: Plan): Run {
  const script = fileURLToPath(new URL('guard-row.js', import.meta.url))
  const line = execFileSync(process.execPath, [script, name, JSON.stringify(plan)], { encoding: 'utf8' })
  return JSON.parse(line) as Run
}

/** Half as many processes as the plan has rounds, with three rounds each. */
export function guardResults(plan: Plan): GuardResults {
  const runs = new Map<string, Run[]>(GUARD_ROWS.map((name) => [name, []]))
  const processes = Math.ceil(plan.rounds / 2)
  for (let i = 0; i < processes; i++) {
    process.stderr.write(`guard, processes ${i + 1}/${processes}\n`)
    for (const [name, own] of runs) own.push(measure(name, { ...plan, rounds: 3, warmup: 400 }))
  }
  const rows = [...runs].map(([name, own]) => {
    const middle = (pick: keyof Omit<Run, 'warnings'>) => median(own.map((run) => run[pick]))
    return {
      name,
      verify: middle('verify'),
      decide: middle('decide'),
      over: middle('over'),
      verifyBytes: middle('verifyBytes'),
      decideBytes: middle('decideBytes'),
      warnings: own.flatMap(({ warnings }) => warnings),
    }
  })
  return { rows }
}
