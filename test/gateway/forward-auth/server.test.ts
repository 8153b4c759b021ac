/** The endpoints on real sockets: who is answered, where, and how each decision travels. */

import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { IDENTITY_NAMES } from '../../../src/config/serving.js'
import { CONVENTIONS, type ConventionName, createForwardAuth } from '../../../src/gateway/forward-auth/server.js'
import { identityHeaders } from '../../../src/gateway/identity.js'
import { cookie, NOW, siteGuard } from '../../adapters/site.js'
import { requestBytes, sendBytes, startAuth } from '../../helpers/proxied.js'
import { ask, check, header, ip } from './checks.js'

const names = Object.keys(CONVENTIONS) as ConventionName[]

t.test('who is answered, and where', async (t) => {
  const { port, problems } = await startAuth(t, siteGuard())
  const status = async (target: string) => {
    const { status, body } = await sendBytes(port, requestBytes({ ...check('nginx', '/public'), target }))
    return `${status} ${body}`
  }
  t.match(await status('/auth/nginx'), /^200/)
  t.match(await status('/auth/nginx?auth_tkt=x&back=y'), /^200/)
  for (const target of [
    '/',
    '/auth',
    '/auth/',
    '/auth/nginx/',
    '/auth/nginx/x',
    '/auth/nginxx',
    '/AUTH/nginx',
    '//auth/nginx',
  ])
    t.match(await status(target), /^404 There is no such endpoint; known are \/auth\/nginx, /, target)
  for (const target of [
    '/auth/toString',
    '/auth/constructor',
    '/auth/__proto__',
    '/auth/envoy*',
    '*',
    'http://x/auth/nginx',
  ])
    t.match(await status(target), /^404/, target)
  t.match(await status('/auth/caddy'), /^500 .*X-Forwarded-Method is missing/, 'another convention is not guessed')
  t.strictSame(problems.length, 1)

  const strangers = await startAuth(t, siteGuard(), { peers: (ip) => ip !== '127.0.0.1' })
  const answer = await ask(strangers.port, 'nginx', '/public')
  t.equal(answer.status, 403)
  t.match(answer.body, /not among the forward-auth peers/)
  t.strictSame(strangers.judged, [])
  t.equal((await sendBytes(strangers.port, requestBytes({ target: '/x' }))).status, 403, 'and learns nothing')
})

t.test('a Unix socket is this machine', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'authtkt-forward-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const peers: string[] = []
  const listener = createForwardAuth({
    guard: () => siteGuard(),
    peers: (ip) => peers.push(ip) > 0,
    now: () => NOW,
    identity: identityHeaders(IDENTITY_NAMES, 'latin1'),
  })
  const socketPath = join(folder, 'auth.sock')
  const server = createServer(listener).listen(socketPath)
  await once(server, 'listening')
  t.teardown(() => server.close().closeAllConnections())
  const { target, lines } = check('nginx', '/admin', [`Cookie: ${cookie('alice')}`])
  const headers = Object.fromEntries(lines.map((line) => line.split(': ')))
  const [answer] = await once(request({ socketPath, path: target, headers }).end(), 'response')
  answer.resume()
  t.equal(answer.statusCode, 200)
  t.equal(answer.headers['remote-user'], 'alice')
  t.strictSame(peers, ['127.0.0.1'])
})

t.test('a proxy in front of the proxy counts where the guard trusts it', async (t) => {
  const client = '192.0.2.7'
  const cdn = '198.51.100.1'
  const { port } = await startAuth(t, siteGuard({ trustedProxies: [cdn] }))
  const ticket = `Cookie: ${cookie('alice', { ip: client })}`
  const from = (name: ConventionName, address: string, before: string) => {
    const { target, lines } = check(name, '/admin', [ticket])
    const rest = lines.filter((line) => !/^(?:X-Original-IP|X-Forwarded-For):/.test(line))
    // Caddy, which trusts it as well, appends its address.
    const said =
      name === 'nginx'
        ? [`X-Original-IP: ${address}`, `X-Forwarded-For: ${before}`]
        : [`X-Forwarded-For: ${before}, ${address}`]
    return sendBytes(port, requestBytes({ target, lines: [...rest, ...said] }))
  }
  for (const name of ['nginx', 'caddy'] as const) {
    t.equal((await from(name, cdn, client)).status, 200, `${name}: the client that it names`)
    t.equal((await from(name, cdn, `10.0.0.1, ${client}`)).status, 200, `${name}: whatever that one has made up`)
    t.not((await from(name, cdn, `${client}, 10.0.0.1`)).status, 200, `${name}: which does not count`)
    t.not((await from(name, '203.0.113.5', client)).status, 200, `${name}: nor does a stranger's word`)
  }
})

