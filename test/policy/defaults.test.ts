/** The defaults, pinned: a change here is a change for every user, and belongs in the CHANGELOG. */

import t from 'tap'
import { DEFAULT_OPTIONS, DEFAULT_SETTINGS } from '../../src/policy/defaults.js'
import { GUARD_KEYS } from '../../src/policy/options.js'
import { guardOf, KEY, requestOf } from './guards.js'

/** Name, exact, hardened; one value where both are the same. */
const SETTINGS: readonly (readonly [name: string, exact: unknown, hardened?: unknown])[] = [
  ['require', 'valid-user'],
  ['authType', null, 'TKT'],
  ['tokens', []],
  ['requireSsl', false],
  ['groups', {}],
  ['loginUrl', null],
  ['timeoutUrl', null],
  ['postTimeoutUrl', null],
  ['unauthUrl', null],
  ['redirectStatus', 307],
  ['backArgName', 'back'],
  ['backCookieName', null],
  ['querySeparator', ';', '&'],
  ['backPort', false, true],
  ['backPath', 'decoded', 'verbatim'],
  ['backHosts', null],
  ['loginUrls', 'module', 'parsed'],
  ['problemFor', [], ['sec-fetch-mode', 'accept', 'x-requested-with']],
  ['timeout', 7200],
  ['timeoutRefresh', 0.5],
  ['oldKeyClock', 'restart', 'keep'],
  ['clockSkew', null, 300],
  ['maxAge', null],
  ['ignoreIp', false],
  ['ipv6', 'refuse', 'bind'],
  ['ipv6Prefix', 128],
  ['urlTickets', true, false],
  ['strictFields', false, true],
  ['guestLogin', false],
  ['guestUser', null],
  ['guestEmpty', false],
  ['guestCookie', false],
  ['guestFallback', false],
  ['cookieName', 'auth_tkt'],
  ['cookieDomain', null],
  ['hostDomain', true, false],
  ['cookieExpires', null],
  ['cookieMaxAge', null],
  ['cookieSecure', false, 'tls'],
  ['cookieHttpOnly', false, true],
  ['cookieSameSite', null, 'Lax'],
  ['cookieText', 'module', 'rfc6265'],
  ['noStore', false, true],
  ['deniedStatus', 'module', 403],
  ['brokenStatus', 500, 403],
  ['debug', 0],
]
const WHOLE: typeof SETTINGS = [
  ['trustedProxies', []],
  ['forwardedHeaders', 'x-forwarded'],
  ['unknownHost', 'main', 'refuse'],
  ['default', 'pass', 'deny'],
  ['order', 'nested'],
  ['oddPaths', 'allow', 'refuse'],
  ['charset', 'latin1'],
  ['minSecretLength', 1, 16],
  ['demoSecrets', 'allow', 'refuse'],
  ['shadow', false],
  ['selfTest', true],
]

const table = (rows: typeof SETTINGS, hardened: boolean) =>
  Object.fromEntries(rows.map((row) => [row[0], hardened && row.length > 2 ? row[2] : row[1]]))

t.test('settings of an area', async (t) => {
  t.strictSame(DEFAULT_SETTINGS.exact, table(SETTINGS, false))
  t.strictSame(DEFAULT_SETTINGS.hardened, table(SETTINGS, true))
})

t.test('options of the guard', async (t) => {
  t.strictSame(DEFAULT_OPTIONS.exact, table(WHOLE, false))
  t.strictSame(DEFAULT_OPTIONS.hardened, table(WHOLE, true))
})

t.test('every option has a default, but for what there is to guard', async (t) => {
  const all = [...SETTINGS, ...WHOLE].map(([name]) => name)
  t.strictSame(
    GUARD_KEYS.filter((name) => !all.includes(name)),
    ['compat', 'keys', 'areas', 'hosts', 'mainPorts'],
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
