/** Unix sockets on both sides, TLS on both sides: certificates by name, exchanged by a reload, and not trusted blindly. */

import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:tls'
import t from 'tap'
import { Client, request } from 'undici'
import { OPENSSL } from '../../native-fixtures/debian.mjs'
import { createIssuer } from '../../src/index.js'
import { startServe } from '../helpers/serve-process.js'

const folder = mkdtempSync(join(tmpdir(), 'authtkt-sockets-'))
const at = (name: string) => join(folder, name)
t.teardown(() => rmSync(folder, { recursive: true }))
const missing = existsSync(OPENSSL) ? false : 'skipped: openssl is not installed'
const SECRET = 'sixteen bytes and some more'
const GUARD = {
  keys: [{ secret: { file: 'secret' }, digest: 'sha256' }],
  loginUrl: 'https://login.example.com/',
  areas: [{ path: '/' }],
}
const cookie = `auth_tkt=${createIssuer({ keys: [{ secret: SECRET, digest: 'sha256' }] }).issue({ uid: 'alice' }, { ip: '127.0.0.1', now: Math.floor(Date.now() / 1000) })}`
writeFileSync(at('secret'), SECRET, { mode: 0o600 })

function makeCertificate(file: string, name: string): void {
  const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  const about = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name},IP:127.0.0.1`]
  const out = ['-keyout', at(`${file}.key`), '-out', at(`${file}.pem`)]
  execFileSync(OPENSSL, ['req', '-x509', ...ec, ...about, ...out], { stdio: 'ignore' })
}

const put = (name: string, options: object) => {
  writeFileSync(at(name), JSON.stringify({ ...GUARD, ...options }))
  return at(name)
}

/** The name in the certificate that a server shows; `servername` undefined: the client names none. */
async function shown(port: number, servername: string | undefined): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...(servername && { servername }) })
  await once(socket, 'secureConnect')
  const { CN } = socket.getPeerCertificate().subject
  socket.destroy()
  return `${CN}`
}

t.test('a Unix socket in front, and one behind', async (t) => {
  const app = createServer((message, response) => response.end(`${message.headers['remote-user']} ${message.url}`))
  app.listen(at('app.sock'))
  await once(app, 'listening')
  t.teardown(() => void app.close().closeAllConnections())
  const config = put('unix.json', { upstream: 'unix:app.sock', gateway: { listen: 'unix:front.sock' } })
  const serve = await startServe(t, ['--config', config])
  t.equal(serve.urls.gateway, `unix:${at('front.sock')}`)
  const client = new Client('http://www.example.com', { socketPath: at('front.sock') })
  t.teardown(() => client.destroy())
  const stranger = await client.request({ path: '/a', method: 'GET' })
  await stranger.body.dump()
  t.equal(stranger.statusCode, 307)
  const known = await client.request({ path: '/a?b=c', method: 'GET', headers: { cookie } })
  t.equal(await known.body.text(), 'alice /a?b=c', 'its peers count as 127.0.0.1')
  t.equal(await serve.end(), 0)
})

t.test('certificates by name, and new ones after a reload', { skip: missing }, async (t) => {
  for (const name of ['one', 'two', 'wild']) makeCertificate(name, `${name}.example.com`)
  const pair = (file: string, names?: string[]) => ({
    cert: `${file}.pem`,
    key: `${file}.key`,
    ...(names && { names }),
  })
  const tls = [pair('one'), pair('two', ['two.example.com']), pair('wild', ['*.wild.example.com'])]
  const config = put('tls.json', { files: '.', gateway: { listen: { address: '127.0.0.1:0', tls } } })
  const serve = await startServe(t, ['--config', config])
  t.match(serve.urls.gateway, /^https:/)
  const port = Number(new URL(serve.urls.gateway as string).port)
  const rows: [name: string | undefined, certificate: string][] = [
    [undefined, 'one.example.com'],
    ['two.example.com', 'two.example.com'],
    ['TWO.example.com', 'two.example.com'],
    ['a.wild.example.com', 'wild.example.com'],
    ['other.example.com', 'one.example.com'],
  ]
  for (const [name, certificate] of rows) t.equal(await shown(port, name), certificate, `${name}`)
  makeCertificate('one', 'new.example.com')
  makeCertificate('two', 'newer.example.com')
  await serve.says('configuration reloaded')
  t.equal(await shown(port, undefined), 'new.example.com')
  t.equal(await shown(port, 'two.example.com'), 'newer.example.com')
  const before = serve.messages().split('configuration refused').length
  writeFileSync(at('one.key'), 'broken')
  await serve.says('configuration refused', before)
  t.equal(await shown(port, undefined), 'new.example.com', 'the one before it stays in use')
  t.notMatch(serve.messages(), /PRIVATE KEY/)
})

t.test('an upstream over TLS is not trusted blindly', { skip: missing }, async (t) => {
  makeCertificate('app', 'app.example.com')
  const options = { cert: readFileSync(at('app.pem')), key: readFileSync(at('app.key')) }
  const app = createTlsServer(options, (message, response) => response.end(`${message.headers['remote-user']}`))
  app.listen(0, '127.0.0.1')
  await once(app, 'listening')
  t.teardown(() => void app.close().closeAllConnections())
  const upstream = `https://127.0.0.1:${(app.address() as AddressInfo).port}`
  const config = put('upstream.json', { upstream, gateway: { listen: '127.0.0.1:0' } })
  const ask = async (env: Record<string, string>) => {
    const serve = await startServe(t, ['--config', config], env)
    const { statusCode, body } = await request(serve.urls.gateway as string, { headers: { cookie } })
    const text = await body.text()
    return { statusCode, text, messages: serve.messages() }
  }
  t.match(await ask({}), { statusCode: 502, messages: /"cause":"tls"/ })
  t.match(await ask({ NODE_EXTRA_CA_CERTS: at('app.pem') }), { statusCode: 200, text: 'alice' })
})
