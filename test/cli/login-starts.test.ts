/** `authtkt serve` with a login that cannot be: one line with file, place and the way out, exit code 2, nothing secret. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { failServe, startServe } from '../helpers/serve-process.js'
import { type Answer, cli } from './command.js'

const folder = mkdtempSync(join(tmpdir(), 'authtkt-login-starts-'))
t.teardown(() => rmSync(folder, { recursive: true }))
const SECRET = 'a secret of the ring of keys'
const CLIENT_SECRET = 'gloas-1234567890-of-the-client'
const PASSWORD = 'what the module knows'
const HASH = '$2y$04$aaaaaaaaaaaaaaaaaaaaaOeqVQmT6RTyHdSzIXFT8kGhoYVbHGS4u'

const put = (name: string, text: string) => {
  writeFileSync(join(folder, name), text, { mode: 0o600 })
  return join(folder, name)
}
put('secret', SECRET)
put('client-secret', CLIENT_SECRET)
put('users', `ada:${HASH}\n`)
put('groups', 'admin: ada\n')
put('nothing.mjs', 'export const check = 1\n')
put('number.mjs', 'export default 17\n')
put('look.mjs', "export default { name: 'half', check: async () => ({}), lookUp: true }\n")
put('half.mjs', "export default { name: 'half' }\n")
put('spoilt.mjs', `export default {\n  name: '${PASSWORD}',,\n}\n`)
put('raising.mjs', `throw new Error('${PASSWORD}\\n${PASSWORD}')\n`)
put('factory.mjs', `export default () => { throw new Error('${PASSWORD}') }\n`)
put('later.mjs', `export default async () => { throw '${PASSWORD}' }\n`)
put('good.mjs', "export default async () => ({ name: 'own', check: async () => ({ ok: false, reason: 'wrong' }) })\n")

const htpasswd = { type: 'htpasswd', file: 'users', groupFile: 'groups' }
const corp = {
  name: 'corp',
  issuer: 'https://corp.example.com',
  clientId: 'portal',
  clientSecret: { file: 'client-secret' },
}
const GOOD = { authenticators: [htpasswd], providers: [corp] }
const GUARD = {
  keys: [{ secret: { file: 'secret' }, digest: 'sha256' }],
  upstream: 'http://127.0.0.1:3000',
  areas: [{ path: '/' }] as object[],
  gateway: { listen: '127.0.0.1:0' },
}
const write = (name: string, login: object, guard: object = {}) =>
  put(`${name.replace(/\W+/g, '-')}.json`, JSON.stringify({ ...GUARD, ...guard, login }, null, 1))
const APACHE = put(
  'site.conf',
  `TKTAuthSecret "${SECRET}"\n<Location />\nAuthType None\nRequire valid-user\n</Location>\n`,
)

const KEYLESS = put('keyless.conf', '<Location />\nAuthType None\nRequire valid-user\n</Location>\n')

interface Row {
  readonly name: string
  readonly args: readonly string[]
  readonly says: RegExp
}

const row = (name: string, login: object, says: RegExp, guard: object = {}): Row => {
  return { name, args: ['--config', write(name, login, guard)], says }
}
const alone = (name: string, file: string, says: RegExp): Row => {
  return { name, args: ['--config', APACHE, '--upstream', 'http://127.0.0.1:3000', '--login', file], says }
}
const own = (file: string) => ({ authenticators: [{ type: 'module', file }] })

const ROWS: Row[] = [
  row('nobody', {}, /nobody\.json:\d+: login: nobody could sign in; give authenticators or providers/),
  row(
    'no htpasswd file',
    { authenticators: [{ type: 'htpasswd', file: 'no-users' }] },
    /no-htpasswd-file\.json:\d+: login: .*'[^']*no-users' cannot be read \(ENOENT\); fix: htpasswd -B -c /,
  ),
  row(
    'no group file',
    { authenticators: [{ ...htpasswd, groupFile: 'no-groups' }] },
    /no-group-file\.json:\d+: login: .*no-groups' cannot be read \(ENOENT\); fix: /,
  ),
  row(
    'tokens without groups',
    { authenticators: [{ type: 'htpasswd', file: 'users', tokens: ['admin'] }] },
    /\.json:\d+: login: htpasswd: tokens: there are no groups without a groupFile/,
  ),
  row('misspelt', { ...GOOD, authenticatrs: [] }, /:\d+: login\.authenticatrs: .*did you mean 'authenticators'/),
  row(
    'misspelt in an authenticator',
    { authenticators: [{ ...htpasswd, groupfile: 'groups' }] },
    /:\d+: login\.authenticators\[0\]\.groupfile: .*did you mean 'groupFile'/,
  ),
  row(
    'misspelt in a provider',
    { providers: [{ ...corp, clientSecrt: 'x' }] },
    /:\d+: login\.providers\[0\]\.clientSecrt: .*did you mean 'clientSecret'/,
  ),
  row('a type that is none', { authenticators: [{ type: 'passwd' }] }, /:\d+: login\.authenticators\[0\]\.type: /),
  row(
    'two of a name',
    { providers: [corp, { ...corp, label: 'Again' }] },
    /:\d+: login\.providers\[1\]\.name: two providers have this name; choose another/,
  ),
  row('a name that is a page', { providers: [{ ...corp, name: 'logout' }] }, /:\d+: login.*'logout'/),
  row('a name that is none', { providers: [{ ...corp, name: 'Git Lab' }] }, /login\.providers\[0\]\.name: small lett/),
  row(
    'plain http',
    { providers: [{ ...corp, issuer: 'http://corp.example.com' }] },
    /:\d+: login: oidc: issuer must be https; http is for 127\.0\.0\.1/,
  ),
  row(
    'required token that nobody has',
    { providers: [{ ...corp, required: ['staff'] }] },
    /:\d+: login: oidc: required\[0\] is a token that tokens\.allow gives to nobody/,
  ),
  row(
    'no client secret',
    { providers: [{ ...corp, clientSecret: { file: 'no-secret' } }] },
    /:\d+: login\.providers\[0\]\.clientSecret: 'no-secret' cannot be read; check/,
  ),
  row('no module', own('no.mjs'), /:\d+: login: the module '.*no\.mjs' cannot be loaded \(.*\); check that it exists/),
  row('a module with a mistake', own('spoilt.mjs'), /the module '.*' cannot be loaded \((?:Syntax)?Error\); check/),
  row('a module that throws', own('raising.mjs'), /the module '.*' cannot be loaded \(Error\); check/),
  row('a module without a default', own('nothing.mjs'), /has no authenticator as its default export: an object with/),
  row('a module that is a number', own('number.mjs'), /has no authenticator as its default export/),
  row('a module without check', own('half.mjs'), /has no authenticator as its default export/),
  row('a module with half a lookUp', own('look.mjs'), /:\d+: login: the module '.*' has a lookUp that is no function/),
  row('a factory that throws', own('factory.mjs'), /:\d+: login: the module '.*' makes no authenticator \(Error\); /),
  row('a factory that rejects', own('later.mjs'), /:\d+: login: the module '.*' makes no authenticator \(string\); /),
  row('a path that is none', { ...GOOD, path: '/login/' }, /:\d+: login\.path: give a plain path without a slash/),
  row(
    'inside an area by pattern',
    { ...GOOD, path: '/app/login' },
    /:\d+: login: \/app\/login lies in the area .*, which asks for a user: nobody could sign in; choose another path/,
    { areas: [{ path: '/' }, { pattern: '^/app/', require: 'valid-user' }] },
  ),
  row(
    'a page of it inside an area by pattern',
    GOOD,
    /:\d+: login: \/login\/corp\/callback lies in the area .*, which asks for a user/,
    { areas: [{ path: '/' }, { pattern: '/callback$', require: 'valid-user' }] },
  ),
  row(
    'hosts without url',
    { ...GOOD, hosts: ['www.example.com'] },
    /:\d+: login: with hosts, .*give its url, such as/,
    {
      hosts: [{ names: ['www.example.com'], areas: [{ path: '/' }] }],
    },
  ),
  row('a way home that is none', { ...GOOD, home: 'http://' }, /:\d+: login\.home: give a path, or an URL/),
  row('no free tries', { ...GOOD, throttle: { account: { free: 0 } } }, /:\d+: login\.throttle\.account\.free: /),
  {
    name: 'no key to make tickets with',
    args: [
      '--config',
      KEYLESS,
      '--upstream',
      'http://127.0.0.1:3000',
      '--login',
      put('login.json', JSON.stringify(GOOD)),
    ],
    says: /login\.json:1: login: there is no key to make tickets with; give keys \(TKTAuthSecret\)/,
  },
  alone(
    'no login file',
    join(folder, 'no-login.json'),
    /no-login\.json: login: cannot be read: there is no such file; correct its name/,
  ),
  alone('a broken login file', put('broken.json', '{ "authenticators": [ }'), /broken\.json:1: JSON: /),
  alone('a login file that is a list', put('list.json', '[]'), /list\.json:1: JSON: must be an object/),
  alone(
    'misspelt in a login file',
    put('misspelt-login.json', '{\n "authenticatrs": []\n}'),
    /misspelt-login\.json:2: .*authenticatrs.*did you mean 'authenticators'/,
  ),
  alone('an empty login file', put('empty-login.json', '{}'), /empty-login\.json:1: .*nobody could sign in/),
  alone(
    'a login file that names what is not there',
    put('missing-login.json', '{ "authenticators": [{ "type": "htpasswd", "file": "no-users" }] }'),
    /missing-login\.json:1: login: .*no-users' cannot be read/,
  ),
]

const SECRETS = [SECRET, CLIENT_SECRET, PASSWORD, HASH]

/** Also started: what only workers find, and one that the first process finds before it has any. */
const AS_PROCESSES = ['no htpasswd file', 'a factory that rejects', 'inside an area by pattern', 'a broken login file']

