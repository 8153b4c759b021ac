/** Who gets a new ticket, with which time: the part of the timeout that is left, and the key that made the old one. */

import fc from 'fast-check'
import t from 'tap'
import { createVerifier } from '../../src/index.js'
import { decideIn, IP, KEY, NOW, OLD_KEY, renewedTicket, ticketOf } from './guards.js'

const keys = [KEY, OLD_KEY]
const verifier = createVerifier({ keys, selfTest: false })

/** Age of the ticket that a guard hands out, or `kept` where it hands out none. */
function renewedAge(timeoutRefresh: number, age: number, compat: 'exact' | 'hardened', key = KEY, timeout = 7200) {
  const ticket = ticketOf({ key, at: NOW - age, tokens: ['a', 'b'], userData: 'x!y' })
  const decision = decideIn({ timeoutRefresh, timeout }, { ticket }, { compat, keys })
  if (decision.kind !== 'allow') return decision.kind
  const result = verifier.verify(renewedTicket(decision), { ip: IP })
  if (!result.ok) return 'kept'
  const { issuedAt, ...fields } = result.ticket
  const same = JSON.stringify(fields) === JSON.stringify({ uid: 'alice', tokens: ['a', 'b'], userData: 'x!y' })
  return same && result.keyIndex === 0 ? NOW - issuedAt : 'other fields'
}

/** refresh, age, then what becomes of a ticket of the current key, of the old key in exact, of the old one in hardened. */
const TABLE: readonly (readonly [refresh: number, age: number, now: unknown, exact: unknown, hardened: unknown])[] = [
  [0, 0, 'kept', 0, 0],
  [0, 3600, 'kept', 0, 3600],
  [0, 7200, 'kept', 0, 7200],
  [0, 7201, 'redirect', 'redirect', 'redirect'],
  [0.5, 0, 'kept', 0, 0],
  [0.5, 3599, 'kept', 0, 3599],
  [0.5, 3600, 'kept', 0, 3600],
  [0.5, 3601, 0, 0, 0],
  [0.5, 7200, 0, 0, 0],
  [0.5, 7201, 'redirect', 'redirect', 'redirect'],
  [1, 0, 'kept', 0, 0],
  [1, 1, 0, 0, 0],
  [1, 7200, 0, 0, 0],
  [1, 7201, 'redirect', 'redirect', 'redirect'],
]

for (const [refresh, age, current, oldInExact, oldInHardened] of TABLE) {
  t.test(`timeoutRefresh ${refresh}, age ${age}`, async (t) => {
    t.equal(renewedAge(refresh, age, 'exact'), current)
    t.equal(renewedAge(refresh, age, 'hardened'), current)
    t.equal(renewedAge(refresh, age, 'exact', OLD_KEY), oldInExact, 'old key, exact')
    t.equal(renewedAge(refresh, age, 'hardened', OLD_KEY), oldInHardened, 'old key, hardened')
  })
}

t.test('without a timeout a ticket lives for ever and is renewed for an old key only', async (t) => {
  for (const age of [0, 1e6, NOW]) {
    t.equal(renewedAge(0.5, age, 'exact', KEY, 0), 'kept')
    t.equal(renewedAge(0.5, age, 'exact', OLD_KEY, 0), 0)
    t.equal(renewedAge(0.5, age, 'hardened', OLD_KEY, 0), age)
  }
})

t.test('for any timeout, part and age', async () => {
  const part = fc.constantFrom(0, 0.1, 0.25, 0.5, 0.9, 1)
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100000 }),
      part,
      fc.integer({ min: 0, max: 120000 }),
      (timeout, refresh, age) => {
        const left = timeout - age
        const wanted = left < 0 ? 'redirect' : left < refresh * timeout ? 0 : 'kept'
        return renewedAge(refresh, age, 'exact', KEY, timeout) === wanted
      },
    ),
    { numRuns: 300 },
  )
})

t.test('a refusal carries the refreshed cookie, too (A14)', async (t) => {
  const ticket = ticketOf({ at: NOW - 4000 })
  for (const compat of ['exact', 'hardened'] as const) {
    const unauth = decideIn({ tokens: ['a'] }, { ticket }, { compat })
    const denied = decideIn({ require: { users: ['bob'] } }, { ticket }, { compat })
    for (const decision of [unauth, denied]) {
      t.match(verifier.verify(renewedTicket(decision), { ip: IP }), { ok: true, ticket: { issuedAt: NOW } })
    }
    const old = decideIn({ tokens: ['a'] }, { ticket: ticketOf({ key: OLD_KEY }) }, { compat, keys })
    t.equal(renewedTicket(old), undefined, 'an old key renews for those who get in')
  }
})

t.test('an expired ticket of an old key forces a ticket on the guest it falls back to', async (t) => {
  const guests = { guestLogin: true, guestFallback: true }
  const old = decideIn(guests, { ticket: ticketOf({ key: OLD_KEY, at: NOW - 7201 }) }, { keys })
  t.match(verifier.verify(renewedTicket(old), { ip: IP }), { ok: true, ticket: { uid: 'guest', issuedAt: NOW } })
  const current = decideIn(guests, { ticket: ticketOf({ at: NOW - 7201 }) }, { keys })
  t.match(current, { kind: 'allow', setCookies: [/^auth_tkt=; path/] })
})
