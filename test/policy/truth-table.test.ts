/** What each kind of request comes to, for every method and every kind of guest. The expectation is written by hand. */

import t from 'tap'
import type { Decision } from '../../src/policy/decision.js'
import type { AreaOptions, GuardOptions } from '../../src/policy/options.js'
import { type Asked, decideIn, FOREIGN_KEY, inShort, NOW, ticketOf } from './guards.js'

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS'] as const
const COMPATS = ['exact', 'hardened'] as const
const URLS: AreaOptions = {
  loginUrl: 'https://a.example/login',
  timeoutUrl: 'https://a.example/timeout',
  postTimeoutUrl: 'https://a.example/post-timeout',
  unauthUrl: 'https://a.example/unauth',
}
const GUESTS: Readonly<Record<string, AreaOptions>> = {
  none: {},
  guests: { guestLogin: true },
  fallback: { guestLogin: true, guestFallback: true },
  cookie: { guestLogin: true, guestCookie: true },
  empty: { guestLogin: true, guestEmpty: true, guestFallback: true },
}

type State = readonly [asked: Asked, area?: AreaOptions, options?: GuardOptions]
const good = ticketOf({ tokens: ['b'] })
const STATES: Readonly<Record<string, State>> = {
  good: [{ ticket: good }],
  absent: [{}],
  malformed: [{ ticket: 'nonsense' }],
  'too-long': [{ ticket: `Q${'A'.repeat(9000)}` }],
  digest: [{ ticket: ticketOf({ key: FOREIGN_KEY }) }],
  address: [{ ticket: good, ip: undefined }],
  future: [{ ticket: ticketOf({ at: NOW + 301 }) }],
  expired: [{ ticket: ticketOf({ at: NOW - 7201 }) }],
  tokens: [{ ticket: good }, { tokens: ['a'] }],
  user: [{ ticket: good }, { require: { users: ['bob'] } }],
  insecure: [{ ticket: good }, { requireSsl: true }],
  config: [{ ticket: good }, {}, { compat: 'exact', keys: [] }],
}

/** The decision, where it sends people, and what it does to their cookie. */
function seen(decision: Decision): string {
  if (decision.kind === 'pass') return 'pass'
  const [cookie = ''] = decision.setCookies
  const change = cookie === '' ? '' : /^auth_tkt=;/.test(cookie) ? ', deleted' : ', set'
  const where = decision.kind === 'redirect' ? ` to ${/a\.example\/([a-z-]+)/.exec(decision.location)?.[1]}` : ''
  const who =
    decision.kind === 'allow' ? ` '${decision.identity.uid}'${decision.identity.guest ? ' as a guest' : ''}` : ''
  return `${inShort(decision)}${where}${who}${change}`
}

function expected(state: string, method: string, guest: string, compat: string): string {
  if (state === 'config') return 'error 500 config'
  if (state === 'insecure') return 'redirect insecure to login'
  if (state === 'tokens') return 'redirect tokens to unauth'
  if (state === 'user') return 'deny 403 user'
  if (state === 'good' || (state === 'future' && compat === 'exact')) return "allow 'alice'"
  const who = guest === 'empty' ? "allow '' as a guest" : "allow 'guest' as a guest"
  if (state === 'expired') {
    if (guest === 'fallback' || guest === 'empty') return `${who}, deleted`
    return `redirect expired to ${method === 'POST' ? 'post-timeout' : 'timeout'}, deleted`
  }
  if (guest === 'none') return `redirect ${state} to login`
  // Without an address no ticket can be made.
  return guest === 'cookie' && state !== 'address' ? `${who}, set` : who
}

for (const compat of COMPATS) {
  for (const [state, [asked, area = {}, options = {}]] of Object.entries(STATES)) {
    t.test(`${state} (${compat})`, async (t) => {
      for (const method of METHODS) {
        for (const [guest, settings] of Object.entries(GUESTS)) {
          const decision = decideIn({ ...URLS, ...settings, ...area }, { method, ...asked }, { compat, ...options })
          t.equal(seen(decision), expected(state, method, guest, compat), `${method}, ${guest}`)
          if (decision.kind === 'redirect') t.equal(decision.status, 307, 'whatever the method')
        }
      }
    })
  }
}

t.test('each URL falls back to the login URL', async (t) => {
  const loginUrl = 'https://a.example/login'
  const lacking: AreaOptions[] = [
    { loginUrl },
    { loginUrl, timeoutUrl: null },
    { ...URLS, timeoutUrl: null, postTimeoutUrl: null, unauthUrl: null },
  ]
  for (const compat of COMPATS) {
    for (const area of lacking) {
      for (const state of ['expired', 'tokens', 'absent', 'insecure'] as const) {
        for (const method of METHODS) {
          const [asked, settings] = STATES[state] as State
          const decision = decideIn({ ...settings, ...area }, { method, ...asked }, { compat, loginUrl: null })
          t.match(seen(decision), /to login(, deleted)?$/, `${state} ${method}`)
        }
      }
      const post = { ...area, timeoutUrl: 'https://a.example/timeout' }
      t.match(seen(decideIn(post, { method: 'POST', ...(STATES.expired?.[0] as Asked) }, { compat })), /to timeout/)
    }
  }
})

t.test('any of the tokens will do', async (t) => {
  const ticket = ticketOf({ tokens: ['a', 'b', 'c-d'] })
  for (const [tokens, answer] of [
    [['a'], 'allow'],
    [['x', 'c-d'], 'allow'],
    [['A'], 'redirect tokens'],
    [['ab', 'a-b'], 'redirect tokens'],
    [[], 'allow'],
  ] as const) {
    for (const compat of COMPATS) t.equal(inShort(decideIn({ tokens: [...tokens] }, { ticket }, { compat })), answer)
  }
})
