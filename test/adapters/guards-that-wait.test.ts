/** Guards that have to wait for WebCrypto: for the Fetch adapters they are as good as others, the rest refuse them. */

import type { Server } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import fastify from 'fastify'
import { Hono } from 'hono'
import t from 'tap'
import { protect as protectExpress } from '../../src/adapters/express.js'
import protectFastify from '../../src/adapters/fastify.js'
import { protect as protectFetch } from '../../src/adapters/fetch.js'
import { protect as protectHono } from '../../src/adapters/hono.js'
import { protect as protectNode, protectUpgrade } from '../../src/adapters/node.js'
import type { AsyncGuard, Guard } from '../../src/policy/decision.js'
import { ask } from './client.js'
import { listen } from './servers.js'
import { cookie, NOW, siteGuard } from './site.js'

const { decide, visit: _, ...rest } = siteGuard()
/** Its answers come later. */
const waiting: AsyncGuard = {
  ...rest,
  decideAsync: (request) => new Promise((resolve) => setImmediate(() => resolve(decide(request)))),
}
const options = { now: () => NOW, ip: () => '127.0.0.1' }

t.test('fetch and hono wait', async (t) => {
  const app = new Hono()
  app.use(protectHono(waiting, options))
  app.get('/*', (c) => c.text(`hello ${(c.get('identity' as never) as { uid: string } | undefined)?.uid}`))
  const guarded = protectFetch(waiting, (_, identity) => new Response(`hello ${identity?.uid}`), options)
  for (const fetch of [app.fetch, guarded]) {
    const port = await listen(t, createAdaptorServer({ fetch: fetch as never }) as Server)
    t.match(await ask(port, '/admin', { headers: { cookie: cookie('alice') } }), { status: 200, body: 'hello alice' })
    t.match(await ask(port, '/admin'), { status: 307 })
    t.match(await ask(port, '/public'), { status: 200, body: 'hello undefined' })
    t.match(await ask(port, '/public%2f'), { status: 400 })
  }
  t.throws(() => protectHono({} as Guard), { code: 'ERR_TKT_OPTIONS', message: /createGuard and createAsyncGuard/ })
})

t.test('servers that do not wait say so at once', async (t) => {
  const refused = {
    code: 'ERR_TKT_OPTIONS',
    message: /: this guard has to wait for WebCrypto.*createGuard.*authtkt\/fetch/,
  }
  const guard = waiting as Guard
  t.throws(() => protectNode(guard, () => {}), refused)
  t.throws(() => protectUpgrade(guard, () => {}), refused)
  t.throws(() => protectExpress(guard), refused)
  const app = fastify()
  app.register(protectFastify, { guard })
  await t.rejects(async () => await app.ready(), refused)
})