function refusal(t: Test, { code, out, err }: Answer, says: RegExp): void {
  t.equal(code, 2)
  t.equal(out, '')
  const lines = err
    .trimEnd()
    .split('\n')
    .filter((line) => !/^authtkt: (?:warning|note): /.test(line))
  t.equal(lines.length, 1, 'one line')
  t.match(lines[0], /^authtkt: \S*\.json(?::\d+)?: /, 'with the file and a line')
  t.match(lines[0], says)
  for (const secret of SECRETS) t.notOk(err.includes(secret), 'nothing secret')
}

for (const { name, args, says } of ROWS) {
  t.test(name, async (t) => {
    refusal(t, await cli('serve', ...args, '--check'), says)
    if (!AS_PROCESSES.includes(name)) return
    for (const workers of ['1', '2']) {
      const { code, stdout, stderr } = await failServe([...args, '--workers', workers, '--log-level', 'trace'])
      refusal(t, { code: code as number, out: stdout, err: stderr }, says)
    }
  })
}

t.test('--check', async (t) => {
  const good = write('good', { ...GOOD, authenticators: [htpasswd, { type: 'module', file: 'good.mjs' }] })
  t.match(await failServe(['--config', good, '--check']), { code: 0, stdout: 'ok\n', stderr: '' })
  const login = put('login.json', JSON.stringify({ authenticators: [htpasswd] }))
  const apache = ['--config', APACHE, '--upstream', 'http://127.0.0.1:3000', '--login', login, '--check']
  t.match(await failServe(apache), { code: 0, stdout: 'ok\n' })
  const bad = write('bad', { authenticators: [{ type: 'htpasswd', file: 'no-users' }] })
  t.match(await failServe(['--config', bad, '--check']), { code: 2, stdout: '', stderr: /no-users/ })
})

t.test('a reload that goes wrong says no more than a start, and the login goes on', async (t) => {
  for (const workers of ['1', '2']) {
    const file = write('reloaded', { authenticators: [htpasswd] })
    const serve = await startServe(t, ['--config', file, '--workers', workers])
    write('reloaded', own('factory.mjs'))
    serve.child.kill('SIGHUP')
    await serve.says('configuration refused')
    t.match(serve.messages(), /reloaded\.json:\d+: login: the module '[^']*' makes no authenticator \(Error\)/)
    t.notMatch(serve.messages(), PASSWORD)
    t.equal((await fetch(`${serve.urls.gateway}/login`)).status, 200)
    t.equal(await serve.end(), 0)
  }
})
