/** Two results files side by side: what differs, by how much, and what is no results file. */
import t from 'tap'
import { comparison, verdict } from '../../bench/compare.js'
import type { Results } from '../../bench/report.js'
import { FORMAT } from '../../bench/report.js'
import { parseResults } from '../../bench/results.js'
import type { Figure } from '../../bench/sheet.js'

const FACTS = {
  date: '2026-01-01',
  cpu: 'a processor',
  cores: 2,
  shaNi: 'yes',
  node: '20.0.0',
  v8: '11',
  openssl: '3',
  commit: 'abc',
  wasmBytes: 1,
  wasmSha256: '00',
} as const

function results(figures: Readonly<Record<string, Figure | null>>, facts: Partial<Results['facts']> = {}): Results {
  const rows = Object.entries(figures).map(([name, cell]) => ({ name, cells: [cell] }))
  const sheet = {
    name: 'one',
    title: 'One',
    corner: 'ns per ticket',
    columns: [{ name: 'verify', unit: 'ns' }],
    rows,
  } as const
  return { format: FORMAT, command: 'npm run bench', facts: { ...FACTS, ...facts }, parts: { one: [sheet] } }
}

t.test('every figure that both have is compared, and no other', async (t) => {
  const a = results({ x: { value: 1000, mad: 10 }, y: { value: 50, mad: 1 }, gone: { value: 1 }, none: null })
  const b = results({ y: { value: 51, mad: 1 }, x: { value: 1500, mad: 10 }, come: { value: 1 }, none: { value: 3 } })
  const { tables } = comparison(a, b, false)
  t.same(tables, [
    [
      ['one (ns per ticket)', 'A', 'B', 'B/A', ''],
      ['x: verify', '1000', '1500', '1.500x', '*'],
      ['y: verify', '50.0', '51.0', '1.020x', ''],
    ],
  ])
})

t.test('a difference counts beyond the spread of both', async (t) => {
  t.equal(verdict({ value: 100, mad: 2 }, { value: 110, mad: 3 }), 'within', 'exactly twice both')
  t.equal(verdict({ value: 100, mad: 2 }, { value: 110.1, mad: 3 }), 'beyond')
  t.equal(verdict({ value: 110.1, mad: 3 }, { value: 100, mad: 2 }), 'beyond', 'in either direction')
  t.equal(verdict({ value: 100, mad: 2 }, { value: 110 }), 'beyond', 'one spread will do')
  t.equal(verdict({ value: 100 }, { value: 101 }), 'unknown')
  t.equal(verdict({ value: 100 }, { value: 100 }), 'within')
})

t.test('figures below zero have no ratio', async (t) => {
  const { tables } = comparison(results({ x: { value: -3, mad: 1 } }), results({ x: { value: 40, mad: 1 } }), false)
  t.same(tables[0]?.[1], ['x: verify', '-3.0', '40.0', '', '*'])
})

t.test('columns of the same name and another unit are no match', async (t) => {
  const a = results({ x: { value: 1 } })
  const other = JSON.parse(JSON.stringify(results({ x: { value: 1 } })).replace('"unit":"ns"', '"unit":"ms"'))
  t.throws(() => comparison(a, other, false), { message: 'The two files have no figure in common' })
})

t.test('files of two machines are refused, but not for another Node', async (t) => {
  const a = results({ x: { value: 1 } })
  const b = results({ x: { value: 2 } }, { cpu: 'another', cores: 4 })
  t.throws(() => comparison(a, b, false), { message: /^Two machines \(cpu, cores differ\); --anyway/ })
  t.equal(comparison(a, b, true).tables.length, 1)
  const { notes } = comparison(a, results({ x: { value: 2 } }, { node: '24.0.0' }), false)
  t.match(notes.join('\n'), /A: .*Node 20\.0\.0[\s\S]*B: .*Node 24\.0\.0/)
})

t.test('what is no results file is said to be none', async (t) => {
  const good = JSON.stringify(results({ x: { value: 1, mad: 1 } }))
  t.same(parseResults(good, 'a.json'), JSON.parse(good))
  const wrong: Readonly<Record<string, [text: string, message: RegExp]>> = {
    'no JSON': ['ns per ticket', /^a\.json: not JSON$/],
    'another JSON': ['{"name":"authtkt"}', /^a\.json: not a results file/],
    'a list': ['[]', /^a\.json: not a results file/],
    null: ['null', /^a\.json: not a results file/],
    'an older format': [good.replace(FORMAT, 'authtkt-bench 0'), /its format is authtkt-bench 0, wanted is/],
    'no facts': [good.replace('"facts"', '"fax"'), /with pieces missing/],
    'a figure that is none': [good.replace('"value":1', '"value":"1"'), /the tables of one are broken/],
    'an unknown unit': [good.replace('"ns"', '"parsec"'), /the tables of one are broken/],
    'a name that leads elsewhere': [good.replace('"name":"one"', '"name":"../one"'), /the tables of one are broken/],
  }
  for (const [name, [text, message]] of Object.entries(wrong)) {
    t.throws(() => parseResults(text, 'a.json'), { message }, name)
  }
})
