/** Host and Cookie lines under pathRules 'lighttpd', as the real server answered them (test/native/lighttpd-targets). */

import t from 'tap'
import type { Decision } from '../../src/policy/decision.js'
import { backOf } from './flips.js'
import { guardOf, inShort, type Lines, requestOf, ticketOf } from './guards.js'

const TICKET = ticketOf()
const guard = guardOf({ compat: 'exact', pathRules: 'lighttpd', cookieMatch: 'first', backPort: true })
const ask = (url: string, headers: Lines, tls = false): Decision =>
  guard.decide(requestOf({ host: null, url, headers, tls }))

t.test('two hosts in a request are one, or refused', async (t) => {
  const cases: [url: string, headers: Lines, back: string][] = [
    ['/x', [['Host', 'H:80']], 'http://h/x'],
    [
      '/x',
      [
        ['Host', 'h'],
        ['host', ' H '],
      ],
      'http://h/x',
    ],
    [
      '/x',
      [
        ['Host', 'h'],
        ['host', 'g'],
      ],
      'error',
    ],
    ['/x', [], 'error'],
    ['http://H/x', [], 'http://h/x'],
    ['https://h/x', [['Host', 'H']], 'http://h/x'],
    ['http://h/x', [['Host', 'g']], 'error'],
    ['http://h:80/x', [['Host', 'h']], 'error'],
    ['http://u@h/x', [], 'error'],
    ['/x', [['Host', 'a_b']], 'error'],
  ]
  for (const [url, headers, back] of cases) t.equal(backOf(ask(url, headers)), back, JSON.stringify([url, headers]))
  t.equal(backOf(ask('/x', [['Host', 'h:443']], true)), 'https://h/x')
  t.match(ask('/x', []), { status: 400 })
})

t.test('Cookie lines are joined with a semicolon, empty ones left out', async (t) => {
  const of = (...values: string[]) =>
    inShort(ask('/', [['Host', 'h'], ...values.map((value) => ['Cookie', value] as const)]))
  t.equal(of('a=1', `auth_tkt=${TICKET}`), 'allow')
  t.equal(of('', 'a=1', '', `auth_tkt=${TICKET}`), 'allow')
  t.equal(of('a=1, b', `auth_tkt=${TICKET}`), 'redirect absent', 'white space ends the search')
})

t.test('a proxy’s word on the host is read the same way', async (t) => {
  const behind = guardOf({ compat: 'exact', pathRules: 'lighttpd', backPort: true, trustedProxies: ['192.0.2.7'] })
  const of = (host: string) =>
    backOf(
      behind.decide(
        requestOf({
          headers: [
            ['X-Forwarded-Host', host],
            ['X-Forwarded-Proto', 'https'],
          ],
        }),
      ),
    )
  t.equal(of('H.example.com:443'), 'https://h.example.com/')
  t.equal(of('a_b'), 'error')
})
