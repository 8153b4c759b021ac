/** Fetch and Hono without a socket: requests as Deno, Bun and Workers hand them over. */

import { Hono } from 'hono'
import t from 'tap'
import { protect } from '../../src/adapters/fetch.js'
import { protect as protectHono, type TicketVariables } from '../../src/adapters/hono.js'
import { isReadable } from '../../src/adapters/web.js'
import type { Guard, GuardRequest } from '../../src/policy/decision.js'
import { cookie, NOW, siteGuard } from './site.js'

const guard = siteGuard()
const now = () => NOW
const ip = () => '192.0.2.7'
const ticket = (age = 0) => cookie('alice', { age, ip: '192.0.2.7' })
const half = () => new Request('https://a/admin', { headers: { cookie: ticket(4000) } })

function spy(): Guard & { asked?: GuardRequest } {
  const self: Guard & { asked?: GuardRequest } = {
    ...guard,
    decide(request) {
      self.asked = request
      return guard.decide(request)
    },
  }
  return self
}

t.test('what the guard is told', async (t) => {
  const by = spy()
  const app = protect(by, () => new Response(), { ip, now })
  await app(new Request('https://Site.test:8443/x/%61?b=/#c', { headers: { Cookie: 'a=b' }, method: 'PUT' }))
  t.match(by.asked, { method: 'PUT', url: '/x/%61?b=/', ip: '192.0.2.7', tls: true, now: NOW })
  t.strictSame(by.asked?.headers, ['cookie', 'a=b', 'host', 'site.test:8443'])
  await app(new Request('http://a', { headers: { host: 'A' } }))
  t.match(by.asked, { url: '/', tls: false, headers: ['host', 'A'] })
})

t.test('a Host header that names another host than the URL', async (t) => {
  const app = protect(guard, () => new Response(), { ip, now })
  const status = async (url: string, host: string) => (await app(new Request(url, { headers: { host } }))).status
  for (const [url, host] of [
    ['http://a/', 'a'],
    ['http://a/', 'A:80'],
    ['https://a/', 'a:443'],
    ['http://a:81/', 'a:81'],
    ['http://[::1]/', '[::1]'],
  ]) {
    t.equal(await status(url as string, host as string), 200, `${url} ${host}`)
  }
  for (const [url, host] of [
    ['http://a/', 'b'],
    ['http://a/', 'a:81'],
    ['http://a:81/', 'a'],
    ['http://a/', 'a, b'],
  ]) {
    t.equal(await status(url as string, host as string), 400, `${url} ${host}`)
  }
})

t.test('handlers get the request as it is, the identity, and what the runtime adds', async (t) => {
  const request = new Request('http://a/admin', { headers: { cookie: ticket() } })
  let given: unknown[] = []
  const handler = (...all: [Request, unknown, string, number]) => {
    given = all
    return new Response()
  }
  await protect<[string, number]>(guard, handler, { ip: (_, address) => address, now })(request, '192.0.2.7', 5)
  t.equal(given[0], request)
  t.match(given.slice(1), [{ uid: 'alice' }, '192.0.2.7', 5])
})

t.test('a target that is judged under another spelling is handed on so', async (t) => {
  const app = protect(
    guard,
    async (request) => new Response(`${request.method} ${request.url} ${await request.text()}`),
    { ip, now },
  )
  const request = new Request('http://a//%61dmin//x?y', { method: 'POST', body: 'body', headers: { cookie: ticket() } })
  t.equal(await (await app(request)).text(), 'POST http://a/admin/x?y body')
  t.equal(await (await app(new Request('http://a/%70ublic'))).text(), 'GET http://a/public ')
})

t.test('responses are copied, never changed', async (t) => {
  const shared = new Response(null, {
    status: 204,
    headers: [
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
    ],
  })
  const app = protect(guard, () => shared, { ip, now })
  for (let i = 0; i < 3; i++) {
    const response = await app(half())
    t.match(response.headers.getSetCookie(), [/^auth_tkt=/, 'a=1', 'b=2'])
    t.equal(response.headers.getSetCookie().length, 3)
    t.equal(response.headers.get('cache-control'), 'no-store')
    t.equal(response.status, 204)
  }
  t.strictSame(shared.headers.getSetCookie(), ['a=1', 'b=2'])
  t.notOk(shared.headers.get('cache-control'))
})

t.test('responses that cannot be changed', async (t) => {
  const moved = protect(guard, () => Response.redirect('http://b/', 303), { ip, now })
  const response = await moved(half())
  t.equal(response.headers.get('location'), 'http://b/')
  t.match(response.headers.getSetCookie(), [/^auth_tkt=/])
  const switching = { status: 101 } as Response
  t.equal(await protect(guard, () => switching, { ip, now })(half()), switching, 'an upgrade is left as it is')
})

t.test('the clock of this machine', async (t) => {
  const by = spy()
  await protect(by, () => new Response(), { ip })(new Request('http://a/'))
  t.ok(Math.abs((by.asked?.now ?? 0) - Date.now() / 1000) < 5)
})

t.test('Hono without Node', async (t) => {
  const app = new Hono<{ Variables: TicketVariables }>()
  app.use(protectHono(guard, { ip, now }))
  app.get('/admin', (c) => {
    c.header('Set-Cookie', 'a=1')
    return c.text(c.get('identity')?.uid ?? '')
  })
  app.get('/admin/raw', () => new Response('raw', { headers: { 'set-cookie': 'a=1', 'x-a': 'b' } }))
  for (const path of ['/admin', '/admin/raw']) {
    const response = await app.request(`https://a${path}`, { headers: { cookie: ticket(4000) } })
    t.equal(response.status, 200)
    t.match(response.headers.getSetCookie(), [/^auth_tkt=/, 'a=1'])
    t.equal(response.headers.getSetCookie().length, 2)
    t.equal(response.headers.get('cache-control'), 'no-store')
  }
  const none = await app.request('https://a/admin/none', { headers: { cookie: ticket(4000) } })
  t.equal(none.status, 404)
  t.match(none.headers.getSetCookie(), [/^auth_tkt=/], 'what no route matches, as well')
  t.equal((await app.request('https://a/admin//none', { headers: { cookie: ticket() } })).status, 400)
  t.equal((await app.request('https://a/admin', { headers: { host: 'b', cookie: ticket() } })).status, 400)
})

t.test('Hono where nobody tells the address: bound tickets are refused', async (t) => {
  const app = new Hono()
  app.use(protectHono(guard, { now }))
  app.get('/admin', (c) => c.text('in'))
  t.equal((await app.request('https://a/admin', { headers: { cookie: ticket() } })).status, 307)
})

t.test('a method that the Fetch standard has no requests of is refused', async (t) => {
  const request = (method: string) => ({ method, headers: new Headers(), url: 'http://h/admin' }) as Request
  for (const method of ['TRACE', 'CONNECT', 'TRACK']) t.notOk(isReadable(request(method)), method)
  t.ok(isReadable(request('GET')))
})
