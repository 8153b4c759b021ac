/** Several keys, keys that end, addresses by prefix, sessions that end, text in UTF-8. */

import fc from 'fast-check'
import t from 'tap'
import { createIssuer, createVerifier } from '../../src/index.js'
import type { Decision } from '../../src/policy/decision.js'
import type { AreaOptions, GuardOptions } from '../../src/policy/options.js'
import { decideIn, guardOf, IP, inShort, KEY, NOW, OLD_KEY, renewedTicket, requestOf, ticketOf } from './guards.js'

const THIRD = { secret: 'the third secret, for lighttpd', digest: 'md5', dialect: 'lighttpd' } as const
const FOURTH = { secret: 'the fourth secret of this ring', digest: 'sha512' } as const
const keys = [KEY, OLD_KEY, THIRD, FOURTH]
const ring: GuardOptions = { keys, allowShiftableFields: true }
const issuedAt = (decision: Decision, ip = IP) => {
  const result = createVerifier({ keys: [KEY], selfTest: false }).verify(renewedTicket(decision), { ip })
  return result.ok ? result.ticket.issuedAt : result.reason
}
const identityOf = (decision: Decision) => (decision.kind === 'allow' ? decision.identity : decision.kind)

t.test('every key of a ring lets in, and all but the newest have the ticket made anew', async (t) => {
  for (const [index, key] of keys.entries()) {
    const decision = decideIn({}, { ticket: ticketOf({ key, tokens: ['a'], userData: 'd' }) }, ring)
    t.match(decision, {
      kind: 'allow',
      keyIndex: index,
      identity: { uid: 'alice', tokens: ['a'], userData: 'd', guest: false },
    })
    t.equal(issuedAt(decision), index === 0 ? 'absent' : NOW)
    const again = decideIn({}, { ticket: renewedTicket(decision) ?? ticketOf() }, ring)
    t.match(again, { kind: 'allow', keyIndex: 0, setCookies: [] }, 'settled')
  }
})

t.test('acceptUntil: to the second, as a number, a date or a date-time', async (t) => {
  const end = Date.UTC(2023, 10, 15) / 1000
  const at = (acceptUntil: number | string, now: number) => {
    const ring = [KEY, { ...OLD_KEY, acceptUntil }]
    return inShort(decideIn({}, { now, ticket: ticketOf({ key: OLD_KEY, at: now }) }, { keys: ring }))
  }
  for (const until of [
    end,
    '2023-11-15',
    '2023-11-15T00:00:00Z',
    '2023-11-15T01:00:00+01:00',
    '2023-11-15T00:00:00.900Z',
  ]) {
    t.equal(at(until, end), 'allow', String(until))
    t.equal(at(until, end + 1), 'redirect digest', String(until))
  }
  t.equal(at(0, NOW), 'redirect digest')
  const newest = { keys: [{ ...KEY, acceptUntil: NOW - 1 }, OLD_KEY] }
  t.equal(inShort(decideIn({}, { ticket: ticketOf() }, newest)), 'redirect digest', 'the newest key can end, too')
})

t.test('IPv6 by prefix: another host part is the same client, another net is not', async (t) => {
  const area: AreaOptions = { ipv6Prefix: 64 }
  const net = '2001:db8:1:2::'
  const ticket = ticketOf({ ip: net, at: NOW - 5000 })
  const asked = (ip: string) => decideIn(area, { ip, ticket })
  const first = asked('2001:db8:1:2:3:4:5:6')
  t.equal(first.kind, 'allow')
  t.equal(issuedAt(first, net), NOW, 'the renewed ticket is bound to the net')
  t.equal(decideIn(area, { ip: '2001:db8:1:2:ffff::1', ticket: renewedTicket(first) }).kind, 'allow')
  t.equal(inShort(asked('2001:db8:1:3::1')), 'redirect digest')
  t.equal(inShort(asked('2001:db8:1:2::zz')), 'redirect address')
  t.equal(inShort(decideIn(area, { ip: IP, ticket: ticketOf() })), 'allow', 'IPv4 is bound whole')
  t.equal(inShort(decideIn(area, { ip: '192.0.2.8', ticket: ticketOf() })), 'redirect digest')
  t.equal(inShort(decideIn(area, { ip: `::ffff:${IP}`, ticket: ticketOf() })), 'allow')
  const guard = guardOf({ areas: [{ path: '/', ...area }] })
  const ask = (ip: string) => guard.decide(requestOf({ ip, ticket })).kind
  t.strictSame(['2001:db8:1:2::1', '2001:db8:1:3::1', '2001:db8:1:2::1', '::zz', '2001:db8:1:2::1'].map(ask), [
    'allow',
    'redirect',
    'allow',
    'redirect',
    'allow',
  ])
})