t.test('what a proxy sends beside', async (t) => {
  const { port, judged } = await startAuth(t, siteGuard())
  const upgrade = ['Upgrade: websocket', 'Connection: Upgrade', `Cookie: ${cookie('alice')}`]
  // Without `Connection: close` in front, which would hide the upgrade.
  const bytes = requestBytes(check('caddy', '/admin', upgrade)).replace('Connection: close', 'X-Any: thing')
  const socket = connect(port, '127.0.0.1').setEncoding('latin1')
  socket.write(bytes)
  const [first] = await once(socket, 'data')
  socket.destroy()
  t.match(first, /^HTTP\/1\.1 200 OK\r\n/, 'an upgrade is a request like any other')
  t.match(judged.at(-1)?.decision, { kind: 'allow' })
  t.equal(
    (await sendBytes(port, requestBytes({ ...check('caddy', '/public'), method: 'POST', body: 'a=b' }))).status,
    200,
  )
  t.equal((await sendBytes(port, requestBytes({ ...check('envoy', '/public', [], 'HEAD') }))).status, 200)
  const head = await sendBytes(port, requestBytes({ ...check('haproxy', '/admin'), method: 'HEAD' }))
  t.strictSame([head.status, head.body], [401, ''])
  const latin = `/admin/\xe9?\xfc=${'x'.repeat(7000)}`
  const long = await ask(port, 'nginx', latin)
  t.equal(
    header(long, 'x-auth-redirect')[0]?.includes(`%2fadmin%2f%e9%3f%fc%3d${'x'.repeat(7000)}`),
    true,
    'byte for byte',
  )
  const hosts = await ask(port, 'envoy', '/public', ['Host: a.example', 'Host: b.example'])
  t.equal(hosts.status, 400, 'two hosts are none')
  t.equal(
    (await ask(port, 'caddy', 'http://evil.example/public')).status,
    400,
    'a host in the target would be a second',
  )
})

t.test('another guard, none at all, hooks that throw', async (t) => {
  let broken = false
  const good = siteGuard()
  const told: unknown[] = []
  const { port, problems } = await startAuth(t, good, {
    guard: () => {
      if (broken) throw new Error('no guard yet')
      return good
    },
    onDecision: (decision, { convention, peer, request }) => {
      told.push([decision.kind, convention, peer, request.method, request.url, request.ip, request.now])
      throw new Error('a full disk')
    },
  })
  t.equal((await ask(port, 'caddy', '/public')).status, 200)
  t.equal((await ask(port, 'caddy', '/admin')).status, 307)
  t.strictSame(told, [
    ['pass', 'caddy', '127.0.0.1', 'GET', '/public', ip, NOW],
    ['redirect', 'caddy', '127.0.0.1', 'GET', '/admin', ip, NOW],
  ])
  broken = true
  const failed = await ask(port, 'caddy', '/public')
  t.strictSame([failed.status, failed.body], [500, 'The check failed.\n'])
  t.strictSame(problems, ['The check failed: no guard yet'])

  const odd = await startAuth(t, good, {
    now: () => {
      throw 'no clock'
    },
    onProblem: () => {
      throw new Error('a full disk')
    },
  })
  t.equal((await ask(odd.port, 'nginx', '/public')).status, 500)
  t.equal((await sendBytes(odd.port, requestBytes({ target: '/auth/nginx' }))).status, 500)
})

t.test('a guard in shadow mode lets everything through, as it was sent', async (t) => {
  const { port, judged } = await startAuth(t, siteGuard({ shadow: true }))
  for (const name of names) {
    const answer = await ask(port, name, '/admin//x')
    t.strictSame([answer.status, header(answer, 'remote-user')], [200, ['']], name)
    t.match(judged.at(-1)?.decision, { kind: 'pass', shadow: { kind: 'redirect' } })
  }
})
