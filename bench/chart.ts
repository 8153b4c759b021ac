/**
 * A table as horizontal bars: one SVG without scripts or fonts of its own, readable on light and dark pages, and with a
 * title and a description for those who do not see it. Thin lines on the bars are the MAD to both sides.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Results } from './report.js'
import { type Column, type Figure, formatted, type Sheet } from './sheet.js'

const WIDTH = 800
const MARGIN = 16
const BAR = 14
const GAP = 3
const BETWEEN = 12
/** Of a char in 12px, give or take; labels are not measured. */
const CHAR = 6.5
/** For the value behind the longest bar. */
const VALUE = 110

/** By place; the contrast to its page is at least 3:1 for each. */
const LIGHT = ['#0969da', '#3f9bf5', '#bc4c00', '#9a6700', '#8250df', '#57606a']
const DARK = ['#58a6ff', '#a5d6ff', '#f0883e', '#d29922', '#bc8cff', '#8b949e']

const rules = (colours: readonly string[]): string => colours.map((colour, i) => `.s${i}{fill:${colour}}`).join('')
const STYLE =
  `text{font:12px system-ui,sans-serif;fill:#1f2328}.t{font-size:15px;font-weight:600}.u{fill:#57606a}.p{fill:#fff}` +
  `.m{stroke:#1f2328;opacity:.55}${rules(LIGHT)}` +
  `@media(prefers-color-scheme:dark){text{fill:#e6edf3}.u{fill:#9198a1}.p{fill:#0d1117}.m{stroke:#e6edf3}${rules(DARK)}}`

const escaped = (text: string): string => text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`)

const shown = (value: number, column: Column): string =>
  column.unit === 'x'
    ? formatted(value, column)
    : `${formatted(value, column)} ${column.unit === 'per second' ? '/s' : column.unit}`

interface Bar {
  readonly column: Column
  readonly series: number
  readonly figure: Figure
}
interface Group {
  readonly name: string
  readonly bars: readonly Bar[]
}

/** What of a sheet is drawn: by default all rows, and the columns that have the first one's unit. */
function groupsOf({ columns, rows, chart }: Sheet): { readonly groups: Group[]; readonly series: readonly Column[] } {
  const series = columns.filter(({ name, unit }) => chart?.columns?.includes(name) ?? unit === columns[0]?.unit)
  const groups = rows
    .filter(({ name }) => chart?.rows?.includes(name) ?? true)
    .map(({ name, cells }) => ({
      name,
      bars: series.flatMap((column, i) => {
        const figure = cells[columns.indexOf(column)]
        return figure ? [{ column, series: i % LIGHT.length, figure }] : []
      }),
    }))
    .filter(({ bars }) => bars.length > 0)
  return { groups, series }
}

/** Names of the series in lines, as many as fit. */
function legend(series: readonly Column[], top: number): { readonly svg: string; readonly bottom: number } {
  let [x, y, svg] = [MARGIN, top, '']
  for (const [i, { name }] of series.entries()) {
    const width = name.length * CHAR + 32
    if (x + width > WIDTH - MARGIN && x > MARGIN) [x, y] = [MARGIN, y + 18]
    svg += `<rect class="s${i % LIGHT.length}" x="${x}" y="${y - 9}" width="10" height="10" rx="2"/><text x="${x + 15}" y="${y}">${escaped(name)}</text>`
    x += width
  }
  return { svg, bottom: y + 8 }
}

function drawn({ column, series, figure }: Bar, x: number, y: number, scale: number): string {
  const length = Math.max(1, figure.value * scale)
  const [middle, mad] = [y + BAR / 2, (figure.mad ?? 0) * scale]
  const spread =
    mad < 1
      ? ''
      : `<path class="m" d="M${(x + Math.max(0, length - mad)).toFixed(1)} ${middle}h${Math.min(2 * mad, length + mad).toFixed(1)}"/>`
  const at = x + length + Math.max(0, mad) + 5
  return `<rect class="s${series}" x="${x}" y="${y}" width="${length.toFixed(1)}" height="${BAR}" rx="2"/>${spread}<text x="${at.toFixed(1)}" y="${y + 11}">${escaped(shown(figure.value, column))}</text>`
}

/** Undefined where there is nothing to draw. */
export function chart(sheet: Sheet): string | undefined {
  const { groups, series } = groupsOf(sheet)
  const bars = groups.flatMap(({ bars }) => bars)
  if (bars.length === 0) return undefined
  const left = MARGIN + Math.min(320, Math.max(...groups.map(({ name }) => name.length)) * CHAR + 10)
  const most = Math.max(...bars.map(({ figure }) => figure.value + (figure.mad ?? 0)))
  const scale = most > 0 ? (WIDTH - left - VALUE) / most : 0

  const head = `<text class="t" x="${MARGIN}" y="26">${escaped(sheet.title)}</text><text class="u" x="${MARGIN}" y="44">${escaped(sheet.corner)}</text>`
  const names = series.length > 1 ? legend(series, 66) : { svg: '', bottom: 50 }
  let [y, body] = [names.bottom + BETWEEN, '']
  for (const { name, bars } of groups) {
    const height = bars.length * (BAR + GAP) - GAP
    body += `<text x="${left - 8}" y="${y + height / 2 + 4}" text-anchor="end">${escaped(name)}</text>`
    for (const bar of bars) {
      body += drawn(bar, left, y, scale)
      y += BAR + GAP
    }
    y += BETWEEN - GAP
  }
  y += BETWEEN / 2
  const told = groups.map(
    ({ name, bars }) =>
      `${name}: ${bars.map(({ column, figure }) => `${column.name} ${shown(figure.value, column)}`).join(', ')}`,
  )
  const [title, desc] = [`${sheet.name}-title`, `${sheet.name}-desc`]
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" width="${WIDTH}" height="${y}" role="img" aria-labelledby="${title} ${desc}">
<title id="${title}">${escaped(sheet.title)}</title>
<desc id="${desc}">${escaped(`${sheet.corner}. ${told.join('; ')}.`)}</desc>
<style>${STYLE}</style>
<rect class="p" width="${WIDTH}" height="${y}" rx="6"/>
${head}${names.svg}
${body}
</svg>
`
}

/** One file for each table that has something to draw; the folder is made. */
export function writeCharts(folder: string, { parts }: Results): void {
  mkdirSync(folder, { recursive: true })
  for (const sheet of Object.values(parts).flat()) {
    const svg = chart(sheet)
    if (svg !== undefined) writeFileSync(join(folder, `${sheet.name}.svg`), svg)
  }
}
