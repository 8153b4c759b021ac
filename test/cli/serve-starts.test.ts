/** `authtkt serve` started with something wrong: one line says what, where and how to put it right, and the exit code is 2. */

import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { OPENSSL } from '../../native-fixtures/debian.mjs'
import { failServe, startServe } from '../helpers/serve-process.js'

const folder = mkdtempSync(join(tmpdir(), 'authtkt-starts-'))
const at = (name: string) => join(folder, name)
const SECRET = 'sixteen bytes and some more'
t.teardown(() => rmSync(folder, { recursive: true }))

const put = (name: string, text: string) => {
  writeFileSync(at(name), text, { mode: 0o600 })
  return at(name)
}
const json = (name: string, options: object) => put(name, JSON.stringify(options, null, 1))

const GOOD = {
  keys: [{ secret: { file: 'secret' }, digest: 'sha256' }],
  loginUrl: 'https://login.example.com/',
  areas: [{ path: '/' }],
  upstream: 'http://127.0.0.1:3000',
}
put('secret', SECRET)
put('empty', '')
put('garbage.pem', 'no certificate')
const APACHE = `TKTAuthSecret "${SECRET}"\n<Location /app>\nAuthType None\nRequire valid-user\nTKTAuthLoginURL https://login.example.com/\n</Location>\n`

/** A certificate and two keys, of which one belongs to it. */
function certificates(): boolean {
  if (!existsSync(OPENSSL)) return false
  const make = (name: string) => {
    const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-subj', '/CN=localhost']
    execFileSync(OPENSSL, ['req', '-x509', ...ec, '-keyout', at(`${name}.key`), '-out', at(`${name}.pem`)], {
      stdio: 'ignore',
    })
  }
  make('one')
  make('two')
  return true
}

interface Row {
  readonly name: string
  readonly args: readonly string[]
  readonly says: RegExp
}

