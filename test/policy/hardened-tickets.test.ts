/** A2, A5, A6, A9, A16, A17, A18: which tickets count, and what is set in return. */

import t from 'tap'
import { createVerifier } from '../../src/index.js'
import type { Decision } from '../../src/policy/decision.js'
import { createGuard } from '../../src/policy/guard.js'
import { splitText } from '../../src/ticket/fields.js'
import { createRing } from '../../src/ticket/ring.js'
import { type Exchange, ringOf, vectorsOf } from '../helpers/recorded.js'
import { checkFlips, cookiesOf } from './flips.js'
import { decideIn, IP, inShort, KEY, NOW, OLD_KEY, renewedTicket, requestOf, ticketOf } from './guards.js'

const both = ['exact', 'hardened'] as const

t.test("A2: the URL's ticket", async (t) => {
  const ticket = ticketOf()
  const harden = { urlTickets: false }
  const soften = { urlTickets: true }
  const asked = { url: `/p?a=1&auth_tkt=${ticket}` }
  checkFlips(t, [
    { name: 'a good one', asked, see: inShort, exact: 'allow', hardened: 'redirect absent', harden, soften },
    {
      name: 'empty',
      asked: { url: '/?auth_tkt=' },
      see: inShort,
      exact: 'redirect absent',
      hardened: 'redirect absent',
      harden,
      soften,
    },
    {
      name: 'bad',
      asked: { url: '/?auth_tkt=zz' },
      see: inShort,
      exact: 'redirect malformed',
      hardened: 'redirect absent',
      harden,
      soften,
    },
  ])
  t.match(cookiesOf(decideIn({}, asked, { compat: 'exact' })), [`auth_tkt=${ticket}; path=/; domain=www.example.com`])
  for (const compat of both) {
    const bad = ['zz', 'zz;domain=evil.example', `${ticket}x`.slice(1), 'x%0d%0aSet-Cookie:a=b', ticketOf({ at: 0 })]
    for (const value of bad) {
      const decision = decideIn(soften, { url: `/?auth_tkt=${value}` }, { compat })
      t.equal(decision.kind, 'redirect')
      t.notOk(
        cookiesOf(decision).some((line) => !line.startsWith('auth_tkt=;')),
        `${compat}: ${value} is not set`,
      )
    }
    const kept = decideIn(soften, { url: '/?auth_tkt=zz', ticket }, { compat })
    t.match(kept, { kind: 'allow', setCookies: [] }, 'the good cookie still counts')
    const raw = Buffer.from(ticketOf({ userData: 'a b;c"' }), 'base64')
      .toString('latin1')
      .replaceAll(' ', '%20')
      .replaceAll('!', '%21')
    const line = cookiesOf(decideIn(soften, { url: `/?auth_tkt=${raw.replaceAll(';', '%3b')}` }, { compat }))[0] ?? ''
    t.notMatch(line.split('; ')[0], /[ ;]/, 'nothing of a ticket becomes an attribute')
  }
})

t.test("A2: a URL's ticket that no cookie can carry is written anew", async (t) => {
  const raw = Buffer.from(ticketOf({ userData: 'a;b', tokens: ['x'] }), 'base64').toString('latin1')
  const decision = decideIn({ urlTickets: true }, { url: `/?auth_tkt=${raw}` })
  t.match(decision, { kind: 'allow', identity: { userData: 'a;b', tokens: ['x'] } })
  t.match(createVerifier({ keys: [KEY] }).verify(renewedTicket(decision), { ip: IP }), {
    ok: true,
    ticket: { issuedAt: NOW },
  })
  t.notMatch(cookiesOf(decision)[0], /a;b/)
})

t.test('A5: IPv6 clients', async (t) => {
  const ip = '2001:db8::7'
  const asked = { ip, ticket: ticketOf({ ip }) }
  const harden = { ipv6: 'bind' as const }
  const soften = { ipv6: 'refuse' as const }
  checkFlips(t, [
    { name: 'a ticket', asked, see: inShort, exact: 'redirect address', hardened: 'allow', harden, soften },
    {
      name: 'no ticket binds ::',
      asked: { ip, ticket: ticketOf({ ip: '::' }) },
      see: inShort,
      exact: 'redirect address',
      hardened: 'redirect digest',
      harden,
      soften,
    },
    {
      name: 'cookies of guests',
      asked: { ip },
      area: { guestLogin: true, guestCookie: true },
      see: (decision) => cookiesOf(decision).length,
      exact: 0,
      hardened: 1,
      harden,
      soften,
    },
  ])
  for (const compat of both) {
    const free = decideIn({ ignoreIp: true }, { ip, ticket: ticketOf({ ignoreIp: true }) }, { compat })
    t.equal(free.kind, 'allow', 'with ignoreIp no address matters')
    t.equal(
      decideIn({}, { ip: `::ffff:${IP}`, ticket: ticketOf() }, { compat }).kind,
      'allow',
      'a mapped IPv4 address is that',
    )
  }
})

