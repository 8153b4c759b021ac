/** The documents speak of things that exist, and their examples run. */

import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { createIssuer } from '../src/index.js'
import { DEFAULT_OPTIONS, DEFAULT_SETTINGS, defaultsFor } from '../src/policy/defaults.js'
import { GUARD_KEYS } from '../src/policy/options.js'

const DOCUMENTS = [
  'README.md',
  'ARCHITECTURE.md',
  'SECURITY.md',
  'CHANGELOG.md',
  'bench/README.md',
  'native-fixtures/README.md',
]
const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'))

for (const document of DOCUMENTS) {
  const text = readFileSync(document, 'utf8')

  t.test(`${document} names scripts and files that exist`, async (t) => {
    for (const [, name] of text.matchAll(/npm run ([\w:-]+)/g)) t.ok(scripts[name as string], `npm run ${name}`)
    for (const [, path] of text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
      t.ok(existsSync(join(dirname(document), path as string)), `link to ${path}`)
    }
    for (const [, path] of text.matchAll(/`((?:src|assembly|test|bench|native-fixtures)\/[\w./-]*)`/g)) {
      t.ok(existsSync(path as string), `${path}`)
    }
  })
}

t.test("README's example runs", async (t) => {
  const [, example] = /```js\n([\s\S]*?)```/.exec(readFileSync('README.md', 'utf8')) ?? []
  // Inside the package, where its own name resolves to it.
  mkdirSync('build', { recursive: true })
  const file = join('build', `example-${process.pid}.mjs`)
  writeFileSync(file, example ?? '')
  t.teardown(() => rmSync(file))
  t.equal(execFileSync(process.execPath, [file], { encoding: 'utf8' }), "alice [ 'editor' ] 0\n")
})

t.test('README tells every option and every reason there is', async (t) => {
  const readme = readFileSync('README.md', 'utf8')
  const types = readFileSync('src/types.ts', 'utf8')
  const [, options = ''] = /interface VerifierOptions \{([\s\S]*?)\n\}/.exec(types) ?? []
  const names = [...options.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, name]) => name as string)
  t.ok(names.length >= 6)
  for (const name of [...names, ...GUARD_KEYS]) t.match(readme, `\`${name}\``, name)
  const reasons = ['absent', 'malformed', 'too-long', 'address', 'digest', 'expired']
  for (const reason of [...reasons, 'future', 'tokens', 'user', 'insecure', 'config'])
    t.match(readme, `| \`${reason}\` |`)
  t.match(readme, '| `signature`, `refresh`, `multifactor` |')
})

/** The cells of the rows of a text's tables. */
function rowsOf(text: string): string[][] {
  const lines = text.split('\n').filter((line) => line.startsWith('| '))
  return lines.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
}
const README = readFileSync('README.md', 'utf8')
const table = rowsOf(README)

t.test("README's directive table has every directive, with the defaults that apply", async (t) => {
  const [, chapter = ''] = README.split('### Directives\n')
  const rows = rowsOf(chapter.split('\n### ')[0] as string).filter(([name]) => /^`TKTAuth\w+`$/.test(name ?? ''))
  t.equal(new Set(rows.map(([name]) => name)).size, 26)
  for (const [directive, , ours = '', exact = '', hardened = ''] of rows) {
    const [, option = ''] = /^`(\w+)`$/.exec(ours) ?? []
    if (!(option in DEFAULT_SETTINGS.exact)) continue
    t.ok(shows(exact, DEFAULT_SETTINGS.exact[option as Setting]), `${directive}: ${exact}`)
    t.ok(shows(hardened, DEFAULT_SETTINGS.hardened[option as Setting]), `${directive}: ${hardened}`)
  }
})

t.test("README's table of exact and hardened shows the defaults that apply", async (t) => {
  const [, section = ''] = readFileSync('README.md', 'utf8').split('### Exact and hardened')
  const rows = rowsOf(section.split('\n## ')[0] as string).filter(
    (cells) => cells.length === 5 && /^(?:A\d+)?$/.test(cells[0] as string),
  )
  t.ok(rows.length >= 25)
  const exact = { ...DEFAULT_OPTIONS.exact, ...DEFAULT_SETTINGS.exact }
  const hardened = { ...DEFAULT_OPTIONS.hardened, ...DEFAULT_SETTINGS.hardened }
  const told = new Set<string>()
  for (const [row, , options = '', inExact = '', inHardened = ''] of rows) {
    const names = [...options.matchAll(/`(\w+)`/g)].map(([, name]) => name as keyof typeof exact)
    for (const name of names) {
      told.add(name)
      if (!(name in exact)) continue
      t.ok(shows(inExact, exact[name]), `${row} ${name}: ${inExact}`)
      t.ok(shows(inHardened, hardened[name]), `${row} ${name}: ${inHardened}`)
    }
  }
  for (const name of Object.keys(exact) as (keyof typeof exact)[]) {
    if (JSON.stringify(exact[name]) === JSON.stringify(hardened[name])) continue
    t.ok(told.has(name) || table.some((cells) => cells[2] === `\`${name}\``), `${name} differs, and README tells`)
  }
})

