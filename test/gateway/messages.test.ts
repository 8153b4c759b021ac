/** HTTP's odder messages: chunks, expectations, trailers, HEAD, 204, 304, 1xx, HTTP/1.0, pipelines, odd methods. */

import t, { type Test } from 'tap'
import {
  cookie,
  gateway,
  headOf,
  httpUpstream,
  type OnHead,
  rawUpstream,
  settled,
  statusOf,
  talk,
  until,
  wire,
} from './gateways.js'

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
const CLOSE = 'Connection: close'

/** What a client gets for one request when the upstream answers with these bytes. */
async function exchange(t: Test, answer: string | OnHead, request: string) {
  const upstream = await rawUpstream(t, answer)
  const gate = await gateway(t, upstream.url)
  const text = await talk(t, gate.port, request)
  await settled(t, gate)
  return { text, upstream, gate }
}

t.test('a chunked body goes on chunked, and its trailers and extensions end here', async (t) => {
  const upstream = await rawUpstream(t, (socket) => setTimeout(() => socket.write(OK), 100))
  const gate = await gateway(t, upstream.url)
  const client = wire(t, gate.port)
  client.send(headOf('/', ['Transfer-Encoding: chunked', 'Trailer: X-Sum', CLOSE], 'POST'), '3;x=1\r\nabc\r\n')
  await until(() => upstream.seen[0]?.endsWith('abc'), 'the first piece is there, before the second has come')
  client.send('2\r\nde\r\n0\r\nX-Sum: 9\r\n\r\n')
  t.equal(statusOf(await client.all()), 200)
  const [seen = ''] = upstream.seen
  t.match(seen, /\r\ntransfer-encoding: chunked\r\n/i)
  t.notMatch(seen, /x-sum|trailer|x=1/i)
  t.equal(seen.slice(seen.indexOf('\r\n\r\n')).replace(/\r\n/g, '|'), '||3|abc|2|de|0||')
})

t.test('trailers of an answer end here', async (t) => {
  const { text } = await exchange(
    t,
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 9\r\n\r\n',
    headOf('/', [CLOSE]),
  )
  t.match(text, /\r\n\r\n3\r\nabc\r\n0\r\n\r\n$/)
  t.notMatch(text, /x-sum|trailer/i)
})

t.test('100-continue', async (t) => {
  const expecting = (target: string, ...lines: string[]) =>
    headOf(target, ['Expect: 100-continue', 'Content-Length: 5', ...lines], 'POST')

  t.test('is answered here, once the guard has let the request in', async (t) => {
    const upstream = await rawUpstream(t, (socket) => setTimeout(() => socket.write(OK), 50))
    const gate = await gateway(t, upstream.url)
    const client = wire(t, gate.port).send(expecting('/admin', `Cookie: ${cookie()}`))
    await client.until(/^HTTP\/1\.1 100 Continue\r\n\r\n$/)
    client.send('hello')
    await client.until(/\r\n\r\nHTTP\/1\.1 200 OK\r\n[\s\S]*ok$/)
    t.match(upstream.seen[0], /\r\n\r\nhello$/)
    t.notMatch(upstream.seen[0], /expect/i)
    await settled(t, gate)
  })

  for (const [why, target, limits, status] of [
    ['the guard', '/admin', {}, 302],
    ['a body that is too long', '/', { bodyBytes: 4 }, 413],
    ['a busy upstream', '/', { connections: 1, waiting: -1 }, 503],
    ['a target that is too long', `/${'x'.repeat(200)}`, { urlBytes: 100 }, 414],
  ] as const) {
    t.test(`is not said where ${why} refuses`, async (t) => {
      const upstream = await rawUpstream(t, OK)
      const gate = await gateway(t, upstream.url, { limits })
      const text = await talk(t, gate.port, expecting(target))
      t.equal(Math.floor(statusOf(text) / 100), Math.floor(status / 100), `${status}`)
      t.notMatch(text, /100 Continue/)
      t.match(text, /\r\nConnection: close\r\n/i, 'and the connection ends, as nobody knows whether a body comes')
      t.strictSame(upstream.seen, [])
    })
  }

  t.test('anything else is expected in vain', async (t) => {
    const { text, upstream } = await exchange(t, OK, headOf('/', ['Expect: tea', CLOSE]))
    t.equal(statusOf(text), 417)
    t.strictSame(upstream.seen, [])
  })
})

