/** bench/README.md's figures come from results files; every part has its place there. */
import { readFileSync } from 'node:fs'
import t from 'tap'
import { PARTS } from '../../bench/parts.js'
import { filled, replaced } from '../../bench/readme.js'
import { FORMAT, type Results } from '../../bench/report.js'

const README = readFileSync('bench/README.md', 'utf8')

const RESULTS = {
  format: FORMAT,
  command: 'npm run bench',
  facts: { cpu: 'a processor', cores: 2, shaNi: 'no', node: '20.0.0', openssl: '3', commit: 'abc', date: '2026-01-01' },
  parts: {
    one: [
      {
        name: 'one',
        title: 'One',
        corner: 'ns per ticket',
        columns: [{ name: 'verify', unit: 'ns' }],
        rows: [
          { name: 'x', cells: [{ value: 1234, mad: 5 }] },
          { name: 'y', cells: [], skipped: 'apache2 is not installed' },
        ],
      },
    ],
  },
} as unknown as Results

t.test('every part has one place for its tables, and every place is for a part', async (t) => {
  const places = [...README.matchAll(/^<!-- bench:([a-z-]+) -->$/gm)].map(([, name]) => name)
  t.same(places.toSorted(), PARTS.map(({ name }) => name).toSorted())
  for (const { name } of PARTS) t.match(replaced(README, name, 'here'), `-->\nhere\n<!-- /bench:${name} -->`)
  t.match(readFileSync('README.md', 'utf8'), /^<!-- bench:charts -->\n[\s\S]*<!-- \/bench:charts -->$/m)
})

t.test('tables and charts replace what is between the marks, and nothing else', async (t) => {
  const before = 'Why.\n\n<!-- bench:one -->\nold\n<!-- /bench:one -->\n\nBy hand.\n'
  const once = filled(before, RESULTS)
  t.equal(
    once,
    `Why.

<!-- bench:one -->
\`npm run bench\` on a processor, 2 cores, SHA-NI no; Node 20.0.0, OpenSSL 3; commit abc; 2026-01-01

![One](charts/one.svg)

| ns per ticket |                            verify |
| ------------- | --------------------------------: |
| x             |                              1234 |
| y             | skipped: apache2 is not installed |
<!-- /bench:one -->

By hand.
`,
  )
  t.equal(filled(once, RESULTS), once, 'again: the same')
})

t.test('a README without the place is not guessed at', async (t) => {
  t.throws(() => filled('nothing', RESULTS), { message: /no place for one/ })
  t.throws(() => filled('<!-- /bench:one -->\n<!-- bench:one -->', RESULTS), { message: /no place for one/ })
})

t.test('figures of a smoke run are none', async (t) => {
  const smoke = { ...RESULTS, command: 'npm run bench -- --smoke' }
  t.throws(() => filled('<!-- bench:one -->\n<!-- /bench:one -->', smoke), { message: /--smoke are no figures/ })
})
