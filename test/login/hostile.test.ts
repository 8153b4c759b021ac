/** No request ends the server: after each of these the next visitor gets the page. An exception would fail the test. */

import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { type Demo, demo, raw } from './demo.js'

const alive = async ({ ask }: Demo) => (await ask('/login')).status === 200

const request = (line: string, ...headers: string[]) =>
  `${[line, 'Host: a', 'Connection: close', ...headers].join('\r\n')}\r\n\r\n`

const REQUESTS: [name: string, bytes: string | Buffer, answer: RegExp][] = [
  ['a path of percent signs', request('GET /%%%zz%00 HTTP/1.1'), /^HTTP\/1\.1 404 /],
  ['a path that climbs', request('GET /../../etc/passwd HTTP/1.1'), /^HTTP\/1\.1 404 /],
  ['a path of slashes', request('GET ////////// HTTP/1.1'), /^HTTP\/1\.1 404 /],
  ['a path of 8000 bytes', request(`GET /${'a'.repeat(8000)} HTTP/1.1`), /^HTTP\/1\.1 404 /],
  ['a path of 80000 bytes', request(`GET /${'a'.repeat(80_000)} HTTP/1.1`), /^HTTP\/1\.1 431 /],
  ['a path of bytes beyond ASCII', Buffer.from(request('GET /\xff\xfe HTTP/1.1'), 'latin1'), /^HTTP\/1\.1 40[04] /],
  ['an absolute URI', request('GET http://a/ HTTP/1.1'), /^HTTP\/1\.1 404 /],
  ['the asterisk', request('OPTIONS * HTTP/1.1'), /^HTTP\/1\.1 404 /],
  ['a path without a slash', request('GET __proto__ HTTP/1.1'), /^HTTP\/1\.1 40[04] /],
  ['CONNECT', request('CONNECT a:443 HTTP/1.1'), /^$/],
  [
    'a protocol upgrade',
    request('GET /login HTTP/1.1', 'Upgrade: websocket', 'Connection: upgrade'),
    /^HTTP\/1\.1 200 /,
  ],
  ['an unknown method', request('BREW /login HTTP/1.1'), /^HTTP\/1\.1 400 /],
  ['an unknown expectation', request('POST /login HTTP/1.1', 'Expect: tea'), /^HTTP\/1\.1 417 /],
  ['HTTP/1.0', 'GET /login HTTP/1.0\r\n\r\n', /^HTTP\/1\.1 200 /],
  ['no Host', 'GET /login HTTP/1.1\r\n\r\n', /^HTTP\/1\.1 400 /],
  ['two Hosts', request('GET /login HTTP/1.1', 'Host: b'), /^HTTP\/1\.1 (200|400) /],
  ['a header without a colon', request('GET / HTTP/1.1', 'nonsense'), /^HTTP\/1\.1 400 /],
  ['headers of 80000 bytes', request('GET / HTTP/1.1', `X: ${'a'.repeat(80_000)}`), /^HTTP\/1\.1 431 /],
  ['a thousand cookies', request('GET / HTTP/1.1', ...Array(1000).fill('Cookie: a=b')), /^HTTP\/1\.1 303 /],
  ['a cookie of NUL', request('GET / HTTP/1.1', 'Cookie: auth_tkt=\0'), /^HTTP\/1\.1 (303|400) /],
  ['a cookie of every byte', allBytes(), /^HTTP\/1\.1 303 /],
  ['two lengths', request('POST /login HTTP/1.1', 'Content-Length: 1', 'Content-Length: 2'), /^HTTP\/1\.1 400 /],
  [
    'a length and chunks',
    request('POST /login HTTP/1.1', 'Content-Length: 1', 'Transfer-Encoding: chunked'),
    /^HTTP\/1\.1 400 /,
  ],
  ['a negative length', request('POST /login HTTP/1.1', 'Content-Length: -1'), /^HTTP\/1\.1 400 /],
  ['broken chunks', `${request('POST /login HTTP/1.1', 'Transfer-Encoding: chunked')}zz\r\n`, /^(HTTP\/1\.1 400 .*|)/],
  ['a body of percent signs', `${request('POST /login HTTP/1.1', 'Content-Length: 9')}uid=%%%&=`, /^HTTP\/1\.1 403 /],
  ['garbage', Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7919) % 256)), /^HTTP\/1\.1 400 /],
  ['TLS', Buffer.from('16030100a5010000a10303', 'hex'), /^HTTP\/1\.1 400 /],
  ['empty lines', '\r\n\r\n\r\n', /^$/],
]

for (const [name, bytes, answer] of REQUESTS) {
  t.test(name, async (t) => {
    const server = await demo(t)
    t.match(await raw(server.port, bytes, 300), answer)
    t.ok(await alive(server))
  })
}

t.test('clients that go away, at every stage', async (t) => {
  const server = await demo(t)
  const whole = 'POST /login HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nuid=demo&password='
  for (const at of [0, 5, 20, 40, whole.indexOf('uid'), whole.length]) {
    for (const way of ['destroy', 'resetAndDestroy', 'end'] as const) {
      const socket = connect(server.port, '127.0.0.1')
      socket.on('error', () => {})
      await once(socket, 'connect')
      socket.write(whole.slice(0, at))
      // The server has to see the beginning before the end.
      await sleep(5)
      socket[way]()
      if (way === 'end') socket.resume()
      await once(socket, 'close')
    }
  }
  t.ok(await alive(server))
})

t.test('a client that asks much at once and reads nothing', async (t) => {
  const server = await demo(t)
  const socket = connect(server.port, '127.0.0.1')
  socket.on('error', () => {})
  socket.pause()
  socket.write('GET /login HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(2000))
  await sleep(100)
  t.ok(await alive(server))
  socket.destroy()
  t.ok(await alive(server))
})

function allBytes(): Buffer {
  const bytes = Array.from({ length: 256 }, (_, byte) => byte).filter(
    (byte) => byte === 9 || (byte >= 32 && byte !== 127),
  )
  const [before = '', after = ''] = request('GET / HTTP/1.1', 'Cookie: auth_tkt=*').split('*')
  return Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from(after)])
}
