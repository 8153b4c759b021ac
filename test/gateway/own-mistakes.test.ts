/** A mistake of ours is a 500 that says nothing, and never a request that gets through. */

import t from 'tap'
import { LIMITS, NO_SERVING, TIMEOUTS } from '../../src/config/serving.js'
import { createGateway } from '../../src/gateway/gateway.js'
import { openListener } from '../../src/gateway/listener.js'
import { createSite } from '../../src/gateway/site.js'
import { createUpstreams } from '../../src/gateway/upstreams.js'
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
