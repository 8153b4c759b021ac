/** Upstreams that fail in all the ways they can: the client is told so, and never gets half an answer for a whole one. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import t, { type Test } from 'tap'
import { type Gate, gateway, headOf, rawUpstream, settled, statusOf, talk, until, wire } from './gateways.js'

const CLOSE = 'Connection: close'
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

function checkProblem(t: Test, text: string, status: number, url: string): void {
  t.equal(statusOf(text), status)
  t.match(text, /\r\nContent-Type: application\/problem\+json\r\n/)
  const { host, port } = new URL(url)
  const body = text.slice(text.indexOf('\r\n\r\n') + 4)
  t.match(JSON.parse(body), { type: 'about:blank', status, title: String, detail: String })
  for (const inside of [host, port, '127.0.0.1', 'ECONN', 'UND_ERR', 'HPE_', 'node:', 'Error']) {
    t.notOk(body.includes(inside), `nothing internal: ${inside}`)
  }
}

async function failing(
  t: Test,
  gate: Gate,
  url: string,
  status: number,
  cause: string,
  request = headOf('/', [CLOSE]),
) {
  checkProblem(t, await talk(t, gate.port, request), status, url)
  t.strictSame(gate.failures, [cause])
  await settled(t, gate)
}

t.test('killed before the answer', async (t) => {
  const { url, seen } = await rawUpstream(t, (socket) => socket.resetAndDestroy())
  const gate = await gateway(t, url)
  await failing(t, gate, url, 502, 'reset', `${headOf('/', [CLOSE, 'Content-Length: 2'], 'POST')}hi`)
  t.equal(seen.length, 1, 'asked once')
})

t.test('killed in the middle of the head', async (t) => {
  const { url } = await rawUpstream(t, (socket) => socket.end('HTTP/1.1 200 OK\r\nX-A'))
  await failing(t, await gateway(t, url), url, 502, 'reset')
})

t.test('killed in the middle of the body', async (t) => {
  for (const [head, body] of [
    ['Content-Length: 10', 'hello'],
    ['Transfer-Encoding: chunked', '5\r\nhello\r\n'],
    ['Transfer-Encoding: chunked', '9\r\nhello'],
  ] as const) {
    for (const kill of ['end', 'resetAndDestroy'] as const) {
      const { url } = await rawUpstream(t, (socket) => {
        socket.write(`HTTP/1.1 200 OK\r\n${head}\r\n\r\n${body}`)
        setTimeout(() => socket[kill](), 50)
      })
      const gate = await gateway(t, url)
      const text = await talk(t, gate.port, headOf('/'))
      t.match(text, /hello/)
      t.notMatch(text, /\r\n0\r\n/, 'it must not look like a whole one')
      await settled(t, gate)
      // To HTTP/1.0 clients, the end of a body without a length is that of the connection.
      const old = wire(t, gate.port).send('GET / HTTP/1.0\r\n\r\n')
      await old.all()
      if (head.startsWith('Transfer')) t.ok(old.reset, 'a bad end')
      t.equal(gate.failures.length, 2)
    }
  }
})

t.test('slow to answer', async (t) => {
  const { url } = await rawUpstream(t, () => {})
  const gate = await gateway(t, url, { timeouts: { response: 0.3 } })
  await failing(t, gate, url, 504, 'response-timeout')
})

t.test('stalls in the middle of the body', async (t) => {
  const { url } = await rawUpstream(t, (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello'))
  const gate = await gateway(t, url, { timeouts: { idle: 0.3 } })
  const text = await talk(t, gate.port, headOf('/'))
  t.match(text, /^HTTP\/1\.1 200 OK\r\n[\s\S]*hello$/)
  t.strictSame(gate.failures, ['idle'])
  await settled(t, gate)
})

t.test('takes no more of a body', async (t) => {
  const { url, sockets } = await rawUpstream(t, (socket) => socket.pause())
  const gate = await gateway(t, url, { timeouts: { idle: 0.3, response: 2 } })
  const client = wire(t, gate.port).send(headOf('/', ['Content-Length: 100000000'], 'POST'))
  client.socket.write(Buffer.alloc(100_000_000))
  await client.until(/\r\n\r\n\{.*\}\n$/)
  t.equal(statusOf(client.text), 504, "that is the upstream's fault, not the client's")
  t.equal(sockets.length, 1)
  client.socket.destroy()
  await settled(t, gate)
})

t.test('refuses connections', async (t) => {
  const { url, close } = await rawUpstream(t, OK)
  close()
  await failing(t, await gateway(t, url), url, 502, 'refused')
})

t.test('has no address', async (t) => {
  const url = 'http://nowhere.invalid:8123'
  const gate = await gateway(t, url)
  const text = await talk(t, gate.port, headOf('/', [CLOSE]))
  checkProblem(t, text, 502, url)
  t.equal(gate.failures[0], 'unresolvable')
})

t.test('takes no connection', async (t) => {
  // A process that stands still accepts nobody: once its short queue is full, the system lets no one in any more.
  const program = `const server = require('node:net').createServer()
    server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
      require('node:fs').writeSync(1, String(server.address().port))
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
    })`
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(() => child.kill('SIGKILL'))
  const [printed] = (await once(child.stdout, 'data')) as [Buffer]
  const port = Number(`${printed}`)
  const url = `http://127.0.0.1:${port}`
  for (let i = 0; i < 8; i++) wire(t, port)
  await new Promise((resolve) => setTimeout(resolve, 300))
  const gate = await gateway(t, url, { timeouts: { connect: 0.6, response: 20 } })
  await failing(t, gate, url, 504, 'connect-timeout')
})

t.test('answers what is no HTTP', async (t) => {
  for (const garbage of [
    'SSH-2.0-OpenSSH_9.2\r\n\r\n',
    'HTTP/1.1 200 OK\r\nBad Header: 1\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok!',
    'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'HTTP/1.1 200 OK\r\nX-A: a\0b\r\nContent-Length: 0\r\n\r\n',
    // Nobody has asked for it, as no Expect ever goes on: undici takes it for no answer.
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
    'HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n',
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    '\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03',
  ]) {
    const { url } = await rawUpstream(t, (socket) => socket.end(garbage, 'latin1'))
    const gate = await gateway(t, url)
    checkProblem(t, await talk(t, gate.port, `${headOf('/', [CLOSE, 'Content-Length: 2'], 'POST')}hi`), 502, url)
    t.equal(gate.failures.length, 1)
    await settled(t, gate)
  }
  const bad = await rawUpstream(t, (socket) =>
    socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\nzz\r\n'),
  )
  const gate = await gateway(t, bad.url)
  t.notMatch(await talk(t, gate.port, headOf('/')), /\r\n0\r\n/)
  await settled(t, gate)
})

t.test('has a head that is too large', async (t) => {
  const { url } = await rawUpstream(t, `HTTP/1.1 200 OK\r\nX-A: ${'a'.repeat(70_000)}\r\nContent-Length: 0\r\n\r\n`)
  await failing(t, await gateway(t, url), url, 502, 'bad-response')
})

t.test('closes a kept connection just when the next request comes', async (t) => {
  const { url, seen } = await rawUpstream(t, (socket, _, count) => {
    if (count === 1) socket.write(OK)
    else socket.destroy()
  })
  const gate = await gateway(t, url, { limits: { connections: 1 } })
  t.match(await talk(t, gate.port, headOf('/1', [CLOSE])), /ok$/)
  t.match(await talk(t, gate.port, headOf('/2', [CLOSE])), /ok$/, 'a GET is asked again, on a new connection')
  t.equal(seen.length, 2)
  t.match(seen[1], /^GET \/2 /)
  checkProblem(t, await talk(t, gate.port, `${headOf('/3', [CLOSE, 'Content-Length: 2'], 'POST')}hi`), 502, url)
  t.equal(seen.join('').match(/POST \/3/g)?.length, 1, 'a POST is asked once')
  await settled(t, gate)
})

t.test('is down for good: a GET is asked twice, no more', async (t) => {
  const { url, seen } = await rawUpstream(t, (socket) => socket.destroy())
  await failing(t, await gateway(t, url), url, 502, 'reset')
  t.equal(seen.length, 2)
})

t.test('answers while the body is still on its way', async (t) => {
  const early = 'HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno'
  for (const after of ['keeps', 'closes'] as const) {
    const { url, seen } = await rawUpstream(t, (socket) => {
      if (after === 'closes') socket.end(early)
      else socket.write(early)
    })
    const gate = await gateway(t, url)
    const client = wire(t, gate.port).send(headOf('/', ['Content-Length: 3000000'], 'POST'), 'x'.repeat(1000))
    await client.until(/^HTTP\/1\.1 403 Forbidden\r\n[\s\S]*no$/)
    client.send('x'.repeat(2_999_000), headOf('/next', [CLOSE]))
    const text = await client.all()
    t.equal(text.match(/HTTP\/1\.1 403/g)?.length, 2, `${after} its connection; the client's goes on`)
    t.match(seen.at(-1), /^GET \/next /, 'the next request has a new one')
    await settled(t, gate)
  }
})

t.test('is too busy', async (t) => {
  const { url, sockets } = await rawUpstream(t, () => {})
  const gate = await gateway(t, url, { limits: { connections: 1, waiting: 1 } })
  const [one, two] = [wire(t, gate.port).send(headOf('/1')), wire(t, gate.port).send(headOf('/2'))]
  await until(() => gate.active() === 2 && sockets.length === 1, 'one is under way and one waits')
  const text = await talk(t, gate.port, headOf('/3', [CLOSE]))
  checkProblem(t, text, 503, url)
  t.match(text, /\r\nRetry-After: 1\r\n/)
  t.strictSame(gate.failures, ['busy'])
  one.socket.destroy()
  two.socket.destroy()
  await settled(t, gate)
})
