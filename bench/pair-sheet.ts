/** The table of servers that were held against each other in pairs. */
import type { PairResults, PairTiming } from './pairs.js'
import type { Column, Sheet } from './sheet.js'

const COLUMNS = {
  perSecond: { name: 'req/s', unit: 'per second' },
  otherPerSecond: { name: 'the other', unit: 'per second' },
  ratio: { name: 'ratio', unit: 'x', digits: 3 },
  cpu: { name: 'µs CPU', unit: 'µs', digits: 1 },
  otherCpu: { name: 'µs CPU, the other', unit: 'µs', digits: 1 },
  perCore: { name: 'per CPU second', unit: 'x', digits: 3 },
  added: { name: 'more µs', unit: 'µs', digits: 1 },
} as const satisfies Partial<Record<keyof PairTiming, Column>>

export function pairSheet(name: string, title: string, { pinned, rows, skipped }: PairResults): Sheet {
  const figures = Object.keys(COLUMNS) as (keyof typeof COLUMNS)[]
  return {
    name,
    title,
    corner: `one core${pinned ? '' : ', NOT PINNED'}`,
    columns: Object.values(COLUMNS),
    rows: [
      ...rows.map((row) => ({ name: row.name, cells: figures.map((figure) => row[figure]) })),
      ...skipped.map(({ name, why }) => ({ name, cells: [], skipped: why })),
    ],
    chart: { columns: [COLUMNS.cpu.name, COLUMNS.otherCpu.name] },
  }
}
