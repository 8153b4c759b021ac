/** The sign-in page of signed tickets: whose ticket a request brings, the ones that are made, and those that follow. */

import { sign } from 'node:crypto'
import t from 'tap'
import type { Guard } from '../../src/policy/decision.js'
import type { GuardOptions } from '../../src/policy/options.js'
import { sealBauth } from '../../src/pubtkt/bauth.js'
import type { SignatureHost } from '../../src/pubtkt/host.js'
import { nodeSignatures } from '../../src/pubtkt/node-signatures.js'
import { createPubtktVerifier } from '../../src/pubtkt/verify.js'
import { pairOf } from '../helpers/signing-keys.js'
import { type Asked, IP, inShort, NOW, requestOf } from './guards.js'
import { OTHER_KEY, PUBLIC_KEY, type Signed, signedGuard, signedTicket } from './signed-guards.js'

const SIGNING_KEY = () => ({ privateKey: pairOf('ed25519').privateKey })
const verifier = () => createPubtktVerifier({ keys: [PUBLIC_KEY()] })

function loginGuard(options: GuardOptions = {}): Guard {
  return signedGuard({ signingKey: SIGNING_KEY(), timeout: '1h', ...options })
}

function visit(guard: Guard, ticket?: Signed | string, asked: Asked = {}) {
  const value = typeof ticket === 'object' ? signedTicket(ticket) : ticket
  return guard.visit(requestOf({ ticket: value, cookieName: 'auth_pubtkt', ...asked }))
}

/** The ticket in a Set-Cookie line. */
function ticketIn(line = ''): string {
  return /^[^=]+=([^;]+)/.exec(line)?.[1] as string
}

function read(line: string | undefined, now = NOW) {
  const result = verifier().verify(ticketIn(line), { ip: IP, now })
  if (!result.ok) throw new Error(result.reason)
  return result.ticket
}

t.test('who brings a good ticket', async (t) => {
  const guard = loginGuard()
  t.match(visit(guard), { visitor: undefined, signed: true, dialect: undefined })
  const ticket = { tokens: ['a'], userData: 'd', validUntil: NOW + 600 }
  t.strictSame(visit(guard, ticket)?.visitor, {
    uid: 'alice',
    tokens: ['a'],
    userData: 'd',
    issuedAt: NOW - 3000,
    since: NOW - 3000,
    until: NOW + 600,
    due: false,
  })
  t.equal(visit(guard, { gracePeriod: NOW - 1 })?.visitor?.due, true)
  t.equal(visit(guard, { gracePeriod: NOW })?.visitor?.due, false)
  const nobody: (Signed | string)[] = [
    { validUntil: NOW - 1 },
    { clientIp: '198.51.100.9' },
    { by: 'otherEd25519' },
    'x',
  ]
  for (const bad of nobody) t.equal(visit(guard, bad)?.visitor, undefined, JSON.stringify(bad))
  const forEver = visit(loginGuard({ timeout: 0 }), { validUntil: 2 ** 32 - 1 })?.visitor
  t.match(forEver, { since: NOW, until: undefined })
  const keyless = signedGuard({ compat: 'exact', publicKeys: [], authType: 'mod_auth_pubtkt' })
  t.match(visit(keyless, {}), { visitor: undefined })
})

t.test('a ticket for who signs in: clocks, address, attributes', async (t) => {
  const guard = loginGuard({ cookieDomain: 'example.com' })
  const line = visit(guard)?.signIn({ uid: 'ben', tokens: ['a', 'b'], userData: 'x' })
  t.match(line, /^auth_pubtkt=[^;]+; path=\/; domain=example\.com; HttpOnly; SameSite=Lax$/)
  t.strictSame(read(line), {
    uid: 'ben',
    tokens: ['a', 'b'],
    userData: 'x',
    validUntil: NOW + 3600,
    gracePeriod: NOW + 1800,
    clientIp: IP,
    multifactor: false,
    bauth: '',
  })
  const asked = requestOf({ ticket: ticketIn(line), cookieName: 'auth_pubtkt' })
  t.equal(inShort(guard.decide(asked)), 'allow')
  t.equal(inShort(guard.decide({ ...asked, ip: '198.51.100.9' })), 'redirect address')
  t.equal(inShort(guard.decide({ ...asked, now: NOW + 1801 })), 'redirect refresh')

  const fields = { uid: 'ben' }
  const made = (options: GuardOptions) => read(visit(loginGuard(options))?.signIn(fields))
  t.match(made({ ignoreIp: true }), { clientIp: '' })
  t.match(made({ timeout: 0 }), { validUntil: 2 ** 32 - 1, gracePeriod: 0 })
  t.match(made({ timeoutRefresh: 0 }), { gracePeriod: 0 })
  t.match(made({ refreshWithin: '10m' }), { gracePeriod: NOW + 3000 })
  const utf8 = loginGuard({ charset: 'utf8' })
  t.equal(read(visit(utf8)?.signIn({ uid: 'Zoë' })).uid, 'Zo\xc3\xab')
})

