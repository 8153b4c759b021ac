/** Clients that go away, stop half-way or take their time: upstreams hear of it, and nothing is left behind. */

import t from 'tap'
import { gateway, headOf, httpUpstream, rawUpstream, settled, statusOf, talk, until, wire } from './gateways.js'

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
const MB = Buffer.alloc(1024 * 1024, 'x')

t.test('gone while uploading', async (t) => {
  for (const framing of ['Content-Length: 100000', 'Transfer-Encoding: chunked']) {
    for (const go of ['end', 'resetAndDestroy'] as const) {
      const upstream = await rawUpstream(t, () => {})
      const gate = await gateway(t, upstream.url)
      const client = wire(t, gate.port).send(headOf('/', [framing], 'POST'), '5\r\nhello\r\n')
      await until(() => upstream.seen[0]?.includes('hello'), 'the first bytes are there')
      client.socket[go]()
      await until(() => upstream.sockets[0]?.destroyed, 'the upstream sees it')
      t.notMatch(upstream.seen[0], /\r\n0\r\n\r\n/, 'half a body does not look like a whole one')
      await settled(t, gate)
    }
  }
})

t.test('gone while waiting, and while downloading', async (t) => {
  for (const [body, seen] of [
    ['', /^$/],
    ['HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello', /hello$/],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n', /hello\r\n$/],
  ] as const) {
    const upstream = await rawUpstream(t, (socket) => socket.write(body))
    const gate = await gateway(t, upstream.url)
    const client = wire(t, gate.port).send(headOf('/'))
    await until(() => seen.test(client.text) && upstream.seen[0], 'it is under way')
    client.socket.resetAndDestroy()
    await until(() => upstream.sockets[0]?.destroyed, 'the upstream sees it')
    await settled(t, gate)
    t.strictSame(gate.failures, [], 'which is no fault of the upstream')
  }
})

t.test('gone with a pipeline of requests', async (t) => {
  const upstream = await rawUpstream(t, () => {})
  const gate = await gateway(t, upstream.url)
  const client = wire(t, gate.port).send(headOf('/1'), headOf('/2'), headOf('/3'))
  await until(() => upstream.seen.join('').split('HTTP/1.1').length === 4, 'all are under way')
  t.equal(gate.active(), 3)
  client.socket.resetAndDestroy()
  // undici may have opened others by then, for requests to come.
  await until(() => upstream.sockets.slice(0, 3).every(({ destroyed }) => destroyed), 'all are over')
  await settled(t, gate)
})

t.test('gone while waiting for a connection', async (t) => {
  const upstream = await rawUpstream(t, (socket) => setTimeout(() => socket.write(OK), 200))
  const gate = await gateway(t, upstream.url, { limits: { connections: 1 } })
  const [first, second] = [wire(t, gate.port).send(headOf('/1')), wire(t, gate.port)]
  await until(() => upstream.seen.length === 1, 'the first is under way')
  second.send(headOf('/2'))
  await until(() => gate.active() === 2, 'the second waits')
  second.socket.resetAndDestroy()
  await first.until(/ok$/)
  t.equal(statusOf(await talk(t, gate.port, headOf('/3', ['Connection: close']))), 200)
  t.notMatch(upstream.seen.join(), /\/2 /, 'the upstream is not troubled with it')
  await settled(t, gate)
})

t.test('half closed: who has said all may still listen', async (t) => {
  const upstream = await rawUpstream(t, (socket) => setTimeout(() => socket.write(OK), 100))
  const gate = await gateway(t, upstream.url)
  const client = wire(t, gate.port).send(headOf('/'))
  client.socket.end()
  t.match(await client.all(), /^(?:HTTP\/1\.1 200 OK\r\n[\s\S]*ok)?$/, 'answered or closed, never half')
  await settled(t, gate)
})

t.test('a slow reader gets all of it', async (t) => {
  const url = await httpUpstream(t, (_, response) => {
    let left = 24
    const more = () => {
      while (left-- > 0) if (!response.write(MB)) return void response.once('drain', more)
      response.end()
    }
    more()
  })
  const gate = await gateway(t, url)
  const client = wire(t, gate.port).send(headOf('/', ['Connection: close']))
  let size = 0
  client.socket.removeAllListeners('data')
  client.socket.on('data', (chunk) => {
    size += chunk.length
    client.socket.pause()
    setTimeout(() => client.socket.resume(), 1)
  })
  await until(() => client.ended, 'it ends', 60)
  t.ok(size > 24 * MB.length, `${size}`)
  await settled(t, gate)
})

t.test('who takes nothing any more is cut off', async (t) => {
  for (const size of [1, 24]) {
    const upstream = await rawUpstream(t, (socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${size * MB.length}\r\n\r\n`)
      for (let i = 0; i < size; i++) socket.write(MB)
    })
    const gate = await gateway(t, upstream.url, { timeouts: { idle: 0.4 } })
    const client = wire(t, gate.port)
    client.socket.pause()
    client.send(headOf('/', ['Connection: close']))
    if (size === 1) {
      // All of it fits into buffers: there is nothing to wait for.
      await settled(t, gate)
    } else {
      await until(() => upstream.sockets[0]?.destroyed, 'the upstream is free again')
      await settled(t, gate)
    }
  }
})

t.test('a body that stalls ends the connection', async (t) => {
  const upstream = await rawUpstream(t, () => {})
  const gate = await gateway(t, upstream.url, { timeouts: { idle: 0.3 } })
  const client = wire(t, gate.port).send(headOf('/', ['Content-Length: 10'], 'POST'), 'hello')
  await client.all()
  await until(() => upstream.sockets[0]?.destroyed, 'the upstream sees it')
  await settled(t, gate)
})

t.test('a head that comes byte by byte, or not at all', async (t) => {
  const upstream = await rawUpstream(t, OK)
  const gate = await gateway(t, upstream.url, { timeouts: { head: 0.4, request: 1, keepAlive: 0.4 } })
  const slow = wire(t, gate.port)
  const bytes = headOf('/', [`X-A: ${'x'.repeat(5000)}`])
  let sent = 0
  const timer = setInterval(() => slow.socket.writable && slow.send(bytes[sent++] ?? ''), 20)
  t.teardown(() => clearInterval(timer))
  t.equal(statusOf(await slow.all()), 408)
  t.ok(sent < 500)
  await wire(t, gate.port).all()
  t.pass('one that says nothing is closed')
  const kept = wire(t, gate.port).send(headOf('/'))
  t.match(await kept.all(), /ok$/, 'one that says nothing more, too')
  const half = wire(t, gate.port).send(headOf('/', ['Connection: keep-alive']))
  await half.until(/ok$/)
  half.send('GET / HT')
  t.match(await half.all(), /ok(?:HTTP\/1\.1 408 [\s\S]*)?$/, 'one that says half of something, too')
  await settled(t, gate)
})
