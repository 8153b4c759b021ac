/** A mistake of ours is a 500 that says nothing, and never a request that gets through. */

import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { LIMITS, NO_SERVING, TIMEOUTS } from '../../src/config/serving.js'
import { createGateway } from '../../src/gateway/gateway.js'
import { openListener } from '../../src/gateway/listener.js'
import { createLog } from '../../src/gateway/log.js'
import { createMetrics } from '../../src/gateway/metrics.js'
import { createSite } from '../../src/gateway/site.js'
import { createUpstreams } from '../../src/gateway/upstreams.js'
import { createWatch } from '../../src/gateway/watch.js'
import { everythingAt, headOf, OPTIONS, rawUpstream, statusOf, talk } from './gateways.js'

t.test('whoever watches throws', async (t) => {
  const upstream = await rawUpstream(t, 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
  const upstreams = createUpstreams()
  const site = createSite(OPTIONS, { ...NO_SERVING, main: everythingAt(upstream.url) }, upstreams)
  const broken: unknown[] = []
  const decided = () => {
    throw new Error('a secret of ours')
  }
  const gateway = createGateway({ site: () => site, watch: { decided, broken: (error) => broken.push(error) } })
  const listen = { endpoint: { host: '127.0.0.1', port: 0 }, tls: undefined, at: 'test' }
  const listener = await openListener(listen, undefined, gateway, LIMITS, TIMEOUTS)
  t.teardown(async () => {
    await Promise.all([listener.drain(0), upstreams.close()])
  })
  const port = Number(new URL(listener.url).port)
  for (const lines of [
    ['Connection: close'],
    ['Connection: close', 'Expect: 100-continue'],
    ['Connection: Upgrade', 'Upgrade: websocket'],
  ]) {
    const text = await talk(t, port, headOf('/', lines))
    t.equal(statusOf(text), 500)
    t.match(text, /application\/problem\+json/)
    t.notMatch(text, /secret/)
  }
  t.equal(broken.length, 3)
  t.strictSame(upstream.seen, [])
})

t.test('the log says where, and nothing that an error says', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'authtkt-mistakes-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'log')
  const log = createLog('trace', openSync(file, 'a'))
  const { broken } = createWatch({ log, metrics: createMetrics(() => new Set()), accessLog: true, now: () => 0 })
  const odd = new Error('x')
  odd.stack = 'no message, and then a secret\n    at secret (secret:1:1)'
  const errors = [
    new TypeError('a secret\n    and a secret\n    at a secret (secret:1:1)\n'),
    Object.assign(new Error('a secret'), { name: 'a secret', code: 'a secret' }),
    Object.assign(new Error('a secret'), { code: 'ECONNRESET' }),
    odd,
    { message: 'a secret', stack: 17 },
    'a secret',
    undefined,
    null,
  ]
  for (const error of errors) broken?.(error)
  const text = readFileSync(file, 'utf8')
  t.notMatch(text, 'secret')
  const lines = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  t.strictSame(
    lines.map(({ error }) => error),
    ['TypeError', 'Error', 'Error ECONNRESET', 'Error', 'object', 'string', 'undefined', 'object'],
  )
  t.match(lines[0], { msg: 'request failed here', at: [/^at .*own-mistakes\.test\.ts:\d+:\d+\)?$/] })
  t.strictSame(lines[3].at, [])
})
