/** Nothing that the guard says holds a secret, a ticket or its digest, but for the cookies that carry tickets. */

import fc from 'fast-check'
import t from 'tap'
import type { Decision } from '../../src/policy/decision.js'
import type { AreaOptions } from '../../src/policy/options.js'
import { guardOf, IP, KEY, type Lines, NOW, OLD_KEY, requestOf, ticketOf } from './guards.js'

const MARKER = 'MARKERSECRETMARKER'
const key = { secret: `${MARKER} and some more`, digest: 'sha256' } as const
const old = { secret: `${MARKER} of old`, digest: 'md5' } as const
const keys = [key, old, KEY]

const area: fc.Arbitrary<AreaOptions> = fc.record(
  {
    timeout: fc.constantFrom(0, 60, 7200),
    timeoutRefresh: fc.constantFrom(0, 0.5, 1),
    tokens: fc.constantFrom<string[]>([], ['x'], ['other']),
    guestLogin: fc.constant(true),
    guestFallback: fc.boolean(),
    urlTickets: fc.boolean(),
    requireSsl: fc.boolean(),
    require: fc.constantFrom<AreaOptions['require']>('valid-user', 'denied', { users: ['bob'] }, { not: 'valid-user' }),
    backCookieName: fc.constantFrom(null, 'way'),
    backPath: fc.constantFrom('decoded', 'verbatim'),
    loginUrl: fc.constantFrom('https://l.example/', '/login', null),
    authType: fc.constantFrom('TKT', 'None', 'Basic', null),
    maxAge: fc.constantFrom(null, 100),
  },
  { requiredKeys: [] },
)
const asked = fc.record({
  key: fc.constantFrom(...keys, OLD_KEY),
  age: fc.constantFrom(0, 40, 61, 5000, 9000, -1000),
  where: fc.constantFrom('cookie', 'argument', 'both', 'raw'),
  damage: fc.constantFrom('', 'A', '=', '%', '"'),
  method: fc.constantFrom('GET', 'POST'),
  tls: fc.boolean(),
  path: fc.constantFrom('/', '/x', '/%zz', '/../x', '/%2f', '/A;b'),
  accept: fc.constantFrom('text/html', 'application/json'),
  compat: fc.constantFrom('exact' as const, 'hardened' as const),
})

/** What is said to anybody: all but `url`, which repeats the request, and cookies of ticket values. */
function said(decision: Decision): string {
  const { url: _, ...rest } = decision as Decision & { url?: string }
  const lines = 'setCookies' in rest ? rest.setCookies.filter((line) => !/^auth_tkt=[^;]/.test(line)) : []
  return JSON.stringify({ ...rest, setCookies: lines })
}

t.test('no decision, warning or location shows a secret, a ticket or its digest', async () => {
  fc.assert(
    fc.property(area, asked, (settings, { key: issuing, age, where, damage, path, accept, compat, ...request }) => {
      const guard = guardOf({ compat, keys, areas: [{ path: '/', ...settings }], loginUrl: null, minSecretLength: 1 })
      const ticket = ticketOf({ key: issuing, at: NOW - age, tokens: ['x'], userData: 'private' })
      const plain = Buffer.from(ticket, 'base64').toString('latin1')
      const value = `${where === 'raw' ? plain.replaceAll('!', '%21') : ticket}${damage}`
      const url = where === 'cookie' ? path : `${path}?a=1&auth_tkt=${value}&b=2`
      const headers: Lines = [['Accept', accept]]
      const decision = guard.decide(
        requestOf({ url, headers, ...(where === 'cookie' || where === 'both' ? { ticket: value } : {}), ...request }),
      )
      const text = `${said(decision)}${decodeURIComponent(said(decision).replace(/%(?![0-9a-f]{2})/gi, '%25'))}${guard.warnings}`
      const all = `${JSON.stringify(decision)}${guard.warnings}`
      return (
        ![ticket, ticket.slice(0, 40), plain.slice(0, 32), plain.slice(0, 20)].some((one) => text.includes(one)) &&
        !all.includes(MARKER)
      )
    }),
    { numRuns: 4000 },
  )
})

t.test('an area, as it is shown, has no keys', async (t) => {
  const guard = guardOf({ keys })
  t.notMatch(JSON.stringify(guard.areaOf(requestOf())), /MARKER/)
  t.notMatch(JSON.stringify(guard), /MARKER/)
  const { inspect } = await import('node:util')
  t.notMatch(inspect(guard, { depth: 9, showHidden: true }), /MARKER/)
  t.equal(guard.decide(requestOf({ ticket: ticketOf({ key, ip: IP }) })).kind, 'allow')
})

t.test("a caller's keys are copied: wiping them afterwards changes nothing", async (t) => {
  const secret = new TextEncoder().encode('a secret of bytes, that is wiped')
  const bytes = { secret: secret.slice(), digest: 'sha512' as const }
  const guard = guardOf({ keys: [bytes] })
  const ticket = ticketOf({ key: { secret, digest: 'sha512' } })
  bytes.secret.fill(0)
  t.equal(guard.decide(requestOf({ ticket })).kind, 'allow')
})
