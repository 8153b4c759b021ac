/** Charts: what is drawn, how long the bars are, and that nothing of a name becomes markup. */
import t from 'tap'
import { chart } from '../../bench/chart.js'
import type { Sheet } from '../../bench/sheet.js'

const SHEET: Sheet = {
  name: 'a-sheet',
  title: 'Fast & <slow>',
  corner: 'ns per "ticket"',
  columns: [
    { name: 'ours', unit: 'ns' },
    { name: 'theirs', unit: 'ns' },
    { name: 'ratio', unit: 'x' },
  ],
  rows: [
    { name: 'good', cells: [{ value: 500, mad: 50 }, { value: 1000 }, { value: 2 }] },
    { name: 'bad', cells: [{ value: 250 }, null, null] },
    { name: 'not here', cells: [], skipped: 'apache2 is not installed' },
  ],
}

/** The bars: series, x, width. */
const bars = (svg = ''): [series: string, x: number, width: number][] =>
  [...svg.matchAll(/<rect class="(s\d)" x="([\d.]+)" y="[\d.]+" width="([\d.]+)" height="14"/g)].map(
    ([, series, x, width]) => [series as string, Number(x), Number(width)],
  )

t.test('a bar for each figure of the first unit, to scale', async (t) => {
  const [good, theirs, bad, ...more] = bars(chart(SHEET))
  t.same(more, [])
  t.equal(good?.[0], 's0')
  t.equal(theirs?.[0], 's1')
  t.equal(bad?.[0], 's0')
  t.equal(Math.abs((theirs?.[2] ?? 0) / (good?.[2] ?? 0) - 2) < 0.01, true, 'twice as long')
  t.equal(Math.abs((theirs?.[2] ?? 0) / (bad?.[2] ?? 0) - 4) < 0.01, true, 'four times as long')
  t.ok((theirs?.[1] ?? 0) + (theirs?.[2] ?? 0) < 800, 'and inside the picture')
})

t.test('title and description tell all of it to those who do not see it', async (t) => {
  const svg = chart(SHEET) ?? ''
  t.match(svg, 'role="img" aria-labelledby="a-sheet-title a-sheet-desc"')
  t.match(svg, '<title id="a-sheet-title">Fast &#38; &#60;slow&#62;</title>')
  t.match(svg, 'good: ours 500 ns, theirs 1000 ns; bad: ours 250 ns.</desc>')
})

t.test('names stay text', async (t) => {
  const svg = chart(SHEET) ?? ''
  t.notMatch(svg, '<slow>')
  t.notMatch(svg, '"ticket"')
  const tags = new Set([...svg.matchAll(/<(\w+)/g)].map(([, tag]) => tag))
  t.same([...tags].sort(), ['desc', 'path', 'rect', 'style', 'svg', 'text', 'title'])
})

t.test('light pages and dark ones', async (t) => {
  t.match(chart(SHEET), /@media\(prefers-color-scheme:dark\)\{text\{fill:#/)
})

t.test('the spread is a line around the end of its bar', async (t) => {
  const [, from, length] = /<path class="m" d="M([\d.]+) [\d.]+h([\d.]+)"/.exec(chart(SHEET) ?? '') ?? []
  const [good] = bars(chart(SHEET))
  const [x, width] = [good?.[1] ?? 0, good?.[2] ?? 0]
  t.equal(Math.abs(Number(from) - (x + width * 0.9)) < 0.2, true, 'begins a tenth before')
  t.equal(Math.abs(Number(length) - width * 0.2) < 0.2, true, 'ends a tenth behind')
})

t.test('a sheet says which columns and rows are drawn', async (t) => {
  const svg = chart({ ...SHEET, chart: { columns: ['ratio'], rows: ['good'] } }) ?? ''
  t.equal(bars(svg).length, 1)
  t.match(svg, '>2.00x</text>')
})

t.test('nothing to draw, no chart', async (t) => {
  t.equal(chart({ ...SHEET, rows: SHEET.rows.slice(2) }), undefined)
})

t.test('figures of nothing and below do not break it', async (t) => {
  const rows = [{ name: 'zero', cells: [{ value: 0, mad: 0 }, { value: -5, mad: 1 }, null] }]
  const svg = chart({ ...SHEET, rows }) ?? ''
  t.notMatch(svg, /NaN|Infinity|width="-/)
  t.equal(bars(svg).length, 2)
})
