/** PROTOCOL's table L: what mod_authn_tkt does and what hardened does, and that one option alone makes the difference. */

import t from 'tap'
import type { Decision } from '../../src/policy/decision.js'
import { createGuard } from '../../src/policy/guard.js'
import type { AreaOptions, GuardOptions } from '../../src/policy/options.js'
import type { Key } from '../../src/types.js'
import { backOf, cookiesOf, locationOf } from './flips.js'
import {
  type Asked,
  FOREIGN_KEY,
  inShort,
  KEY,
  LOGIN,
  NOW,
  OLD_KEY,
  renewedTicket,
  requestOf,
  ticketOf,
} from './guards.js'

const LIGHTTPD: Key = { ...KEY, digest: 'md5', dialect: 'lighttpd' }
const ticket = (at = NOW, key = LIGHTTPD) => ticketOf({ key, at })
const raw = (value: string) => Buffer.from(value, 'base64').toString('latin1')

/** A guard like mod_authn_tkt, or a hardened one, with one area that is everything. */
function ask(area: AreaOptions, asked: Asked = {}, options: GuardOptions = {}): Decision {
  const guard = createGuard({
    compat: 'exact',
    module: 'mod_authn_tkt',
    keys: [LIGHTTPD],
    loginUrl: LOGIN,
    allowShiftableFields: true,
    selfTest: false,
    ...options,
    areas: [{ path: '/', ...area }],
  })
  return guard.decide(requestOf(asked))
}

interface Row {
  readonly name: string
  readonly asked: Asked
  readonly area?: AreaOptions
  readonly see: (decision: Decision) => unknown
  readonly exact: unknown
  readonly hardened: unknown
  readonly harden: AreaOptions
  readonly soften: AreaOptions
}

const isRenewed = (decision: Decision) => cookiesOf(decision).length > 0
const guestOf = (decision: Decision) => (decision.kind === 'allow' ? decision.identity.uid.length : decision.kind)
const firstLine = (decision: Decision) => cookiesOf(decision)[0].replace(/; (HttpOnly|SameSite=Lax|Max-Age=0)/g, '')
const badUrl = `/?auth_tkt=${raw(ticket(NOW, { ...LIGHTTPD, secret: FOREIGN_KEY.secret }))}`

