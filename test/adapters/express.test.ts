/** Express' own matters: mount paths, routers in routers, rewritten targets, earlier middleware. */

import { createServer } from 'node:http'
import express, { type Express, type Request, type Response } from 'express'
import t from 'tap'
import { protect } from '../../src/adapters/express.js'
import { ask, bytesOf, raw, statusOf } from './client.js'
import { listen } from './servers.js'
import { cookie, NOW, siteGuard } from './site.js'

const guard = siteGuard()
const middleware = protect(guard, { now: () => NOW })
const alice = { headers: { cookie: cookie('alice') } }

const show = ({ baseUrl, url, originalUrl, path, query, identity }: Request, response: Response) => {
  response.json({ baseUrl, url, originalUrl, path, query, uid: identity?.uid ?? null })
}

const serve = (t: Parameters<typeof listen>[0], app: Express) => listen(t, createServer(app))
const json = ({ body }: { body: string }) => JSON.parse(body)

t.test('mounted behind a path: the whole target is judged, the mount stays cut off', async (t) => {
  const app = express()
  app.use('/admin', middleware, show)
  app.use(show)
  const port = await serve(t, app)
  const CASES: [target: string, baseUrl: string, url: string][] = [
    ['/admin', '/admin', '/'],
    ['/admin?x=1', '/admin', '/?x=1'],
    ['/admin/', '/admin', '/'],
    ['/admin/?x=1', '/admin', '/?x=1'],
    ['/admin/deep', '/admin', '/deep'],
    ['/admin/%64eep?y', '/admin', '/deep?y'],
    ['/admin//deep', '/admin', '/deep'],
    ['/admin/./deep/../x', '/admin', '/x'],
  ]
  for (const [target, baseUrl, url] of CASES) {
    const answer = await raw(port, bytesOf(target, ['Host: a', `Cookie: ${alice.headers.cookie}`]))
    t.match(json({ body: answer.split('\r\n\r\n')[1] as string }), { baseUrl, url, uid: 'alice' }, target)
    t.equal(statusOf(await raw(port, bytesOf(target, ['Host: a']))), 307, `${target} without a ticket`)
  }
  // Judged, these lie outside of what the middleware is mounted behind, or have another slash than Express counts on.
  for (const target of [
    '/admin/../public',
    '/admin/..',
    '/admin/../admin',
    '/admin/../administrator',
    '/admin/../admin?x',
    'http://a/admin',
  ]) {
    t.equal(statusOf(await raw(port, bytesOf(target, ['Host: a', `Cookie: ${alice.headers.cookie}`]))), 400, target)
  }
})

t.test('behind a mounted middleware the target is whole again', async (t) => {
  const app = express()
  app.use('/admin', middleware)
  app.use(show)
  const port = await serve(t, app)
  for (const [target, url] of [
    ['/admin', '/admin'],
    ['/admin?x', '/admin?x'],
    ['/admin/%61', '/admin/a'],
    ['/admin//a?x', '/admin/a?x'],
  ]) {
    t.match(json(await ask(port, target as string, alice)), { baseUrl: '', url, originalUrl: url, uid: 'alice' })
  }
})

t.test('routers in routers', async (t) => {
  const inner = express.Router()
  inner.use(middleware)
  inner.get('/deep', show)
  const outer = express.Router()
  outer.use('/area', inner)
  const app = express()
  app.use('/admin', outer)
  const sub = express()
  sub.use(middleware, show)
  app.use('/staff', sub)
  const port = await serve(t, app)
  t.match(json(await ask(port, '/admin/area/%64eep', alice)), {
    baseUrl: '/admin/area',
    url: '/deep',
    originalUrl: '/admin/area/deep',
  })
  t.equal((await ask(port, '/admin/area/deep')).status, 307)
  const headers = { cookie: cookie('bob', { tokens: ['staff'] }) }
  t.match(json(await ask(port, '/staff/x', { headers })), { url: '/x', uid: 'bob' })
  t.equal((await ask(port, '/staff', alice)).status, 307)
})

t.test('for one route', async (t) => {
  const app = express()
  app.get('/admin/deep', middleware, show)
  const port = await serve(t, app)
  t.match(json(await ask(port, '/admin/deep', alice)), { uid: 'alice' })
  t.equal((await ask(port, '/admin/deep')).status, 307)
})

t.test('a target that earlier middleware has rewritten is judged as routers see it', async (t) => {
  const app = express()
  app.use((request, _, next) => {
    request.url = request.url.replace('/de/', '/')
    next()
  })
  app.use(middleware)
  app.get('/admin', show)
  const port = await serve(t, app)
  t.equal((await ask(port, '/de/admin')).status, 307)
  t.match(json(await ask(port, '/de/admin', alice)), { url: '/admin', uid: 'alice' })
})

t.test('absolute targets keep their origin in front, as Express counts on it', async (t) => {
  const app = express()
  app.use(middleware)
  app.use('/admin', show)
  const port = await serve(t, app)
  const get = (target: string) => raw(port, bytesOf(target, ['Host: a', `Cookie: ${alice.headers.cookie}`]))
  const answer = await get('http://a/x/../admin/%64eep?y')
  t.match(json({ body: answer.split('\r\n\r\n')[1] as string }), { path: '/deep', baseUrl: '/admin', uid: 'alice' })
  t.equal(statusOf(await get('http://b/admin')), 400)
  t.equal(statusOf(await get('http://a?/admin')), 400)
})

t.test("earlier middleware's cookies go out with a refusal", async (t) => {
  const app = express()
  app.use((_, response, next) => {
    response.cookie('seen', '1')
    next()
  })
  app.use(middleware)
  const port = await serve(t, app)
  const { cookies } = await ask(port, '/admin', { headers: { cookie: cookie('alice', { age: 9000 }) } })
  t.match(cookies, [/^seen=1/, /^auth_tkt=;/])
})

t.test('an identity that earlier code has made up does not survive', async (t) => {
  const app = express()
  app.use((request, _, next) => {
    request.identity = { uid: 'root', tokens: [], userData: '', guest: false }
    next()
  })
  app.use(middleware, show)
  const port = await serve(t, app)
  t.match(json(await ask(port, '/public')), { uid: null })
  t.match(json(await ask(port, '/admin', alice)), { uid: 'alice' })
})

t.test('a guard that lets odd paths pass needs routers that tell them apart, and our word for it', async (t) => {
  const loose = siteGuard({ oddPaths: 'allow' })
  t.throws(() => protect(loose), { code: 'ERR_TKT_OPTIONS', message: /oddPaths: 'refuse', or set exactRouting/ })
  t.equal(typeof protect(loose, { exactRouting: true }), 'function')
  t.equal(typeof protect(siteGuard()), 'function')
})
