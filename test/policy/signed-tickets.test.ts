/** What a guard of signed tickets decides, and in which order (auth_pubtkt_check of mod_auth_pubtkt.c). */

import t from 'tap'
import type { AreaOptions } from '../../src/policy/options.js'
import { type Asked, inShort, LOGIN, NOW, requestOf } from './guards.js'
import { decideSigned, OTHER_KEY, PUBLIC_KEY, type Signed, signedGuard, signedTicket } from './signed-guards.js'

const ALL: AreaOptions = {
  timeoutUrl: 'https://login.example.com/timeout',
  postTimeoutUrl: 'https://login.example.com/post',
  refreshUrl: 'https://login.example.com/refresh',
  badIpUrl: 'https://login.example.com/badip',
  multifactorUrl: 'https://login.example.com/mf',
  unauthUrl: 'https://login.example.com/unauth',
  requireMultifactor: true,
  tokens: ['editor', 'admin'],
}
const OTHER = '198.51.100.9'
/** Everything speaks against it. */
const WORST: Signed = { clientIp: OTHER, validUntil: NOW - 1, gracePeriod: NOW - 2 }

t.test('the first thing that is wrong decides', async (t) => {
  const steps: [what: string, change: Signed, asked: Asked, expected: string, url: string][] = [
    ['the address', {}, {}, 'redirect address', 'badip?ip=192.0.2.7&back='],
    ['the end', { clientIp: '192.0.2.7' }, {}, 'redirect expired', 'timeout?back='],
    ['the end of a form', {}, { method: 'POST' }, 'redirect expired', 'post?back='],
    ['the grace period', { validUntil: NOW }, {}, 'redirect refresh', 'refresh?back='],
    ['the second factor of a form', {}, { method: 'POST' }, 'redirect multifactor', 'mf?back='],
    ['the second factor', { gracePeriod: NOW }, {}, 'redirect multifactor', 'mf?back='],
    ['the tokens', { multifactor: true }, {}, 'redirect tokens', 'unauth?back='],
    ['nothing', { tokens: ['x', 'admin'] }, {}, 'allow', ''],
  ]
  let ticket: Signed = WORST
  for (const [what, change, asked, expected, url] of steps) {
    ticket = { ...ticket, ...change }
    const decision = decideSigned(ALL, ticket, asked)
    t.equal(inShort(decision), expected, what)
    const location = decision.kind === 'redirect' ? decision.location : ''
    t.equal(location.startsWith(url && `https://login.example.com/${url}`), true, `${what}: ${location}`)
  }
})

t.test('without addresses of their own, all go to the login; without that, nobody gets in by mistake', async (t) => {
  const bad: [ticket: Signed | string, reason: string][] = [
    ['nonsense', 'malformed'],
    [{ by: 'otherEd25519' }, 'signature'],
    [{ clientIp: OTHER }, 'address'],
    [{ validUntil: NOW - 1 }, 'expired'],
    [{ gracePeriod: NOW - 1 }, 'refresh'],
    [{ tokens: ['reader'] }, 'tokens'],
  ]
  const area = { tokens: ['editor'] }
  for (const [ticket, reason] of bad) {
    const decision = decideSigned(area, ticket)
    t.equal(inShort(decision), `redirect ${reason}`)
    t.ok(decision.kind === 'redirect' && decision.location.startsWith(LOGIN), reason)
    for (const compat of ['exact', 'hardened'] as const) {
      const options = { compat, require: 'valid-user', loginUrl: undefined } as const
      t.equal(inShort(decideSigned(area, ticket, {}, options)), `deny 403 ${reason}`, `${compat} ${reason}`)
    }
  }
  const noTicket = signedGuard().decide(requestOf())
  t.equal(inShort(noTicket), 'redirect absent')
  t.equal(inShort(decideSigned({ requireSsl: true }, {})), 'redirect insecure')
  t.equal(inShort(decideSigned({ requireSsl: true }, {}, { tls: true })), 'allow')
})

t.test('the clocks, to the second', async (t) => {
  const cases: [fields: Signed, expected: string][] = [
    [{ validUntil: NOW }, 'allow'],
    [{ validUntil: NOW - 1 }, 'redirect expired'],
    [{ gracePeriod: NOW }, 'allow'],
    [{ gracePeriod: NOW - 1 }, 'redirect refresh'],
    [{ gracePeriod: 0 }, 'allow'],
    [{ validUntil: 2 ** 32 - 1 }, 'allow'],
  ]
  for (const [fields, expected] of cases) t.equal(inShort(decideSigned({}, fields)), expected, JSON.stringify(fields))
})

