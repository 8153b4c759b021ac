/** Results as aligned text for the terminal and as Markdown for README.md. */
import type { Facts } from './facts.js'
import { formatted, type Sheet } from './sheet.js'

/** What a results file holds. Changed in a way that older readers misread, it gets another `format`. */
export const FORMAT = 'authtkt-bench 1'
export interface Results {
  readonly format: typeof FORMAT
  /** What to type for the like. */
  readonly command: string
  readonly facts: Facts
  /** By the parts' names. */
  readonly parts: Readonly<Record<string, readonly Sheet[]>>
}

export type Table = readonly (readonly string[])[]

/** `details` adds the MAD to each median. */
export function tableOf({ corner, columns, rows }: Sheet, details: boolean): Table {
  const body = rows.map(({ name, cells, skipped }) => [
    name,
    ...columns.map((column, i) => {
      const cell = cells[i]
      if (!cell) return i === 0 && skipped !== undefined ? `skipped: ${skipped}` : ''
      const spread = details && cell.mad !== undefined ? ` ±${formatted(cell.mad, column).replace('x', '')}` : ''
      return `${formatted(cell.value, column)}${spread}`
    }),
  ])
  return [[corner, ...columns.map(({ name }) => name)], ...body]
}

/** Cells of equal width: the first column to the left, figures to the right. */
function aligned(table: Table): Table {
  const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map((cells) => cells[column]?.length ?? 0)))
  const pad = (cell: string, column: number) =>
    column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)
  return table.map((cells) => cells.map(pad))
}

export const text = (table: Table): string =>
  aligned(table)
    .map((cells) => cells.join('  ').trimEnd())
    .join('\n')

export function markdown(table: Table): string {
  const [head = [], ...body] = aligned(table)
  const rule = head.map(({ length }, column) => (column === 0 ? '-'.repeat(length) : `${'-'.repeat(length - 1)}:`))
  return [head, rule, ...body].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

export function machine({ cpu, cores, shaNi, node, openssl, commit, date }: Facts): string {
  return `${cpu}, ${cores} cores, SHA-NI ${shaNi}; Node ${node}, OpenSSL ${openssl}; commit ${commit}; ${date}`
}

export function report({ facts, parts }: Results, asMarkdown: boolean): string {
  const sheets = Object.values(parts).flat()
  const tables = sheets.map((sheet) => (asMarkdown ? markdown(tableOf(sheet, false)) : text(tableOf(sheet, true))))
  return [machine(facts), ...tables].join('\n\n')
}
