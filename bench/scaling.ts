/** What does more cost: longer tickets, more keys, larger sites, and what do more threads bring? */
import type { FreshRow } from './fresh.js'
import { siteResults, siteSheet } from './guard.js'
import type { Ask } from './part.js'
import { type LengthRow, lengthResults, lengthSheets } from './scaling-length.js'
import { type RingRow, ringResults, ringSheets } from './scaling-ring.js'
import { type ThreadRow, threadResults, threadSheet } from './scaling-threads.js'
import type { Sheet } from './sheet.js'

export interface ScalingResults {
  readonly lengths: readonly LengthRow[]
  readonly rings: readonly RingRow[]
  readonly sites: readonly FreshRow[]
  readonly threads: readonly ThreadRow[]
}

export async function scalingResults(ask: Ask): Promise<ScalingResults> {
  const { plan, digests } = ask
  return {
    lengths: lengthResults(plan, digests),
    rings: ringResults(plan, digests),
    sites: siteResults(ask),
    threads: await threadResults(ask),
  }
}

export const scalingTables = ({ lengths, rings, sites, threads }: ScalingResults): Sheet[] => [
  ...lengthSheets(lengths),
  ...ringSheets(rings),
  siteSheet(sites),
  threadSheet(threads),
]
