/** Upgrades: the handshake through the guard, then bytes both ways until either side is done. */

import { createHash, randomBytes } from 'node:crypto'
import t, { type Test } from 'tap'
import {
  cookie,
  gateway,
  headOf,
  type OnHead,
  rawUpstream,
  type Setup,
  settled,
  statusOf,
  talk,
  until,
  wire,
} from './gateways.js'

const ASK = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: abc']
const YES =
  'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: x\r\n\r\n'
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

async function site(t: Test, onHead: string | OnHead, setup: Setup = {}) {
  const upstream = await rawUpstream(t, onHead)
  const gate = await gateway(t, upstream.url, setup)
  return { upstream, gate }
}

/** An open tunnel: the client's end and the upstream's. */
async function tunnel(t: Test) {
  const { upstream, gate } = await site(t, YES)
  const client = await wire(t, gate.port)
    .send(headOf('/', ASK))
    .until(/\r\n\r\n$/)
  return { client, peer: upstream.sockets[0] as NonNullable<(typeof upstream.sockets)[0]>, upstream, gate }
}

t.test('bytes go both ways', async (t) => {
  const { client, peer, upstream, gate } = await tunnel(t)
  t.match(client.text, /^HTTP\/1\.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n/)
  t.match(client.text, /\r\nSec-WebSocket-Accept: x\r\n/)
  t.match(upstream.seen[0], /\r\nconnection: upgrade\r\nupgrade: websocket\r\n[\s\S]*\r\nSec-WebSocket-Key: abc\r\n/i)
  client.send('\x81\x00\xff')
  peer.write('\x82\xfe', 'latin1')
  await client.until(/\x82\xfe$/)
  await until(() => upstream.seen[0]?.endsWith('\x81\x00\xff'), 'the bytes are there')
  t.equal(gate.active(), 0, 'an open tunnel does not make the upstream busy')
  client.socket.destroy()
  await settled(t, gate)
})

t.test('what comes right behind a handshake is kept, on both sides', async (t) => {
  const { upstream, gate } = await site(t, `${YES}first`)
  const client = wire(t, gate.port).send(`${headOf('/', ASK)}early`)
  await client.until(/\r\n\r\nfirst$/)
  await until(() => upstream.seen[0]?.endsWith('\r\n\r\nearly'), 'early bytes are there')
  client.send(' late')
  await until(() => upstream.seen[0]?.endsWith('early late'), 'late bytes follow')
})

t.test('a ticket opens, its cookie stays here, and a fresh one comes with the answer', async (t) => {
  const { upstream, gate } = await site(t, YES, { options: { areas: [{ path: '/admin', timeout: 3600 }] } })
  const client = wire(t, gate.port).send(
    headOf('/%61dmin?x', [...ASK, `Cookie: ${cookie('alice', { age: 3000 })}; a=b`]),
  )
  await client.until(/\r\n\r\n$/)
  t.match(client.text, /\r\nSet-Cookie: auth_tkt=[^;]+;/)
  t.match(upstream.seen[0], /^GET \/admin\?x HTTP\/1\.1\r\n[\s\S]*\r\nCookie: a=b\r\n[\s\S]*\r\nRemote-User: alice\r\n/)
  t.notMatch(upstream.seen[0], /auth_tkt/)
})

t.test('large volumes, with a slow reader on either side', async (t) => {
  const { client, peer, upstream, gate } = await tunnel(t)
  const noise = randomBytes(1024 * 1024)
  const hash = createHash('sha256')
  for (let i = 0; i < 32; i++) hash.update(noise)
  const wanted = hash.digest('hex')
  const hashIn = (text: string) =>
    createHash('sha256')
      .update(Buffer.from(text.slice(text.indexOf('\r\n\r\n') + 4), 'latin1'))
      .digest('hex')
  for (const [from, to, got] of [
    [client.socket, peer, () => upstream.seen[0] as string],
    [peer, client.socket, () => client.text],
  ] as const) {
    const start = got().length
    to.pause()
    for (let i = 0; i < 32; i++) from.write(noise)
    await until(() => from.writableLength > 0, 'it is under way')
    let left = -1
    // It comes to rest: nobody keeps what the other side does not take.
    for (; left !== from.writableLength; await new Promise((resolve) => setTimeout(resolve, 300)))
      left = from.writableLength
    t.ok(left > 8 * noise.length, `${left} bytes wait at the sender`)
    to.resume()
    await until(() => got().length === start + 32 * noise.length, 'all is there')
    t.equal(hashIn(got()), wanted)
  }
  client.socket.destroy()
  await settled(t, gate)
})

