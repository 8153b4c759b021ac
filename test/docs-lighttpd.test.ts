/** The README's chapters on lighttpd and on dialects: their examples run, their tables tell what is so. */

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import t from 'tap'
import { loadConfig } from '../src/config/index.js'
import { DIALECTS } from '../src/engine/dialects.js'
import { createGuard, createIssuer, createVerifier, openUserData, sealUserData } from '../src/index.js'
import { DEFAULT_OPTIONS, DEFAULT_SETTINGS } from '../src/policy/defaults.js'

const readme = readFileSync('README.md', 'utf8')
const chapter = readme.slice(readme.indexOf('## From lighttpd in five minutes'), readme.indexOf('## Signed tickets'))
const move = chapter.slice(0, chapter.indexOf('### What lighttpd'))
const blocks = (language: string, text: string) =>
  [...text.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, block]) =>
    (block as string).replace(/^ {3}/gm, ''),
  )
const folder = mkdtempSync(join(tmpdir(), 'authtkt-docs-'))
t.teardown(() => rmSync(folder, { recursive: true }))
const write = (name: string, text: string) => writeFileSync(join(folder, name), text, { mode: 0o600 })
const run = (command: string) => {
  const script = command.replaceAll('npx authtkt', `"${process.execPath}" "${resolve('dist/cli/bin.js')}"`)
  return spawnSync('bash', ['-c', script], { cwd: folder, encoding: 'utf8' })
}

/** Of the example, which a hardened guard refuses; and of who has followed it. */
const EXAMPLE = 'an example secret, to be replaced'
const OLD = 'a secret that stands in no manual'
const NEW = 'the secret that comes after it, new'
const now = Math.floor(Date.now() / 1000)
const issuerOf = (secret: string) =>
  createIssuer({ keys: [{ secret, digest: 'sha256', dialect: 'lighttpd' }], allowShiftableFields: true })
const lighttpd = issuerOf(OLD)

t.test('every command of the migration runs', async (t) => {
  const [configuration = ''] = blocks('lighttpd', move)
  t.match(configuration, EXAMPLE)
  write('lighttpd.conf', configuration)
  write('cookies.txt', `${issuerOf(EXAMPLE).issue({ uid: 'alice' }, { ip: '192.0.2.7', now })}\n`)
  const commands = blocks('sh', move).flatMap((text) => text.trim().split('\n'))
  t.ok(commands.length >= 5)
  const printed = commands.map(run)
  for (const [i, { status, stderr }] of printed.entries()) t.equal(status, 0, `${commands[i]} ${stderr}`)
  const said = printed.map(({ stdout }) => stdout).join('')
  t.match(said, '"status":302')
  t.match(said, '{"lines":1,"ok":1}')
  t.notMatch(said + printed.map(({ stderr }) => stderr).join(''), EXAMPLE)
})

t.test('from lighttpd tickets to apache tickets, and nobody is logged out', async (t) => {
  const [json = ''] = blocks('json', move)
  write('authtkt.json', json)
  write('secret', OLD)
  write('new-secret', NEW)
  const { options } = loadConfig(join(folder, 'authtkt.json'))
  const guard = createGuard(options)
  const ask = (value: string) =>
    guard.decide({
      method: 'GET',
      url: '/',
      headers: [
        ['Host', 'www.example.com'],
        ['Cookie', `auth_tkt=${value}`],
      ],
      ip: '192.0.2.7',
      tls: true,
      now,
    })
  const old = ask(lighttpd.issue({ uid: 'alice', tokens: ['editor'] }, { ip: '192.0.2.7', now: now - 60 }))
  if (old.kind !== 'allow') return t.fail(`${old.kind}`)
  t.match(old, { keyIndex: 1, identity: { uid: 'alice', tokens: ['editor'] } })
  const [, renewed = ''] = /^auth_tkt=([^;]*)/.exec(old.setCookies[0] ?? '') ?? []
  t.match(ask(renewed), { kind: 'allow', keyIndex: 0, identity: { uid: 'alice' } })
  const apache = createVerifier({ keys: [{ secret: NEW, digest: 'sha256' }] })
  t.match(apache.verify(renewed, { ip: '192.0.2.7' }), { ok: true, ticket: { tokens: ['editor'] } })

  const shifted = Buffer.from(lighttpd.issue({ uid: 'bob', userData: 'editor' }, { ip: '192.0.2.7', now }), 'base64')
  const forged = shifted.toString('latin1').replace('bob!!editor', 'bob!editor!')
  t.match(ask(Buffer.from(forged, 'latin1').toString('base64')), { kind: 'redirect', reason: 'user' })
})

/** The cells of a chapter's tables. */
const table = chapter
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .map((line) =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )

