/** The defaults, pinned: a change here is a change for every user, and belongs in the CHANGELOG. */

import t from 'tap'
import { DEFAULT_OPTIONS, DEFAULT_SETTINGS } from '../../src/policy/defaults.js'
import { GUARD_KEYS } from '../../src/policy/options.js'
import { guardOf, KEY, requestOf } from './guards.js'

/**
 * Name, exact, hardened, lighttpd's, that of mod_auth_pubtkt; one value where all are the same, those of other modules
 * left out where they are exact's.
 */
type Row = readonly [name: string, exact: unknown, hardened?: unknown, lighttpd?: unknown, pubtkt?: unknown]
const SETTINGS: readonly Row[] = [
  ['require', 'valid-user'],
  ['authType', null, 'TKT', 'TKT'],
  ['tokens', []],
  ['tokenPaths', null],
  ['requireSsl', false],
  ['groups', {}],
  ['loginUrl', null],
  ['timeoutUrl', null],
  ['postTimeoutUrl', null],
  ['unauthUrl', null],
  ['refreshUrl', null],
  ['badIpUrl', null],
  ['multifactorUrl', null],
  ['redirectStatus', 307, 307, 302, 'version'],
  ['backArgName', 'back', 'back', null],
  ['backCookieName', null],
  ['querySeparator', ';', '&', '&', '&'],
  ['backPort', false, true, true, true],
  ['backText', 'apache', 'apache', 'lighttpd', 'pubtkt'],
  ['backPath', 'decoded', 'verbatim'],
  ['backHosts', null],
  ['loginUrls', 'module', 'parsed', 'literal', 'literal'],
  ['problemFor', [], ['sec-fetch-mode', 'accept', 'x-requested-with']],
  ['timeout', 7200],
  ['timeoutRefresh', 0.5],
  ['refreshWithin', null, null, 3600],
  ['oldKeyClock', 'restart', 'keep'],
  ['clockSkew', null, 300],
  ['maxAge', null],
  ['ignoreIp', false],
  ['ipv6', 'refuse', 'bind', 'bind', 'bind'],
  ['ipv6Prefix', 128],
  ['urlTickets', true, false],
  ['urlTicketWins', false, false, true],
  ['cookieMatch', 'spaced', 'spaced', 'first', 'suffix'],
  ['strictFields', false, true],
  ['ticketHeaders', ['Cookie']],
  ['cipMatch', 'text', 'address'],
  ['longFields', 'cut', 'refuse'],
  ['requireMultifactor', false],
  ['fakeBasicAuth', false],
  ['passthruBasicAuth', false],
  ['clientAuthorization', 'keep', 'replace'],
  ['passthruText', 'any', 'checked'],
  ['guestLogin', false],
  ['guestUser', null],
  ['guestUnique', 'uuid', 'uuid', 'hex'],
  ['guestEmpty', false],
  ['guestCookie', false],
  ['guestFallback', false],
  ['guestFallbackAlone', false, false, true],
  ['cookieName', 'auth_tkt', 'auth_tkt', 'auth_tkt', 'auth_pubtkt'],
  ['cookieDomain', null],
  ['hostDomain', true, false, true, false],
  ['cookieExpires', null],
  ['cookieMaxAge', null],
  ['cookieSecure', false, 'tls', false, 'tls'],
  ['cookieHttpOnly', false, true, false, true],
  ['cookieSameSite', null, 'Lax', null, 'Lax'],
  ['cookieText', 'module', 'rfc6265', 'lighttpd', 'rfc6265'],
  ['cookieWhen', 'apache', 'apache', 'lighttpd'],
  ['noStore', false, true],
  ['deniedStatus', 'module', 403, 403],
  ['deniedUsers', 'refuse', 'refuse', 'redirect'],
  ['missingSecret', 'fail', 'fail', 'redirect'],
  ['brokenStatus', 500, 403, 403, 403],
  ['debug', 0],
]
const WHOLE: typeof SETTINGS = [
  ['trustedProxies', []],
  ['forwardedHeaders', 'x-forwarded'],
  ['unknownHost', 'main', 'refuse'],
  ['default', 'pass', 'deny'],
  ['order', 'nested'],
  ['oddPaths', 'allow', 'refuse'],
  ['pathRules', 'apache', 'apache', 'lighttpd'],
  ['allowShiftableFields', true, false],
  ['pythonCookies', false, true],
  ['charset', 'latin1'],
  ['minSecretLength', 1, 16],
  ['demoSecrets', 'allow', 'refuse'],
  ['shadow', false],
  ['selfTest', true],
  ['hostDigest', true],
]

const PROFILES = ['exact', 'hardened', 'lighttpd', 'pubtkt'] as const
const COLUMNS = { exact: 1, hardened: 2, lighttpd: 3, pubtkt: 4 } as const

const table = (rows: typeof SETTINGS, profile: keyof typeof COLUMNS) =>
  Object.fromEntries(rows.map((row) => [row[0], COLUMNS[profile] < row.length ? row[COLUMNS[profile]] : row[1]]))

t.test('settings of an area', async (t) => {
  for (const profile of PROFILES) t.strictSame(DEFAULT_SETTINGS[profile], table(SETTINGS, profile), profile)
})

t.test('options of the guard', async (t) => {
  for (const profile of PROFILES) t.strictSame(DEFAULT_OPTIONS[profile], table(WHOLE, profile), profile)
})

t.test('every option has a default, but for what there is to guard', async (t) => {
  const all = [...SETTINGS, ...WHOLE].map(([name]) => name)
  t.strictSame(
    GUARD_KEYS.filter((name) => !all.includes(name)),
    [
      'compat',
      'module',
      'keys',
      'areas',
      'hosts',
      'mainPorts',
      'cache',
      'signatures',
      'publicKeys',
      'signingKey',
      'passthruKey',
    ],
  )
})

t.test('hardened is the default, and an undefined option is one left out', async (t) => {
  t.strictSame(guardOf().areaOf(requestOf())?.settings.authType, 'TKT')
  const undefinedOptions = Object.fromEntries(GUARD_KEYS.map((name) => [name, undefined]))
  const guard = guardOf({
    ...undefinedOptions,
    keys: [KEY],
    areas: [{ path: '/', timeout: undefined }],
    selfTest: false,
  })
  t.strictSame(guard.areaOf(requestOf())?.settings, DEFAULT_SETTINGS.hardened)
})

t.test('an area takes what encloses it: area over host over guard over default', async (t) => {
  const guard = guardOf({
    unknownHost: 'main',
    timeout: '1h',
    cookieName: 'outer',
    backArgName: 'o',
    areas: [{ path: '/' }],
    hosts: [
      { names: ['h.example.com'], cookieName: 'host', backArgName: 'h', areas: [{ path: '/', backArgName: 'a' }] },
    ],
  })
  const settings = guard.areaOf(requestOf({ host: 'h.example.com' }))?.settings
  t.match(settings, { timeout: 3600, cookieName: 'host', backArgName: 'a', timeoutRefresh: 0.5 })
  t.match(guard.areaOf(requestOf())?.settings, { timeout: 3600, cookieName: 'outer', backArgName: 'o' })
  t.ok(Object.isFrozen(settings))
})
