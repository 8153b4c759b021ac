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
import type { Guard } from '../../../src/policy/decision.js'
import { cookie, NOW, siteGuard } from '../../adapters/site.js'
import { requestBytes, sendBytes, startAuth, valuesOf, type WireAnswer } from '../../helpers/proxied.js'

const names = Object.keys(CONVENTIONS) as ConventionName[]
const ip = '127.0.0.1'

/** A check as the proxy asks it. */
function check(name: ConventionName, url: string, lines: readonly string[] = [], method = 'GET') {
  const scheme = 'http'
  if (name === 'nginx' || name === 'haproxy') {
    const said = [`X-Original-URL: ${scheme}://www.example.com${url}`, `X-Original-Method: ${method}`]
    return {
      target: `/auth/${name}`,
      lines: [...said, `X-Original-IP: ${ip}`, 'X-Original-Host: www.example.com', ...lines],
    }
  }
  if (name === 'envoy') {
    return {
      method,
      target: `/auth/envoy${url}`,
      lines: [`X-Original-IP: ${ip}`, `X-Forwarded-Proto: ${scheme}`, ...lines],
    }
  }
  const said = [`X-Forwarded-Method: ${method}`, `X-Forwarded-Uri: ${url}`, 'X-Forwarded-Host: www.example.com']
  return {
    target: `/auth/${name}`,
    lines: [...said, `X-Forwarded-Proto: ${scheme}`, `X-Forwarded-For: ${ip}`, ...lines],
  }
}

const ask = (port: number, ...args: Parameters<typeof check>) => sendBytes(port, requestBytes(check(...args)))
const header = ({ headers }: WireAnswer, name: string) => valuesOf(headers, name)

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

t.test('identity headers are always there for who is let in', async (t) => {
  const { port } = await startAuth(t, siteGuard())
  for (const name of names) {
    const three = async (url: string, lines: string[] = []) => {
      const answer = await ask(port, name, url, lines)
      const values = ['remote-user', 'remote-user-tokens', 'remote-user-data'].map((one) => header(answer, one))
      return [answer.status, ...values.flat()]
    }
    const good = `Cookie: ${cookie('alice', { tokens: ['a', 'b'], userData: '\xe9' })}`
    t.strictSame(await three('/admin', [good, 'Remote-User: root']), [200, 'alice', 'a,b', '%E9'], name)
    t.strictSame(
      await three('/public', [good, 'Remote-User: root']),
      [200, '', '', ''],
      `${name}: nobody has to be known`,
    )
    t.strictSame(await three('/lounge'), [200, 'guest', '', ''], `${name}: guests`)
  }
})

t.test('how each decision travels', async (t) => {
  const { port, use } = await startAuth(t, siteGuard())
  const login = 'https://login.example.com/in?x=1&back=http%3a%2f%2fwww.example.com%2fadmin'
  for (const name of names) {
    const signals = name === 'nginx' || name === 'haproxy'
    use(siteGuard())
    const redirect = await ask(port, name, '/admin', [], 'POST')
    t.strictSame(header(redirect, 'cache-control'), ['no-store'], name)
    if (signals) {
      t.equal(redirect.status, 401)
      t.strictSame(header(redirect, 'x-auth-redirect'), [login])
      t.strictSame(header(redirect, 'x-auth-redirect-status'), ['307'])
      t.strictSame(header(redirect, 'location'), [])
    } else {
      t.equal(redirect.status, 307)
      t.strictSame(header(redirect, 'location'), [login])
      t.match(redirect.body, /^<!doctype html>/, 'the page is for the client')
      t.strictSame(header(redirect, 'remote-user'), [], 'who has no use for our names')
    }
    for (const [url, lines, relayed, signalled] of [
      ['/admin', ['Sec-Fetch-Mode: cors'], 401, 401],
      ['/bare', [], 403, 403],
      ['/broken', [], 500, 500],
      ['/a%2fb', [], 400, 403],
      ['/a//b', [], 400, 403],
      ['/admin/../public', [], 400, 403],
      ['*', [], 400, 403],
    ] as const) {
      if (url === '*' && name === 'envoy') continue
      const answer = await ask(port, name, url, lines)
      t.equal(answer.status, signals ? signalled : url === '/bare' ? answer.status : relayed, `${name} ${url}`)
      t.not(answer.status, 200)
      t.strictSame(header(answer, 'x-auth-redirect'), [], `${name} ${url} leads nowhere`)
    }
    use(siteGuard({ areas: [{ path: '/admin', require: { users: ['bob'] } }] }))
    t.equal((await ask(port, name, '/admin', [`Cookie: ${cookie('alice')}`])).status, 403, `${name}: denied`)
    use(siteGuard({ compat: 'exact' }))
    const missing = await ask(port, name, '/a%2fb')
    t.equal(missing.status, signals ? 403 : 404, `${name}: 404 of the module`)
  }
})

t.test('cookies', async (t) => {
  const guard = siteGuard({ backArgName: null, backCookieName: 'back' })
  const { port } = await startAuth(t, guard)
  for (const name of names) {
    const signals = name === 'nginx' || name === 'haproxy'
    const renewed = await ask(port, name, '/admin', [`Cookie: ${cookie('alice', { age: 5000 })}`])
    t.equal(renewed.status, 200)
    const [fresh, ...more] = header(renewed, 'set-cookie')
    t.match(fresh, /^auth_tkt=/, name)
    t.strictSame(more, [])
    t.strictSame(header(renewed, 'cache-control'), ['no-store'])
    t.strictSame(header(renewed, 'x-auth-cookie'), signals ? [fresh] : [])
    const expired = await ask(port, name, '/admin', [`Cookie: ${cookie('alice', { age: 8000 })}`])
    const two = header(expired, 'set-cookie')
    t.equal(two.length, 2)
    t.match(two, [/^auth_tkt=;/, /^back=/], `${name}: the ticket's first`)
    t.strictSame(header(expired, 'x-auth-cookie'), signals ? [two[0]] : [])
    t.strictSame(header(expired, 'x-auth-cookie-2'), signals ? [two[1]] : [])
    t.strictSame(header(await ask(port, name, '/public'), 'set-cookie'), [])
  }
})

t.test("locations without a host are the client's, not Traefik's", async (t) => {
  const at = async (name: ConventionName, guard: Guard, url: string) => {
    const { port } = await startAuth(t, guard)
    return header(await ask(port, name, url), 'location')
  }
  const bare = siteGuard({ compat: 'exact', backArgName: null, loginUrl: '/login' })
  t.strictSame(await at('caddy', bare, '/admin/x'), ['/login'])
  t.strictSame(await at('traefik', bare, '/admin/x'), ['http://www.example.com/login'])
  const near = siteGuard({ compat: 'exact', backArgName: null, loginUrl: 'login?x' })
  t.strictSame(await at('traefik', near, '/admin/x?y'), ['http://www.example.com/admin/login?x'])
  t.strictSame(await at('traefik', siteGuard({ backArgName: null }), '/admin'), ['https://login.example.com/in?x=1'])
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
