/**
 * Rows measured in processes of their own, several for each: which way V8 optimises a process is partly luck, and what it
 * learns about one row it would use for the next. The rows take turns: a machine that slows down should hit them all.
 */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { middle } from './measure.js'
import { type Figure, figure } from './sheet.js'

/** Numbers by name; the rest of what a process has to say are complaints about the clock. */
export interface Run {
  readonly figures: Readonly<Record<string, number>>
  readonly warnings?: readonly string[]
}

export interface FreshRow {
  readonly name: string
  /** Medians over the processes, with their MAD. */
  readonly figures: Readonly<Record<string, Figure>>
  readonly warnings: readonly string[]
}

/** In the row's process: measures what it was started for, and says so. */
export function answer(measure: (name: string, ...more: string[]) => Run): void {
  const [names = '[]', ...more] = process.argv.slice(2)
  console.log(JSON.stringify((JSON.parse(names) as string[]).map((name) => measure(name, ...more))))
}

export interface Fresh {
  /** Of this folder; it calls `answer`. */
  readonly script: string
  readonly names: readonly string[]
  /** For each row; 0: one for all of them together, where nobody wants to know the time. */
  readonly processes: number
  /** Arguments besides the row's name. */
  readonly more?: readonly string[]
}

export function freshRows(what: string, { script, names, processes, more = [] }: Fresh): FreshRow[] {
  const file = fileURLToPath(new URL(script, import.meta.url))
  const runs = new Map<string, Run[]>(names.map((name) => [name, []]))
  const groups = processes === 0 ? [names] : names.map((name) => [name])
  for (let i = 0; i < Math.max(1, processes); i++) {
    process.stderr.write(`${what}, processes ${i + 1}/${Math.max(1, processes)}\n`)
    for (const group of groups) {
      const line = execFileSync(process.execPath, [file, JSON.stringify(group), ...more], { encoding: 'utf8' })
      const found = JSON.parse(line) as Run[]
      group.forEach((name, at) => {
        runs.get(name)?.push(found[at] as Run)
      })
    }
  }
  return [...runs].map(([name, own]) => ({
    name,
    figures: Object.fromEntries(
      Object.keys(own[0]?.figures ?? {}).map((key) => {
        const { median, mad } = middle(own.map(({ figures }) => figures[key] as number))
        return [key, figure(median, mad)]
      }),
    ),
    warnings: own.flatMap(({ warnings = [] }) => warnings.map((warning) => `${name}: ${warning}`)),
  }))
}
