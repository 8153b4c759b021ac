/** WebSocket and other upgrades: judged before the handler has the socket. */

import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { type NodeOptions, protect, protectUpgrade, type UpgradeHandler } from '../../src/adapters/node.js'
import { raw } from './client.js'
import { listen } from './servers.js'
import { cookie, NOW, siteGuard } from './site.js'

const guard = siteGuard()

const echo: UpgradeHandler = (request, socket, head) => {
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`)
  socket.end(`${request.identity?.uid ?? 'nobody'} ${request.url} ${head}`)
}

async function serve(t: Parameters<typeof listen>[0], handler: UpgradeHandler = echo, options: NodeOptions = {}) {
  const server = createServer((_, response) => response.end('page'))
  server.on('upgrade', protectUpgrade(guard, handler, { now: () => NOW, ...options }))
  const port = await listen(t, server)
  return (target: string, ...headers: string[]) => {
    const lines = [`GET ${target} HTTP/1.1`, 'Host: a', 'Connection: Upgrade', 'Upgrade: websocket', ...headers]
    return raw(port, `${lines.join('\r\n')}\r\n\r\nhead`, 500)
  }
}

t.test('a ticket opens, and what has come already is handed on', async (t) => {
  const upgrade = await serve(t)
  t.match(await upgrade('/admin?x', `Cookie: ${cookie('alice')}`), /^HTTP\/1\.1 101 .*\r\n\r\nalice \/admin\?x head$/s)
  t.match(await upgrade('/%61dmin', `Cookie: ${cookie('alice')}`), /alice \/admin head$/)
  t.match(await upgrade('/public', `Cookie: ${cookie('alice')}`), /nobody \/public head$/)
})

t.test('refusals are plain answers, and the connection ends', async (t) => {
  let ran = 0
  const upgrade = await serve(t, () => ran++)
  const REFUSALS: [target: string, headers: string[], answer: RegExp][] = [
    ['/admin', [], /^HTTP\/1\.1 401 Unauthorized\r\nCache-Control: no-store\r\nWWW-Authenticate: TKT\r\n/],
    ['/admin', ['Sec-Fetch-Mode: navigate'], /^HTTP\/1\.1 401 Unauthorized\r\n.*\r\n\r\nPlease sign in first\.\n$/s],
    ['/admin', [`Cookie: ${cookie('alice', { age: 9000 })}`], /^HTTP\/1\.1 401 .*\r\nSet-Cookie: auth_tkt=;/s],
    ['/staff', [`Cookie: ${cookie('alice')}`], /^HTTP\/1\.1 403 Forbidden\r\n/],
    [
      '/public%2f',
      [],
      /^HTTP\/1\.1 400 Bad Request\r\nContent-Type: text\/plain; charset=utf-8\r\nContent-Length: 32\r\n/,
    ],
    ['//admin/..;/admin', [], /^HTTP\/1\.1 (?:400|401) /],
    ['/broken', [], /^HTTP\/1\.1 (?:401|500) /],
  ]
  for (const [target, headers, answer] of REFUSALS) {
    const text = await upgrade(target, ...headers)
    t.match(text, answer, target)
    t.match(text, /\r\nConnection: close\r\n\r\n/)
    t.notMatch(text, /\r\nLocation:/)
  }
  t.equal(ran, 0)
})

t.test('an upgrade waits for the answers before it', async (t) => {
  for (const gather of [true, false]) {
    const options = { now: () => NOW, gather }
    const server = createServer(protect(guard, (_, response) => response.end('page'), options))
    server.on('upgrade', protectUpgrade(guard, echo, options))
    const port = await listen(t, server)
    const page = `GET /admin HTTP/1.1\r\nHost: a\r\n\r\n`
    const upgrade = `GET /public HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`
    const text = await raw(port, `${page}${upgrade}head`, 1000)
    t.match(text, /^HTTP\/1\.1 307 .*HTTP\/1\.1 101 .*\r\n\r\nnobody \/public head$/s)
  }
})

t.test('handlers that fail end the connection', async (t) => {
  const errors: unknown[] = []
  const onError = (error: unknown) => errors.push(error)
  const fail = () => {
    throw new Error('mine')
  }
  for (const handler of [fail, async () => fail()]) {
    const upgrade = await serve(t, handler, { onError })
    t.equal(await upgrade('/admin', `Cookie: ${cookie('alice')}`), '')
  }
  t.equal(errors.length, 2)
})

t.test('a client that is gone before its refusal', async (t) => {
  const server = createServer()
  let done = false
  server.on('upgrade', (request, socket, head) => {
    socket.resume()
    socket.once('close', () => {})
    // As if the reset came while the guard was thinking.
    const refuse = protectUpgrade(guard, echo, { now: () => NOW })
    refuse(request, socket, head)
    socket.emit('error', new Error('ECONNRESET'))
    done = socket.destroyed
  })
  const port = await listen(t, server)
  await raw(port, 'GET /admin HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
  await sleep(5)
  t.ok(done)
})
