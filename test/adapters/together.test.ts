/** Requests of node:http that arrive together: each gets its own answer, in its own async context, whoever fails beside it. */

import { AsyncLocalStorage } from 'node:async_hooks'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { protect } from '../../src/adapters/node.js'
import type { Decision, Guard } from '../../src/policy/decision.js'
import { ask, raw } from './client.js'
import { listen } from './servers.js'
import { cookie, NOW, siteGuard } from './site.js'

const guard = siteGuard()
const now = () => NOW
const request = (uid: string, path = '/admin') => `GET ${path} HTTP/1.1\r\nHost: a\r\nCookie: ${cookie(uid)}\r\n\r\n`

/** What a guard was asked and what a handler did, in this order. */
function recording(lines: string[]): Guard {
  return {
    ...guard,
    decide(asked) {
      lines.push(`judged ${asked.url}`)
      return guard.decide(asked)
    },
  }
}

t.test('what one packet brings is judged first, and then answered in its order', async (t) => {
  for (const gather of [true, false]) {
    const lines: string[] = []
    const listener = protect(
      recording(lines),
      (request, response) => {
        lines.push(`served ${request.url}`)
        response.end(`${request.identity?.uid}\n`)
      },
      { now, gather },
    )
    const socket = connect(await listen(t, createServer(listener)), '127.0.0.1')
    await once(socket, 'connect')
    socket.write(`${request('alice', '/admin/1')}${request('bob', '/admin/2')}GET /admin/3 HTTP/1.0\r\nHost: a\r\n\r\n`)
    const answers = await text(socket)
    t.match(answers, /^HTTP\/1\.1 200 .*\nalice\n.*\nbob\n.*HTTP\/1\.1 307 /s)
    t.strictSame(
      lines,
      gather
        ? ['judged /admin/1', 'judged /admin/2', 'judged /admin/3', 'served /admin/1', 'served /admin/2']
        : ['judged /admin/1', 'served /admin/1', 'judged /admin/2', 'served /admin/2', 'judged /admin/3'],
    )
  }
})

t.test('each handler has its own async context', async (t) => {
  const contexts = new AsyncLocalStorage<string>()
  const seen: string[] = []
  const listener = protect(
    guard,
    async (request, response) => {
      const before = contexts.getStore()
      await new Promise(setImmediate)
      seen.push(`${request.url} ${before} ${contexts.getStore()}`)
      response.end()
    },
    { now },
  )
  const server = createServer((request, response) =>
    contexts.run(`of ${request.url}`, () => listener(request, response)),
  )
  const port = await listen(t, server)
  const paths = Array.from({ length: 20 }, (_, i) => `/public/${i}`)
  await Promise.all(paths.map((path) => ask(port, path)))
  t.strictSame(seen.sort(), paths.map((path) => `${path} of ${path} of ${path}`).sort())
})

t.test("what the guard is asked is read in the request's own context, as it arrives", async (t) => {
  const contexts = new AsyncLocalStorage<string>()
  const byAddress = siteGuard({ areas: [{ path: '/admin', require: { ips: ['10.0.0.1'] } }] })
  for (const gather of [true, false]) {
    const served: (string | undefined)[] = []
    const listener = protect(
      byAddress,
      (request, response) => {
        served.push(request.url)
        response.end('in')
      },
      { now, gather, ip: () => contexts.getStore() },
    )
    // As a router does that takes a prefix off and puts it back.
    const server = createServer((request, response) => {
      const whole = request.url as string
      request.url = whole.slice('/mount'.length)
      contexts.run(request.headers['x-ip'] as string, () => listener(request, response))
      request.url = whole
    })
    const port = await listen(t, server)
    const asking = (path: string, ip: string) => `GET /mount${path} HTTP/1.1\r\nHost: a\r\nX-Ip: ${ip}\r\n`
    const answers = await raw(
      port,
      `${asking('/admin/1', '10.0.0.1')}\r\n${asking('/admin/2', '203.0.113.9')}Connection: close\r\n\r\n`,
    )
    t.match(answers, /^HTTP\/1\.1 200 .*HTTP\/1\.1 (?:307|401|403) /s)
    t.strictSame(served, ['/admin/1'])
  }
})

t.test('more than are judged at a time: nobody is left out, nobody is mixed up', async (t) => {
  const listener = protect(guard, (request, response) => response.end(request.identity?.uid), { now })
  const port = await listen(t, createServer(listener))
  const uids = Array.from({ length: 200 }, (_, i) => `user${i}`)
  const close = 'GET /admin HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'
  const answers = await raw(port, `${uids.map((uid) => request(uid)).join('')}${close}`, 10_000)
  t.strictSame(answers.match(/user\d+/g), uids)
  t.match(answers.slice(answers.lastIndexOf('HTTP/1.1')), /^HTTP\/1\.1 307 /)
})

t.test('a guard that fails for one request fails for that one only', async (t) => {
  const errors: string[] = []
  const picky: Guard = {
    ...guard,
    decide(asked): Decision {
      if (asked.url === '/public/2') throw new Error('bug')
      return guard.decide(asked)
    },
  }
  const listener = protect(picky, (_, response) => response.end('in'), {
    now,
    onError: (error, { url }) => errors.push(`${url}: ${(error as Error).message}`),
  })
  const port = await listen(t, createServer(listener))
  const answers = await Promise.all(['/public/1', '/public/2', '/public/3'].map((path) => ask(port, path)))
  t.strictSame(
    answers.map(({ status }) => status),
    [200, 500, 200],
  )
  t.strictSame(errors, ['/public/2: bug'])
})

t.test('a body that comes with its head is not lost, nor is one that comes later', async (t) => {
  const listener = protect(guard, async (request, response) => response.end(await text(request)), { now })
  const port = await listen(t, createServer(listener))
  for (const body of ['short', 'x'.repeat(1_000_000)]) {
    t.equal((await ask(port, '/public', { method: 'POST', body })).body, body)
  }
})

t.test('a client that is gone by then disturbs nobody', async (t) => {
  const served: (string | undefined)[] = []
  const listener = protect(
    guard,
    (request, response) => {
      served.push(request.url)
      response.end('in')
    },
    { now },
  )
  const port = await listen(t, createServer(listener))
  for (let i = 0; i < 20; i++) {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    socket.on('error', () => {})
    socket.write(request('alice', '/public/gone'), () => socket.resetAndDestroy())
  }
  t.equal((await ask(port, '/public/here')).body, 'in')
  t.ok(served.includes('/public/here'))
})
