/** What does it cost to begin? Rows of `startup.ts`, each in 15 fresh processes. */
import { type FreshRow, freshRows } from './fresh.js'
import type { Ask } from './part.js'
import type { Sheet } from './sheet.js'

const PROCESSES = { full: 15, quick: 5, smoke: 1 } as const

export const startUpResults = ({ effort, digests }: Ask): FreshRow[] =>
  freshRows('start-up', { script: 'startup.js', names: digests, processes: PROCESSES[effort] })

const COLUMNS = {
  load: 'import',
  first: 'first verifier',
  further: 'each further',
  batch: 'first verifyMany, 64 tickets',
  furtherBatch: "another verifier's",
} as const

export function startUpTables(rows: readonly FreshRow[]): Sheet[] {
  return [
    {
      name: 'start-up',
      title: 'Start-up',
      corner: 'ms',
      columns: Object.values(COLUMNS).map((name) => ({ name, unit: 'ms' })),
      rows: rows.map(({ name, figures }) => ({
        name,
        cells: Object.keys(COLUMNS).map((column) => figures[column] ?? null),
      })),
    },
  ]
}