t.test('HEAD, with and without a length', async (t) => {
  for (const lines of ['Content-Length: 1234', 'X-None: 1', 'Transfer-Encoding: chunked']) {
    const { text } = await exchange(t, `HTTP/1.1 200 OK\r\n${lines}\r\n\r\n`, headOf('/', [CLOSE], 'HEAD'))
    t.match(text, /^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\n$/)
    t.equal(text.indexOf('\r\n\r\n'), text.length - 4, 'no body')
    t.equal(/content-length: 1234\r\n/i.test(text), lines.startsWith('Content-Length'))
  }
})

t.test('204 and 304 have headers and no body', async (t) => {
  for (const [head, kept] of [
    ['204 No Content\r\nX-A: 1', /^HTTP\/1\.1 204 No Content\r\nX-A: 1\r\n/],
    ['304 Not Modified\r\nETag: "1"\r\nExpires: 0', /^HTTP\/1\.1 304 Not Modified\r\nETag: "1"\r\nExpires: 0\r\n/],
    ['304 Not Modified\r\nContent-Length: 1234\r\nETag: "1"', /\r\nContent-Length: 1234\r\nETag: "1"\r\n/],
  ] as const) {
    const upstream = await rawUpstream(t, `HTTP/1.1 ${head}\r\n\r\n`)
    const gate = await gateway(t, upstream.url)
    const client = wire(t, gate.port).send(headOf('/one'))
    await client.until(/\r\n\r\n$/)
    client.send(headOf('/two', [CLOSE]))
    const text = await client.all()
    t.match(text, kept)
    t.match(
      text,
      /^HTTP\/1\.1 [\s\S]*?\r\n\r\nHTTP\/1\.1 [\s\S]*?\r\n\r\n$/,
      'the connection goes on, and nothing follows',
    )
    await settled(t, gate)
  }
})

t.test('informational answers are between us and the upstream', async (t) => {
  for (const info of ['102 Processing', '103 Early Hints\r\nLink: </a>; rel=preload']) {
    const { text } = await exchange(t, `HTTP/1.1 ${info}\r\n\r\n${OK}`, headOf('/', [CLOSE]))
    t.match(text, /^HTTP\/1\.1 200 OK\r\n/)
    t.match(text, /ok$/)
  }
})

t.test('an answer without a length lasts until the upstream closes', async (t) => {
  const { text } = await exchange(t, (socket) => socket.end('HTTP/1.1 200 OK\r\n\r\nabc'), headOf('/', [CLOSE]))
  t.match(text, /^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\n3\r\nabc\r\n0\r\n\r\n$/)
  const old = await exchange(t, (socket) => socket.end('HTTP/1.0 200 OK\r\n\r\nabc'), 'GET / HTTP/1.0\r\n\r\n')
  t.match(old.text, /^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\nabc$/)
})

