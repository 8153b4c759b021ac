/** Fastify's own matters: what a plugin covers, routes chosen before hooks run, replies that are hijacked. */

import fastify, { type FastifyInstance } from 'fastify'
import t from 'tap'
import plugin, { type FastifyOptions, protect } from '../../src/adapters/fastify.js'
import { ask, bytesOf, raw, seenIn, statusOf } from './client.js'
import { listen } from './servers.js'
import { cookie, NOW, siteGuard } from './site.js'

const guard = siteGuard()
const options: FastifyOptions = { guard, now: () => NOW }
const alice = { headers: { cookie: cookie('alice') } }
const half = { headers: { cookie: cookie('alice', { age: 4000 }) } }

async function serve(t: Parameters<typeof listen>[0], app: FastifyInstance): Promise<number> {
  await app.ready()
  t.teardown(() => app.close())
  return listen(t, app.server)
}

t.test('one plugin, by either name', async (t) => {
  t.equal(plugin, protect)
  const load = async (wrong: object) => {
    await fastify().register(plugin, wrong as FastifyOptions)
  }
  await t.rejects(load({}), { code: 'ERR_TKT_OPTIONS', message: /needs a guard/ })
  await t.rejects(load({ guard, onDecison: () => {} }), { code: 'ERR_TKT_OPTIONS', message: /onDecison/ })
})

t.test('covers routes of the application, of later plugins, and what no route matches', async (t) => {
  const app = fastify()
  app.get('/admin', async ({ identity }) => ({ uid: identity?.uid, at: 'before' }))
  app.register(plugin, options)
  app.get('/admin/after', async ({ identity }) => ({ uid: identity?.uid, at: 'after' }))
  app.register(
    async (inner) => {
      inner.get('/admin/inner', async ({ identity }) => ({ uid: identity?.uid, at: 'inner' }))
      inner.setNotFoundHandler((request, reply) => reply.code(404).send({ uid: request.identity?.uid }))
    },
    { prefix: '/p' },
  )
  const port = await serve(t, app)
  for (const path of ['/admin', '/admin/after', '/admin/none']) t.equal((await ask(port, path)).status, 307, path)
  t.match(seenIn(await ask(port, '/admin', alice)), { uid: 'alice', at: 'before' })
  t.match(seenIn(await ask(port, '/admin/after', alice)), { uid: 'alice', at: 'after' })
  t.equal((await ask(port, '/admin/none', alice)).status, 404)
  t.equal((await ask(port, '/p/none')).status, 404)
})

t.test('a not-found handler of its own is guarded', async (t) => {
  const app = fastify()
  await app.register(plugin, options)
  app.setNotFoundHandler((request, reply) => reply.send(`nothing, ${request.identity?.uid}`))
  const port = await serve(t, app)
  t.equal((await ask(port, '/admin/none')).status, 307)
  t.equal((await ask(port, '/admin/none', alice)).body, 'nothing, alice')
})

t.test('a path that would have taken another route is refused', async (t) => {
  const app = fastify()
  await app.register(plugin, options)
  app.get('/*', async () => 'any')
  app.get('/admin/*', async () => 'admin')
  const port = await serve(t, app)
  const headers = ['Host: a', `Cookie: ${alice.headers.cookie}`]
  for (const target of ['/x/../admin/y', '//admin/y', '/./admin', '/admin/../x', '/admin//y', 'http://a/x/../admin']) {
    t.equal(statusOf(await raw(port, bytesOf(target, headers))), 400, target)
  }
  for (const target of ['/admin/y', '/%61dmin/y', '/admin/%7b', '/admin/caf%c3%a9?/../x', 'http://a/admin/y']) {
    t.equal(statusOf(await raw(port, bytesOf(target, headers))), 200, target)
  }
})

t.test('cookies: every way to answer', async (t) => {
  const app = fastify()
  await app.register(plugin, options)
  app.get('/admin/header', (_, reply) => reply.header('set-cookie', 'a=1').header('Set-Cookie', 'b=2').send('x'))
  app.get('/admin/headers', (_, reply) => reply.headers({ 'set-cookie': ['a=1', 'b=2'] }).send('x'))
  app.get('/admin/removed', (_, reply) => {
    reply.removeHeader('set-cookie')
    reply.headers({ 'set-cookie': ['a=1', 'b=2'] }).send('x')
  })
  app.get('/admin/stream', (_, reply) => reply.header('set-cookie', ['a=1', 'b=2']).send(new Response('x').body))
  app.get('/admin/response', (_, reply) => {
    reply.send(
      new Response('x', {
        headers: [
          ['set-cookie', 'a=1'],
          ['set-cookie', 'b=2'],
        ],
      }),
    )
  })
  app.get('/admin/hijack', (_, reply) => {
    reply.hijack()
    reply.raw.writeHead(200, { 'Set-Cookie': ['a=1', 'b=2'] }).end('x')
  })
  const port = await serve(t, app)
  for (const way of ['header', 'headers', 'removed', 'stream', 'response', 'hijack']) {
    const { status, cookies, headers, body } = await ask(port, `/admin/${way}`, half)
    t.match({ status, cookies, body }, { status: 200, cookies: [/^auth_tkt=\w/, 'a=1', 'b=2'], body: 'x' }, way)
    t.equal(cookies.length, 3)
    t.equal(headers['cache-control'], 'no-store')
    t.strictSame((await ask(port, `/admin/${way}`, alice)).cookies, ['a=1', 'b=2'], way)
  }
})

t.test('inject, and hooks of others', async (t) => {
  const app = fastify()
  await app.register(plugin, options)
  app.addHook('onSend', async (_, reply) => void reply.header('x-seen', 'yes'))
  app.get('/admin', async ({ identity }) => identity)
  const { cookie: value } = half.headers
  const answer = await app.inject({ url: '/admin', headers: { cookie: value } })
  t.match(answer.json(), { uid: 'alice' })
  t.match(answer.headers, { 'x-seen': 'yes', 'set-cookie': [/^auth_tkt=/] })
  t.match(await app.inject({ url: '/admin' }), { statusCode: 307, headers: { 'x-seen': 'yes' } })
  await app.close()
})

t.test('a target that rewriteUrl has changed is judged as routed', async (t) => {
  const app = fastify({ rewriteUrl: ({ url = '/' }) => url.replace('/de/', '/') })
  await app.register(plugin, options)
  app.get('/admin', async ({ identity, url }) => ({ uid: identity?.uid, url }))
  const port = await serve(t, app)
  t.equal((await ask(port, '/de/admin')).status, 307)
  t.match(seenIn(await ask(port, '/de/admin', alice)), { uid: 'alice', url: '/admin' })
})

t.test('a router that is more lenient than the guard is refused', async (t) => {
  const loose = siteGuard({ oddPaths: 'allow' })
  for (const routerOptions of [
    { caseSensitive: false },
    { ignoreTrailingSlash: true },
    { useSemicolonDelimiter: true },
  ]) {
    const app = fastify({ routerOptions })
    await t.rejects(async () => await app.register(protect, { guard: loose }), {
      code: 'ERR_TKT_OPTIONS',
      message: /oddPaths: 'refuse'/,
    })
    const strict = fastify({ routerOptions })
    await strict.register(protect, { guard: siteGuard() })
  }
  await fastify().register(protect, { guard: loose })
})