t.test('what cannot be made is an error', async (t) => {
  const cases: [guard: Guard, asked: Asked, fields: object, message: RegExp][] = [
    [signedGuard(), {}, {}, /no private key.*give signingKey/],
    [loginGuard(), { ip: undefined }, {}, /no address that a ticket could bind; set ignoreIp/],
    [loginGuard(), {}, { userData: 'a;uid=root' }, /userData/],
    [loginGuard(), {}, { tokens: ['a,b'] }, /tokens\[0\]/],
    [loginGuard(), {}, { userData: '\u0141' }, /above U\+00FF/],
    [loginGuard({ charset: 'utf8' }), {}, { userData: '\ud800' }, /half of a surrogate pair/],
  ]
  for (const [guard, asked, fields, message] of cases) {
    t.throws(() => visit(guard, undefined, asked)?.signIn({ uid: 'ben', ...fields }), { message }, String(message))
  }
})

t.test('the next ticket says what the last one did, with new clocks', async (t) => {
  const bauth = sealBauth({ uid: 'b', password: 'p' }, 'sixteen bytes !!', nodeSignatures() as SignatureHost)
  const old = { tokens: ['a'], userData: 'd', multifactor: true, bauth, gracePeriod: NOW - 1, validUntil: NOW + 9 }
  const fresh = read(visit(loginGuard(), old)?.refresh())
  t.strictSame(fresh, {
    ...fresh,
    uid: 'alice',
    tokens: ['a'],
    userData: 'd',
    multifactor: true,
    bauth,
    validUntil: NOW + 3600,
    gracePeriod: NOW + 1800,
    clientIp: IP,
  })
  t.equal(visit(loginGuard())?.refresh(), undefined, 'nobody')
  t.equal(visit(loginGuard(), { validUntil: NOW - 1 })?.refresh(), undefined, 'too late')
  t.equal(visit(signedGuard(), old)?.refresh(), undefined, 'no private key')
})

t.test('the next ticket says what is known by now, or puts the next one off', async (t) => {
  const old = { tokens: ['a'], userData: 'd', gracePeriod: NOW - 1, validUntil: NOW + 900 }
  const account = { tokens: ['Zoë'], userData: 'x' }
  t.match(read(visit(loginGuard(), old)?.refresh({ account })), { uid: 'alice', tokens: ['Zo\xeb'], userData: 'x' })
  const utf8 = loginGuard({ charset: 'utf8', maxAge: '2h' })
  t.match(read(visit(utf8, old)?.refresh({ account })), { tokens: ['Zo\xc3\xab', /^since=/], userData: 'x' })
  for (const tokens of [['a,b'], ['a;uid=root'], ['\u0141']]) {
    t.equal(visit(loginGuard(), old)?.refresh({ account: { tokens, userData: '' } }), undefined, JSON.stringify(tokens))
  }
  const later = visit(loginGuard(), old)?.refresh({ putOff: 60 })
  t.match(read(later), { tokens: ['a'], userData: 'd', validUntil: NOW + 900, gracePeriod: NOW + 60 })
  t.match(read(visit(loginGuard(), old)?.refresh({ putOff: 900 })), { validUntil: NOW + 900, gracePeriod: 0 })
})