t.test('the last words of an upstream come through, however slow the client', async (t) => {
  const { client, peer } = await tunnel(t)
  const noise = randomBytes(16 * 1024 * 1024)
  client.socket.pause()
  const start = client.text.length
  peer.end(noise)
  await new Promise((resolve) => setTimeout(resolve, 300))
  client.socket.resume()
  await client.all()
  t.equal(client.text.length - start, noise.length)
})

t.test('either side ends it', async (t) => {
  t.test('the client closes', async (t) => {
    const { client, peer } = await tunnel(t)
    client.send('bye').socket.end()
    await until(() => peer.destroyed, "the upstream's connection is closed")
    t.ok(await client.all())
  })
  t.test('the client is gone', async (t) => {
    const { client, peer } = await tunnel(t)
    client.socket.resetAndDestroy()
    await until(() => peer.destroyed, "the upstream's connection is closed")
    t.pass('closed')
  })
  t.test('the upstream closes', async (t) => {
    const { client, peer } = await tunnel(t)
    peer.end('bye')
    t.match(await client.all(), /\r\n\r\nbye$/)
  })
  t.test('the upstream is gone', async (t) => {
    const { client, peer, gate } = await tunnel(t)
    peer.resetAndDestroy()
    await client.all()
    await settled(t, gate)
  })
})

t.test('an upstream that does not want to', async (t) => {
  for (const [answer, wanted] of [
    [
      'HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nX-A: 1\r\nSet-Cookie: a=b\r\n\r\nno',
      /^HTTP\/1\.1 403 Forbidden\r\n[\s\S]*\r\nSet-Cookie: a=b\r\n[\s\S]*\r\nno$/,
    ],
    [
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
      /^HTTP\/1\.1 200 OK\r\nConnection: close\r\n[\s\S]*\r\nabc$/,
    ],
    ['HTTP/1.1 426 Upgrade Required\r\nSec-WebSocket-Version: 13\r\nContent-Length: 0\r\n\r\n', /^HTTP\/1\.1 426 /],
    ['HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n', /^HTTP\/1\.1 304 /],
  ] as const) {
    const { upstream, gate } = await site(t, answer)
    // What follows is no tunnel's: it must not come out of one, as a request of its own.
    const text = await talk(t, gate.port, headOf('/', ASK), headOf('/smuggled'))
    t.match(text, wanted)
    t.notMatch(text, /transfer-encoding/i)
    t.notMatch(upstream.seen.join(), /smuggled/)
    await settled(t, gate)
  }
  const { gate } = await site(t, (socket) => socket.destroy())
  const text = await talk(t, gate.port, headOf('/', ASK))
  t.equal(statusOf(text), 502)
  t.match(text, /application\/problem\+json/)
  t.strictSame(gate.failures, ['reset'])
  await settled(t, gate)
})

t.test('an upstream that dies in the middle of its refusal', async (t) => {
  const { gate } = await site(t, (socket) => {
    socket.write('HTTP/1.1 403 Forbidden\r\nContent-Length: 20\r\n\r\nno')
    setTimeout(() => socket.resetAndDestroy(), 50)
  })
  t.match(await talk(t, gate.port, headOf('/', ASK)), /Content-Length: 20\r\n\r\nno$/)
  await settled(t, gate)
})

