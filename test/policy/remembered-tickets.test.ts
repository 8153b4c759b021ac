/** `cache`: tickets that are remembered change no decision, whoever asks, whenever. */

import fc from 'fast-check'
import t from 'tap'
import type { GuardOptions } from '../../src/policy/options.js'
import { FOREIGN_KEY, guardOf, IP, KEY, NOW, OLD_KEY, requestOf, ticketOf } from './guards.js'
import { OTHER_KEY, PUBLIC_KEY, signedTicket } from './signed-guards.js'

const OPTIONS: GuardOptions = {
  keys: [KEY, { ...OLD_KEY, acceptUntil: NOW + 30 }],
  timeout: 60,
  areas: [
    { path: '/' },
    { path: '/strict', strictFields: true, clockSkew: 5 },
    { path: '/loose', strictFields: false, clockSkew: null, guestEmpty: true },
    { path: '/any', ignoreIp: true },
    { path: '/own', keys: [FOREIGN_KEY] },
    {
      path: '/signed',
      authType: 'mod_auth_pubtkt',
      publicKeys: [PUBLIC_KEY(), { ...OTHER_KEY(), acceptUntil: NOW + 30 }],
    },
  ],
}
const OTHER_IP = '198.51.100.9'
const KEYED = [
  ticketOf(),
  ticketOf({ key: OLD_KEY }),
  ticketOf({ key: FOREIGN_KEY }),
  ticketOf({ ignoreIp: true }),
  ticketOf({ ip: OTHER_IP }),
  ticketOf({ at: NOW + 10 }),
  ticketOf({ tokens: ['a'], userData: 'b' }),
  ticketOf().slice(1),
]
const SIGNED = [
  signedTicket({ validUntil: NOW + 60 }),
  signedTicket({ by: 'otherEd25519', clientIp: IP, gracePeriod: NOW + 40 }),
  signedTicket({ by: 'ecdsa', digest: 'sha256' }),
]

t.test('with and without: the same decisions, in any order', async (t) => {
  const step = fc.record({
    keyed: fc.constantFrom(...KEYED),
    signed: fc.constantFrom(...SIGNED),
    url: fc.constantFrom('/', '/strict', '/loose', '/any', '/own', '/signed'),
    ip: fc.constantFrom(IP, OTHER_IP),
    now: fc.integer({ min: NOW - 10, max: NOW + 90 }),
  })
  const property = fc.property(fc.array(step, { minLength: 20, maxLength: 60 }), (steps) => {
    const remembering = guardOf({ ...OPTIONS, cache: { entries: 8 } })
    const forgetful = guardOf({ ...OPTIONS, cache: false })
    for (const { keyed, signed, url, ip, now } of steps) {
      const headers = [['Cookie', `auth_tkt=${keyed}; auth_pubtkt=${signed}`]] as const
      const request = requestOf({ url, ip, now, headers })
      t.strictSame(remembering.decide(request), forgetful.decide(request), `${url} ${now - NOW}`)
    }
  })
  fc.assert(property, { numRuns: 30 })
})

t.test('keyed tickets are remembered where that is asked for', async (t) => {
  const request = requestOf({ ticket: ticketOf() })
  for (const [cache, hits] of [
    [true, 2],
    [{ entries: 64 }, 2],
    [undefined, 0],
  ] as const) {
    const guard = guardOf({ ...OPTIONS, cache })
    for (let i = 0; i < 3; i++) t.equal(guard.decide(request).kind, 'allow')
    t.equal(guard.cacheStats()?.hits, hits, JSON.stringify(cache))
  }
})
