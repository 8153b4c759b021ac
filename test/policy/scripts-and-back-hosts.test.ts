/** Scripts get a problem in place of a redirect that they cannot follow; and back URLs name only hosts that may be named. */

import t from 'tap'
import type { Decision } from '../../src/policy/decision.js'
import type { AreaOptions } from '../../src/policy/options.js'
import { backOf, cookiesOf, locationOf } from './flips.js'
import { decideIn, inShort, type Lines, LOGIN, ticketOf } from './guards.js'

const problem = (decision: Decision) => (decision.kind === 'deny' ? decision.problem : undefined)
const ask = (headers: Lines, area: AreaOptions = {}) => inShort(decideIn(area, { headers }))

t.test('which requests are those of scripts', async (t) => {
  const page = 'redirect absent'
  const script = 'deny 401 absent'
  const cases: [Lines, string][] = [
    [[], page],
    [[['Sec-Fetch-Mode', 'navigate']], page],
    [[['sec-fetch-mode', 'nested-navigate']], page],
    [[['Sec-Fetch-Mode', 'cors']], script],
    [[['Sec-Fetch-Mode', 'no-cors']], script],
    [
      [
        ['Sec-Fetch-Mode', 'websocket'],
        ['Upgrade', 'websocket'],
      ],
      script,
    ],
    [
      [
        ['Sec-Fetch-Mode', 'navigate'],
        ['Accept', 'application/json'],
        ['X-Requested-With', 'x'],
      ],
      page,
    ],
    [[['Upgrade', 'WebSocket']], script],
    [[['Upgrade', 'h2c']], page],
    [[['X-Requested-With', 'XMLHttpRequest']], script],
    [[['Accept', 'application/json']], script],
    [[['Accept', 'application/json, text/plain, */*']], page],
    [[['Accept', 'text/html,application/xhtml+xml']], page],
    [[['Accept', 'TEXT/*']], page],
    [[['Accept', 'application/xhtml+xml']], page],
    [[['Accept', 'image/png']], script],
  ]
  for (const [headers, answer] of cases) {
    t.equal(ask(headers), answer, JSON.stringify(headers))
    t.equal(inShort(decideIn({}, { headers }, { compat: 'exact' })), page, 'exact tells none apart')
  }
})

t.test('problemFor says which headers are looked at', async (t) => {
  const fetch: Lines = [['Sec-Fetch-Mode', 'cors']]
  const accept: Lines = [['Accept', 'application/json']]
  const xhr: Lines = [['X-Requested-With', 'x']]
  const upgrade: Lines = [['Upgrade', 'websocket']]
  const table: [AreaOptions['problemFor'], Lines[]][] = [
    [[], []],
    [['sec-fetch-mode'], [fetch, upgrade]],
    [['accept'], [accept]],
    [['x-requested-with'], [xhr]],
  ]
  for (const [problemFor, scripts] of table) {
    for (const headers of [fetch, accept, xhr, upgrade]) {
      const answer = scripts.includes(headers) ? 'deny 401 absent' : 'redirect absent'
      t.equal(ask(headers, { problemFor }), answer, `${problemFor} ${headers}`)
      t.equal(inShort(decideIn({ problemFor }, { headers }, { compat: 'exact' })), answer)
    }
  }
})

t.test('a problem says where to sign in, and never why', async (t) => {
  const headers: Lines = [['Accept', 'application/json']]
  const title = 'Sign-in required'
  t.strictSame(problem(decideIn({}, { headers })), { type: 'about:blank', title, status: 401, login: LOGIN })
  t.strictSame(problem(decideIn({ loginUrl: null }, { headers })), { type: 'about:blank', title, status: 401 })
  const expired = decideIn({ timeoutUrl: 'https://l.example/t' }, { headers, ticket: ticketOf({ at: 0 }) })
  t.match(problem(expired), { status: 401, login: 'https://l.example/t' })
  t.match(cookiesOf(expired), [/^auth_tkt=;/], 'and the ticket is deleted')
  const forbidden = { type: 'about:blank', title: 'Not allowed', status: 403 }
  t.strictSame(problem(decideIn({ tokens: ['a'] }, { headers, ticket: ticketOf() })), forbidden)
  t.strictSame(problem(decideIn({ requireSsl: true }, { headers })), forbidden)
})

t.test('backHosts: a back URL names one of them, or there is none', async (t) => {
  const area = { backHosts: ['WWW.example.com', '*.shop.example.com'] }
  for (const compat of ['exact', 'hardened'] as const) {
    const at = (host: string | null) => backOf(decideIn(area, { host, httpVersion: '1.0' }, { compat }))
    t.equal(at('www.example.com'), 'http://www.example.com/')
    t.equal(at('Www.Example.Com'), 'http://Www.Example.Com/')
    t.equal(at('a.shop.example.com'), 'http://a.shop.example.com/')
    for (const host of [
      'evil.example',
      'www.example.com.evil.example',
      'shop.example.com',
      'evilshop.example.com',
      null,
    ]) {
      t.equal(at(host), 'none', String(host))
      const decision = decideIn(area, { host, httpVersion: '1.0' }, { compat })
      t.equal(locationOf(decision), LOGIN)
      t.strictSame(
        cookiesOf(decideIn({ ...area, backCookieName: 'way' }, { host, httpVersion: '1.0' }, { compat })),
        [],
      )
    }
  }
})
