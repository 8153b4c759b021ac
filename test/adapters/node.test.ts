/** What only node:http has: many ways to write a head, and TLS, HTTP/2 and errors that nobody catches. */

import { once } from 'node:events'
import { createServer, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from 'node:http'
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { type Judged, type NodeHandler, type NodeOptions, protect } from '../../src/adapters/node.js'
import type { Guard, GuardRequest } from '../../src/policy/decision.js'
import { ask, bytesOf, raw, seenIn, statusOf } from './client.js'
import { listen, start } from './servers.js'
import { cookie, NOW, siteGuard } from './site.js'

const guard = siteGuard()
const half = { headers: { cookie: cookie('alice', { age: 4000 }) } }
const whole = { headers: { cookie: cookie('alice') } }
const now = () => NOW

/** The guard, and what it was asked. */
const spyOn = (look: (request: GuardRequest) => void): Guard => ({
  ...guard,
  decide(request) {
    look(request)
    return guard.decide(request)
  },
})

const serve = (t: Parameters<typeof listen>[0], handler: NodeHandler, options: NodeOptions = {}, by: Guard = guard) =>
  listen(t, createServer(protect(by, handler, { now, ...options })))

type Way = (response: ServerResponse) => unknown
const flat = ['Set-Cookie', 'a=1', 'set-cookie', 'b=2', 'Link', '<x>', 'Link', '<y>', 'Cache-Control', 'public']
const pairs = [
  ['Set-Cookie', 'a=1'],
  ['SET-COOKIE', 'b=2'],
  ['Link', '<x>'],
  ['Link', '<y>'],
]

/** Ways in which handlers set cookies; two each unless told. */
const WAYS: Readonly<Record<string, Way>> = {
  setHeader: (response) => response.setHeader('Set-Cookie', ['a=1', 'b=2']).end('x'),
  'setHeader in lower case': (response) => response.setHeader('set-cookie', ['a=1', 'b=2']).end('x'),
  'setHeader of one, appendHeader of the other': (response) =>
    response.setHeader('Set-Cookie', 'a=1').appendHeader('Set-Cookie', 'b=2').end(),
  setHeaders: (response) => response.setHeaders(new Map([['Set-Cookie', ['a=1', 'b=2']]])).end(),
  writeHead: (response) => response.writeHead(200, { 'Set-Cookie': ['a=1', 'b=2'] }).end('x'),
  'writeHead with a reason': (response) => response.writeHead(200, 'Fine', { 'set-cookie': ['a=1', 'b=2'] }).end('x'),
  'writeHead with one in each case': (response) =>
    response.writeHead(200, { 'Set-Cookie': 'a=1', 'set-cookie': 'b=2' }).end(),
  'writeHead with a flat list': (response) => response.writeHead(200, flat as never).end(),
  'writeHead with pairs': (response) => response.writeHead(200, pairs as never).end(),
  'writeHead over setHeader': (response) =>
    response
      .setHeader('Set-Cookie', 'lost=1')
      .writeHead(200, { 'Set-Cookie': ['a=1', 'b=2'] })
      .end(),
  'setHeader, writeHead without': (response) =>
    response.setHeader('Set-Cookie', ['a=1', 'b=2']).writeHead(200, { 'X-A': '1' }).end(),
  'setHeader, writeHead with a reason alone': (response) =>
    response.setHeader('Set-Cookie', ['a=1', 'b=2']).writeHead(200, 'Fine').end(),
  'implicit head on write': (response) => {
    response.setHeader('Set-Cookie', ['a=1', 'b=2'])
    response.write('x')
    response.end('y')
  },
  flushHeaders: (response) => {
    response.setHeader('Set-Cookie', ['a=1', 'b=2'])
    response.flushHeaders()
    response.end()
  },
  'a writeHead that fails, and another': (response) => {
    response.setHeader('Set-Cookie', ['a=1', 'b=2'])
    try {
      response.writeHead(99)
    } catch {
      response.writeHead(200).end()
    }
  },
  'middleware that wraps writeHead in turn': (response) => {
    const inner = response.writeHead
    response.writeHead = function (this: ServerResponse, ...args: [number, OutgoingHttpHeaders?]) {
      this.setHeader('Set-Cookie', ['a=1', 'b=2'])
      return inner.apply(this, args as never)
    } as typeof inner
    response.end('x')
  },
}

for (const [name, way] of Object.entries(WAYS)) {
  t.test(`cookies by ${name}`, async (t) => {
    const port = await serve(t, (_, response) => way(response))
    const renewed = await ask(port, '/admin', half)
    t.equal(renewed.status, 200)
    t.match(renewed.cookies, [/^auth_tkt=\w/, 'a=1', 'b=2'])
    t.equal(renewed.cookies.length, 3)
    t.equal(renewed.headers['cache-control'], 'no-store')
    t.strictSame(
      (await ask(port, '/admin', whole)).cookies,
      name.includes('wraps') ? ['a=1', 'b=2'] : (await ask(port, '/public')).cookies,
    )
  })
}

t.test('lists in writeHead keep repeated headers', async (t) => {
  const port = await serve(t, (_, response) => response.writeHead(200, flat as never).end())
  const answer = await ask(port, '/admin', half)
  t.strictSame(answer.headers.link, ['<x>', '<y>'])
})

t.test('no cookies of its own', async (t) => {
  const port = await serve(t, (_, response) => response.writeHead(204).end())
  t.match((await ask(port, '/admin', half)).cookies, [/^auth_tkt=/])
  const silent = await serve(t, (_, response) => response.end())
  t.match((await ask(silent, '/admin', half)).cookies, [/^auth_tkt=/])
})

t.test("signing out: the handler's cookie of the same name comes last", async (t) => {
  const port = await serve(t, (_, response) => response.setHeader('Set-Cookie', 'auth_tkt=; Max-Age=0').end())
  t.match((await ask(port, '/admin', half)).cookies, [/^auth_tkt=\w/, 'auth_tkt=; Max-Age=0'])
})

t.test('errors of handlers', async (t) => {
  const errors: unknown[] = []
  const onError = (error: unknown) => errors.push(error)
  const HANDLERS: NodeHandler[] = [
    () => {
      throw new Error('sync')
    },
    async () => {
      throw new Error('async')
    },
    (_, response) => {
      response.setHeader('X-Secret', 'x').setHeader('Content-Encoding', 'gzip')
      throw new Error('with headers')
    },
  ]
  for (const handler of HANDLERS) {
    const answer = await ask(await serve(t, handler, { onError }), '/admin', whole)
    t.match(answer, { status: 500, body: 'Something is wrong on this server.\n' })
    t.notOk(answer.headers['x-secret'] ?? answer.headers['content-encoding'])
  }
  const late = await serve(
    t,
    (_, response) => {
      response.writeHead(200, { 'Content-Length': 100 }).write('half')
      throw new Error('late')
    },
    { onError },
  )
  await t.rejects(ask(late, '/admin', whole))
  t.strictSame(
    errors.map((error) => (error as Error).message),
    ['sync', 'async', 'with headers', 'late'],
  )
})

t.test('without onError, errors go where they would go without us', async (t) => {
  const thrower = () => {
    throw new Error('mine')
  }
  await t.test('at once: to the caller', async (t) => {
    const listener = protect(guard, thrower, { now, gather: false })
    const caught: unknown[] = []
    const server = createServer((request, response) => {
      try {
        listener(request, response)
      } catch (error) {
        caught.push(error)
      }
    })
    t.equal((await ask(await listen(t, server), '/admin', whole)).status, 500)
    t.match(caught, [{ message: 'mine' }])
  })
  await t.test('gathered: to the process', async (t) => {
    const caught: unknown[] = []
    process.setUncaughtExceptionCaptureCallback((error) => caught.push(error))
    t.teardown(() => process.setUncaughtExceptionCaptureCallback(null))
    const server = createServer(protect(guard, thrower, { now }))
    const port = await listen(t, server)
    const answers = await Promise.all(['/admin', '/admin'].map((path) => ask(port, path, whole)))
    t.strictSame(
      answers.map(({ status }) => status),
      [500, 500],
    )
    t.match(caught, [{ message: 'mine' }, { message: 'mine' }])
  })
})

t.test('a guard that fails lets nobody in', async (t) => {
  const broken: Guard = {
    ...guard,
    decide: () => {
      throw new Error('bug')
    },
  }
  const site = await start(t, 'node', broken)
  t.equal((await ask(site.port, '/public')).status, 500)
  for (const name of ['express', 'fastify', 'hono', 'fetch']) {
    const other = await start(t, name, broken)
    t.equal((await ask(other.port, '/public')).status, 500, name)
    t.strictSame(other.log.runs, [])
  }
})

t.test('the guard is told about the connection', async (t) => {
  let asked: GuardRequest | undefined
  const spy = spyOn((request) => {
    asked = request
  })
  const port = await serve(t, (_, response) => response.end(), {}, spy)
  await ask(port, '/admin', whole)
  t.match(asked, { method: 'GET', url: '/admin', ip: '127.0.0.1', tls: false, now: NOW })
  t.match([asked?.port, asked?.localAddress, asked?.httpVersion], [port, '127.0.0.1', '1.1'])
})

t.test('TLS is seen by the socket', async (t) => {
  const strict = siteGuard({ areas: [{ path: '/', requireSsl: true }] })
  const handler = protect(strict, (_, response) => response.end(), { now })
  const server = createServer(handler)
  const port = await listen(t, server)
  t.equal((await ask(port, '/', whole)).status, 307)
  // As tls.TLSSocket has it.
  server.on('connection', (socket) => Object.assign(socket, { encrypted: true }))
  // The client's connection has ended by then.
  await sleep(100)
  t.equal((await ask(port, '/', whole)).status, 200)
})

t.test('the clock of this machine', async (t) => {
  let asked: GuardRequest | undefined
  const spy = spyOn((request) => {
    asked = request
  })
  const port = await listen(t, createServer(protect(spy, (_, response) => response.end())))
  await ask(port, '/public')
  const { now: time = 0 } = asked ?? {}
  t.ok(Number.isInteger(time) && Math.abs(time - Date.now() / 1000) < 5)
})

t.test('HTTP/1.0 without Host', async (t) => {
  const port = await serve(t, (request, response) => response.end(request.identity?.uid))
  t.match(await raw(port, `GET /admin HTTP/1.0\r\nCookie: ${cookie('alice')}\r\n\r\n`), /200 OK[\s\S]*alice$/)
})

t.test('HTTP/2: cookies in pieces, the host in a pseudo-header', async (t) => {
  const listener = protect(
    guard,
    (request, response) => {
      response.setHeader('Set-Cookie', 'a=1')
      response.end(request.identity?.uid)
    },
    { now },
  )
  const server = createHttp2Server((request, response) =>
    listener(request as unknown as IncomingMessage, response as unknown as ServerResponse),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  t.teardown(() => {
    client.close()
    server.close()
  })
  const get = async (headers: Record<string, string | string[]>) => {
    const stream = client.request({ ':path': '/admin', ...headers })
    const [answer] = (await once(stream, 'response')) as [Record<string, unknown>]
    let body = ''
    for await (const part of stream) body += part
    return { status: answer[':status'], cookies: answer['set-cookie'], body }
  }
  const pieces = ['x=y', cookie('alice', { age: 4000 }), 'z=z']
  t.match(await get({ cookie: pieces }), { status: 200, body: 'alice', cookies: [/^auth_tkt=\w/, 'a=1'] })
  t.match(await get({}), { status: 307, body: /Please continue <a href=/ })
  t.match(await get({ ':path': '/public' }), { status: 200, body: '' })
})

t.test('an absolute target of this host becomes a path', async (t) => {
  const port = await serve(t, (request: Judged, response) => response.end(JSON.stringify({ url: request.url })))
  const headers = ['Host: Site.test', `Cookie: ${cookie('alice')}`]
  const answer = await raw(port, bytesOf('HTTP://site.TEST/x/../admin?y', headers))
  t.equal(statusOf(answer), 200)
  t.match(seenIn({ body: answer.split('\r\n\r\n')[1] as string }), { url: '/admin?y' })
})
