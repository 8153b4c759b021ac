/** What applies where nothing is set: mod_auth_tkt's own wire behaviour, or the safe choice. One line an option. */

import type { ParsedGuard } from './options.js'
import { type Settings, SIGNALS } from './settings.js'

type WholeNames =
  | 'unknownHost'
  | 'default'
  | 'order'
  | 'oddPaths'
  | 'trustedProxies'
  | 'forwardedHeaders'
  | 'charset'
  | 'minSecretLength'
  | 'demoSecrets'
  | 'shadow'
  | 'selfTest'

/** Options of the guard as a whole. */
export type Whole = { readonly [K in WholeNames]: Exclude<ParsedGuard[K], undefined> }

export type Compat = 'exact' | 'hardened'

/** Settings whose defaults differ. */
type Differing =
  | 'authType'
  | 'querySeparator'
  | 'backPort'
  | 'backPath'
  | 'loginUrls'
  | 'problemFor'
  | 'oldKeyClock'
  | 'clockSkew'
  | 'ipv6'
  | 'urlTickets'
  | 'strictFields'
  | 'guestCookie'
  | 'hostDomain'
  | 'cookieSecure'
  | 'cookieHttpOnly'
  | 'cookieSameSite'
  | 'cookieText'
  | 'noStore'
  | 'deniedStatus'
  | 'brokenStatus'

/** The same in both. */
const COMMON: Omit<Settings, Differing> = {
  require: 'valid-user',
  tokens: [],
  requireSsl: false,
  groups: {},
  loginUrl: null,
  timeoutUrl: null,
  postTimeoutUrl: null,
  unauthUrl: null,
  redirectStatus: 307,
  backArgName: 'back',
  backCookieName: null,
  backHosts: null,
  timeout: 7200,
  timeoutRefresh: 0.5,
  maxAge: null,
  ignoreIp: false,
  ipv6Prefix: 128,
  guestLogin: false,
  guestUser: null,
  guestEmpty: false,
  guestFallback: false,
  cookieName: 'auth_tkt',
  cookieDomain: null,
  cookieExpires: null,
  cookieMaxAge: null,
  debug: 0,
}

const HARDENED_SETTINGS: Pick<Settings, Differing> = {
  authType: 'TKT',
  querySeparator: '&',
  backPort: true,
  backPath: 'verbatim',
  loginUrls: 'parsed',
  problemFor: [...SIGNALS],
  oldKeyClock: 'keep',
  clockSkew: 300,
  ipv6: 'bind',
  urlTickets: false,
  strictFields: true,
  /** Where it is not set: on with a %U in guestUser (A11). */
  guestCookie: false,
  hostDomain: false,
  cookieSecure: 'tls',
  cookieHttpOnly: true,
  cookieSameSite: 'Lax',
  cookieText: 'rfc6265',
  noStore: true,
  deniedStatus: 403,
  brokenStatus: 403,
}

const EXACT_SETTINGS: Pick<Settings, Differing> = {
  authType: null,
  querySeparator: ';',
  backPort: false,
  backPath: 'decoded',
  loginUrls: 'module',
  problemFor: [],
  oldKeyClock: 'restart',
  clockSkew: null,
  ipv6: 'refuse',
  urlTickets: true,
  strictFields: false,
  guestCookie: false,
  hostDomain: true,
  /** Where it is not set: on with requireSsl, as the module assumes. */
  cookieSecure: false,
  cookieHttpOnly: false,
  cookieSameSite: null,
  cookieText: 'module',
  noStore: false,
  deniedStatus: 'module',
  brokenStatus: 500,
}

const WHOLE = { forwardedHeaders: 'x-forwarded', charset: 'latin1', shadow: false, selfTest: true } as const

/** Settings of an area where neither it nor what encloses it says otherwise. */
export const DEFAULT_SETTINGS: Readonly<Record<Compat, Settings>> = {
  exact: { ...COMMON, ...EXACT_SETTINGS },
  hardened: { ...COMMON, ...HARDENED_SETTINGS },
}

/** Options of the guard as a whole. */
export const DEFAULT_OPTIONS: Readonly<Record<Compat, Whole>> = {
  exact: {
    ...WHOLE,
    trustedProxies: [],
    unknownHost: 'main',
    default: 'pass',
    order: 'nested',
    oddPaths: 'allow',
    minSecretLength: 1,
    demoSecrets: 'allow',
  },
  hardened: {
    ...WHOLE,
    trustedProxies: [],
    unknownHost: 'refuse',
    default: 'deny',
    order: 'nested',
    oddPaths: 'refuse',
    minSecretLength: 16,
    demoSecrets: 'refuse',
  },
}
