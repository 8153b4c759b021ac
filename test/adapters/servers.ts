/** The site on five servers, each as its users would write it, on a free loopback port. */

import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { createAdaptorServer } from '@hono/node-server'
import express, { type NextFunction, type Request as Req, type Response as Res } from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import type { Test } from 'tap'
import * as forExpress from '../../src/adapters/express.js'
import forFastify from '../../src/adapters/fastify.js'
import * as forFetch from '../../src/adapters/fetch.js'
import * as forHono from '../../src/adapters/hono.js'
import * as forNode from '../../src/adapters/node.js'
import type { Decision, Guard, Identity } from '../../src/policy/decision.js'
import { headersSeen, Log, NOW, OWN_COOKIES, type Seen } from './site.js'

export interface Options {
  readonly onDecision?: (decision: Decision) => unknown
  readonly identityHeaders?: boolean | 'latin1' | 'utf8'
  readonly ip?: () => string
}

export interface Site {
  readonly name: string
  readonly port: number
  readonly log: Log
}

type Starter = (guard: Guard, options: Options, log: Log) => Promise<Server>

/** Paths of the site; whatever else is asked for has no route. */
export const ROUTES = ['/', '/public', '/admin', '/admin/deep', '/staff', '/lounge', '/bare', '/broken']
const now = () => NOW

const pairsOf = ({ rawHeaders }: IncomingMessage) =>
  rawHeaders.flatMap((name, i) => (i % 2 === 0 ? [[name.toLowerCase(), rawHeaders[i + 1] as string] as const] : []))

function seen(route: string, url: string, identity: Identity | undefined, headers: Seen['headers'], body = ''): string {
  return JSON.stringify({ route, url, identity: identity ?? null, headers, body } satisfies Seen)
}

/** A router that takes as much as any does: case, empty segments, a slash at the end, parameters, back slashes. */
function lenientRoute(url: string): string {
  const path = new URL(url.replace(/^\/+/, '/'), 'http://a').pathname
  const decoded = path.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  const plain = decoded
    .replaceAll('\\', '/')
    .replace(/;[^/]*/g, '')
    .toLowerCase()
  return plain.replace(/\/+/g, '/').replace(/(?<=.)\/$/, '')
}

const nodeServer: Starter = async (guard, options, log) =>
  createServer(
    forNode.protect(
      guard,
      async (request, response) => {
        const route = lenientRoute(request.url as string)
        log.runs.push(route)
        const body = await text(request)
        if (route === '/admin/throws') throw new Error('a secret of the handler')
        if (route === '/admin/cookies') return response.writeHead(200, { 'Set-Cookie': OWN_COOKIES }).end('cookies')
        if (!ROUTES.includes(route) && route !== '/admin/echo') return response.writeHead(404).end('none')
        response.setHeader('Content-Type', 'application/json')
        response.end(seen(route, request.url as string, request.identity, headersSeen(pairsOf(request)), body))
      },
      { ...options, now, onError: (error) => log.errors.push(error) },
    ),
  )

const expressServer: Starter = async (guard, options, log) => {
  const app = express()
  app.use(forExpress.protect(guard, { ...options, now, exactRouting: guard.refusesOddPaths !== true }))
  const show = (request: Req, response: Res, body = '') => {
    log.runs.push(request.route.path)
    response
      .type('json')
      .send(seen(request.route.path, request.url, request.identity, headersSeen(pairsOf(request)), body))
  }
  for (const route of ROUTES) app.all(route, (request, response) => show(request, response))
  app.post('/admin/echo', async (request, response) => show(request, response, await text(request)))
  app.get('/admin/cookies', (_, response) => {
    for (const cookie of OWN_COOKIES) response.append('Set-Cookie', cookie)
    response.send('cookies')
  })
  app.get('/admin/throws', () => {
    throw new Error('a secret of the handler')
  })
  app.use((error: Error, _: Req, response: Res, __: NextFunction) => {
    log.errors.push(error)
    response.status(500).send('failed')
  })
  return createServer(app)
}