t.test('IPv6 by prefix, for any prefix: the first bits decide', async () => {
  const group = fc.integer({ min: 0, max: 0xffff })
  const address = fc.array(group, { minLength: 8, maxLength: 8 })
  const text = (groups: number[]) => groups.map((one) => one.toString(16)).join(':')
  const bits = (groups: number[], count: number) =>
    groups
      .map((one) => one.toString(2).padStart(16, '0'))
      .join('')
      .slice(0, count)
  fc.assert(
    fc.property(address, fc.integer({ min: 1, max: 128 }), fc.integer({ min: 0, max: 127 }), (groups, prefix, flip) => {
      // Not an IPv4 address in disguise.
      groups[0] = 0x2001
      const at = 16 + (flip % 112)
      const other = groups.map((one, i) => (i === at >> 4 ? one ^ (0x8000 >> (at & 15)) : one))
      const guard = guardOf({ areas: [{ path: '/', ipv6Prefix: prefix, guestLogin: true, guestCookie: true }] })
      const ticket = renewedTicket(guard.decide(requestOf({ ip: text(groups) })))
      const keyIndex = (ip: string) => {
        const decision = guard.decide(requestOf({ ip, ticket }))
        return decision.kind === 'allow' && decision.keyIndex
      }
      return (
        keyIndex(text(groups)) === 0 && (keyIndex(text(other)) === 0) === (bits(groups, prefix) === bits(other, prefix))
      )
    }),
    { numRuns: 200 },
  )
})

t.test('maxAge: renewals end, counted from the first sign-in', async (t) => {
  const area: AreaOptions = { maxAge: 10000, timeout: 3600 }
  let ticket: string | undefined = ticketOf({ tokens: ['editor'] })
  const kinds: string[] = []
  for (let age = 0; age <= 11000; age += 2000) {
    const decision = decideIn(area, { ticket, now: NOW + age })
    kinds.push(inShort(decision))
    if (decision.kind !== 'allow') continue
    t.strictSame(
      identityOf(decision),
      { uid: 'alice', tokens: ['editor'], userData: '', guest: false },
      'no label to be seen',
    )
    ticket = renewedTicket(decision) ?? ticket
  }
  t.strictSame(kinds, ['allow', 'allow', 'allow', 'allow', 'allow', 'allow'])
  t.equal(inShort(decideIn(area, { ticket, now: NOW + 10001 })), 'redirect expired', 'whatever was renewed last')
  t.equal(inShort(decideIn({ timeout: 3600 }, { ticket, now: NOW + 10001 })), 'allow', 'by maxAge alone')
})

t.test('the label of the first sign-in cannot be told by other tokens, nor asked for', async (t) => {
  const area: AreaOptions = { maxAge: 100 }
  const now = NOW + 101
  const label = 'since=ffffffff'
  for (const tokens of [[label, 'x'], ['x', 'since=FFFFFFFF'], ['since=fffffff'], [`${label}0`], ['since='], ['x']]) {
    t.equal(inShort(decideIn(area, { ticket: ticketOf({ tokens }), now })), 'redirect expired', tokens.join())
  }
  const own = decideIn(area, { ticket: ticketOf({ tokens: ['x', 'since=6553f100'] }), now: NOW + 100 })
  t.match(identityOf(own), { tokens: ['x'] })
  t.equal(
    inShort(decideIn({ ...area, tokens: ['since=6553f100'] }, { ticket: ticketOf({ tokens: ['since=6553f100'] }) })),
    'redirect tokens',
  )
})

t.test('charset utf8: identities are text, tickets stay bytes', async (t) => {
  const issuer = createIssuer({ keys: [OLD_KEY], charset: 'utf8' })
  const ticket = issuer.issue({ uid: 'zo\u00eb', tokens: ['\u0416'], userData: '\u20ac' }, { ip: IP, now: NOW })
  const ask = (charset: GuardOptions['charset']) => decideIn({}, { ticket }, { keys: [KEY, OLD_KEY], charset })
  t.match(identityOf(ask('utf8')), { uid: 'zo\u00eb', tokens: ['\u0416'], userData: '\u20ac' })
  t.match(identityOf(ask('latin1')), {
    uid: 'zo\u00c3\u00ab',
    tokens: ['\u00d0\u0096'],
    userData: '\u00e2\u0082\u00ac',
  })
  const renewed = renewedTicket(ask('utf8'))
  t.match(createVerifier({ keys: [KEY], charset: 'utf8' }).verify(renewed, { ip: IP }), {
    ok: true,
    ticket: { uid: 'zo\u00eb' },
  })
})

t.test('what is too long to renew stays as it is', async (t) => {
  const long = Buffer.from(ticketOf({ key: OLD_KEY, userData: 'x'.repeat(6070) }), 'base64').toString('latin1')
  const decision = decideIn({}, { ticket: long }, { keys: [FOURTH, OLD_KEY] })
  t.match(decision, { kind: 'allow', keyIndex: 1, setCookies: [] })
})

t.test('decideAsync decides the same', async (t) => {
  const guard = guardOf()
  for (const asked of [{}, { ticket: ticketOf() }, { url: '/%zz' }]) {
    t.strictSame(await guard.decideAsync(requestOf(asked)), guard.decide(requestOf(asked)))
  }
})
