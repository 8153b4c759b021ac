/** Options that all adapters have: onDecision, shadow mode, identity headers, addresses, misspelt ones. */

import t from 'tap'
import { protect as protectExpress } from '../../src/adapters/express.js'
import { protect as protectFetch } from '../../src/adapters/fetch.js'
import { protect as protectHono } from '../../src/adapters/hono.js'
import { protect as protectNode, protectUpgrade } from '../../src/adapters/node.js'
import type { Decision } from '../../src/policy/decision.js'
import { ask, bytesOf, raw, seenIn, statusOf } from './client.js'
import { SERVERS, start } from './servers.js'
import { cookie, siteGuard } from './site.js'

const guard = siteGuard()
const alice = { headers: { cookie: cookie('alice') } }

for (const name of Object.keys(SERVERS)) {
  t.test(`${name}: the hook sees every decision`, async (t) => {
    const decisions: Decision[] = []
    const { port } = await start(t, name, guard, { onDecision: (decision) => decisions.push(decision) })
    await ask(port, '/admin', alice)
    await ask(port, '/admin')
    await ask(port, '/public')
    await ask(port, '/public%2f')
    await ask(port, '/bare')
    t.match(decisions, [
      { kind: 'allow', keyIndex: 0, identity: { uid: 'alice' } },
      { kind: 'redirect', reason: 'absent' },
      { kind: 'pass' },
      { kind: 'error', status: 400 },
      { kind: 'deny', reason: 'absent' },
    ])
  })

  for (const [how, onDecision] of [
    [
      'throws',
      () => {
        throw new Error('log is full')
      },
    ],
    ['rejects', () => Promise.reject(new Error('log is full'))],
  ] as const) {
    t.test(`${name}: a hook that ${how} changes nothing`, async (t) => {
      const { port, log } = await start(t, name, guard, { onDecision })
      t.equal((await ask(port, '/admin')).status, 307)
      t.match(seenIn(await ask(port, '/admin', alice)), { identity: { uid: 'alice' } })
      t.strictSame(log.errors, [])
    })
  }

  t.test(`${name}: a shadow guard enforces nothing, and tells`, async (t) => {
    const decisions: Decision[] = []
    const { port } = await start(t, name, siteGuard({ shadow: true }), { onDecision: (one) => decisions.push(one) })
    const answer = await ask(port, '/admin', { headers: { cookie: cookie('alice', { age: 4000 }) } })
    t.match(seenIn(answer), { identity: null })
    t.strictSame(answer.cookies, [])
    t.equal((await ask(port, '/admin')).status, 200)
    // Not our 400, that is: one of the server's own may be right.
    t.not(statusOf(await raw(port, bytesOf('/admin/./deep', ['Host: a']))), 307)
    t.match(decisions, [
      { kind: 'pass', shadow: { kind: 'allow', identity: { uid: 'alice' } } },
      { kind: 'pass', shadow: { kind: 'redirect', reason: 'absent' } },
      { kind: 'pass' },
    ])
  })

  t.test(`${name}: an address of one's own`, async (t) => {
    const { port } = await start(t, name, guard, { ip: () => '192.0.2.7' })
    t.equal((await ask(port, '/admin', alice)).status, 307)
    const headers = { cookie: cookie('alice', { ip: '192.0.2.7' }) }
    t.equal((await ask(port, '/admin', { headers })).status, 200)
  })

  t.test(`${name}: identity headers`, async (t) => {
    const { port } = await start(t, name, guard, { identityHeaders: true })
    const forged = {
      'remote-user': 'root',
      Remote_User_Tokens: 'root',
      'Remote-User-Data': 'root',
      'x-remote-user': 'kept',
    }
    const ticket = { tokens: ['staff', 'a%b'], userData: ' caf\xe9!' }
    const known = await ask(port, '/admin', { headers: { ...forged, cookie: cookie('al ice', ticket) } })
    t.strictSame(seenIn(known).headers, {
      'x-remote-user': 'kept',
      'remote-user': 'al ice',
      'remote-user-tokens': 'staff,a%25b',
      'remote-user-data': '%20caf%E9!',
    })
    const unknown = await ask(port, '/public', { headers: { ...forged, cookie: cookie('alice') } })
    t.strictSame(seenIn(unknown).headers, { 'x-remote-user': 'kept' })
    const body = 'x'.repeat(50_000)
    const headers = { cookie: cookie('alice'), 'content-type': 'text/x' }
    const posted = await ask(port, '/admin/echo?%61', { method: 'POST', headers, body })
    t.match(seenIn(posted), { body, headers: { 'remote-user': 'alice' }, identity: { uid: 'alice' } })
  })

  t.test(`${name}: identity headers in UTF-8`, async (t) => {
    const { port } = await start(t, name, siteGuard({ charset: 'utf8' }), { identityHeaders: 'utf8' })
    const answer = await ask(port, '/admin', { headers: { cookie: cookie('\xe2\x82\xac\xc3\xa9') } })
    t.match(seenIn(answer), { identity: { uid: '\u20ac\xe9' }, headers: { 'remote-user': '%E2%82%AC%C3%A9' } })
  })
}

t.test('misuse throws when the adapter is made', async (t) => {
  const wrong = { onDecison: () => {} } as object
  const misspelt = { code: 'ERR_TKT_OPTIONS', message: /no option 'onDecison'; known are ip, now, onDecision/ }
  t.throws(() => protectNode(guard, () => {}, wrong), misspelt)
  t.throws(() => protectUpgrade(guard, () => {}, wrong), misspelt)
  t.throws(() => protectExpress(guard, wrong), misspelt)
  t.throws(() => protectHono(guard, wrong), misspelt)
  t.throws(() => protectFetch(guard, () => new Response(), { ip: () => '', ...wrong }), misspelt)
  t.throws(() => protectFetch(guard, () => new Response(), undefined as never), {
    code: 'ERR_TKT_OPTIONS',
    message: /needs ip/,
  })
  t.throws(() => protectNode(guard, () => {}, { now: 5 as never }), {
    code: 'ERR_TKT_OPTIONS',
    message: /now must be a function/,
  })
  for (const protect of [protectNode, protectUpgrade, protectExpress, protectHono, protectFetch]) {
    t.throws(() => (protect as (guard: unknown, ...rest: unknown[]) => void)({}, { ip: () => '' }, { ip: () => '' }), {
      code: 'ERR_TKT_OPTIONS',
    })
  }
})
