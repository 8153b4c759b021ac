/**
 * Two results files, figure by figure. Ratios of two runs bend with all that has happened to the machine between them; so
 * each is marked that lies further out than the runs' own spread can explain, and files of two machines are refused.
 */
import type { Facts } from './facts.js'
import { Misuse } from './misuse.js'
import { machine, type Results, type Table } from './report.js'
import { type Figure, formatted, type Sheet } from './sheet.js'

export interface Comparison {
  readonly notes: readonly string[]
  /** One for each table that both have. */
  readonly tables: readonly Table[]
}

const MACHINE = ['cpu', 'cores', 'shaNi'] as const satisfies readonly (keyof Facts)[]
/** Beyond so many times both MADs together; of normal noise one figure in a hundred and fifty lies there. */
const FACTOR = 2

/** `beyond`: further apart than their spread explains; `within`; `unknown` where none of the two has a spread. */
export function verdict(a: Figure, b: Figure): 'beyond' | 'within' | 'unknown' {
  if (a.mad === undefined && b.mad === undefined) return a.value === b.value ? 'within' : 'unknown'
  return Math.abs(b.value - a.value) > FACTOR * ((a.mad ?? 0) + (b.mad ?? 0)) ? 'beyond' : 'within'
}
const MARKS = { beyond: '*', within: '', unknown: '?' } as const

/** Rows of what both sheets have, by the names of rows and columns. */
function rowsOf(a: Sheet, b: Sheet): string[][] {
  return a.rows.flatMap((row) => {
    const other = b.rows.find(({ name }) => name === row.name)
    return a.columns.flatMap((column, i) => {
      const at = b.columns.findIndex(({ name, unit }) => name === column.name && unit === column.unit)
      const [one, two] = [row.cells[i], other?.cells[at]]
      if (!one || !two) return []
      const ratio = one.value > 0 && two.value > 0 ? `${(two.value / one.value).toFixed(3)}x` : ''
      const cells = [formatted(one.value, column), formatted(two.value, column), ratio, MARKS[verdict(one, two)]]
      return [[`${row.name}: ${column.name}`, ...cells]]
    })
  })
}

/** @throws Misuse for files of different machines, unless `anyway`; and where nothing can be compared */
export function comparison(a: Results, b: Results, anyway: boolean): Comparison {
  const differing = MACHINE.filter((fact) => a.facts[fact] !== b.facts[fact])
  const machines = `A: ${machine(a.facts)}\nB: ${machine(b.facts)}`
  if (differing.length > 0 && !anyway) {
    throw new Misuse(`Two machines (${differing.join(', ')} differ); --anyway compares them nevertheless\n${machines}`)
  }
  const others = Object.values(b.parts).flat()
  const tables = Object.values(a.parts)
    .flat()
    .flatMap((sheet) => {
      const other = others.find(({ name }) => name === sheet.name)
      const rows = other ? rowsOf(sheet, other) : []
      return rows.length > 0 ? [[[`${sheet.name} (${sheet.corner})`, 'A', 'B', 'B/A', ''], ...rows]] : []
    })
  if (tables.length === 0) throw new Misuse('The two files have no figure in common')
  const legend = `* further apart than ${FACTOR} times both MADs together; ? no spread is known`
  return { notes: [machines, legend], tables }
}