t.test("README's tables of mod_auth_pubtkt have its directives, with the defaults that apply", async (t) => {
  const [, chapter = ''] = README.split('### Directives of mod_auth_pubtkt\n')
  const rows = rowsOf(chapter.split('\n## ')[0] as string)
  const directives = rows.flatMap(([names = '']) => [...names.matchAll(/`(TKTAuth\w+)`/g)].map(([, name]) => name))
  t.equal(new Set(directives).size, 19)
  let shown = 0
  const hardened = defaultsFor({ module: 'mod_auth_pubtkt' }, [])
  for (const cells of rows) {
    const [inExact = '', inHardened = ''] = cells.slice(-2)
    const [, option = ''] = /^`(\w+)`$/.exec(cells.at(-3) ?? '') ?? []
    if (!(option in hardened)) continue
    shown++
    t.ok(shows(inExact, DEFAULT_SETTINGS.pubtkt[option as Setting]), `${option}: ${inExact}`)
    t.ok(shows(inHardened, hardened[option as Setting]), `${option}: ${inHardened}`)
  }
  t.ok(shown >= 14, `${shown} options`)
})

type Setting = keyof typeof DEFAULT_SETTINGS.exact

/** Whether a cell names a default; words stand for null, empty lists and what another option decides. */
function shows(cell: string, value: unknown): boolean {
  if (Array.isArray(value))
    return value.length === 0 ? /none|never/.test(cell) : value.every((one) => cell.includes(String(one)))
  if (value === null) return /null|none|no attribute|the request's host|Url`|the same|`guest`/.test(cell)
  if (value === false && /the same/.test(cell)) return true
  return new RegExp(`(?:^|[^\\w])${String(value).replace(/[^\w]/g, '\\$&')}(?:$|[^\\w])`).test(cell)
}

t.test('every command of the migration chapter runs', async (t) => {
  const readme = readFileSync('README.md', 'utf8')
  const chapter = readme.slice(readme.indexOf('## From Apache in five minutes'), readme.indexOf('### Directives'))
  const blocks = (language: string) =>
    [...chapter.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, text]) =>
      (text as string).replace(/^ {3}/gm, ''),
    )
  const dir = t.testdir({ 'site.conf': blocks('apache').join('\n') })
  const [, secret = ''] = /TKTAuthSecret "(.*)"/.exec(chapter) ?? []
  const issuer = createIssuer({ keys: [{ secret, digest: 'sha256' }] })
  const cookie = issuer.issue({ uid: 'alice' }, { ip: '192.0.2.7', now: Math.floor(Date.now() / 1000) })
  writeFileSync(join(dir, 'cookies.txt'), `${cookie}\n`)
  const bin = `"${process.execPath}" "${resolve('dist/cli/bin.js')}"`
  const commands = blocks('sh').flatMap((text) => text.trim().split('\n'))
  t.ok(commands.length >= 6)
  const printed = commands.map((command) => {
    const script = command.replaceAll('npx authtkt', bin)
    return spawnSync('bash', ['-c', script], { cwd: dir, encoding: 'utf8' })
  })
  for (const [i, { status, stderr }] of printed.entries()) t.equal(status, 0, `${commands[i]} ${stderr}`)
  const said = printed.map(({ stdout }) => stdout).join('')
  t.match(said, '"kind":"redirect"')
  t.match(said, 'area: site.conf:3 <Location /app>')
  t.match(said, '{"lines":1,"ok":1}')
  t.notMatch(said + printed.map(({ stderr }) => stderr).join(''), secret)
  const [code = ''] = blocks('js')
  const file = join(dir, 'guard.mjs')
  const index = JSON.stringify(pathToFileURL(resolve('dist/index.js')).href)
  const config = JSON.stringify(pathToFileURL(resolve('dist/config/index.js')).href)
  writeFileSync(
    file,
    `${code.replace("'authtkt'", index).replace("'authtkt/config'", config)}\nconsole.log(typeof guard.decide)`,
  )
  t.equal(execFileSync(process.execPath, [file], { cwd: dir, encoding: 'utf8' }), 'function\n')
})

t.test('every folder of the house has its row', async (t) => {
  const architecture = readFileSync('ARCHITECTURE.md', 'utf8')
  const folders = readdirSync('src', { withFileTypes: true }).filter((entry) => entry.isDirectory())
  for (const { name } of folders) t.match(architecture, `| \`src/${name}/\` |`, name)
})
