/** Requests that two servers could read in two ways: refused here, and nothing of them becomes a request behind us. */

import t, { type Test } from 'tap'
import { cookie, gateway, headOf, rawUpstream, type Setup, settled, statusOf, until, wire } from './gateways.js'

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
const HOST = 'Host: a.example'
/** What is hidden in bodies: nobody may ever see it as a request. */
const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: a.example\r\n\r\n'

const post = (lines: readonly string[], body: string): string =>
  `${['POST /first HTTP/1.1', HOST, ...lines].join('\r\n')}\r\n\r\n${body}`
const chunked = (lines: readonly string[], body = `0\r\n\r\n${SMUGGLED}`): string => post(lines, body)

/** Whatever comes back, and whatever has come to the upstream, once nothing moves any more. */
async function attack(t: Test, bytes: string, setup: Setup = {}) {
  const upstream = await rawUpstream(t, OK)
  const gate = await gateway(t, upstream.url, {
    ...setup,
    timeouts: { idle: 0.3, request: 1.5, head: 1.5, ...setup.timeouts },
  })
  const client = wire(t, gate.port).send(bytes)
  await until(() => client.ended || /[}>.]\n$/.test(client.text), 'it is answered or closed')
  client.socket.end()
  await client.all()
  await settled(t, gate)
  return { text: client.text, seen: upstream.seen.join('') }
}