const ROWS: readonly Row[] = [
  {
    name: 'L1: an hour, whatever the timeout',
    asked: { ticket: ticket(NOW - 3000) },
    area: { timeout: '90m' },
    see: isRenewed,
    exact: true,
    hardened: true,
    harden: { refreshWithin: null },
    soften: { refreshWithin: 3600 },
  },
  {
    name: 'L1: or half of it',
    asked: { ticket: ticket(NOW - 2000) },
    area: { timeout: '90m' },
    see: isRenewed,
    exact: true,
    hardened: false,
    harden: { refreshWithin: null },
    soften: { refreshWithin: 3600 },
  },
  {
    name: 'L4: a bad ticket in the URL and a good one in the cookie',
    asked: { url: badUrl, ticket: ticket() },
    area: { urlTickets: true },
    see: inShort,
    exact: 'redirect digest',
    hardened: 'allow',
    harden: { urlTicketWins: false },
    soften: { urlTicketWins: true },
  },
  {
    name: 'L6: an empty cookie in front of a good one',
    asked: { headers: [['Cookie', `auth_tkt=; auth_tkt=${ticket()}`]] },
    see: inShort,
    exact: 'redirect absent',
    hardened: 'allow',
    harden: { cookieMatch: 'spaced' },
    soften: { cookieMatch: 'first' },
  },
  {
    name: 'L6: a cookie inside the value of another',
    asked: { headers: [['Cookie', `a=b auth_tkt=${ticket()}`]] },
    see: inShort,
    exact: 'redirect absent',
    hardened: 'allow',
    harden: { cookieMatch: 'spaced' },
    soften: { cookieMatch: 'pairs' },
  },
  {
    name: 'L7: %3U',
    asked: {},
    area: { guestLogin: true, guestUser: 'g%3U' },
    see: guestOf,
    exact: 17,
    hardened: 4,
    harden: { guestUnique: 'uuid' },
    soften: { guestUnique: 'hex' },
  },
  {
    name: 'the way back, escaped',
    asked: { url: "/a'b@", host: 'www.example.com' },
    area: { backArgName: 'back' },
    see: locationOf,
    exact: `${LOGIN}?back=http://www.example.com%2Fa%27b%40`,
    hardened: `${LOGIN}?back=http%3a%2f%2fwww.example.com%2fa'b@`,
    harden: { backText: 'apache' },
    soften: { backText: 'lighttpd' },
  },
  {
    name: 'a relative login URL',
    asked: {},
    area: { loginUrl: '/login' },
    see: (decision) => locationOf(decision).replace(/\?.*/, ''),
    exact: '/login',
    hardened: 'http://www.example.com/login',
    harden: { loginUrls: 'parsed' },
    soften: { loginUrls: 'literal' },
  },
  {
    name: 'a user whom the rules do not name',
    asked: { ticket: ticket() },
    area: { require: { users: ['bob'] }, unauthUrl: 'https://login.example.com/no' },
    see: inShort,
    exact: 'redirect user',
    hardened: 'deny 403 user',
    harden: { deniedUsers: 'refuse' },
    soften: { deniedUsers: 'redirect' },
  },
  {
    name: 'the text of cookies',
    asked: { ticket: ticket(NOW - 7201) },
    area: { cookieDomain: '.example.com' },
    see: firstLine,
    exact: 'auth_tkt=; path=/; expires=Thu, 01 Jan 1970 00:00:01 GMT; domain=.example.com',
    hardened: 'auth_tkt=; path=/; domain=.example.com; expires=Thu, 01 Jan 1970 00:00:00 GMT',
    harden: { cookieText: 'rfc6265' },
    soften: { cookieText: 'lighttpd' },
  },
  {
    name: 'the ticket of an URL',
    asked: { url: `/?auth_tkt=${raw(ticket())}` },
    area: { urlTickets: true },
    see: (decision) => [inShort(decision), isRenewed(decision)],
    exact: ['allow', false],
    hardened: ['allow', true],
    harden: { cookieWhen: 'apache' },
    soften: { cookieWhen: 'lighttpd' },
  },
  {
    name: 'a refusal',
    asked: { ticket: ticket(NOW - 7000) },
    area: { tokens: ['staff'] },
    see: (decision) => [inShort(decision), isRenewed(decision)],
    exact: ['redirect tokens', false],
    hardened: ['redirect tokens', true],
    harden: { cookieWhen: 'apache' },
    soften: { cookieWhen: 'lighttpd' },
  },
]

t.test('each row by its own option', async (t) => {
  for (const { name, asked, area, see, exact, hardened, harden, soften } of ROWS) {
    const at = (settings: AreaOptions, options: GuardOptions) => see(ask({ ...area, ...settings }, asked, options))
    const safe: GuardOptions = { compat: 'hardened', module: 'mod_auth_tkt' }
    t.strictSame(at({}, {}), exact, `${name}: mod_authn_tkt`)
    t.strictSame(at({}, safe), hardened, `${name}: hardened`)
    t.strictSame(at(harden, {}), hardened, `${name}: mod_authn_tkt and ${JSON.stringify(harden)}`)
    t.strictSame(at(soften, safe), exact, `${name}: hardened and ${JSON.stringify(soften)}`)
  }
})

t.test('L8: guestFallback without guestLogin', async (t) => {
  const asked = { ticket: ticket(NOW - 7201) }
  const decision = ask({ guestFallback: true }, asked)
  t.match(decision, { kind: 'allow', identity: { uid: 'guest', guest: true }, setCookies: [] })
  t.equal(inShort(ask({ guestFallback: true, guestFallbackAlone: false }, asked)), 'redirect expired')
  t.equal(inShort(ask({ guestFallback: true, guestFallbackAlone: true }, asked, { compat: 'hardened' })), 'allow')
  t.equal(inShort(ask({ guestFallback: true }, {})), 'redirect absent', 'not for who has no ticket')
  const kept = ask({ guestFallback: true, cookieWhen: 'apache' }, asked)
  t.match(cookiesOf(kept), [/^auth_tkt=; /], 'mod_auth_tkt deletes the cookie')
  const old = [LIGHTTPD, { ...OLD_KEY, dialect: 'lighttpd' as const }]
  const moved = ask({ guestFallback: true }, { ticket: ticket(NOW - 7201, old[1]) }, { keys: old })
  t.match(raw(renewedTicket(moved) ?? ''), /guest!$/, 'the old secret asks for a cookie, whoever gets it')
})