async function rows(): Promise<Row[]> {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  t.teardown(() => void taken.close())
  const { port } = taken.address() as { port: number }
  const good = json('good.json', GOOD)
  const listening = (listen: unknown) => ({ ...GOOD, gateway: { listen } })
  const tls = (cert: string, key: string) => listening({ address: '127.0.0.1:0', tls: { cert, key } })
  const row = (name: string, options: object, says: RegExp): Row => {
    return { name, args: ['--config', json(`${name.replace(/\W+/g, '-')}.json`, options)], says }
  }
  const apache = (name: string, text: string, says: RegExp, more: string[] = []): Row => {
    return { name, args: ['--config', put(`${name.replace(/\W+/g, '-')}.conf`, text), ...more], says }
  }
  return [
    { name: 'no configuration', args: [], says: /required option '--config <file>'/ },
    {
      name: 'no such file',
      args: ['--config', at('nothing.json')],
      says: /nothing\.json: configuration: cannot be read: there is no such file; correct its name/,
    },
    { name: 'no JSON', args: ['--config', put('broken.json', '{ "keys": [ }')], says: /broken\.json:1: JSON: / },
    row(
      'misspelt key',
      { ...GOOD, upstreem: 'http://x' },
      /misspelt-key\.json:\d+: upstreem: .*did you mean 'upstream'/,
    ),
    row(
      'misspelt in gateway',
      { ...GOOD, gateway: { lisen: '80' } },
      /\.json:\d+: gateway\.lisen: .*did you mean 'listen'/,
    ),
    row(
      'no such secret',
      { ...GOOD, keys: [{ secret: { file: 'nosecret' }, digest: 'md5' }] },
      /:\d+: keys\[0\]\.secret: 'nosecret' cannot be read; check/,
    ),
    row(
      'empty secret',
      { ...GOOD, keys: [{ secret: { file: 'empty' }, digest: 'md5' }] },
      /:\d+: keys\[0\]\.secret: is empty/,
    ),
    row(
      'no environment',
      { ...GOOD, keys: [{ secret: { env: 'AUTHTKT_NO_SUCH' }, digest: 'md5' }] },
      /:\d+: keys\[0\]\.secret: the environment has no AUTHTKT_NO_SUCH; set it/,
    ),
    row('no port', listening('127.0.0.1:99999'), /:\d+: gateway\.listen: give HOST:PORT/),
    row(
      'no address of this machine',
      listening('192.0.2.1:8080'),
      /:\d+: gateway\.listen: cannot listen on 192\.0\.2\.1:8080: this machine has no such address/,
    ),
    row(
      'port in use',
      listening(`127.0.0.1:${port}`),
      /:\d+: gateway\.listen: cannot listen on 127\.0\.0\.1:\d+: another program listens there; choose another port$/m,
    ),
    {
      name: 'port in use, by option',
      args: ['--config', good, '--listen', `127.0.0.1:${port}`],
      says: /--listen: cannot listen on/,
    },
    {
      name: 'admin port in use',
      args: ['--config', good, '--listen', '127.0.0.1:0', '--admin', `127.0.0.1:${port}`],
      says: /--admin: cannot listen on/,
    },
    {
      name: 'port in use, two workers',
      args: ['--config', good, '--workers', '2', '--listen', `127.0.0.1:${port}`],
      says: /--listen: cannot listen on/,
    },
    {
      name: 'no such folder for a socket',
      args: ['--config', good, '--listen', `unix:${at('no/such.sock')}`],
      says: /--listen: cannot listen on unix:.*: /,
    },
    {
      name: 'port that is none',
      args: ['--config', good, '--listen', 'localhost:http'],
      says: /'--listen <endpoint>' argument 'localhost:http' is invalid\. Give HOST:PORT/,
    },
    {
      name: 'upstream that is none',
      args: ['--config', good, '--upstream', 'localhost:3000'],
      says: /'--upstream <url>' argument .* is invalid\. Give http:/,
    },
    row('upstream that is none, configured', { ...GOOD, upstream: 'ftp://x' }, /:\d+: upstream: give http:/),
    row(
      'upstream that cannot be found',
      { ...GOOD, upstream: 'http://no-such-host.invalid' },
      /:\d+: upstream: the upstream's host 'no-such-host\.invalid' cannot be found; correct the name/,
    ),
    row('upstream and files', { ...GOOD, files: '.' }, /:\d+: files: give upstream or files/),
    row(
      'certificate that is not there',
      tls('no.pem', 'no.key'),
      /:\d+: gateway\.listen.*: the certificate '.*no\.pem' cannot be read \(ENOENT\); check/,
    ),
    row(
      'certificate that is none',
      tls('garbage.pem', 'garbage.pem'),
      /garbage\.pem: they hold no PEM certificate and key; name the right files/,
    ),
    ...(certificates()
      ? [
          row(
            'key of another certificate',
            tls('one.pem', 'two.key'),
            /the certificate and the key do not belong together; name the right files/,
          ),
        ]
      : []),
    {
      name: 'nothing to serve',
      args: ['--config', put('nothing.conf', APACHE)],
      says: /nothing to serve: give --upstream URL, or an upstream or a folder in the configuration \(Apache: ProxyPass, DocumentRoot; lighttpd: proxy\.server\)/,
    },
    { name: 'no workers', args: ['--config', good, '--workers', '0'], says: /Give a whole number from 1 to 256/ },
    {
      name: 'a proxy that is none',
      args: ['--config', good, '--trusted-proxy', 'proxy'],
      says: /--trusted-proxy: 'proxy' is no IPv4 or IPv6 address or CIDR/,
    },
    {
      name: 'peers of nothing',
      args: ['--config', good, '--forward-auth-peer', '127.0.0.1'],
      says: /--forward-auth-peer needs --forward-auth/,
    },
    {
      name: 'a secret as an option',
      args: ['--config', good, `--secret=${SECRET}`],
      says: /unknown option '--secret'/,
    },
    { name: 'a level that is none', args: ['--config', good, '--log-level', 'loud'], says: /Allowed choices are/ },
    apache(
      'a section that is never closed',
      '\n<Location /x>\nRequire valid-user\n',
      /\.conf:2: <Location>: is never closed/,
      ['--upstream', 'http://127.0.0.1:3000'],
    ),
    apache(
      'a directive that is misspelt',
      `${APACHE}<Location /y>\nRequire valid-user\nTKTAuthLoginUrll x\n</Location>\n`,
      /\.conf:9: TKTAuthLoginUrll: /,
      ['--upstream', 'http://127.0.0.1:3000'],
    ),
    apache(
      'Listen on a name',
      `Listen here:http\n${APACHE}DocumentRoot "${folder}"\n`,
      /\.conf:1: Listen: needs a port/,
    ),
    apache(
      'Listen on a port in use',
      `Listen 127.0.0.1:${port}\n${APACHE}DocumentRoot "${folder}"\n`,
      /\.conf:1: Listen: cannot listen on 127\.0\.0\.1:\d+: another program/,
    ),
    apache(
      'SSLEngine without a certificate',
      `Listen 127.0.0.1:8443\n${APACHE}<VirtualHost *:8443>\nSSLEngine on\nDocumentRoot /\n</VirtualHost>\n`,
      /\.conf:\d+: .*SSLCertificateFile/,
    ),
  ]
}

t.test('what is wrong', async (t) => {
  for (const { name, args, says } of await rows()) {
    t.test(name, async (t) => {
      const { code, stderr, stdout } = await failServe(args)
      t.equal(code, 2)
      t.equal(stdout, '')
      const lines = stderr
        .trimEnd()
        .split('\n')
        .filter((line) => !/^authtkt: (?:warning|note): /.test(line))
      t.match(lines, [/^authtkt: /], 'one line')
      t.equal(lines.length, 1)
      t.match(lines[0], says)
      t.notOk(stderr.includes(SECRET))
    })
  }
})

t.test('--check', async (t) => {
  const good = await failServe(['--config', at('good.json'), '--check'])
  t.match(good, { code: 0, stdout: 'ok\n', stderr: '' })
  t.match(await failServe(['--config', at('nothing.conf'), '--check']), { code: 2, stdout: '' })
})

t.test('a socket file that a killed server has left behind is taken over; one in use is not', async (t) => {
  const path = at('serve.sock')
  const args = ['--config', at('good.json'), '--listen', `unix:${path}`]
  const killed = await startServe(t, args)
  t.equal(killed.urls.gateway, `unix:${path}`)
  t.equal(await killed.end('SIGKILL'), null)
  t.ok(existsSync(path))
  const next = await startServe(t, args)
  t.match(await failServe(args), { code: 2, stderr: /another program listens there/ })
  t.equal(await next.end(), 0)
  t.notOk(existsSync(path))
})
