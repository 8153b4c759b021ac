/** Requests that arrive together in Express and Fastify: judged together, each answered in its own context. */

import { AsyncLocalStorage } from 'node:async_hooks'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import express from 'express'
import fastify from 'fastify'
import t from 'tap'
import * as forExpress from '../../src/adapters/express.js'
import * as forFastify from '../../src/adapters/fastify.js'
import type { Guard, Identity } from '../../src/policy/decision.js'
import { ask, raw } from './client.js'
import { listen } from './servers.js'
import { cookie, NOW, siteGuard } from './site.js'

const guard = siteGuard()
const now = () => NOW
const request = (uid: string, path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\nCookie: ${cookie(uid)}\r\n\r\n`
const LAST = 'GET /admin/3 HTTP/1.0\r\nHost: a\r\n\r\n'

type Handler = (message: IncomingMessage, identity: Identity | undefined) => string | Promise<string>
type Make = (guard: Guard, gather: boolean | undefined, handler: Handler) => Promise<RequestListener>

const MAKE: Readonly<Record<string, Make>> = {
  async Express(guard, gather, handler) {
    const app = express()
    app.set('env', 'test')
    app.use(forExpress.protect(guard, { now, gather }))
    app.use(async (request, response) => void response.send(await handler(request, request.identity)))
    return app
  },
  async Fastify(guard, gather, handler) {
    const app = fastify()
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', (_request, _body, done) => done(null))
    await app.register(forFastify.protect, { guard, now, gather })
    app.all('/*', (request) => handler(request.raw, request.identity))
    await app.ready()
    return (request, response) => app.routing(request, response)
  },
}

for (const [name, make] of Object.entries(MAKE)) {
  t.test(`${name}: what one packet brings is judged first, and then answered in its order`, async (t) => {
    for (const gather of [undefined, true, false]) {
      const lines: string[] = []
      const recording: Guard = {
        ...guard,
        decide(asked) {
          lines.push(`judged ${asked.url}`)
          return guard.decide(asked)
        },
      }
      const listener = await make(recording, gather, ({ url }, identity) => {
        lines.push(`served ${url}`)
        return `${identity?.uid}\n`
      })
      const socket = connect(await listen(t, createServer(listener)), '127.0.0.1')
      await once(socket, 'connect')
      socket.write(`${request('alice', '/admin/1')}${request('bob', '/admin/2')}${LAST}`)
      t.match(await text(socket), /^HTTP\/1\.1 200 .*\nalice\n.*\nbob\n.*HTTP\/1\.[01] 307 /s)
      const all = ['judged /admin/1', 'judged /admin/2', 'judged /admin/3', 'served /admin/1', 'served /admin/2']
      t.strictSame(
        lines,
        gather === false ? ['judged /admin/1', 'served /admin/1', 'judged /admin/2', 'served /admin/2', all[2]] : all,
        `gather: ${gather}`,
      )
    }
  })

  t.test(`${name}: each handler has its own async context`, async (t) => {
    const contexts = new AsyncLocalStorage<string>()
    const listener = await make(guard, true, async ({ url }) => {
      const before = contexts.getStore()
      await new Promise(setImmediate)
      return `${url} ${before} ${contexts.getStore()}`
    })
    const server = createServer((request, response) => contexts.run(`of ${request.url}`, listener, request, response))
    const port = await listen(t, server)
    const paths = Array.from({ length: 20 }, (_, i) => `/public/${i}`)
    const answers = await Promise.all(paths.map((path) => ask(port, path)))
    t.strictSame(
      answers.map(({ body }) => body),
      paths.map((path) => `${path} of ${path} of ${path}`),
    )
  })

  t.test(`${name}: a guard that fails for one request fails for that one only`, async (t) => {
    const picky: Guard = {
      ...guard,
      decide(asked) {
        if (asked.url === '/public/2') throw new Error('bug')
        return guard.decide(asked)
      },
    }
    for (const gather of [true, false]) {
      const port = await listen(t, createServer(await make(picky, gather, () => 'in')))
      const answers = await Promise.all(['/public/1', '/public/2', '/public/3'].map((path) => ask(port, path)))
      t.strictSame(
        answers.map(({ status }) => status),
        [200, 500, 200],
      )
    }
  })

  t.test(`${name}: a body that comes with its head is not lost, nor is one that comes later`, async (t) => {
    const port = await listen(t, createServer(await make(guard, true, (message) => text(message))))
    for (const body of ['short', 'x'.repeat(1_000_000)]) {
      t.equal((await ask(port, '/public', { method: 'POST', body })).body, body)
    }
  })

  t.test(
    `${name}: what is served is what was judged, whatever the caller puts into the request meanwhile`,
    async (t) => {
      for (const gather of [true, false]) {
        const listener = await make(guard, gather, ({ url }, identity) => `${url} ${identity?.uid}`)
        // As a router does that takes a prefix off and puts it back.
        const server = createServer((request, response) => {
          const whole = request.url as string
          request.url = whole.slice('/mount'.length)
          listener(request, response)
          request.url = whole
        })
        const port = await listen(t, server)
        const answers = await raw(
          port,
          `${request('alice', '/mount/admin/1')}${request('bob', '/mount/public/2')}${LAST.replace('/admin', '/mount/admin')}`,
        )
        t.match(answers, /\n\/admin\/1 alice.*\n\/public\/2 undefined.* 307 /s, `gather: ${gather}`)
      }
    },
  )
}