t.test('L9: shiftable fields are taken when somebody says so', async (t) => {
  const make = (options: GuardOptions) => () =>
    createGuard({ keys: [LIGHTTPD], areas: [{ path: '/' }], selfTest: false, ...options })
  const says = { code: 'ERR_TKT_OPTIONS', message: /keys\[0\]\.dialect: .*strict list.*allowShiftableFields/ }
  t.throws(make({}), says)
  t.throws(make({ keys: [KEY], areas: [{ path: '/', keys: [LIGHTTPD] }] }), says)
  t.throws(make({ hosts: [{ names: ['h'], keys: [LIGHTTPD] }] }), says)
  t.throws(make({ compat: 'exact', module: 'mod_authn_tkt', allowShiftableFields: false }), says)
  for (const options of [{ allowShiftableFields: true }, { compat: 'exact' }] as const) {
    t.match(make(options)().warnings, [/dialect lighttpd/])
  }
})

t.test('without a secret: 500 for who brings a ticket, and no sooner', async (t) => {
  const none: GuardOptions = { keys: [] }
  const cookie = (value: string) => ({ headers: [['Cookie', `auth_tkt=${value}`]] }) as const
  const cases: [name: string, asked: Asked, area: AreaOptions, seen: string][] = [
    ['nobody', {}, {}, 'redirect absent'],
    ['a ticket', { ticket: ticket() }, {}, 'error 500 config'],
    ['a ticket without padding', cookie(ticket().replace(/=+$/, '')), {}, 'error 500 config'],
    ['a ticket with a char too many', cookie(`${btoa(`${raw(ticket()).slice(0, 46)}xy`)}A`), {}, 'redirect absent'],
    ['no ticket', { ticket: 'XXXX' }, {}, 'redirect absent'],
    ['the URL', { url: `/?auth_tkt=${raw(ticket())}` }, {}, 'error 500 config'],
    ['no ticket in the URL', { url: '/?auth_tkt=x!' }, {}, 'redirect absent'],
    ['URLs are not looked at', { url: `/?auth_tkt=${raw(ticket())}` }, { urlTickets: false }, 'redirect absent'],
    ['a guest', {}, { guestLogin: true, guestCookie: true }, 'allow'],
    ['a guest with a ticket', { ticket: ticket() }, { guestLogin: true }, 'error 500 config'],
    ['no TLS', { ticket: ticket() }, { requireSsl: true }, 'redirect insecure'],
    ['missingSecret: fail', {}, { missingSecret: 'fail' }, 'error 500 config'],
  ]
  for (const [name, asked, area, seen] of cases) t.equal(inShort(ask(area, asked, none)), seen, name)
  t.equal(isRenewed(ask({ guestLogin: true, guestCookie: true }, {}, none)), false, 'there is no key to make a ticket')
})

t.test('no URL at all: 403, and no cookies', async (t) => {
  const none: AreaOptions = { loginUrl: null }
  const cases: [asked: Asked, area: AreaOptions, reason: string][] = [
    [{}, {}, 'absent'],
    [{ ticket: ticket(NOW - 7201) }, {}, 'expired'],
    [{ ticket: ticket(NOW - 7201) }, { guestLogin: true }, 'expired'],
    [{ ticket: ticket() }, { tokens: ['a'] }, 'tokens'],
    [{ ticket: ticket() }, { require: { users: ['bob'] } }, 'user'],
    [{}, { requireSsl: true }, 'insecure'],
  ]
  for (const [asked, area, reason] of cases) {
    t.match(ask({ ...none, ...area }, asked), { kind: 'deny', status: 403, reason, setCookies: [] }, reason)
  }
})

