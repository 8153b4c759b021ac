/**
 * What does `verifyMany` save against a loop of single calls, and against `crypto.hash` by hand (`frame.ts`) in such a loop:
 * with the fields of every good ticket read, and with nothing but the verdicts? Rows of `batch-row.ts`.
 */
import { BATCH_ROWS, MANY } from './batch-workloads.js'
import { type FreshRow, freshRows } from './fresh.js'
import type { Ask } from './part.js'
import type { Sheet } from './sheet.js'

const PROCESSES = { full: 5, quick: 2, smoke: 0 } as const

export interface BatchResults {
  readonly strings: readonly FreshRow[]
  readonly lines: readonly FreshRow[]
}

export function batchResults({ effort, plan }: Ask): BatchResults {
  const own = JSON.stringify({ ...plan, rounds: Math.ceil(plan.rounds / 2) })
  const of = { script: 'batch-row.js', names: BATCH_ROWS, processes: PROCESSES[effort] }
  const rows = (from: string) => freshRows(`batch from ${from}`, { ...of, more: [from, own] })
  return { strings: rows('strings'), lines: rows('lines') }
}

const COLUMNS = {
  verify: { name: 'verify', unit: 'ns' },
  lazy: { name: 'verify, lazyTicket', unit: 'ns' },
  byHand: { name: 'crypto.hash', unit: 'ns' },
  fields: { name: 'verifyMany, all fields read', unit: 'ns' },
  kept: { name: 'verifyMany, fields kept', unit: 'ns' },
  verdicts: { name: 'verifyMany, verdicts', unit: 'ns' },
  fieldsToverify: { name: 'read to verify', unit: 'x' },
  keptToverify: { name: 'kept to verify', unit: 'x' },
  keptTolazy: { name: 'kept to lazyTicket', unit: 'x' },
  verdictsToverify: { name: 'verdicts to verify', unit: 'x' },
  fieldsTobyHand: { name: 'read to crypto.hash', unit: 'x' },
} as const

const BYTES = {
  verifyBytes: { name: 'verify', unit: 'bytes' },
  lazyBytes: { name: 'verify, lazyTicket', unit: 'bytes' },
  byHandBytes: { name: 'crypto.hash', unit: 'bytes' },
  fieldsBytes: { name: 'verifyMany, all fields read', unit: 'bytes' },
  keptBytes: { name: 'verifyMany, fields kept', unit: 'bytes' },
  verdictsBytes: { name: 'verifyMany, verdicts', unit: 'bytes' },
} as const

function sheet(
  name: string,
  title: string,
  corner: string,
  columns: Readonly<Record<string, Sheet['columns'][number]>>,
  rows: readonly FreshRow[],
): Sheet {
  return {
    name,
    title,
    corner,
    columns: Object.values(columns),
    rows: rows.map((row) => ({
      name: row.name,
      cells: Object.keys(columns).map((column) => row.figures[column] ?? null),
    })),
    warnings: rows.flatMap(({ warnings }) => warnings),
  }
}

export const batchTables = ({ strings, lines }: BatchResults): Sheet[] => [
  sheet('batch', `${MANY} tickets at once, from strings`, 'ns per ticket, from strings', COLUMNS, strings),
  sheet('batch-lines', `${MANY} tickets at once, from lines`, 'ns per ticket, from lines of a Buffer', COLUMNS, lines),
  sheet('batch-bytes', 'Bytes that a ticket of a batch leaves', 'bytes per ticket, from strings', BYTES, strings),
  sheet('batch-lines-bytes', 'The same from lines', 'bytes per ticket, from lines of a Buffer', BYTES, lines),
]
