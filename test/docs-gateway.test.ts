/** The README's gateway chapter: its configuration is one, its commands are understood, its tables tell the defaults. */

import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import t from 'tap'
import { makeCertificate } from '../native-fixtures/apache-site.mjs'
import { LIMITS, TIMEOUTS } from '../src/config/serving.js'
import { createMetrics } from '../src/gateway/metrics.js'

const readme = readFileSync('README.md', 'utf8')
const chapter = readme.slice(readme.indexOf('## The gateway'), readme.indexOf('## The login'))
const blocks = (language: string, text: string) =>
  [...text.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, block]) => block as string)
const folder = mkdtempSync(join(tmpdir(), 'authtkt-docs-'))
t.teardown(() => rmSync(folder, { recursive: true }))
const check = (command: string) => {
  const bin = `"${process.execPath}" "${resolve('dist/cli/bin.js')}"`
  const script = `${command.replace(/\s+#.*$/, '').replace('npx authtkt', bin)} --check`
  return spawnSync('bash', ['-c', script], { cwd: folder, encoding: 'utf8' })
}

t.test('its configuration', async (t) => {
  const made = makeCertificate(folder)
  if (typeof made === 'string') return t.comment(`no certificate: ${made}`)
  const [json = ''] = blocks('json', chapter)
  writeFileSync(join(folder, 'secret'), 'a secret that stands in no manual', { mode: 0o600 })
  mkdirSync(join(folder, 'docs'))
  writeFileSync(join(folder, 'authtkt.json'), json)
  t.match(check('npx authtkt serve --config authtkt.json'), { status: 0, stdout: 'ok\n', stderr: '' })
  t.ok(existsSync(join(folder, 'cert.pem')), 'the certificate that it names')
})

t.test('its commands', async (t) => {
  const [apache = ''] = blocks('apache', readme)
  writeFileSync(join(folder, 'site.conf'), apache)
  const commands = blocks('sh', chapter).flatMap((text) => text.trim().split('\n'))
  t.ok(commands.length >= 3)
  for (const command of commands) t.match(check(command), { status: 0, stdout: 'ok\n' }, command)
})

t.test('its options', async (t) => {
  const help = spawnSync(process.execPath, ['dist/cli/bin.js', 'serve', '--help'], { encoding: 'utf8' }).stdout
  const options = [...help.matchAll(/^\s+(?:-\w, )?(--[\w-]+)/gm)].map(([, name]) => name as string)
  t.ok(options.length > 15)
  for (const name of options.filter((name) => name !== '--help')) t.match(chapter, `\`${name}`, name)
})

t.test('its times, limits and metrics', async (t) => {
  for (const [name, seconds] of Object.entries(TIMEOUTS)) t.match(chapter, `| \`${name}\` | ${seconds} s |`)
  const row = (names: string[]) =>
    chapter.split('\n').find((line) => names.every((name) => line.includes(`\`${name}\``))) ?? ''
  for (const [name, value] of Object.entries(LIMITS)) t.match(row([name]), value === null ? 'any' : `${value}`, name)
  for (const { name } of await createMetrics(() => new Set()).registry.getMetricsAsJSON())
    t.match(chapter, `\`${name}`, name)
})