t.test('tokens by what the path begins with: the first entry decides', async (t) => {
  const tokenPaths = [
    { path: '/adm', tokens: ['admin', 'root'] },
    { path: '/pub', tokens: [] },
    { path: '/', tokens: ['staff'] },
  ]
  const cases: [url: string, tokens: string[], seen: string][] = [
    ['/admin/x', ['root'], 'allow'],
    ['/admiral', ['staff'], 'redirect tokens'],
    ['/%61dm', [], 'redirect tokens'],
    ['/public', [], 'allow'],
    ['/x', ['staff'], 'allow'],
    ['/x', ['admin'], 'redirect tokens'],
  ]
  for (const [url, tokens, seen] of cases) {
    const area: AreaOptions = { tokenPaths, tokens: ['never'] }
    t.equal(inShort(ask(area, { url, ticket: ticketOf({ key: LIGHTTPD, tokens }) })), seen, url)
  }
  t.equal(
    inShort(ask({ tokenPaths: tokenPaths.slice(0, 1), tokens: ['x'] }, { ticket: ticket() })),
    'allow',
    'in no entry',
  )
  const guest = ask({ tokenPaths, guestLogin: true }, { url: '/x' })
  t.equal(inShort(guest), 'redirect tokens', 'guests have none')
})

t.test('a renewed ticket leaves an empty tokens field out, unless the data would fill it', async (t) => {
  const cases: [fields: { tokens?: string[]; userData?: string }, text: string][] = [
    [{}, 'alice!'],
    [{ userData: 'd' }, 'alice!d'],
    [{ userData: 'd!e' }, 'alice!!d!e'],
    [{ tokens: ['a', 'b'] }, 'alice!a,b!'],
    [{ tokens: ['a'], userData: 'd!e' }, 'alice!a!d!e'],
  ]
  for (const [fields, text] of cases) {
    const asked = { ticket: ticketOf({ key: LIGHTTPD, at: NOW - 7000, ...fields }) }
    t.equal(raw(renewedTicket(ask({}, asked)) ?? '').slice(40), text, text)
    t.equal(
      raw(renewedTicket(ask({ cookieText: 'module' }, asked)) ?? '')
        .slice(40)
        .split('!').length > 2,
      true,
    )
  }
})

t.test('a ring of several dialects takes each one’s tickets from the URL', async (t) => {
  const keys = [{ ...KEY, secret: 'the apache key of this ring', digest: 'md5' } as const, LIGHTTPD]
  const url = (value: string) => inShort(ask({}, { url: `/?auth_tkt=${value}` }, { keys }))
  const apache = ticketOf({ key: keys[0] as Key })
  t.equal(url(encodeURIComponent(apache)), 'allow')
  t.equal(url(raw(apache)), 'allow')
  t.equal(url(raw(ticket())), 'allow')
  t.equal(url(raw(ticket()).replaceAll('!', '%21')), 'allow')
  t.match(url(`"${raw(ticket())}"`), /^redirect/, 'quotes are escaped by then')
  t.equal(url(ticket()), 'redirect malformed', 'base64 is for cookies')
  t.equal(inShort(ask({}, { url: `/?auth_tkt=${ticket()}` })), 'redirect malformed')
  t.equal(inShort(ask({}, { url: `/?auth_tkt=${raw(ticket())}&x` })), 'allow', 'L2: all of it')
  t.equal(
    backOf(ask({ backArgName: 'back' }, { url: `/?x=1&auth_tkt=${ticket()}&y=2` })),
    'http://www.example.com/?x=1&y=2',
    'L3',
  )
})