const fastifyServer: Starter = async (guard, options, log) => {
  const app = fastify()
  await app.register(forFastify, { guard, ...options, now })
  app.addContentTypeParser('*', (_, payload, done) => text(payload).then((body) => done(null, body)))
  for (const route of [...ROUTES, '/admin/echo']) {
    app.all(route, (request, reply) => {
      log.runs.push(route)
      const body = typeof request.body === 'string' ? request.body : ''
      reply
        .type('application/json')
        .send(seen(route, request.url, request.identity, headersSeen(pairsOf(request.raw)), body))
    })
  }
  app.get('/admin/cookies', (_, reply) => reply.header('set-cookie', OWN_COOKIES).send('cookies'))
  app.get('/admin/throws', () => Promise.reject(new Error('a secret of the handler')))
  app.setErrorHandler((error, _, reply) => {
    log.errors.push(error)
    reply.code((error as { statusCode?: number }).statusCode ?? 500).send('failed')
  })
  await app.ready()
  return app.server
}

const honoServer: Starter = async (guard, options, log) => {
  const app = new Hono<{ Variables: forHono.TicketVariables }>()
  app.use(forHono.protect(guard, { ...options, now }))
  for (const route of [...ROUTES, '/admin/echo']) {
    app.all(route, async (c) => {
      log.runs.push(route)
      const { pathname, search } = new URL(c.req.url)
      const body = c.req.method === 'POST' ? await c.req.text() : ''
      const json = seen(route, `${pathname}${search}`, c.get('identity'), headersSeen(c.req.raw.headers), body)
      return c.body(json, 200, { 'content-type': 'application/json' })
    })
  }
  app.get('/admin/cookies', (c) => {
    for (const cookie of OWN_COOKIES) c.header('Set-Cookie', cookie, { append: true })
    return c.text('cookies')
  })
  app.get('/admin/throws', () => {
    throw new Error('a secret of the handler')
  })
  app.onError((error, c) => {
    log.errors.push(error)
    return c.text('failed', 500)
  })
  return createAdaptorServer({ fetch: app.fetch }) as Server
}

const fetchServer: Starter = async (guard, options, log) => {
  type Env = { incoming: IncomingMessage }
  const answer = async (request: Request, identity: Identity | undefined): Promise<Response> => {
    const { pathname, search } = new URL(request.url)
    const route = lenientRoute(pathname)
    log.runs.push(route)
    if (route === '/admin/throws') throw new Error('a secret of the handler')
    if (route === '/admin/cookies') {
      return new Response('cookies', { headers: OWN_COOKIES.map((one): [string, string] => ['Set-Cookie', one]) })
    }
    if (!ROUTES.includes(route) && route !== '/admin/echo') return new Response('none', { status: 404 })
    const json = seen(route, `${pathname}${search}`, identity, headersSeen(request.headers), await request.text())
    return new Response(json, { headers: { 'content-type': 'application/json' } })
  }
  const guarded = forFetch.protect<[Env]>(guard, answer, {
    ...options,
    ip: (_, { incoming }) => options.ip?.() ?? incoming.socket.remoteAddress,
    now,
  })
  const fetch = (request: Request, env: Env) =>
    guarded(request, env).catch((error) => {
      log.errors.push(error)
      return new Response('failed', { status: 500 })
    })
  return createAdaptorServer({ fetch: fetch as never }) as Server
}

export const SERVERS: Readonly<Record<string, Starter>> = {
  node: nodeServer,
  express: expressServer,
  fastify: fastifyServer,
  hono: honoServer,
  fetch: fetchServer,
}

/** Starts a server that ends with the test. */
export async function start(t: Test, name: string, guard: Guard, options: Options = {}): Promise<Site> {
  const log = new Log()
  const server = await (SERVERS[name] as Starter)(guard, options, log)
  return { name, port: await listen(t, server), log }
}

/** Any server on a free port, until the test is over. */
export async function listen(t: Test, server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  return (server.address() as AddressInfo).port
}
