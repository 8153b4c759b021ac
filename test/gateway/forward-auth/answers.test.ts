/** How decisions travel in each convention. */

import t from 'tap'
import { CONVENTIONS, type ConventionName } from '../../../src/gateway/forward-auth/server.js'
import type { Guard } from '../../../src/policy/decision.js'
import { cookie, siteGuard } from '../../adapters/site.js'
import { startAuth } from '../../helpers/proxied.js'
import { ask, header } from './checks.js'

const names = Object.keys(CONVENTIONS) as ConventionName[]

t.test('identity headers are always there for who is let in', async (t) => {
  const { port } = await startAuth(t, siteGuard())
  for (const name of names) {
    const three = async (url: string, lines: string[] = []) => {
      const answer = await ask(port, name, url, lines)
      const values = ['remote-user', 'remote-user-tokens', 'remote-user-data'].map((one) => header(answer, one))
      return [answer.status, ...values.flat()]
    }
    const good = `Cookie: ${cookie('alice', { tokens: ['a', 'b'], userData: '\xe9' })}`
    t.strictSame(await three('/admin', [good, 'Remote-User: root']), [200, 'alice', 'a,b', '%E9'], name)
    t.strictSame(
      await three('/public', [good, 'Remote-User: root']),
      [200, '', '', ''],
      `${name}: nobody has to be known`,
    )
    t.strictSame(await three('/lounge'), [200, 'guest', '', ''], `${name}: guests`)
  }
})

t.test('how each decision travels', async (t) => {
  const { port, use } = await startAuth(t, siteGuard())
  const login = 'https://login.example.com/in?x=1&back=http%3a%2f%2fwww.example.com%2fadmin'
  for (const name of names) {
    const signals = name === 'nginx' || name === 'haproxy'
    use(siteGuard())
    const redirect = await ask(port, name, '/admin', [], 'POST')
    t.strictSame(header(redirect, 'cache-control'), ['no-store'], name)
    if (signals) {
      t.equal(redirect.status, 401)
      t.strictSame(header(redirect, 'x-auth-redirect'), [login])
      t.strictSame(header(redirect, 'x-auth-redirect-status'), ['307'])
      t.strictSame(header(redirect, 'location'), [])
    } else {
      t.equal(redirect.status, 307)
      t.strictSame(header(redirect, 'location'), [login])
      t.match(redirect.body, /^<!doctype html>/, 'the page is for the client')
      t.strictSame(header(redirect, 'remote-user'), [], 'who has no use for our names')
    }
    for (const [url, lines, relayed, signalled] of [
      ['/admin', ['Sec-Fetch-Mode: cors'], 401, 401],
      ['/bare', [], 403, 403],
      ['/broken', [], 500, 500],
      ['/a%2fb', [], 400, 403],
      ['/a//b', [], 400, 403],
      ['/admin/../public', [], 400, 403],
      ['*', [], 400, 403],
    ] as const) {
      if (url === '*' && name === 'envoy') continue
      const answer = await ask(port, name, url, lines)
      t.equal(answer.status, signals ? signalled : url === '/bare' ? answer.status : relayed, `${name} ${url}`)
      t.not(answer.status, 200)
      t.strictSame(header(answer, 'x-auth-redirect'), [], `${name} ${url} leads nowhere`)
    }
    use(siteGuard({ areas: [{ path: '/admin', require: { users: ['bob'] } }] }))
    t.equal((await ask(port, name, '/admin', [`Cookie: ${cookie('alice')}`])).status, 403, `${name}: denied`)
    use(siteGuard({ compat: 'exact' }))
    const missing = await ask(port, name, '/a%2fb')
    t.equal(missing.status, signals ? 403 : 404, `${name}: 404 of the module`)
  }
})

