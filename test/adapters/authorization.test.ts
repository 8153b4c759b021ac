/** The Authorization header that a guard has for the application stands in place of the client's, in every view of it. */

import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import * as http2 from 'node:http2'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import t, { type Test } from 'tap'
import { protect as protectExpress } from '../../src/adapters/express.js'
import protectFastify from '../../src/adapters/fastify.js'
import { protect as protectFetch } from '../../src/adapters/fetch.js'
import { protect as protectHono } from '../../src/adapters/hono.js'
import { protect as protectNode, protectUpgrade } from '../../src/adapters/node.js'
import type { Guard } from '../../src/policy/decision.js'
import { bytesOf, raw } from './client.js'
import { listen } from './servers.js'
import { cookie, NOW, siteGuard } from './site.js'

/** A guard that has this for the application. */
function handingOn(authorization: string | null | undefined): Guard {
  const guard = siteGuard()
  return {
    ...guard,
    decide(request) {
      const decision = guard.decide(request)
      return decision.kind === 'allow' && authorization !== undefined ? { ...decision, authorization } : decision
    },
  }
}

/** All that a handler can find out about the header. */
interface Views {
  readonly lines: readonly string[]
  readonly value: string | null
  readonly distinct?: readonly string[] | null
  /** Other headers are still there. */
  readonly other: string | null
}

const options = { now: () => NOW, ip: () => '127.0.0.1' }

function nodeViews({ rawHeaders, headers, headersDistinct }: IncomingMessage): Views {
  const lines = rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1]?.toLowerCase() === 'authorization')
  const distinct = headersDistinct.authorization ?? null
  return { lines, value: headers.authorization ?? null, distinct, other: headers['x-other'] as string }
}

function fetchViews({ headers }: Request): Views {
  const lines = [...headers].flatMap(([name, value]) => (name === 'authorization' ? [value] : []))
  return { lines, value: headers.get('authorization'), other: headers.get('x-other') }
}

const SERVERS: Readonly<Record<string, (guard: Guard) => Promise<Server>>> = {
  node: async (guard) =>
    createServer(protectNode(guard, (request, response) => response.end(JSON.stringify(nodeViews(request))), options)),
  express: async (guard) => {
    const app = express()
    app.use(protectExpress(guard, options))
    app.use((request, response) => void response.send(JSON.stringify(nodeViews(request))))
    return createServer(app)
  },
  fastify: async (guard) => {
    const app = fastify()
    await app.register(protectFastify, { guard, ...options })
    app.get('/admin', (request, reply) => {
      const views = nodeViews(request.raw)
      reply.send(JSON.stringify({ ...views, value: request.headers.authorization ?? null }))
    })
    app.get('/public', (request, reply) => reply.send(JSON.stringify(nodeViews(request.raw))))
    await app.ready()
    return app.server
  },
  hono: async (guard) => {
    const app = new Hono()
    app.use(protectHono(guard, options))
    app.get('/*', (c) => {
      const views = fetchViews(c.req.raw)
      return c.text(JSON.stringify({ ...views, value: c.req.header('authorization') ?? null }))
    })
    return createAdaptorServer({ fetch: app.fetch }) as Server
  },
  fetch: async (guard) => {
    const guarded = protectFetch(guard, (request) => new Response(JSON.stringify(fetchViews(request))), options)
    return createAdaptorServer({ fetch: guarded as never }) as Server
  },
}

const MINE = 'Basic Y2xpZW50OnB3'
const OURS = 'Basic YWxpY2U6cGFzc3dvcmQ='

async function seen(
  t: Test,
  name: string,
  authorization: string | null | undefined,
  lines: readonly string[],
  path = '/admin',
) {
  const port = await listen(t, await (SERVERS[name] as (guard: Guard) => Promise<Server>)(handingOn(authorization)))
  const request = bytesOf(path, ['Host: a', `Cookie: ${cookie('alice')}`, 'X-Other: kept', ...lines])
  const answer = await raw(port, Buffer.from(request, 'latin1'))
  return JSON.parse(/\{.*\}/.exec(answer)?.[0] ?? 'null') as Views
}

for (const name of Object.keys(SERVERS)) {
  const distinct = (value: string | null) => (name === 'hono' || name === 'fetch' ? {} : { distinct: value && [value] })
  const only = (value: string | null) => ({
    lines: value === null ? [] : [value],
    value,
    ...distinct(value),
    other: 'kept',
  })
  t.test(name, async (t) => {
    const spoofs = [`authorization: ${MINE}`, `AUTHORIZATION: ${MINE}`, 'Authorization: Bearer x']
    for (const lines of [[], [`Authorization: ${MINE}`], spoofs]) {
      t.strictSame(await seen(t, name, OURS, lines), only(OURS), 'however often the client sent one')
      t.strictSame(await seen(t, name, null, lines), only(null), 'none goes on')
    }
    t.strictSame(await seen(t, name, undefined, []), only(null))
    t.strictSame(await seen(t, name, undefined, [`Authorization: ${MINE}`]), only(MINE), 'where nothing is decided')
    t.strictSame(await seen(t, name, OURS, [`Authorization: ${MINE}`], '/public'), only(MINE), 'where all may come in')
    for (const text of ['Basic \r\nX-Admin: 1', 'Basic \0', 'Basic \u0141'])
      t.strictSame(await seen(t, name, text, [`Authorization: ${MINE}`]), only(null), 'what no header can carry')
    t.strictSame(await seen(t, name, 'Basic \xe9', []), only('Basic \xe9'), 'bytes stay bytes')
  })
}

t.test('upgrades', async (t) => {
  const server = createServer()
  server.on(
    'upgrade',
    protectUpgrade(
      handingOn(OURS),
      (request, socket) => socket.end(`HTTP/1.1 200 OK\r\n\r\n${JSON.stringify(nodeViews(request))}`),
      options,
    ),
  )
  const lines = ['Host: a', `Cookie: ${cookie('alice')}`, 'X-Other: kept', `Authorization: ${MINE}`]
  const bytes = `${['GET /admin HTTP/1.1', ...lines, 'Connection: Upgrade', 'Upgrade: websocket'].join('\r\n')}\r\n\r\n`
  const answer = await raw(await listen(t, server), bytes)
  t.strictSame(JSON.parse(answer.split('\r\n\r\n')[1] ?? ''), {
    lines: [OURS],
    value: OURS,
    distinct: [OURS],
    other: 'kept',
  })
})

t.test('HTTP/2', async (t) => {
  const server = http2.createServer(
    protectNode(
      handingOn(OURS),
      (request, response) => {
        const { rawHeaders, headers } = request
        const lines = rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1] === 'authorization')
        response.end(JSON.stringify({ lines, value: headers.authorization, user: headers['remote-user'] }))
      },
      { ...options, identityHeaders: true },
    ) as never,
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const session = http2.connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  t.teardown(() => {
    session.destroy()
    server.close()
  })
  const stream = session.request({
    ':path': '/admin',
    cookie: cookie('alice'),
    authorization: MINE,
    'remote-user': 'root',
  })
  let body = ''
  for await (const chunk of stream) body += chunk
  t.strictSame(JSON.parse(body), { lines: [OURS], value: OURS, user: 'alice' })
})