const REFUSED: Readonly<Record<string, string>> = {
  'a length and chunks': chunked(['Content-Length: 6', 'Transfer-Encoding: chunked']),
  'chunks and a length': chunked(['Transfer-Encoding: chunked', 'Content-Length: 6']),
  'two lengths that differ': post(['Content-Length: 0', `Content-Length: ${SMUGGLED.length}`], SMUGGLED),
  'two lengths that agree': post(['Content-Length: 2', 'Content-Length: 2'], `hi${SMUGGLED}`),
  'a length with a plus': post(['Content-Length: +2'], `hi${SMUGGLED}`),
  'a negative length': post(['Content-Length: -2'], `hi${SMUGGLED}`),
  'a length with a space inside': post(['Content-Length: 2 0'], `hi${SMUGGLED}`),
  'a list of lengths': post(['Content-Length: 2, 2'], `hi${SMUGGLED}`),
  'a hexadecimal length': post(['Content-Length: 0x2'], `hi${SMUGGLED}`),
  'an empty length': post(['Content-Length: '], `hi${SMUGGLED}`),
  'a length that overflows': post(['Content-Length: 18446744073709551618'], `hi${SMUGGLED}`),
  xchunked: chunked(['Transfer-Encoding: xchunked']),
  'chunked, identity': chunked(['Transfer-Encoding: chunked, identity']),
  identity: chunked(['Transfer-Encoding: identity']),
  'chunked with a vertical tab': chunked(['Transfer-Encoding: \x0bchunked']),
  'a coding in quotes': chunked(['Transfer-Encoding: "chunked"']),
  'a chunk size that is none': chunked(['Transfer-Encoding: chunked'], `zz\r\nhi\r\n0\r\n\r\n${SMUGGLED}`),
  'a negative chunk size': chunked(['Transfer-Encoding: chunked'], `-1\r\nhi\r\n0\r\n\r\n${SMUGGLED}`),
  'a chunk size with 0x': chunked(['Transfer-Encoding: chunked'], `0x2\r\nhi\r\n0\r\n\r\n${SMUGGLED}`),
  'a chunk size that overflows': chunked(
    ['Transfer-Encoding: chunked'],
    `10000000000000002\r\nhi\r\n0\r\n\r\n${SMUGGLED}`,
  ),
  'a space before a chunk size': chunked(['Transfer-Encoding: chunked'], ` 2\r\nhi\r\n0\r\n\r\n${SMUGGLED}`),
  'a chunk longer than its size': chunked(['Transfer-Encoding: chunked'], `2\r\nhi!\r\n0\r\n\r\n${SMUGGLED}`),
  'no line end behind a chunk': chunked(['Transfer-Encoding: chunked'], `2\r\nhi0\r\n\r\n${SMUGGLED}`),
  'a bare line feed behind a chunk size': chunked(['Transfer-Encoding: chunked'], `2\nhi\r\n0\r\n\r\n${SMUGGLED}`),
  'a bare line feed in a chunk extension': chunked(
    ['Transfer-Encoding: chunked'],
    `2;\nxx\r\nhi\r\n0\r\n\r\n${SMUGGLED}`,
  ),
  'a folded line': post(['X-A: b', ' c', 'Content-Length: 2'], `hi${SMUGGLED}`),
  'a folded coding': chunked(['Transfer-Encoding:', ' chunked', 'Content-Length: 2']),
  'a NUL in a value': post(['X-A: b\0c', 'Content-Length: 2'], `hi${SMUGGLED}`),
  'a NUL in a name': post(['X\0A: b', 'Content-Length: 2'], `hi${SMUGGLED}`),
  'a CR in a value': post(['X-A: b\rc', 'Content-Length: 2'], `hi${SMUGGLED}`),
  'a bare LF between lines': post(['X-A: b\nContent-Length: 2'], `hi${SMUGGLED}`),
  'a space before the colon': post(['Content-Length : 2'], `hi${SMUGGLED}`),
  'a tab before the colon': chunked(['Transfer-Encoding\t: chunked']),
  'a line without a colon': post(['X-A', 'Content-Length: 2'], `hi${SMUGGLED}`),
  'a line without a name': post([': b', 'Content-Length: 2'], `hi${SMUGGLED}`),
  'a space before the first line': `POST /first HTTP/1.1\r\n ${HOST}\r\nContent-Length: 2\r\n\r\nhi${SMUGGLED}`,
  'no host': `GET /first HTTP/1.1\r\n\r\n`,
  'two hosts': `GET /first HTTP/1.1\r\n${HOST}\r\nHost: b.example\r\n\r\n`,
  'two hosts that agree': `GET /first HTTP/1.1\r\n${HOST}\r\n${HOST}\r\n\r\n`,
  'a host that is none': `GET /first HTTP/1.1\r\nHost: a b\r\n\r\n`,
  'a host with a path': `GET /first HTTP/1.1\r\nHost: a/b\r\n\r\n`,
  'a target with a space': headOf('/first HTTP/1.1 /x'),
  'a target with an 8-bit byte': headOf('/first\xe9'),
  'a target with a NUL': headOf('/first\0'),
  'a target with a fragment': headOf('/first#x'),
  'HTTP/0.9': 'GET /first\r\n\r\n',
  'HTTP/2 without asking': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'HTTP/1.2': `GET /first HTTP/1.2\r\n${HOST}\r\n\r\n`,
  'HTTP/9.9': `GET /first HTTP/9.9\r\n${HOST}\r\n\r\n`,
  'a method in lower case': `get /first HTTP/1.1\r\n${HOST}\r\n\r\n`,
  'a method nobody knows': `SMUGGLE /first HTTP/1.1\r\n${HOST}\r\n\r\n`,
  TLS: '\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03',
  'a proxy line': `PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n${headOf('/first')}`,
}

for (const [name, bytes] of Object.entries(REFUSED)) {
  t.test(name, async (t) => {
    const { text, seen } = await attack(t, bytes)
    t.match(text, /^(?:HTTP\/1\.1 (?:4\d\d|501|505) [\s\S]*)?$/, 'refused')
    t.equal(text.match(/HTTP\/1\.1 /g)?.length ?? 0, text === '' ? 0 : 1, 'once')
    t.notMatch(seen, /GET \/smuggled HTTP\/1\.1\r\nhost/i)
    // A body that turns out to be bad may be on its way: what has come of it is no whole request.
    t.notMatch(seen, /\r\n0\r\n\r\n|content-length: [1-9]/i)
  })
}