t.test('base64 in cookies is read as lighttpd reads it', async (t) => {
  const value = ticketOf({ key: LIGHTTPD, userData: 'aaaa' })
  t.equal(value.length % 4, 0)
  t.notMatch(value, /=/, 'whole groups of letters')
  const cookie = (text: string, options?: GuardOptions) => inShort(ask({}, { ticket: text }, options))
  for (const good of [
    `${value}!x`,
    `${value}"`,
    `"${value}"`,
    ` ${value}`,
    `${value.replace(/.{8}/g, '$& ')}`,
    `${value}=`,
  ]) {
    t.equal(cookie(good), 'allow', good.replace(value, 'T'))
  }
  for (const bad of [`${value}A`, `${value} a=b`, `""${value}""`, `!${value}`, raw(value)]) {
    t.match(cookie(bad), /^redirect/, bad.replace(value, 'T'))
  }
  const apache = { ...KEY, secret: 'the apache key of this ring', digest: 'md5' } as const
  const mixed = { keys: [apache, LIGHTTPD] }
  const own = ticketOf({ key: apache })
  for (const good of [`${value}!x`, own, raw(own), encodeURIComponent(raw(own))]) t.equal(cookie(good, mixed), 'allow')
  t.match(cookie(raw(value), mixed), /^redirect/, 'raw is for URLs')
})

t.test('who is not named is called by the address', async (t) => {
  const cases: [localAddress: string | undefined, serverName: string | undefined, name: string][] = [
    [undefined, undefined, 'localhost'],
    [undefined, 'www.example.com', 'www.example.com'],
    ['127.0.0.1', 'www.example.com', 'localhost'],
    ['::1', undefined, 'localhost'],
    ['127.0.0.2', undefined, '127.0.0.2'],
    ['::ffff:10.1.2.3', undefined, '10.1.2.3'],
    ['2001:db8::1', undefined, '[2001:db8::1]'],
    ['127.0.0.2', 'www.example.com', 'www.example.com'],
  ]
  for (const [localAddress, serverName, name] of cases) {
    const asked: Asked = { host: null, httpVersion: '1.0', port: 8080, localAddress, serverName }
    t.equal(backOf(ask({ backArgName: 'back' }, asked)), `http://${name}:8080/`, `${localAddress} ${serverName}`)
  }
})

t.test('timeoutRefresh counts where it is given, refreshWithin where both are', async (t) => {
  const asked = { ticket: ticket(NOW - 4000) }
  t.equal(isRenewed(ask({}, asked)), true)
  t.equal(isRenewed(ask({ timeoutRefresh: 0.1 }, asked)), false)
  t.equal(isRenewed(ask({ timeoutRefresh: 0.1, refreshWithin: '1h' }, asked)), true)
})

t.test('the back cookie ends when tickets end', async (t) => {
  const area: AreaOptions = { backCookieName: 'way', cookieExpires: '1h', cookieSecure: true }
  t.strictSame(cookiesOf(ask(area, { host: '[::1]:8080', ticket: ticket(NOW - 7201) })), [
    'auth_tkt=; path=/; expires=Thu, 01 Jan 1970 00:00:01 GMT; domain=%5B%3A%3A1%5D; secure',
    'way=http://%5B%3A%3A1%5D%3A8080%2F; path=/; expires=Tue, 14 Nov 2023 23:13:20 GMT; domain=%5B%3A%3A1%5D; secure',
  ])
  t.strictSame(cookiesOf(ask({ backCookieName: 'way' }, { host: null, httpVersion: '1.0', port: 80 })), [
    'way=http://localhost%2F; path=/',
  ])
})

t.test('guests by the module’s count', async (t) => {
  const cases: [guestUser: string, uid: RegExp][] = [
    ['', /^guest$/],
    ['100%x', /^100%x$/],
    ['%%2U-%U', /^%[0-9a-f]{8}-%U$/],
    ['x%U', /^x[0-9a-f]{32}$/],
    ['%1U', /^[0-9a-f]{8}$/],
    ['%7Uz', /^[0-9a-f]{32}z$/],
    ['%9U', /^[0-9a-f]{32}$/],
  ]
  for (const [guestUser, uid] of cases) t.match(ask({ guestLogin: true, guestUser }), { identity: { uid } }, guestUser)
  t.match(ask({ guestLogin: true, guestEmpty: true }), { identity: { uid: '' } })
})
