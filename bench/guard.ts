/**
 * What does a whole decision cost on top of the ticket's verification, for requests that are let in and for those that
 * are not, and does it stay what it is with 10 000 areas, patterns and hosts? Rows of `guard-row.ts`.
 */
import { type FreshRow, freshRows } from './fresh.js'
import { GUARD_ROWS, SITE_ROWS } from './guard-workloads.js'
import type { Ask } from './part.js'
import type { Sheet } from './sheet.js'

/** Half as many processes as the plan has rounds, with three rounds each. */
function rowsOf(what: string, names: readonly string[], { effort, plan }: Ask): FreshRow[] {
  const smoke = effort === 'smoke'
  const own = JSON.stringify(smoke ? plan : { ...plan, rounds: 3, warmup: 400 })
  const processes = smoke ? 0 : Math.ceil(plan.rounds / 2)
  return freshRows(what, { script: 'guard-row.js', names, processes, more: [own] })
}

export const guardResults = (ask: Ask): FreshRow[] => rowsOf('guard', GUARD_ROWS, ask)
export function siteResults(ask: Ask): FreshRow[] {
  // A guard of thousands takes seconds to make.
  const names = ask.effort === 'smoke' ? SITE_ROWS.filter((name) => !name.includes('000')) : SITE_ROWS
  return rowsOf('scaling with areas', names, ask)
}

const COLUMNS = {
  verify: { name: 'verify alone', unit: 'ns' },
  decide: { name: 'decide', unit: 'ns' },
  over: { name: 'on top of verify', unit: 'ns' },
  verifyBytes: { name: 'bytes, verify', unit: 'bytes' },
  decideBytes: { name: 'bytes, decide', unit: 'bytes' },
} as const

function sheet(name: string, title: string, rows: readonly FreshRow[]): Sheet {
  return {
    name,
    title,
    corner: 'ns per request',
    columns: Object.values(COLUMNS),
    rows: rows.map((row) => ({
      name: row.name,
      cells: Object.keys(COLUMNS).map((column) => row.figures[column] ?? null),
    })),
    warnings: rows.flatMap(({ warnings }) => warnings),
    chart: { columns: ['verify alone', 'decide'] },
  }
}

export const guardTables = (rows: readonly FreshRow[]): Sheet[] => [sheet('guard', "A guard's decisions", rows)]
export const siteSheet = (rows: readonly FreshRow[]): Sheet =>
  sheet('scaling-areas', 'Decisions with many areas, patterns and hosts', rows)