t.test('renewals end maxAge after the first sign-in', async (t) => {
  const guard = loginGuard({ maxAge: '100m' })
  let now = NOW
  let ticket = ticketIn(visit(guard)?.signIn({ uid: 'ben', tokens: ['a'] }))
  const ends: number[] = []
  for (let i = 0; i < 10; i++) {
    now += 1801
    const at = requestOf({ ticket, cookieName: 'auth_pubtkt', now })
    const seen = guard.visit(at)
    const line = seen?.refresh()
    if (line === undefined) break
    t.equal(seen?.visitor?.since, NOW)
    t.strictSame(seen?.visitor?.tokens, ['a'], 'our label is not shown')
    ticket = ticketIn(line)
    ends.push(read(line, now).validUntil - NOW)
  }
  t.strictSame(ends, [1801 + 3600, 6000, 6000])
  const last = (at: number) => guard.decide(requestOf({ ticket, cookieName: 'auth_pubtkt', now: at }))
  t.equal(inShort(last(NOW + 6000)), 'allow', 'the last one is not sent for another')
  t.equal(inShort(last(NOW + 6001)), 'redirect expired')
  t.match(last(NOW + 6000), { identity: { tokens: ['a'] } })
  // A ticket of another maker has no label, and lives as long as it says.
  t.equal(inShort(guard.decide(requestOf({ ticket: signedTicket(), cookieName: 'auth_pubtkt' }))), 'allow')
  t.equal(visit(guard, {})?.visitor?.until, NOW + 3600)
})

t.test('a login opens nobody places that their own key does not', async (t) => {
  const both = [PUBLIC_KEY(), OTHER_KEY()]
  const foreign = { by: 'otherEd25519' as const, gracePeriod: NOW - 1 }
  const own = { gracePeriod: NOW - 1 }
  const cases: [what: string, options: GuardOptions, renewed: boolean][] = [
    ['one list', { publicKeys: both }, true],
    [
      'a place that only our key opens',
      { areas: [{ path: '/' }, { path: '/admin', publicKeys: [PUBLIC_KEY()] }] },
      false,
    ],
    ['by a pattern', { areas: [{ path: '/' }, { pattern: '^/admin', publicKeys: [PUBLIC_KEY()] }] }, false],
    ['by a file', { areas: [{ path: '/' }, { file: '^admin', publicKeys: [PUBLIC_KEY()] }] }, false],
    [
      'that sends nobody here',
      { areas: [{ path: '/' }, { path: '/a', loginUrl: null, publicKeys: [PUBLIC_KEY()] }] },
      false,
    ],
    [
      'of another host',
      { unknownHost: 'main', hosts: [{ names: ['h'], publicKeys: [PUBLIC_KEY()], areas: [{ path: '/' }] }] },
      false,
    ],
    [
      'a place that ours does not open',
      { areas: [{ path: '/' }, { path: '/theirs', publicKeys: [OTHER_KEY()] }] },
      true,
    ],
    [
      'where theirs has ended',
      { areas: [{ path: '/' }, { path: '/a', publicKeys: [PUBLIC_KEY(), { ...OTHER_KEY(), acceptUntil: NOW - 1 }] }] },
      false,
    ],
  ]
  for (const [what, options, renewed] of cases) {
    const guard = loginGuard({ publicKeys: both, ...options })
    t.equal(visit(guard, foreign)?.refresh() !== undefined, renewed, what)
    t.ok(visit(guard, own)?.refresh(), `${what}: our own`)
    t.equal(visit(guard, foreign)?.visitor?.due, true, 'known all the same')
  }
})

t.test('what our issuer does not write, and addresses, are not lost on the way', async (t) => {
  const odd = [{ userData: 'a\tb' }, { tokens: ['a', '', 'b'] }, { bauth: 'a:b' }]
  for (const fields of odd) {
    const ticket = forge({ uid: 'alice', validUntil: NOW + 60, gracePeriod: NOW - 1, ...fields })
    const seen = visit(loginGuard({ strictFields: false }), ticket)
    t.equal(seen?.visitor?.due, true, JSON.stringify(fields))
    t.equal(seen?.refresh(), undefined)
  }
  const open = loginGuard({ ignoreIp: true })
  const bound = { clientIp: IP, gracePeriod: NOW - 1 }
  t.equal(read(visit(open, bound)?.refresh()).clientIp, IP, 'goes on binding')
  t.equal(visit(open, bound, { ip: '198.51.100.9' })?.refresh(), undefined, "and is nobody else's")
  t.equal(read(visit(open, { gracePeriod: NOW - 1 })?.refresh()).clientIp, '')
})

/** A ticket that our issuer would not make. */
function forge({ uid, validUntil, gracePeriod, tokens = [], userData = '', bauth = '' }: Signed): string {
  const text = `uid=${uid};validuntil=${validUntil};graceperiod=${gracePeriod};bauth=${bauth};tokens=${tokens.join()};udata=${userData}`
  const signature = sign(null, Buffer.from(text, 'latin1'), pairOf('ed25519').privateKey)
  return encodeURIComponent(`${text};sig=${signature.toString('base64')}`)
}
