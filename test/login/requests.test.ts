/** Methods, paths, sizes, and the headers that every answer has. */

import t from 'tap'
import { type Asking, demo, form, raw, signIn, ticket } from './demo.js'

const METHODS: [path: string, allow: string, refused: NonNullable<Asking['method']>[]][] = [
  ['/', 'GET, HEAD', ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE']],
  ['/login', 'GET, HEAD, POST', ['PUT', 'DELETE', 'PATCH', 'OPTIONS']],
  ['/logout', 'POST', ['GET', 'HEAD', 'PUT', 'OPTIONS']],
]

for (const [path, allow, refused] of METHODS) {
  t.test(`methods of ${path}`, async (t) => {
    const { ask } = await demo(t)
    for (const method of refused) {
      const answer = await ask(path, { method, ticket: ticket('alice') })
      t.match(answer, { status: 405, headers: { allow } }, method)
      t.notOk(answer.headers['set-cookie'])
    }
  })
}

t.test('HEAD is GET without the body', async (t) => {
  const { ask, port } = await demo(t)
  for (const asking of [{}, { ticket: ticket('alice') }]) {
    for (const path of ['/', '/login', '/none']) {
      const get = await ask(path, asking)
      const head = await ask(path, { ...asking, method: 'HEAD' })
      t.equal(head.status, get.status)
      t.equal(head.body, '')
      t.equal(head.headers['content-length'], String(Buffer.byteLength(get.body)))
      t.equal(head.headers.location, get.headers.location)
    }
  }
  const head = await raw(port, 'HEAD /login HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  t.ok(head.endsWith('\r\n\r\n'), 'not a byte behind the headers')
})

t.test('a path is exactly that, with any query', async (t) => {
  const { ask } = await demo(t)
  const PATHS: [path: string, status: number][] = [
    ['/login?', 200],
    ['/login?back=http://evil.test/', 200],
    ['/?/login', 303],
    ['/login/', 404],
    ['/Login', 404],
    ['//login', 404],
    ['/%6cogin', 404],
    ['/login;x', 404],
    ['/favicon.ico', 404],
    ['/__proto__', 404],
    ['/constructor', 404],
  ]
  for (const [path, status] of PATHS) t.equal((await ask(path)).status, status, path)
})

t.test('a body of 4096 bytes is read, a longer one is refused, whole or in chunks', async (t) => {
  const { ask, port } = await demo(t)
  const { body = '' } = signIn()
  const padded = (length: number) => ({ ...signIn(), body: `${body}&x=`.padEnd(length, 'x') })
  t.equal((await ask('/login', padded(4096))).status, 303)
  for (const length of [4097, 70_000, 3_000_000]) {
    t.match(await ask('/login', padded(length)), { status: 413, body: 'at most 4096 bytes' }, `${length} bytes`)
  }
  // Without an end: the answer must not wait for it.
  const chunk = `1000\r\n${'x'.repeat(0x1000)}\r\n`
  const head = 'POST /login HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n'
  t.match(await raw(port, `${head}${chunk}${chunk}`, 300), /^HTTP\/1\.1 413 /)
})

t.test('a refused body leaves the connection usable', async (t) => {
  const { port } = await demo(t)
  const post = `POST /login HTTP/1.1\r\nHost: a\r\nContent-Length: 9000\r\n\r\n${'x'.repeat(9000)}`
  const answers = await raw(port, `${post}GET /login HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)
  t.match(answers, /^HTTP\/1\.1 413 [\s\S]*HTTP\/1\.1 200 /)
})

const ANSWERS: [status: number, path: string, asking: Asking][] = [
  [200, '/login', {}],
  [200, '/', { ticket: ticket('alice') }],
  [303, '/', {}],
  [303, '/login', signIn()],
  [303, '/logout', { method: 'POST' }],
  [403, '/login', form({})],
  [403, '/login', { ...signIn(), headers: { origin: 'http://evil.test' } }],
  [404, '/none', {}],
  [405, '/logout', {}],
  [413, '/login', { method: 'POST', body: 'x'.repeat(5000) }],
]

for (const [status, path, asking] of ANSWERS) {
  t.test(`headers of ${status} ${path}`, async (t) => {
    const { ask } = await demo(t)
    const answer = await ask(path, asking)
    t.match(answer, {
      status,
      headers: {
        'cache-control': /no-store|private, no-cache/,
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': /default-src 'none';.* form-action 'self';.* frame-ancestors 'none'/,
        'content-length': String(Buffer.byteLength(answer.body)),
        'referrer-policy': 'same-origin',
        'x-content-type-options': 'nosniff',
      },
    })
    if (path === '/') t.equal(answer.headers['cache-control'], 'no-store', 'what a ticket opens is never stored')
    if (answer.body)
      t.match(answer.body, /^<!doctype html>\n<html lang="en">[\s\S]*<title>[^<]+<\/title>[\s\S]*<\/html>\n$/)
  })
}