t.test('A6: without hex digits there is no timestamp, whatever was there before', async (t) => {
  const vectors = vectorsOf<Exchange>('recorded/mod_auth_tkt')
  const vector = vectors.find(({ id }) => id === 'tkt/bad-ts-nonhex') as Exchange
  const [bad = ''] = vector.request.cookie
  for (const compat of both) {
    const guard = createGuard({
      compat,
      keys: ringOf(vector, 'apache'),
      demoSecrets: 'allow',
      loginUrl: '/l',
      areas: [{ path: '/' }],
    })
    const ask = (cookie: string) =>
      guard.decide(requestOf({ ip: vector.client_ip, now: vector.now, headers: [['Cookie', cookie]] }))
    for (const { id, request } of vectors.filter(({ id }) => /^tkt\/valid-b64-m$/.test(id))) {
      t.equal(ask(request.cookie[0] as string).kind, 'allow', id)
    }
    t.equal(ask(bad).kind, 'redirect', 'A6, right after a good one')
  }
})

t.test('A9: an old key and the clock', async (t) => {
  const asked = { ticket: ticketOf({ key: OLD_KEY, at: NOW - 100 }) }
  const verifier = createVerifier({ keys: [KEY] })
  const see = (decision: Decision) => {
    const result = verifier.verify(renewedTicket(decision), { ip: IP })
    return result.ok && NOW - result.ticket.issuedAt
  }
  const row = { asked, see, options: { keys: [KEY, OLD_KEY] }, harden: { oldKeyClock: 'keep' as const } }
  const soften = { oldKeyClock: 'restart' as const }
  checkFlips(t, [{ ...row, name: 'age', exact: 0, hardened: 100, soften, area: { timeoutRefresh: 0 } }])
})

t.test('A16: an empty ticket is none', async (t) => {
  for (const compat of both) {
    for (const url of [
      '/?auth_tkt=',
      '/?auth_tkt',
      '/?auth_tkt=&auth_tkt=',
      '/?auth_tkt==',
      '/?auth_tkt="',
      '/?auth_tkt=""',
    ]) {
      t.equal(decideIn({ urlTickets: true }, { url }, { compat }).kind, 'redirect', url)
    }
  }
})

t.test('A17: tickets from the future', async (t) => {
  const harden = { clockSkew: 300 }
  const soften = { clockSkew: null }
  const row = { see: inShort, harden, soften, exact: 'allow' }
  checkFlips(t, [
    { ...row, name: '5 min', asked: { ticket: ticketOf({ at: NOW + 300 }) }, hardened: 'allow' },
    { ...row, name: 'more', asked: { ticket: ticketOf({ at: NOW + 301 }) }, hardened: 'redirect future' },
    { ...row, name: 'no wrap', asked: { ticket: ticketOf({ at: 0xffffffff }) }, hardened: 'redirect future' },
  ])
})

t.test('A18: control bytes and an empty uid', async (t) => {
  const ring = createRing({ keys: [KEY], ignoreIp: false, selfTest: false })
  const harden = { strictFields: true }
  const soften = { strictFields: false }
  const row = { see: inShort, harden, soften, exact: 'allow', hardened: 'redirect malformed' }
  const at = (fields: string) => ({
    ...row,
    name: JSON.stringify(fields),
    asked: { ticket: ring.renew(splitText(fields), IP, NOW, false) },
  })
  checkFlips(t, [at('!!'), at('!a!b'), at('a\rb!!'), at('a\x1f!!'), at('a!t\n,u!'), at('a!!d\x7f'), at('a!!\td')])
  checkFlips(t, [
    { ...at('a!t!\x80\xff'), hardened: 'allow' },
    { ...at('a b!!'), hardened: 'allow' },
    { ...at('!!'), area: { guestEmpty: true, guestLogin: true }, hardened: 'allow' },
  ])
})
