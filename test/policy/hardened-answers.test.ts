/** A4, A11, A14, A19: answers and cookies; and the attributes of cookies that the module never sets. */

import t from 'tap'
import type { Decision } from '../../src/policy/decision.js'
import { checkFlips, cookiesOf } from './flips.js'
import { decideIn, guardOf, inShort, NOW, requestOf, ticketOf } from './guards.js'

t.test('A4: nowhere to send somebody', async (t) => {
  const guests = { loginUrl: null, guestLogin: true }
  const row = {
    see: inShort,
    harden: { brokenStatus: 403 as const },
    soften: { brokenStatus: 500 as const },
    exact: 'error 500 config',
  }
  checkFlips(t, [
    { ...row, name: 'tokens', asked: {}, area: { ...guests, tokens: ['a'] }, hardened: 'deny 403 tokens' },
    { ...row, name: 'TLS', asked: {}, area: { ...guests, requireSsl: true }, hardened: 'deny 403 insecure' },
  ])
  const tkt = { loginUrl: null, authType: 'TKT' as const }
  for (const compat of ['exact', 'hardened'] as const) {
    t.equal(inShort(decideIn(tkt, {}, { compat })), 'deny 403 absent')
    t.equal(inShort(decideIn(tkt, { ticket: ticketOf({ at: 0 }) }, { compat })), 'deny 401 expired')
  }
})

t.test('A11: guests with a uid of their own get a cookie', async (t) => {
  const asked = {}
  const see = (decision: Decision) => cookiesOf(decision).length
  const row = { asked, see, harden: { guestCookie: true }, soften: { guestCookie: false } }
  const area = { guestLogin: true, guestUser: 'g-%8U' }
  checkFlips(t, [{ ...row, name: '%U', area, exact: 0, hardened: 1 }])
  t.equal(see(decideIn({ guestLogin: true })), 0, 'the one guest needs none')
  t.equal(see(decideIn({ guestLogin: true, guestUser: 'visitor' })), 0)
})

t.test('A11: the Domain attribute', async (t) => {
  const see = (decision: Decision) => /domain=([^;]*)/.exec(cookiesOf(decision)[0] ?? '')?.[1] ?? 'none'
  const row = { see, harden: { hostDomain: false }, soften: { hostDomain: true } }
  const area = { guestLogin: true, guestCookie: true }
  checkFlips(t, [
    { ...row, name: 'host', asked: { host: 'www.example.com:8080' }, area, exact: 'www.example.com', hardened: 'none' },
    { ...row, name: 'none', asked: { host: null, httpVersion: '1.0' }, area, exact: 'none', hardened: 'none' },
    {
      ...row,
      name: 'configured',
      asked: {},
      area: { ...area, cookieDomain: '.example.com:8080' },
      exact: '.example.com',
      hardened: '.example.com',
    },
  ])
})

t.test('A19: Cache-Control: no-store', async (t) => {
  const see = (decision: Decision) => decision.kind !== 'pass' && decision.noStore
  const row = { see, harden: { noStore: true }, soften: { noStore: false }, exact: false, hardened: true }
  const due = { ticket: ticketOf({ at: NOW - 4000 }) }
  checkFlips(t, [
    { ...row, name: 'a redirect', asked: {} },
    { ...row, name: 'a refreshed cookie', asked: due },
    { ...row, name: 'a refusal', asked: due, area: { require: { users: ['bob'] } } },
    { ...row, name: 'a broken place', asked: {}, area: { authType: 'None', loginUrl: null } },
    { ...row, name: 'nothing set', asked: { ticket: ticketOf() }, hardened: false },
  ])
})

