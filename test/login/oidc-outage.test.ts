/** Providers that are down, hang or have new keys: nothing here stops, and all is well when they are back. */

import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import t from 'tap'
import { CALLBACK, comeBack, ours, provider, signIn, unavailable } from './oidc-browser.js'

t.test('a provider that is down, and back', async (t) => {
  const there = await provider(t)
  const clock = { now: 1000 }
  const us = ours(there, { now: () => clock.now })
  await there.stop()
  const down = { ok: false, cause: 'discovery: TypeError ECONNREFUSED' }
  t.strictSame(await us.begin(CALLBACK), down)
  await there.start()
  clock.now += 4.9
  t.strictSame(await us.begin(CALLBACK), down, 'it is left alone for a moment')
  t.strictSame(there.seen, [])
  clock.now += 0.1
  const came = await comeBack(t, us, 'alice')

  await there.stop()
  unavailable(
    t,
    await us.finish(came.url, came.flow),
    /^sign-in: TypeError (?:ECONNREFUSED|SocketError UND_ERR_SOCKET)$/,
    came,
  )
  await there.start()
  t.match(await us.finish(came.url, came.flow), { ok: true }, 'the code is still good, the keys are other ones')
  there.seen.length = 0
  clock.now += 10
  t.match(await Promise.all([us.begin(CALLBACK), us.begin(CALLBACK)]), [{ ok: true }, { ok: true }])
  t.equal(there.seen.length, 1, 'after a failure the description is asked for again, by one for all')
  clock.now += 3599
  t.match(await us.begin(CALLBACK), { ok: true })
  t.equal(there.seen.length, 1, 'and kept')
  clock.now += 1
  t.match(await us.begin(CALLBACK), { ok: true })
  t.equal(there.seen.length, 2, 'for an hour')
  await there.stop()
  clock.now += 3600
  t.match(
    await us.finish(came.url, came.flow),
    { reason: 'unavailable', cause: /^discovery: TypeError / },
    'nobody to ask',
  )
})

t.test('keys that change at once', async (t) => {
  const there = await provider(t)
  const us = ours(there)
  t.match(await signIn(t, us, 'alice'), { ok: true })
  await there.stop()
  await there.start()
  t.match(await signIn(t, us, 'alice'), { ok: true })
})

t.test('a provider that hangs', async (t) => {
  const there = await provider(t)
  const options = { timeout: 1 }
  const came = await comeBack(t, ours(there, options), 'alice')
  there.meddle.hang = /./
  t.strictSame(await ours(there, options).begin(CALLBACK), {
    ok: false,
    cause: 'discovery: ClientError OAUTH_TIMEOUT TimeoutError',
  })
  delete there.meddle.hang
  for (const [name, path, meddling] of [
    ['before it answers', 'sign-in', { hang: /token/ }],
    ['half-way', 'sign-in', { stall: /token/ }],
    ['at userinfo', 'userinfo', { hang: /me/ }],
  ] as const) {
    const us = ours(there, options)
    const again = name === 'before it answers' ? came : await comeBack(t, us, 'alice')
    await us.begin(CALLBACK)
    Object.assign(there.meddle, meddling)
    const began = Date.now()
    const finished = await us.finish(again.url, again.flow)
    t.match(finished, { reason: 'unavailable', cause: new RegExp(`^${path}: `) }, name)
    t.match(finished, { cause: /TimeoutError/ })
    t.ok(Date.now() - began < 3000, 'in time')
    delete there.meddle.hang
    delete there.meddle.stall
  }
})

t.test('something else that listens there', async (t) => {
  const server = createServer((socket) => void socket.on('error', () => {}).end('hunter2\r\n')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => void server.close())
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  t.match(await ours({ issuer }).begin(CALLBACK), {
    ok: false,
    cause: /^discovery: TypeError HTTPParserError/,
  })
})
