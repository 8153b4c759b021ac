/** Results files, read with suspicion: they are handed in by name. */
import { readFileSync } from 'node:fs'
import { Misuse } from './misuse.js'
import { FORMAT, type Results } from './report.js'
import { type Sheet, UNITS } from './sheet.js'

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)

function isCell(cell: unknown): boolean {
  return cell === null || (isObject(cell) && isNumber(cell.value) && (cell.mad === undefined || isNumber(cell.mad)))
}

function isSheet(sheet: unknown): sheet is Sheet {
  if (!isObject(sheet) || !Array.isArray(sheet.columns) || !Array.isArray(sheet.rows)) return false
  // It becomes the name of a file.
  if (typeof sheet.name !== 'string' || !/^[a-z0-9-]+$/.test(sheet.name)) return false
  if (typeof sheet.title !== 'string' || typeof sheet.corner !== 'string') return false
  const columns = sheet.columns.every((column) => isObject(column) && UNITS.some((unit) => unit === column.unit))
  const rows = sheet.rows.every(
    (row) => isObject(row) && typeof row.name === 'string' && Array.isArray(row.cells) && row.cells.every(isCell),
  )
  return columns && rows
}

/** @throws Misuse with the file's name and what is wrong with it */
export function parseResults(text: string, file: string): Results {
  let found: unknown
  try {
    found = JSON.parse(text)
  } catch {
    throw new Misuse(`${file}: not JSON`)
  }
  if (!isObject(found) || typeof found.format !== 'string' || !found.format.startsWith('authtkt-bench ')) {
    throw new Misuse(`${file}: not a results file of npm run bench`)
  }
  if (found.format !== FORMAT) throw new Misuse(`${file}: its format is ${found.format}, wanted is ${FORMAT}`)
  const { facts, parts, command } = found
  if (!isObject(facts) || !isObject(parts) || typeof command !== 'string') {
    throw new Misuse(`${file}: a results file with pieces missing`)
  }
  for (const [name, sheets] of Object.entries(parts)) {
    if (!Array.isArray(sheets) || !sheets.every(isSheet)) throw new Misuse(`${file}: the tables of ${name} are broken`)
  }
  return found as unknown as Results
}

export function readResults(file: string): Results {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new Misuse(
      `${file}: ${(error as NodeJS.ErrnoException).code === 'ENOENT' ? 'no such file' : 'cannot be read'}`,
    )
  }
  return parseResults(text, file)
}
