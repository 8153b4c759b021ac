/**
 * One process for `adapters.ts`: a page on a framework's server, `/open` without a guard, `/guarded` behind one that
 * gathers requests where it can, `/alone` behind one that judges each as it comes. One process for all three: no two are
 * optimised alike. Says its port over IPC, and to every message what is on the heap; `collect` clears young garbage first.
 */
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { createGuard, type Guard } from 'authtkt'
import * as forExpress from 'authtkt/express'
import * as forFastify from 'authtkt/fastify'
import * as forHono from 'authtkt/hono'
import * as forNode from 'authtkt/node'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import { collect } from './measure.js'
import { SECRET } from './workloads.js'

export type Framework = 'node:http' | 'Express' | 'Fastify' | 'Hono'
export type Page = '/open' | '/guarded' | '/alone'

/** As many bytes as a uid: nobody is sent a shorter answer. */
const NOBODY = 'nobody00'
// The tickets are of one day in 2023.
const now = () => 1_700_003_000

type Make = (guard: Guard | undefined, gather: boolean) => RequestListener | Promise<RequestListener>

const MAKE: Readonly<Record<Framework, Make>> = {
  'node:http': (guard, gather) =>
    guard === undefined
      ? (_, response) => response.end(NOBODY)
      : forNode.protect(guard, (request, response) => response.end(request.identity?.uid), { now, gather }),

  Express(guard, gather) {
    const app = express()
    if (guard !== undefined) app.use(forExpress.protect(guard, { now, gather }))
    app.get('/:page/:id', (request, response) => void response.send(request.identity?.uid ?? NOBODY))
    return app
  },

  async Fastify(guard, gather) {
    const app = fastify()
    if (guard !== undefined) await app.register(forFastify.protect, { guard, now, gather })
    app.get('/:page/:id', (request, reply) => reply.send(request.identity?.uid ?? NOBODY))
    await app.ready()
    return (request, response) => app.routing(request, response)
  },

  Hono(guard) {
    const app = new Hono<{ Variables: forHono.TicketVariables }>()
    if (guard !== undefined) app.use(forHono.protect(guard, { now }))
    app.get('/:page/:id', (c) => c.text(c.get('identity')?.uid ?? NOBODY))
    return getRequestListener(app.fetch)
  },
}

async function start(make: Make): Promise<void> {
  const guard = createGuard({
    keys: [{ secret: SECRET, digest: 'sha256' }],
    loginUrl: 'https://login.example.com/',
    areas: ['/guarded', '/alone'].map((path) => ({ path, tokens: ['reader1'] })),
  })
  const pages: Readonly<Record<string, RequestListener>> = {
    '/open': await make(undefined, true),
    '/guarded': await make(guard, true),
    '/alone': await make(guard, false),
  }
  // Other pages are measured meanwhile: connections must not time out.
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    const url = request.url as string
    pages[url.slice(0, url.indexOf('/', 1))]?.(request, response)
  })
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
  process.on('message', (message) => {
    if (message === 'collect') collect({ type: 'minor' })
    process.send?.(process.memoryUsage().heapUsed)
  })
}

process.on('disconnect', () => process.exit())
await start(MAKE[process.argv[2] as Framework])
