/** The README's login chapter: its configurations are ones, its tables have every option, its servers run. */

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { configSchema } from '../src/config/schema.js'

const readme = readFileSync('README.md', 'utf8')
const chapter = readme.slice(readme.indexOf('## The login'), readme.indexOf('## Behind nginx'))
const blocks = (language: string) =>
  [...chapter.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, block]) => block as string)
const folder = mkdtempSync(join(tmpdir(), 'authtkt-login-docs-'))
t.teardown(() => rmSync(folder, { recursive: true }))
const BIN = resolve('dist/cli/bin.js')

writeFileSync(join(folder, 'secret'), 'a secret that stands in no manual', { mode: 0o600 })
writeFileSync(join(folder, 'gitlab-secret'), 'gloas-example', { mode: 0o600 })
writeFileSync(join(folder, 'users'), `alice:${'$'}apr1${'$'}salt1234${'$'}R3TvYCrFbCdTv7DIcOwd50\n`)
writeFileSync(join(folder, 'groups'), 'admin: alice\n')

function serveCheck(...args: string[]) {
  return spawnSync(process.execPath, [BIN, 'serve', ...args, '--check'], { cwd: folder, encoding: 'utf8' })
}

t.test('its configurations', async (t) => {
  const [whole = '', ...parts] = blocks('json')
  writeFileSync(join(folder, 'authtkt.json'), whole)
  t.match(serveCheck('--config', 'authtkt.json'), { status: 0, stdout: 'ok\n', stderr: '' })
  t.equal(parts.length, 2)
  const [apache = ''] = [...readme.matchAll(/```apache\n([\s\S]*?)```/g)].map(([, block]) => block as string)
  writeFileSync(join(folder, 'site.conf'), apache)
  for (const part of parts) {
    writeFileSync(join(folder, 'login.json'), part)
    const checked = serveCheck('--config', 'site.conf', '--login', 'login.json')
    t.match(checked, { status: 0, stdout: 'ok\n' }, checked.stderr)
  }
})

t.test('its tables', async (t) => {
  const { properties } = configSchema() as { properties: { login: { properties: Record<string, unknown> } } }
  const names = namesIn(properties.login)
  t.ok(names.size > 40)
  for (const name of names) t.match(chapter, new RegExp(`[\`"]${name}[\`"]`), name)
})

/** Names of all options at any depth. */
function namesIn(schema: unknown, found = new Set<string>()): Set<string> {
  if (Array.isArray(schema)) for (const one of schema) namesIn(one, found)
  else if (typeof schema === 'object' && schema !== null) {
    const { properties, ...rest } = schema as { properties?: Record<string, unknown> }
    for (const [name, inner] of Object.entries(properties ?? {})) {
      found.add(name)
      namesIn(inner, found)
    }
    namesIn(Object.values(rest), found)
  }
  return found
}

t.test('its module and its server', async (t) => {
  const [module = ''] = blocks('js')
  writeFileSync(join(folder, 'in-house.mjs'), `const knows = async () => true\n${module}`)
  writeFileSync(join(folder, 'own.json'), '{ "authenticators": [{ "type": "module", "file": "in-house.mjs" }] }')
  t.match(serveCheck('--config', 'site.conf', '--login', 'own.json'), { status: 0, stdout: 'ok\n' })
  const [server = ''] = blocks('ts')
  const here = (path: string) => JSON.stringify(pathToFileURL(resolve(path)).href)
  const code = server
    .replace("'authtkt'", here('dist/index.js'))
    .replace("'authtkt/login'", here('dist/login/index.js'))
    .replace("'authtkt/node'", here('dist/adapters/node.js'))
    .replace('.listen(8080)', ".listen(0, '127.0.0.1', async function () { await run(this) })")
  // As a page load: scripts (fetch) get a problem in place of the redirect.
  const run = `import { get } from 'node:http'
  const load = (url) => new Promise((done) => get(url, done))
  async function run(server) {
    const away = await load('http://127.0.0.1:' + server.address().port + '/x')
    const page = await load(away.headers.location)
    let text = ''
    for await (const part of page) text += part
    console.log(away.statusCode, page.statusCode, text.includes('<input id="password"'))
    process.exit()
  }`
  writeFileSync(join(folder, 'server.mjs'), `${code}\n${run}`)
  const env = { ...process.env, SECRET: 'a secret that stands in no manual' }
  const ran = spawnSync(process.execPath, ['server.mjs'], { cwd: folder, encoding: 'utf8', env })
  t.match(ran, { stdout: '307 200 true\n', stderr: '' })
})
