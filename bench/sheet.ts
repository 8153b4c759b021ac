/**
 * What a part has found, as data. Tables on the terminal and in README.md, charts, comparisons and the JSON file are all
 * made of this and know nothing else of the parts.
 */
import type { Timing } from './measure.js'

export interface Figure {
  readonly value: number
  /** Median absolute deviation, in the same unit: over rounds, processes or starts. Left out where there was one only. */
  readonly mad?: number | undefined
  /** 99th percentile of batches. */
  readonly p99?: number | undefined
  /** The lowest and the highest of what `value` is the median of. */
  readonly range?: readonly [number, number] | undefined
}

/** `x`: how many times. */
export const UNITS = ['ns', 'µs', 'ms', 'bytes', 'MB', 'files', 'x', 'per second'] as const
export type Unit = (typeof UNITS)[number]

export interface Column {
  readonly name: string
  readonly unit: Unit
  /** Digits behind the point; left out: as the unit and the value ask for. */
  readonly digits?: number | undefined
}

export interface SheetRow {
  readonly name: string
  /** One for each column; null where there is no such figure. */
  readonly cells: readonly (Figure | null)[]
  /** Why there are no figures at all. */
  readonly skipped?: string | undefined
}

export interface Sheet {
  /** Small letters, digits and hyphens, unlike any other: the name of its chart's file. */
  readonly name: string
  /** A heading for its chart. */
  readonly title: string
  /** What stands above the rows' names: the unit, and what it is counted by. */
  readonly corner: string
  readonly columns: readonly Column[]
  readonly rows: readonly SheetRow[]
  /** What tinybench has against the clock: the figures are then not to be trusted. */
  readonly warnings?: readonly string[] | undefined
  /** What its chart shows: columns of one unit; left out: those with the unit of the first. And rows; left out: all. */
  readonly chart?: { readonly columns?: readonly string[]; readonly rows?: readonly string[] } | undefined
}

export const figure = (value: number, mad?: number | undefined): Figure => ({ value, mad })
export const timed = ({ median, mad, p99 }: Timing): Figure => ({ value: median, mad, p99 })
export const ratioOf = ({ ratio, ratioMad }: Timing): Figure => ({ value: ratio, mad: ratioMad })
/** A timing's figure, or none. */
export const maybe = <T>(value: T | undefined, read: (value: T) => Figure): Figure | null =>
  value === undefined ? null : read(value)

export function formatted(value: number, { unit, digits }: Column): string {
  switch (unit) {
    case 'ns':
      return value.toFixed(digits ?? (Math.abs(value) < 100 ? 1 : 0))
    case 'µs':
      return value.toFixed(digits ?? (Math.abs(value) < 100 ? 2 : 0))
    case 'ms':
      return value.toFixed(digits ?? (Math.abs(value) < 1 ? 3 : 1))
    case 'x':
      return `${value.toFixed(digits ?? 2)}x`
    default:
      return value.toFixed(digits ?? 0)
  }
}

/** Rows by the names of their contenders: what most tables of one race a row look like. `ratios`: name to column head. */
export function raceSheet(
  frame: Omit<Sheet, 'columns' | 'rows' | 'warnings'>,
  races: readonly {
    readonly name: string
    readonly timings: readonly Timing[]
    readonly warnings: readonly string[]
  }[],
  ratios: Readonly<Record<string, string>> = {},
): Sheet {
  const names = [...new Set(races.flatMap(({ timings }) => timings.map(({ name }) => name)))]
  const columns: Column[] = names.map((name) => ({ name, unit: 'ns' }))
  columns.push(...Object.values(ratios).map((name) => ({ name, unit: 'x' }) as const))
  const rows = races.map(({ name, timings }) => {
    const of = (wanted: string) => timings.find((timing) => timing.name === wanted)
    const cells = [
      ...names.map((one) => maybe(of(one), timed)),
      ...Object.keys(ratios).map((one) => maybe(of(one), ratioOf)),
    ]
    return { name, cells }
  })
  const warnings = races.flatMap((race) => race.warnings.map((warning) => `${race.name}: ${warning}`))
  return { ...frame, columns, rows, warnings }
}