t.test('past the grace period pages are refreshed, and nothing else: the ticket is still good', async (t) => {
  const ticket = { gracePeriod: NOW - 1 }
  for (const method of ['POST', 'HEAD', 'PUT']) t.equal(inShort(decideSigned({}, ticket, { method })), 'allow', method)
  const script = { headers: [['Sec-Fetch-Mode', 'cors']] as const }
  t.equal(inShort(decideSigned({}, ticket, script)), 'allow')
  t.equal(inShort(decideSigned({ problemFor: [] }, ticket, script)), 'redirect refresh')
  // Other reasons are told to scripts as ever.
  t.equal(inShort(decideSigned({}, { validUntil: NOW - 1 }, script)), 'deny 401 expired')
})

t.test('a user is who the rules name', async (t) => {
  const area: AreaOptions = { require: { users: ['bob'] } }
  t.equal(inShort(decideSigned(area, {})), 'deny 403 user')
  t.equal(inShort(decideSigned(area, { uid: 'bob' })), 'allow')
  t.equal(inShort(decideSigned(area, {}, {}, { compat: 'exact' })), 'deny 401 user', 'as the module')
})

t.test('what is said of who enters', async (t) => {
  const decision = decideSigned({}, { tokens: ['a', 'b'], userData: 'd=1!' })
  t.strictSame(decision, {
    kind: 'allow',
    identity: { uid: 'alice', tokens: ['a', 'b'], userData: 'd=1!', guest: false },
    keyIndex: 0,
    url: '/',
    setCookies: [],
    noStore: false,
  })
  const utf8 = decideSigned({}, { uid: 'Zo\xc3\xab' }, {}, { charset: 'utf8' })
  t.match(utf8, { identity: { uid: 'Zoë' } })
})

t.test('a change of keys signs nobody out; each area asks for its own', async (t) => {
  const both = signedGuard({ publicKeys: [OTHER_KEY(), PUBLIC_KEY()] })
  const ask = (guard: typeof both, by: 'ed25519' | 'otherEd25519', url = '/') =>
    guard.decide(requestOf({ url, ticket: signedTicket({ by }), cookieName: 'auth_pubtkt' }))
  t.match(ask(both, 'ed25519'), { kind: 'allow', keyIndex: 1 })
  t.match(ask(both, 'otherEd25519'), { kind: 'allow', keyIndex: 0 })
  const ended = signedGuard({ publicKeys: [OTHER_KEY(), { ...PUBLIC_KEY(), acceptUntil: NOW - 1 }] })
  t.equal(inShort(ask(ended, 'ed25519')), 'redirect signature')
  const dated = signedGuard({ publicKeys: [{ ...PUBLIC_KEY(), acceptUntil: '2023-11-15' }] })
  t.equal(inShort(ask(dated, 'ed25519')), 'allow')

  const areas = [{ path: '/' }, { path: '/b', publicKeys: [OTHER_KEY()] }, { path: '/b/c' }]
  const hosts = [{ names: ['h.example.com'], publicKeys: [OTHER_KEY()], areas: [{ path: '/' }] }]
  const parted = signedGuard({ areas, hosts, unknownHost: 'main' })
  for (const url of ['/', '/b', '/b/c', '/x']) {
    const own = url.startsWith('/b') ? 'otherEd25519' : 'ed25519'
    for (const by of ['ed25519', 'otherEd25519', 'ed25519'] as const) {
      t.equal(inShort(ask(parted, by, url)) === 'allow', by === own, `${by} at ${url}`)
    }
  }
  const atHost = requestOf({ host: 'h.example.com', ticket: signedTicket(), cookieName: 'auth_pubtkt' })
  t.equal(inShort(parted.decide(atHost)), 'redirect signature')
})

t.test('tickets that were verified are remembered, and only those', async (t) => {
  const guard = signedGuard()
  const request = requestOf({ ticket: signedTicket(), cookieName: 'auth_pubtkt' })
  const forged = requestOf({ ticket: signedTicket({ by: 'otherEd25519' }), cookieName: 'auth_pubtkt' })
  for (let i = 0; i < 3; i++) {
    t.equal(inShort(guard.decide(request)), 'allow')
    t.equal(inShort(guard.decide(forged)), 'redirect signature')
  }
  t.strictSame(guard.cacheStats(), { hits: 2, misses: 4, evictions: 0 })
  // A hit is judged like any other: here the time has come.
  t.equal(inShort(guard.decide({ ...request, now: NOW + 3601 })), 'redirect expired')
  t.equal(inShort(guard.decide({ ...request, ip: OTHER })), 'allow', 'it binds no address')

  const without = signedGuard({ cache: false })
  for (let i = 0; i < 2; i++) t.equal(inShort(without.decide(request)), 'allow')
  t.equal(without.cacheStats(), undefined)
  const small = signedGuard({ cache: { entries: 2 } })
  for (let i = 0; i < 9; i++) {
    const ticket = signedTicket({ uid: `u${i}` })
    t.equal(inShort(small.decide(requestOf({ ticket, cookieName: 'auth_pubtkt' }))), 'allow')
  }
  t.equal(small.cacheStats()?.evictions, 7)
})