t.test('chunked twice is chunks, or nothing', async (t) => {
  for (const lines of [
    ['Transfer-Encoding: chunked, chunked'],
    ['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'],
  ]) {
    const { text, seen } = await attack(t, chunked(lines, `2\r\nhi\r\n0\r\n\r\n`))
    t.match(text, /^HTTP\/1\.1 (?:400|200) /)
    t.ok((seen.match(/HTTP\/1\.1/g) ?? []).length <= 1)
  }
})

t.test('what is behind a body is the next request, and judged', async (t) => {
  const hidden = headOf('/admin')
  const { text, seen } = await attack(t, post(['Content-Length: 2'], `hi${hidden}`))
  t.match(text, /^HTTP\/1\.1 200 OK\r\n/)
  t.notMatch(seen, /admin/)
  t.match(text, /HTTP\/1\.1 307 /)
})

t.test('too much of everything', async (t) => {
  const limits = { urlBytes: 1000, headBytes: 8000, headers: 20 }
  for (const [name, bytes, status] of [
    ['a long target', headOf(`/first${'x'.repeat(1000)}`), 414],
    ['a long query', headOf(`/first?${'x'.repeat(1000)}`), 414],
    ['a target longer than any head', headOf(`/first${'x'.repeat(9000)}`), 431],
    ['a long line', headOf('/first', [`X-A: ${'x'.repeat(9000)}`]), 431],
    ['a long name', headOf('/first', [`${'x'.repeat(9000)}: a`]), 431],
    ['many lines', headOf('/first', Array(20).fill('X-A: b')), 431],
    ['very many lines', headOf('/first', Array(3000).fill('a:')), 431],
  ] as const) {
    const { text, seen } = await attack(t, bytes, { limits })
    t.equal(statusOf(text), status, name)
    t.equal(seen, '')
  }
  const most = headOf(`/first${'x'.repeat(994)}`, [...Array(18).fill('X-A: b'), 'Connection: close'])
  t.equal(statusOf((await attack(t, most, { limits })).text), 200, 'as much as is allowed')
})

t.test('a body that is too long', async (t) => {
  const limits = { bodyBytes: 10 }
  for (const [name, bytes, status] of [
    ['as long as allowed', post(['Content-Length: 10', 'Connection: close'], '0123456789'), 200],
    [
      'as long as allowed, in chunks',
      post(['Transfer-Encoding: chunked', 'Connection: close'], 'a\r\n0123456789\r\n0\r\n\r\n'),
      200,
    ],
    ['declared', post(['Content-Length: 11'], '0123456789a'), 413],
    ['in chunks', post(['Transfer-Encoding: chunked'], '5\r\n01234\r\n6\r\n56789a\r\n0\r\n\r\n'), 413],
  ] as const) {
    const { text, seen } = await attack(t, bytes, { limits })
    t.equal(statusOf(text), status, name)
    if (status === 413) t.notMatch(seen, /\r\n0\r\n\r\n|content-length/i, 'no whole request arrives')
    if (status === 413) t.match(text, /application\/problem\+json/)
  }
})

t.test('a body that never ends, behind a refusal, is not read for ever', async (t) => {
  const upstream = await rawUpstream(t, OK)
  const gate = await gateway(t, upstream.url, { limits: { bodyBytes: 10 } })
  const client = wire(t, gate.port).send(post(['Content-Length: 1000000000000'], ''))
  const piece = Buffer.alloc(1024 * 1024)
  let sent = 0
  const more = () => {
    while (!client.ended && sent < 500 && client.socket.write(piece)) sent++
    if (sent < 500 && !client.ended) client.socket.once('drain', more)
  }
  more()
  await until(() => client.ended, 'the connection ends')
  t.match(client.text, /^HTTP\/1\.1 413 /)
  t.ok(sent < 200, `${sent} MB`)
  t.strictSame(upstream.seen, [])
})

t.test('a ticket does not help', async (t) => {
  const { seen } = await attack(
    t,
    `${post([`Cookie: ${cookie()}`, 'Content-Length: 4', 'Transfer-Encoding: chunked'], '0\r\n\r\n')}${headOf('/admin')}`,
  )
  t.equal(seen, '')
})
