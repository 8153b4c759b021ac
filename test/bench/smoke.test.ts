/** `npm run bench -- --smoke`: everybody in the suite is still right about everything. How fast they are is no matter. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { PARTS } from '../../bench/parts.js'
import { parseResults } from '../../bench/results.js'

const folder = mkdtempSync(join(tmpdir(), 'authtkt-smoke-'))
t.teardown(() => rmSync(folder, { recursive: true }))
const json = join(folder, 'results.json')

function bench(...args: string[]) {
  return spawnSync(process.execPath, ['build/bench/run.js', ...args], { encoding: 'utf8', maxBuffer: 1e8 })
}

t.before(() => {
  const { status, stdout } = spawnSync(process.execPath, [
    'node_modules/typescript/bin/tsc',
    '-p',
    'bench/tsconfig.json',
  ])
  if (status !== 0) throw new Error(`bench does not compile: ${stdout}`)
})

t.test('all parts that need no servers', async (t) => {
  const charts = join(folder, 'charts')
  const { status, stderr, stdout } = bench('--smoke', '--json', json, '--charts', charts)
  t.equal(status, 0, stderr)
  const { parts } = parseResults(readFileSync(json, 'utf8'), json)
  t.same(
    Object.keys(parts),
    PARTS.filter(({ servers }) => !servers).map(({ name }) => name),
  )
  const sheets = Object.values(parts).flat()
  const names = sheets.map(({ name }) => name)
  t.equal(new Set(names).size, names.length, 'no two tables have the same name')
  for (const { name, rows, columns } of sheets) {
    t.ok(rows.length > 0 && rows.every(({ cells, skipped }) => cells.length === (skipped ? 0 : columns.length)), name)
    t.equal(new Set(rows.map((row) => row.name)).size, rows.length, `${name}: no two rows have the same name`)
  }
  const drawn = sheets.filter(({ rows }) => rows.some(({ cells }) => cells.length > 0)).map(({ name }) => `${name}.svg`)
  t.same(readdirSync(charts).toSorted(), drawn.toSorted())
  t.match(stdout, 'verify sha512 typical forged')

  const again = bench('--from', json, '--markdown')
  t.equal(again.status, 0, again.stderr)
  t.match(again.stdout, /^\| verify md5 small valid +\| +[\d.]+ \|/m)
  const same = bench('--compare', json, json)
  t.equal(same.status, 0, same.stderr)
  t.match(same.stdout, /verify md5 small valid: authtkt +[\d.]+ +[\d.]+ +1\.000x\n/)
})

t.test('misuse is exit 2, in one line', async (t) => {
  const other = join(folder, 'other.json')
  writeFileSync(other, '{}')
  const cases: Readonly<Record<string, string[]>> = {
    'gateways: expected one of': ['--part', 'gateways'],
    'md4: expected one of': ['--digest', 'md4'],
    "Unknown option '--fast'": ['--fast'],
    'thing: not an option': ['thing'],
    '--compare wants two results files': ['--compare', json],
    'other.json: not a results file': ['--compare', other, other],
    'none.json: no such file': ['--from', join(folder, 'none.json')],
    '--quick or --smoke': ['--quick', '--smoke'],
    '--smoke: its figures': ['--smoke', '--write-readme'],
  }
  for (const [message, args] of Object.entries(cases)) {
    const { status, stderr, stdout } = bench(...args)
    t.equal(status, 2, message)
    t.match(stderr, message)
    t.equal(stderr.trimEnd().split('\n').length, 1, stderr)
    t.equal(stdout, '')
  }
})