t.test('HTTP/1.0 clients', async (t) => {
  const upstream = await rawUpstream(t, 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n')
  const gate = await gateway(t, upstream.url)
  const text = await talk(t, gate.port, 'GET / HTTP/1.0\r\n\r\n')
  t.match(text, /^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\nabc$/)
  t.notMatch(text, /transfer-encoding/i)
  t.match(upstream.seen[0], /^GET \/ HTTP\/1\.1\r\nhost: 127\.0\.0\.1:\d+\r\n/i)
  t.match(upstream.seen[0], /\r\nVia: 1\.0 authtkt\r\n/)
  const kept = wire(t, gate.port).send('HEAD /one HTTP/1.0\r\nConnection: keep-alive\r\n\r\n')
  await kept.until(/\r\n\r\n$/)
  t.match(kept.text, /\r\nConnection: close\r\n/i, 'without a length there is no second request')
})

t.test('requests in a pipeline are answered in their order', async (t) => {
  const url = await httpUpstream(t, (message, response) => {
    const wait = message.url === '/0' ? 100 : 0
    message.resume().once('end', () => setTimeout(() => response.end(`<${message.url}>`), wait))
  })
  const gate = await gateway(t, url)
  const bytes = ['/0', '/1', '/2'].map((target) => headOf(target)).join('')
  const post = `${headOf('/3', ['Content-Length: 3'], 'POST')}GET${headOf('/4', [CLOSE])}`
  const text = await talk(t, gate.port, bytes + post)
  t.strictSame(text.match(/<\/\d>/g), ['</0>', '</1>', '</2>', '</3>', '</4>'])
  await settled(t, gate)
})

t.test('OPTIONS *', async (t) => {
  const { text, upstream } = await exchange(t, OK, headOf('*', [CLOSE], 'OPTIONS'))
  t.match(text, /^HTTP\/1\.1 200 OK\r\nAllow: /)
  t.strictSame(upstream.seen, [], 'this server is asked, no other')
})

t.test('absolute targets', async (t) => {
  const { text, upstream } = await exchange(t, OK, headOf('http://a.example/x?y=1', [CLOSE]))
  t.equal(statusOf(text), 200)
  t.match(upstream.seen[0], /^GET \/x\?y=1 HTTP\/1\.1\r\nhost: a\.example\r\n/i)
  const other = await exchange(t, OK, headOf('http://b.example/x', [CLOSE]))
  t.match(other.upstream.seen[0], /^GET \/x HTTP\/1\.1\r\nhost: b\.example\r\n/i, "of two hosts the target's counts")
  t.match(other.upstream.seen[0], /\r\nX-Forwarded-Host: b\.example\r\n/)
  t.notMatch(other.upstream.seen[0], /a\.example/)
  const bare = await exchange(t, OK, headOf('http://a.example', [CLOSE]))
  t.match(bare.upstream.seen[0], /^GET \/ HTTP\/1\.1\r\n/)
  for (const target of ['http://a.example/admin', 'HTTP://A.EXAMPLE/%61dmin', 'http://a.example/x/../admin']) {
    const refused = await exchange(t, OK, headOf(target, [CLOSE]))
    t.match(`${statusOf(refused.text)}`, /^(?:307|400)$/, `${target} is judged`)
    t.strictSame(refused.upstream.seen, [])
  }
  for (const target of ['ftp://a.example/x', 'a.example:443', 'http:///x', 'x', 'http://u:p@a.example/']) {
    const refused = await exchange(t, OK, headOf(target, [CLOSE]))
    t.equal(statusOf(refused.text), 400, target)
    t.strictSame(refused.upstream.seen, [])
  }
})

t.test('CONNECT and TRACE are answered by nobody', async (t) => {
  for (const request of [
    headOf('a.example:443', [], 'CONNECT'),
    headOf('/admin', [CLOSE, `Cookie: ${cookie()}`], 'TRACE'),
    headOf('/', [CLOSE], 'TRACE'),
  ]) {
    const { text, upstream } = await exchange(t, OK, request)
    t.equal(statusOf(text), 405)
    t.match(text, /\r\nAllow: GET, HEAD, POST, OPTIONS\r\n/)
    t.notMatch(text, /auth_tkt/)
    t.strictSame(upstream.seen, [])
  }
})

t.test('odd methods, and bodies where none is expected', async (t) => {
  for (const method of ['PROPFIND', 'PATCH', 'DELETE', 'GET', 'OPTIONS', 'REPORT', 'QUERY']) {
    const { text, upstream } = await exchange(
      t,
      (socket) => setTimeout(() => socket.write(OK), 50),
      `${headOf('/x', ['Content-Length: 5', CLOSE], method)}hello`,
    )
    t.equal(statusOf(text), 200, method)
    t.equal(upstream.seen.length, 1)
    t.match(upstream.seen[0], new RegExp(`^${method} /x HTTP/1\\.1\r\n`))
    t.match(upstream.seen[0], /\r\ncontent-length: 5\r\n[\s\S]*\r\nhello$/i)
  }
  const bare = await exchange(t, OK, headOf('/x', [CLOSE], 'PROPFIND'))
  t.equal(statusOf(bare.text), 200)
})
