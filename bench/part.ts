/** What a part of the suite is: something that measures, and tables of what it has found. `parts.ts` lists them. */
import type { Effort, Plan } from './measure.js'
import type { Sheet } from './sheet.js'
import type { Digest, Size } from './workloads.js'

export interface Ask {
  readonly effort: Effort
  /** The effort in rounds and milliseconds. */
  readonly plan: Plan
  readonly digests: readonly Digest[]
  readonly sizes: readonly Size[]
}

export interface Recipe<Results> {
  /** As in `--part`, and as its place in README.md is marked. */
  readonly name: string
  /** Left to `npm run bench:servers`: it takes minutes, or wants servers that are not everywhere. */
  readonly servers?: boolean
  /** Throws where a competitor is wrong about anything; that is asked before anything is timed. */
  run(ask: Ask): Results | Promise<Results>
  tables(results: Results): readonly Sheet[]
}

export interface Part {
  readonly name: string
  readonly servers: boolean
  measure(ask: Ask): Promise<readonly Sheet[]>
}

export function part<Results>({ name, servers = false, run, tables }: Recipe<Results>): Part {
  return { name, servers, measure: async (ask) => tables(await run(ask)) }
}