t.test('a client that is gone before the answer', async (t) => {
  const { upstream, gate } = await site(t, () => {})
  const client = wire(t, gate.port).send(headOf('/', ASK))
  await until(() => upstream.seen[0]?.endsWith('\r\n\r\n'), 'the handshake is there')
  client.socket.resetAndDestroy()
  await until(() => upstream.sockets[0]?.destroyed, "the upstream's connection is closed")
  await settled(t, gate)
})

t.test('refusals', async (t) => {
  const { upstream, gate } = await site(t, YES, { limits: { urlBytes: 100, headers: 20 } })
  for (const [target, lines, status] of [
    ['/admin', [], 401],
    ['/admin', ['Cookie: auth_tkt=forged'], 401],
    ['/%2e%2e/admin', [], 400],
    [`/${'x'.repeat(100)}`, [], 414],
    ['/', Array(20).fill('X-A: 1'), 431],
  ] as const) {
    const text = await talk(t, gate.port, headOf(target, [...ASK, ...lines]))
    t.equal(statusOf(text), status, target)
    t.notMatch(text, /\r\nLocation:/i, 'nobody follows a redirect here')
  }
  t.strictSame(upstream.seen, [])
  const busy = await site(t, YES, { limits: { connections: 1, waiting: -1 } })
  t.match(await talk(t, busy.gate.port, headOf('/', ASK)), /^HTTP\/1\.1 503 [\s\S]*\r\nRetry-After: 1\r\n/)
})

t.test('an upgrade to anything else is ignored', async (t) => {
  const { upstream, gate } = await site(t, (socket) => setTimeout(() => socket.write(OK), 50))
  const h2c = ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__']
  const client = wire(t, gate.port)
  client.send(headOf('/one', h2c))
  await client.until(/\r\n\r\nok$/)
  client.send(`${headOf('/two', [...h2c, 'Content-Length: 5'], 'POST')}hello`)
  await client.until(/\r\n\r\nok[\s\S]*\r\n\r\nok$/)
  client.send(`${headOf('/three', [...h2c, 'Transfer-Encoding: chunked'], 'POST')}5\r\n`, 'hel', 'lo\r\n0\r\n\r\n')
  await client.until(/(?:ok[\s\S]*){3}$/)
  client.send(headOf('/four', h2c))
  await client.until(/(?:ok[\s\S]*){4}$/)
  client.send(headOf('/admin', h2c))
  await client.until(/HTTP\/1\.1 307 /)
  // A WebSocket's handshake has no body: with one it is an ordinary request.
  client.send(`${headOf('/five', [...ASK, 'Content-Length: 5'])}hello`)
  await client.until(/307[\s\S]*ok$/)
  client.send(headOf('/six', [...h2c.slice(1), 'Connection: Upgrade, HTTP2-Settings, close']))
  const text = await client.all()
  t.notMatch(text, /HTTP\/1\.1 101/)
  t.equal(text.match(/HTTP\/1\.1 200 OK/g)?.length, 6, 'the connection is an ordinary one')
  const seen = upstream.seen.join('')
  t.strictSame(seen.match(/\/(?:one|two|three|four|five|six|admin)/g), [
    '/one',
    '/two',
    '/three',
    '/four',
    '/five',
    '/six',
  ])
  t.equal(seen.match(/hello/g)?.length, 3, 'bodies and all')
  t.notMatch(seen, /upgrade|http2-settings/i)
  await settled(t, gate)
})

t.test('an upgrade in a pipeline ends the connection: answers could change places', async (t) => {
  for (const lines of [ASK, ['Connection: Upgrade', 'Upgrade: h2c']]) {
    const { upstream, gate } = await site(t, () => {})
    const client = wire(t, gate.port).send(headOf('/one'))
    await until(() => upstream.seen[0]?.endsWith('\r\n\r\n'), 'the first request is under way')
    client.send(headOf('/two', lines))
    t.equal(await client.all(), '')
    t.notMatch(upstream.seen.join(), /two/)
    await settled(t, gate)
  }
})