t.test("the table of mod_authn_tkt's ways tells the defaults that apply", async (t) => {
  const rows = table.filter(
    (cells) => cells.length === 5 && /^(?:L\d)?$/.test(cells[0] as string) && cells[2] !== 'option',
  )
  t.strictSame(
    rows.map(([row]) => row).filter((row) => row !== ''),
    ['L1', 'L2', 'L3', 'L4', 'L5', 'L6', 'L7', 'L8', 'L9'],
  )
  const defaults = (profile: 'lighttpd' | 'hardened'): Record<string, unknown> => ({
    ...DEFAULT_OPTIONS[profile],
    ...DEFAULT_SETTINGS[profile],
  })
  const theirs = defaults('lighttpd')
  const told = new Set<string>()
  for (const [row, , option = '', exact = '', hardened = ''] of rows.filter(([, , option]) => option !== '-')) {
    const name = option.replaceAll('`', '')
    told.add(name)
    t.ok(exact.startsWith(`\`${theirs[name]}\``), `${row} ${name}: ${exact}`)
    if (hardened !== 'the same')
      t.ok(hardened.startsWith(`\`${defaults('hardened')[name]}\``), `${row} ${name}: ${hardened}`)
  }
  const apache: Record<string, unknown> = { ...DEFAULT_OPTIONS.exact, ...DEFAULT_SETTINGS.exact }
  for (const [name, value] of Object.entries(theirs)) {
    if (JSON.stringify(value) === JSON.stringify(apache[name])) continue
    t.ok(told.has(name) || OF_LITTLE_NOTE.includes(name), `${name} differs from mod_auth_tkt's, and README tells`)
  }
})
/** Follow from what lighttpd has no setting for. */
const OF_LITTLE_NOTE = ['authType', 'querySeparator', 'backPort', 'ipv6', 'deniedStatus', 'brokenStatus']

t.test('the table of issuers has every dialect, and no other', async (t) => {
  const named = table
    .filter((cells) => cells.length === 6 && cells[0] !== 'issuer')
    .flatMap(([, dialect = '']) => [...dialect.matchAll(/`([a-z-]+)`/g)])
  const known = Object.keys(DIALECTS)
  const all = new Set(named.map(([, name]) => name as string))
  for (const name of known) t.ok(all.has(name), name)
  // The other words in code are settings of issuers.
  for (const name of all) t.ok(known.includes(name) || ['encode'].includes(name), name)
})

t.test("the directive table's lighttpd column has the module's options, each once", async (t) => {
  const [, directives = ''] = readme.split('### Directives\n')
  const options = [
    ...(directives.split('\n### ')[0] as string).matchAll(/^\| `(?:TKTAuth\w+|Require|Auth\w+)` \| `([\w.-]+)`/gm),
  ].map(([, name]) => name)
  const urls = ['login-url', 'timeout-url', 'post-timeout-url', 'unauth-url']
  const cookies = [
    'cookie-name',
    'cookie-domain',
    'cookie-expires',
    'cookie-secure',
    'back-arg-name',
    'back-cookie-name',
  ]
  const guests = ['guest-login', 'guest-user', 'guest-cookie', 'guest-fallback']
  const rest = [
    'secret',
    'secret-old',
    'digest-type',
    'timeout',
    'timeout-refresh',
    'tokens',
    'ignore-ip',
    'require-ssl',
  ]
  t.strictSame([...options].sort(), [...urls, ...cookies, ...guests, ...rest, 'auth.require'].sort())
})

t.test('peek --guess names the dialect of the ticket that it is shown', async (t) => {
  const [commands = ''] = blocks('sh', chapter.slice(chapter.indexOf('## Which dialect')))
  write('secret', OLD)
  write('cookies.txt', `${lighttpd.issue({ uid: 'alice' }, { ip: '192.0.2.7', now })}\n`)
  const [shape, tried] = commands.trim().split('\n').map(run)
  t.match(shape, { status: 0, stdout: '"dialect":"lighttpd"' })
  t.match(tried, {
    status: 0,
    stdout: '"configuration":{"keys":[{"secret":{"file":"secret"},"digest":"sha256","dialect":"lighttpd"}]}',
  })
})

t.test('the example of encrypted user data runs', async (t) => {
  const [code = ''] = blocks('ts', chapter)
  const run = new Function(
    'sealUserData',
    'openUserData',
    'process',
    'console',
    `return (async () => {${code.replace(/^import.*$/m, '')}})()`,
  )
  const said: unknown[] = []
  const log = (...words: unknown[]) => said.push(...words)
  await run(sealUserData, openUserData, { env: { PAYLOAD_SECRET: 'x' } }, { log })
  t.strictSame(said, ['Alice'])
})