t.test('the attributes of cookies: each is an option', async (t) => {
  const area = { guestLogin: true, guestCookie: true }
  const asked = { tls: true }
  const see = (decision: Decision) =>
    (cookiesOf(decision)[0] ?? '').replace(/^auth_tkt=[^;]*/, 'T').replace('; domain=www.example.com', '')
  t.equal(see(decideIn(area, asked, { compat: 'exact' })), 'T; path=/')
  t.equal(see(decideIn(area, asked)), 'T; path=/; secure; HttpOnly; SameSite=Lax')
  t.equal(see(decideIn(area)), 'T; path=/; HttpOnly; SameSite=Lax', 'without TLS')
  const exact = { compat: 'exact' } as const
  t.equal(see(decideIn({ ...area, cookieHttpOnly: true }, asked, exact)), 'T; path=/; HttpOnly')
  t.equal(see(decideIn({ ...area, cookieSameSite: 'Strict' }, asked, exact)), 'T; path=/; SameSite=Strict')
  t.equal(see(decideIn({ ...area, cookieSecure: 'tls' }, asked, exact)), 'T; path=/; secure')
  t.equal(see(decideIn({ ...area, cookieSecure: 'tls' }, {}, exact)), 'T; path=/')
  t.equal(see(decideIn({ ...area, cookieSecure: true }, {}, exact)), 'T; path=/; secure')
  t.equal(see(decideIn({ ...area, cookieMaxAge: '1h' }, asked, exact)), 'T; path=/; Max-Age=3600')
  t.equal(
    see(decideIn({ ...area, cookieExpires: 86400 }, asked, exact)),
    'T; path=/; expires=Wed, 15-Nov-23 22:13:20 GMT',
  )
  t.equal(
    see(decideIn({ ...area, cookieExpires: '1d', cookieText: 'rfc6265' }, asked, exact)),
    'T; path=/; expires=Wed, 15 Nov 2023 22:13:20 GMT',
  )
  t.equal(see(decideIn({ ...area, cookieExpires: 0 }, asked, exact)), 'T; path=/')
})

t.test('requireSsl turns Secure on in exact, as the module assumes', async (t) => {
  const area = { guestLogin: true, guestCookie: true, requireSsl: true }
  t.match(cookiesOf(decideIn(area, { tls: true }, { compat: 'exact' })), [/; secure$/])
  t.notMatch(cookiesOf(decideIn({ ...area, cookieSecure: false }, { tls: true }, { compat: 'exact' })), [/secure/])
})

t.test('__Host- and __Secure- cookies keep their promises', async (t) => {
  const area = { guestLogin: true, guestCookie: true }
  for (const compat of ['exact', 'hardened'] as const) {
    const lines = (cookieName: string) =>
      cookiesOf(decideIn({ ...area, cookieName }, {}, { compat, cookieDomain: 'example.com' }))
    t.match(lines('__Host-t'), [/^__Host-t=[^;]+; path=\/; secure/])
    t.notMatch(lines('__Host-t'), [/domain/], 'not even an inherited one')
    t.match(lines('__Secure-t'), [/^__Secure-t=[^;]+; path=\/; domain=example\.com; secure/])
    const ticket = ticketOf()
    t.equal(decideIn({ cookieName: '__Host-t' }, { ticket, cookieName: '__Host-t' }, { compat }).kind, 'allow')
    const over = decideIn(
      { cookieName: '__Host-t' },
      { ticket: ticketOf({ at: 0 }), cookieName: '__Host-t' },
      { compat },
    )
    t.match(
      cookiesOf(over),
      [/^__Host-t=; path=\/; expires=[^;]*(; Max-Age=0)?; secure/],
      'deleted with what it was set with',
    )
  }
})

t.test('one Set-Cookie in the text of the module, two in that of RFC 6265', async (t) => {
  const area = { backCookieName: 'way' }
  const over = { ticket: ticketOf({ at: 0 }) }
  t.match(cookiesOf(decideIn(area, over, { compat: 'exact' })), [/^way=[^;]+; path=\/; domain=www\.example\.com$/])
  t.match(cookiesOf(decideIn(area, over)), [
    /^auth_tkt=; path=\/; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0/,
    /^way=.*HttpOnly/,
  ])
  t.match(cookiesOf(decideIn({ ...area, cookieText: 'rfc6265' }, over, { compat: 'exact' })), [/^auth_tkt=;/, /^way=/])
})

t.test('statuses of redirects', async (t) => {
  for (const redirectStatus of [302, 303, 307] as const)
    t.match(decideIn({ redirectStatus }), { kind: 'redirect', status: redirectStatus })
  t.equal(guardOf().decide(requestOf()).kind, 'redirect')
})