t.test('Authorization: what goes on to the application, and what must be taken away', async (t) => {
  const guard = siteGuard()
  const handing = (authorization: string | null | undefined): Guard => ({
    ...guard,
    decide(request) {
      const decision = guard.decide(request)
      return decision.kind === 'allow' && authorization !== undefined ? { ...decision, authorization } : decision
    },
  })
  const { port, use } = await startAuth(t, guard)
  for (const name of names) {
    const at = async (url: string, ...lines: string[]) => {
      const answer = await ask(port, name, url, [`Cookie: ${cookie('alice')}`, ...lines])
      return {
        status: answer.status,
        goes: header(answer, 'authorization'),
        out: header(answer, 'x-envoy-auth-headers-to-remove'),
      }
    }
    const none = name === 'caddy' ? [''] : []
    use(guard)
    t.strictSame(await at('/admin'), { status: 200, goes: none, out: [] }, name)
    t.strictSame(await at('/admin', 'authorization: Basic eA=='), { status: 200, goes: ['Basic eA=='], out: [] })
    t.strictSame(await at('/public', 'Authorization: Bearer x'), { status: 200, goes: ['Bearer x'], out: [] })
    use(handing('Basic b3Vycw=='))
    t.strictSame(await at('/admin'), { status: 200, goes: ['Basic b3Vycw=='], out: [] })
    t.strictSame(await at('/admin', 'AUTHORIZATION: Basic eA=='), { status: 200, goes: ['Basic b3Vycw=='], out: [] })
    t.strictSame(await at('/staff', 'Authorization: Basic eA=='), {
      status: name === 'nginx' || name === 'haproxy' ? 401 : 307,
      goes: [],
      out: [],
    })
    for (const authorization of [null, 'Basic \r\nX-Admin: 1']) {
      use(handing(authorization))
      const out = name === 'envoy' ? ['authorization'] : []
      t.strictSame(await at('/admin', 'Authorization: Basic eA=='), { status: 200, goes: none, out })
    }
    use(siteGuard({ shadow: true }))
    t.strictSame(await at('/admin', 'Authorization: Basic eA=='), { status: 200, goes: ['Basic eA=='], out: [] })
  }
})

t.test('cookies', async (t) => {
  const guard = siteGuard({ backArgName: null, backCookieName: 'back' })
  const { port } = await startAuth(t, guard)
  for (const name of names) {
    const signals = name === 'nginx' || name === 'haproxy'
    const renewed = await ask(port, name, '/admin', [`Cookie: ${cookie('alice', { age: 5000 })}`])
    t.equal(renewed.status, 200)
    const [fresh, ...more] = header(renewed, 'set-cookie')
    t.match(fresh, /^auth_tkt=/, name)
    t.strictSame(more, [])
    t.strictSame(header(renewed, 'cache-control'), ['no-store'])
    t.strictSame(header(renewed, 'x-auth-cookie'), signals ? [fresh] : [])
    const expired = await ask(port, name, '/admin', [`Cookie: ${cookie('alice', { age: 8000 })}`])
    const two = header(expired, 'set-cookie')
    t.equal(two.length, 2)
    t.match(two, [/^auth_tkt=;/, /^back=/], `${name}: the ticket's first`)
    t.strictSame(header(expired, 'x-auth-cookie'), signals ? [two[0]] : [])
    t.strictSame(header(expired, 'x-auth-cookie-2'), signals ? [two[1]] : [])
    t.strictSame(header(await ask(port, name, '/public'), 'set-cookie'), [])
  }
})

t.test("locations without a host are the client's, not Traefik's", async (t) => {
  const at = async (name: ConventionName, guard: Guard, url: string) => {
    const { port } = await startAuth(t, guard)
    return header(await ask(port, name, url), 'location')
  }
  const bare = siteGuard({ compat: 'exact', backArgName: null, loginUrl: '/login' })
  t.strictSame(await at('caddy', bare, '/admin/x'), ['/login'])
  t.strictSame(await at('traefik', bare, '/admin/x'), ['http://www.example.com/login'])
  const near = siteGuard({ compat: 'exact', backArgName: null, loginUrl: 'login?x' })
  t.strictSame(await at('traefik', near, '/admin/x?y'), ['http://www.example.com/admin/login?x'])
  t.strictSame(await at('traefik', siteGuard({ backArgName: null }), '/admin'), ['https://login.example.com/in?x=1'])
})
