/** The README's chapter on signed tickets: its configurations, commands and program do what it says. */

import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'

const readme = readFileSync('README.md', 'utf8')
const chapter = readme.slice(readme.indexOf('## Signed tickets'), readme.indexOf('## The gateway'))
const block = (language: string) => new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(chapter)?.[1] as string

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

t.test('the program', async (t) => {
  const { generateKeyPairSync } = await import('node:crypto')
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const keys = {
    privateKey: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }),
    publicKey: pair.publicKey.export({ type: 'spki', format: 'pem' }),
  }
  const index = JSON.stringify(pathToFileURL(resolve('dist/index.js')).href)
  const code = block('ts').replace("'authtkt'", index)
  const file = join(folder, 'program.mjs')
  writeFileSync(
    file,
    `const { privateKey, publicKey } = ${JSON.stringify(keys)}\n${code.replace(/^import .*/m, '')}`.replace(
      '\n',
      `\n${/^import .*/m.exec(code)?.[0]}\n`,
    ),
  )
  t.match(execFileSync(process.execPath, [file], { encoding: 'utf8' }), /^alice \[ 'editor' \] \d+\n$/)
})
