/** The README's chapter on signed tickets: its configurations, commands and program do what it says. */

import { execFileSync, spawnSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { createPubtktIssuer } from '../src/index.js'

const readme = readFileSync('README.md', 'utf8')
const chapter = readme.slice(readme.indexOf('## Signed tickets'), readme.indexOf('## The gateway'))
const blocks = (language: string) =>
  [...chapter.matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, text]) => text as string)
const block = (language: string) => blocks(language)[0] as string

const folder = mkdtempSync(join(tmpdir(), 'authtkt-docs-'))
t.teardown(() => rmSync(folder, { recursive: true }))
const bin = `"${process.execPath}" "${resolve('dist/cli/bin.js')}"`
const run = (command: string, input = '') =>
  spawnSync('bash', ['-c', command.replaceAll('npx authtkt', bin)], { cwd: folder, encoding: 'utf8', input })
const request = (cookie?: string) =>
  `${JSON.stringify({ url: '/app/', headers: [['Host', 'h'], ...(cookie ? [['Cookie', `auth_pubtkt=${cookie}`]] : [])] })}\n`

t.test('keys, tickets, and both configurations', async (t) => {
  const [, keygen = ''] = /`(npx authtkt keygen [^`]*)`/.exec(chapter) ?? []
  t.equal(run(keygen).status, 0)
  writeFileSync(join(folder, 'site.conf'), block('apache'))
  writeFileSync(join(folder, 'authtkt.json'), block('json'))
  const [issue = '', verify = ''] = block('sh').trim().split('\n')
  const issued = run(issue)
  t.equal(issued.status, 0, issued.stderr)
  writeFileSync(join(folder, 'cookies.txt'), issued.stdout)
  const verified = run(verify)
  t.equal(verified.status, 0, verified.stderr)
  t.match(JSON.parse(verified.stdout), { ok: true, uid: 'alice', tokens: ['editor'] })
  for (const config of ['--format apache --config site.conf', '--config authtkt.json']) {
    const explain = `npx authtkt explain ${config}`
    t.match(JSON.parse(run(explain, request(issued.stdout.trim())).stdout), {
      kind: 'allow',
      authType: 'mod_auth_pubtkt',
    })
    t.match(JSON.parse(run(explain, request()).stdout), { kind: 'redirect', reason: 'absent' })
  }
})

t.test('both configurations guard the same paths', async (t) => {
  const paths = ['/', '/other/page?x=1', '/app', '/app/', '/app/x', '/apple']
  const asked = paths.map((url) => `${JSON.stringify({ url, headers: [['Host', 'h']] })}\n`).join('')
  const [apache, ours] = ['--format apache --config site.conf', '--config authtkt.json'].map((config) =>
    run(`npx authtkt explain ${config}`, asked)
      .stdout.trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  )
  const kinds = (rows: { kind: string; status: number; reason: string }[] | undefined) =>
    rows?.map(({ kind, status, reason }) => [kind, status, reason])
  t.strictSame(kinds(ours), kinds(apache))
  t.match(kinds(ours), [['pass'], ['pass'], ['redirect'], ['redirect'], ['redirect'], ['pass']])
})

/** Runs a program of the chapter, with what it takes for granted in front and `after` at its end. */
function program(code: string, given: object, after = ''): string {
  const module = (name: string) => JSON.stringify(pathToFileURL(resolve(`dist/${name}.js`)).href)
  const imports = code.replace(/'authtkt'/g, module('index')).replace(/'authtkt\/fetch'/g, module('adapters/fetch'))
  const [heads, rest] = [imports.match(/^import .*$/gm) ?? [], imports.replace(/^import .*$/gm, '')]
  const names = Object.entries(given).map(([name, value]) => `const ${name} = ${JSON.stringify(value)}`)
  const file = join(folder, 'program.mjs')
  writeFileSync(file, [...heads, ...names, rest, after].join('\n'))
  return execFileSync(process.execPath, [file], { encoding: 'utf8' })
}
const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
const privateKey = pair.privateKey.export({ type: 'pkcs8', format: 'pem' })
const publicKey = pair.publicKey.export({ type: 'spki', format: 'pem' })

t.test('the programs', async (t) => {
  const [verifier = '', worker = '', bauth = '', ...more] = blocks('ts')
  t.equal(more.length, 0)
  t.match(program(verifier, { privateKey, publicKey }), /^alice \[ 'editor' \] \d+\n$/)
  const validUntil = Math.floor(Date.now() / 1000) + 60
  const cookie = createPubtktIssuer({ key: { privateKey: `${privateKey}`, digest: 'sha256' } }).issue({
    uid: 'alice',
    validUntil,
  })
  const ask = `
const { fetch } = { fetch: protect(guard, hello, { ip }) }
for (const [path, headers] of [['/', {}], ['/app', {}], ['/app', { cookie: 'auth_pubtkt=${cookie}' }]]) {
  const response = await fetch(new Request('https://h' + path, { headers }))
  console.log(response.status, response.status === 200 ? await response.text() : '')
}`
  t.match(program(worker, { publicKey }, ask), /^200 Hello world\n30\d \n200 Hello alice\n$/)
  const given = { password: 'open sesame', aes: '0123456789abcdef' }
  const told = program(bauth, given, 'console.log(atob(basic), atob(open), bauth === open)')
  t.equal(told, 'alice:open sesame alice:open sesame false\n')
})

t.test('moving a site over: the commands of the list', async (t) => {
  const list = chapter.slice(chapter.indexOf('### Moving a site over'), chapter.indexOf('### Directives'))
  const [, line = ''] = /`(\{"url".*\})`/.exec(list) ?? []
  writeFileSync(join(folder, 'requests.jsonl'), line)
  const commands = [...list.matchAll(/`(npx authtkt [^`]*)`/g)].map(([, command]) => command as string)
  t.equal(commands.length, 4)
  for (const command of commands) {
    const checked = /serve/.test(command) ? `${command} --check --upstream http://127.0.0.1:80` : command
    const { status, stderr } = run(checked)
    t.equal(status, 0, `${command}: ${stderr}`)
  }
  t.match(run(commands[0] as string).stdout, /because what was sent is no signed ticket/)
})
