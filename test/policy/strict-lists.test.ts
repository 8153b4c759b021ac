/** Keys with a strict list in a guard: what they let in, what they renew, what is said of them. */

import t from 'tap'
import { createGuard, createIssuer, type GuardOptions, type Key } from '../../src/index.js'
import { IP, inShort, NOW, requestOf } from './guards.js'

const strict = { alice: ['finance'], bob: [], 'J\u00fcrgen': ['gr\u00fcn'] }
const lighttpd: Key = { secret: 'a secret that is long enough', digest: 'md5', dialect: 'lighttpd' }
const ticket = (uid: string, tokens: string[] = [], userData = '', key = lighttpd) =>
  createIssuer({ keys: [key], allowShiftableFields: true, charset: 'utf8' }).issue(
    { uid, tokens, userData },
    { ip: IP, now: NOW - 60 },
  )
const guardWith = (options: GuardOptions = {}) =>
  createGuard({
    keys: [{ ...lighttpd, strict }],
    loginUrl: 'https://login.example.com/',
    areas: [{ path: '/' }, { path: '/finance', tokens: ['finance'] }],
    ...options,
  })

t.test('a hardened guard takes such a key as it is, and warns of nothing', async (t) => {
  const guard = guardWith()
  t.same(guard.warnings, [])
  for (const [value, url, answer] of [
    [ticket('alice', ['finance']), '/finance', 'allow'],
    [ticket('alice'), '/finance', 'redirect tokens'],
    [ticket('alice', ['admin']), '/', 'redirect user'],
    [ticket('bob'), '/', 'allow'],
    [ticket('bob', ['finance']), '/finance', 'redirect user'],
    [ticket('bobby'), '/', 'redirect user'],
    [ticket('mallory'), '/', 'redirect user'],
  ] as const) {
    t.equal(inShort(guard.decide(requestOf({ ticket: value, url }))), answer)
  }
})

t.test('without a list, or with one on another key only, it is refused or warned of', async (t) => {
  for (const keys of [[lighttpd], [{ ...lighttpd, strict }, lighttpd]]) {
    t.throws(() => guardWith({ keys }), {
      code: 'ERR_TKT_OPTIONS',
      message: /keys\[\d\]\.dialect.*strict.*allowShiftableFields/,
    })
    t.match(guardWith({ keys, allowShiftableFields: true }).warnings, [/can be shifted/])
    t.match(guardWith({ keys, compat: 'exact' }).warnings, [/can be shifted/])
  }
})

t.test('renewals keep to the list of the key that makes them', async (t) => {
  const ring = [
    { ...lighttpd, secret: 'a new secret, long enough', strict: { alice: [] } },
    { ...lighttpd, strict },
  ]
  const renewing = guardWith({ keys: ring, areas: [{ path: '/' }] })
  const decide = (value: string) => renewing.decide(requestOf({ ticket: value }))
  const good = decide(ticket('alice'))
  t.equal(good.kind === 'allow' && good.setCookies.length, 1)
  const more = decide(ticket('alice', ['finance']))
  t.equal(inShort(more), 'allow')
  t.same(more.kind === 'allow' && more.setCookies, [], 'the new key has no such entry: the old ticket goes on')
})

t.test('guests get no ticket that no list has', async (t) => {
  const guard = guardWith({ areas: [{ path: '/', guestLogin: true, guestCookie: true }] })
  const decision = guard.decide(requestOf())
  t.match(decision, { kind: 'allow', identity: { uid: 'guest', guest: true }, setCookies: [] })
})

t.test('names in a list are text where identities are', async (t) => {
  const value = ticket('J\u00fcrgen', ['gr\u00fcn'])
  const guard = guardWith({ charset: 'utf8' })
  t.match(guard.decide(requestOf({ ticket: value })), {
    kind: 'allow',
    identity: { uid: 'J\u00fcrgen', tokens: ['gr\u00fcn'] },
  })
  t.equal(inShort(guardWith().decide(requestOf({ ticket: value }))), 'redirect user', 'bytes elsewhere')
})

t.test('a sign-in cannot make what the list does not have', async (t) => {
  const visit = guardWith().visit(requestOf())
  t.match(visit?.signIn({ uid: 'alice', tokens: ['finance'] }), /^auth_tkt=/)
  t.throws(() => visit?.signIn({ uid: 'mallory' }), { name: 'TktError' })
})

t.test("Python's cookies in an exact guard: as the module, unless told otherwise", async (t) => {
  const apache: Key = { ...lighttpd, dialect: 'apache' }
  const lines = `"${ticket('alice', [], 'x'.repeat(60), apache).replace(/.{76}/g, '$&\\012')}\\012"`
  const guard = (options: GuardOptions) => guardWith({ keys: [apache], areas: [{ path: '/' }], ...options })
  const decide = (options: GuardOptions) => inShort(guard(options).decide(requestOf({ ticket: lines })))
  t.equal(decide({}), 'allow')
  t.equal(decide({ pythonCookies: false }), 'redirect digest')
  t.equal(decide({ compat: 'exact' }), 'redirect digest')
  t.equal(decide({ compat: 'exact', pythonCookies: true }), 'allow')
})
