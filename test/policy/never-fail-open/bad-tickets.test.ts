/** A ticket that is not good opens nothing, whoever made it and wherever it is carried. */

import fc from 'fast-check'
import t from 'tap'
import type { AreaOptions, GuardOptions } from '../../../src/policy/options.js'
import {
  decideIn,
  FOREIGN_KEY,
  guardOf,
  type Issued,
  inShort,
  KEY,
  NOW,
  OLD_KEY,
  requestOf,
  ticketOf,
} from '../guards.js'

const TIMEOUT = 7200
const RETIRED: GuardOptions = { keys: [KEY, { ...OLD_KEY, acceptUntil: NOW - 1 }] }
const LIGHTTPD = { ...KEY, dialect: 'lighttpd' as const }

/** What makes each ticket bad: how it was issued, and the reason that the guard gives. */
const BAD: readonly [name: string, issued: Issued, reason: string, options?: GuardOptions][] = [
  ['expired', { at: NOW - TIMEOUT - 1 }, 'expired'],
  ['of 1970', { at: 0 }, 'expired'],
  ['of a foreign key', { key: FOREIGN_KEY }, 'digest'],
  ['of the right secret and another digest', { key: { ...KEY, digest: 'md5' } }, 'malformed'],
  ['of the right secret and a longer digest', { key: { ...KEY, digest: 'sha512' } }, 'digest'],
  ['of the right secret and another dialect', { key: LIGHTTPD }, 'digest'],
  ['of another client', { ip: '192.0.2.8' }, 'digest'],
  ['bound to nobody', { ignoreIp: true }, 'digest'],
  ['of a retired key', { key: OLD_KEY }, 'digest', RETIRED],
]

t.test('a bad ticket never opens anything', async (t) => {
  const areas: AreaOptions[] = [
    {},
    { tokens: ['a'] },
    { require: { users: ['alice'] } },
    { require: { any: ['valid-user'] } },
  ]
  for (const compat of ['exact', 'hardened'] as const) {
    for (const [name, issued, reason, options] of BAD) {
      for (const area of areas) {
        const ticket = ticketOf({ tokens: ['a'], ...issued })
        const decision = decideIn(area, { ticket }, { compat, ...options })
        t.equal(inShort(decision), `redirect ${reason}`, `${name}, ${compat}, ${JSON.stringify(area)}`)
        const inUrl = decideIn({ ...area, urlTickets: true }, { url: `/?auth_tkt=${ticket}` }, { compat, ...options })
        t.equal(inShort(inUrl), `redirect ${reason}`, `${name} in the URL, ${compat}`)
      }
    }
  }
})

t.test('a ticket from the future is refused in hardened, and by clockSkew alone in exact', async (t) => {
  const skewed = (at: number) => ({ ticket: ticketOf({ at }) })
  for (const options of [{}, { compat: 'exact', clockSkew: '5m' }] as GuardOptions[]) {
    t.equal(inShort(decideIn({}, skewed(NOW + 300), options)), 'allow')
    t.equal(inShort(decideIn({}, skewed(NOW + 301), options)), 'redirect future')
    t.equal(inShort(decideIn({}, skewed(0xffffffff), options)), 'redirect future')
  }
  t.equal(inShort(decideIn({}, skewed(0xffffffff), { compat: 'exact' })), 'allow', 'as the module, but without a wrap')
})

t.test('one changed char, anywhere, is refused', async () => {
  const ticket = ticketOf({ tokens: ['a'], userData: 'data' })
  const text = Buffer.from(ticket, 'base64').toString('latin1')
  const guards = [guardOf(), guardOf({ compat: 'exact' }), guardOf({ keys: [OLD_KEY, KEY] })]
  const change = fc.record({ at: fc.nat(text.length - 1), char: fc.integer({ min: 0, max: 255 }) })
  fc.assert(
    fc.property(change, fc.constantFrom(...guards), ({ at, char }, guard) => {
      const changed = text.slice(0, at) + String.fromCharCode(char) + text.slice(at + 1)
      // The timestamp may be written in either case, as the module reads it.
      if (changed.toLowerCase() === text.toLowerCase() && at >= 64 && at < 72) return true
      const value = Buffer.from(changed, 'latin1').toString('base64')
      const { kind } = guard.decide(requestOf({ ticket: value }))
      return changed === text ? kind === 'allow' : kind === 'redirect'
    }),
    { numRuns: 3000 },
  )
})

t.test('random cookies and arguments never open anything, nor does anything throw', async () => {
  const guard = guardOf({ urlTickets: true })
  const text = fc.string({ unit: 'binary-ascii', maxLength: 200 })
  fc.assert(
    fc.property(text, text, text, (cookie, query, value) => {
      const headers = [
        ['Cookie', cookie],
        ['cookie', `auth_tkt=${value}`],
        ['X-Anything', value],
      ] as const
      return guard.decide(requestOf({ url: `/?${query}`, headers })).kind !== 'allow'
    }),
    { numRuns: 3000 },
  )
})

t.test('a guest is nobody: lists of users and tokens keep guests out', async (t) => {
  const guests = { guestLogin: true, guestUser: 'alice-%8U' }
  for (const compat of ['exact', 'hardened'] as const) {
    t.equal(inShort(decideIn({ ...guests }, {}, { compat })), 'allow')
    t.equal(inShort(decideIn({ ...guests, require: { users: ['alice', 'guest'] } }, {}, { compat })), 'deny 403 user')
    t.equal(
      inShort(decideIn({ ...guests, require: { groups: ['g'] }, groups: { g: ['alice'] } }, {}, { compat })),
      'deny 403 user',
    )
    t.equal(inShort(decideIn({ ...guests, require: 'denied' }, {}, { compat })), 'deny 403 user')
    t.equal(inShort(decideIn({ ...guests, tokens: ['a'] }, {}, { compat })), 'redirect tokens')
    t.equal(inShort(decideIn({ ...guests, requireSsl: true }, {}, { compat })), 'redirect insecure')
    const empty = { guestLogin: true, guestEmpty: true, require: { users: ['alice'] } }
    t.equal(inShort(decideIn(empty, {}, { compat })), 'deny 403 user')
    const expired = { ticket: ticketOf({ at: NOW - 9000 }) }
    t.equal(
      inShort(decideIn({ ...guests, guestFallback: true, require: { users: ['alice'] } }, expired, { compat })),
      'deny 403 user',
    )
  }
})

t.test("a guest's ticket that comes back opens what guests may open", async (t) => {
  const area = { guestLogin: true, guestUser: '%12U', guestCookie: true }
  const first = decideIn(area)
  t.match(first, { kind: 'allow', identity: { guest: true, uid: /^[0-9a-f-]{12}$/ }, keyIndex: undefined })
  const [line = ''] = first.kind === 'allow' ? first.setCookies : []
  const ticket = /auth_tkt=([^;]+)/.exec(line)?.[1]
  const again = decideIn(area, { ticket })
  t.match(again, { kind: 'allow', identity: { guest: false }, keyIndex: 0, setCookies: [] })
  t.equal(again.kind === 'allow' && again.identity.uid, first.kind === 'allow' && first.identity.uid)
  t.equal(inShort(decideIn({ ...area, require: { users: ['alice'] } }, { ticket })), 'deny 403 user')
})
