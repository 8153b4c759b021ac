/** What applies where nothing is set: the own wire behaviour of mod_auth_tkt or mod_authn_tkt, or the safe choice. One line an option. */

import type { ParsedGuard } from './options.js'
import { type Settings, SIGNALS, type SomeSettings } from './settings.js'

type WholeNames =
  | 'unknownHost'
  | 'default'
  | 'order'
  | 'oddPaths'
  | 'pathRules'
  | 'allowShiftableFields'
  | 'pythonCookies'
  | 'trustedProxies'
  | 'forwardedHeaders'
  | 'charset'
  | 'minSecretLength'
  | 'demoSecrets'
  | 'shadow'
  | 'selfTest'
  | 'hostDigest'

/** Options of the guard as a whole. */
export type Whole = { readonly [K in WholeNames]: Exclude<ParsedGuard[K], undefined> }

export type Compat = 'exact' | 'hardened'

/** What a set of defaults goes by: `exact` is mod_auth_tkt, `lighttpd` as exactly mod_authn_tkt, `pubtkt` mod_auth_pubtkt. */
export type Profile = Compat | 'lighttpd' | 'pubtkt'

/** Settings whose defaults differ. */
type Differing =
  | 'authType'
  | 'querySeparator'
  | 'backPort'
  | 'backPath'
  | 'backText'
  | 'loginUrls'
  | 'redirectStatus'
  | 'backArgName'
  | 'refreshWithin'
  | 'urlTicketWins'
  | 'cookieMatch'
  | 'guestUnique'
  | 'guestFallbackAlone'
  | 'deniedUsers'
  | 'missingSecret'
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
  | 'cookieWhen'
  | 'noStore'
  | 'deniedStatus'
  | 'brokenStatus'
  | 'cipMatch'
  | 'longFields'
  | 'clientAuthorization'
  | 'passthruText'

/** The same in both. */
const COMMON: Omit<Settings, Differing> = {
  require: 'valid-user',
  tokens: [],
  tokenPaths: null,
  requireSsl: false,
  groups: {},
  loginUrl: null,
  timeoutUrl: null,
  postTimeoutUrl: null,
  refreshUrl: null,
  badIpUrl: null,
  multifactorUrl: null,
  ticketHeaders: ['Cookie'],
  requireMultifactor: false,
  fakeBasicAuth: false,
  passthruBasicAuth: false,
  unauthUrl: null,
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

/** What only lighttpd's module has otherwise. */
const AS_APACHE = {
  backText: 'apache',
  redirectStatus: 307,
  backArgName: 'back',
  refreshWithin: null,
  urlTicketWins: false,
  cookieMatch: 'spaced',
  guestUnique: 'uuid',
  guestFallbackAlone: false,
  deniedUsers: 'refuse',
  missingSecret: 'fail',
  cookieWhen: 'apache',
} as const

const HARDENED_SETTINGS: Pick<Settings, Differing> = {
  ...AS_APACHE,
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
  cipMatch: 'address',
  longFields: 'refuse',
  clientAuthorization: 'replace',
  passthruText: 'checked',
}

const EXACT_SETTINGS: Pick<Settings, Differing> = {
  ...AS_APACHE,
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
  cipMatch: 'text',
  longFields: 'cut',
  clientAuthorization: 'keep',
  passthruText: 'any',
}

/** mod_authn_tkt's own wire behaviour. */
const LIGHTTPD_SETTINGS: Pick<Settings, Differing> = {
  ...EXACT_SETTINGS,
  /** There is nothing to set: the rules alone ask for users, and without a loginUrl the answer is 403. */
  authType: 'TKT',
  querySeparator: '&',
  backPort: true,
  backText: 'lighttpd',
  loginUrls: 'literal',
  redirectStatus: 302,
  backArgName: null,
  refreshWithin: 3600,
  urlTicketWins: true,
  cookieMatch: 'first',
  guestUnique: 'hex',
  guestFallbackAlone: true,
  deniedUsers: 'redirect',
  missingSecret: 'redirect',
  ipv6: 'bind',
  cookieText: 'lighttpd',
  cookieWhen: 'lighttpd',
  deniedStatus: 403,
  brokenStatus: 403,
}

/** mod_auth_pubtkt's own wire behaviour. It sets no cookie, so that those of the login can be safe ones. */
const PUBTKT_SETTINGS: Pick<Settings, Differing> = {
  ...EXACT_SETTINGS,
  hostDomain: false,
  cookieSecure: 'tls',
  cookieHttpOnly: true,
  cookieSameSite: 'Lax',
  cookieText: 'rfc6265',
  querySeparator: '&',
  backPort: true,
  backText: 'pubtkt',
  loginUrls: 'literal',
  redirectStatus: 'version',
  cookieMatch: 'suffix',
  ipv6: 'bind',
  brokenStatus: 403,
}

const WHOLE = {
  forwardedHeaders: 'x-forwarded',
  charset: 'latin1',
  shadow: false,
  selfTest: true,
  hostDigest: true,
} as const

/** Settings of an area where neither it nor what encloses it says otherwise. */
export const DEFAULT_SETTINGS: Readonly<Record<Profile, Settings>> = {
  exact: { ...COMMON, ...EXACT_SETTINGS },
  lighttpd: { ...COMMON, ...LIGHTTPD_SETTINGS },
  pubtkt: { ...COMMON, ...PUBTKT_SETTINGS, cookieName: 'auth_pubtkt' },
  hardened: { ...COMMON, ...HARDENED_SETTINGS },
}

const EXACT_OPTIONS: Whole = {
  ...WHOLE,
  trustedProxies: [],
  unknownHost: 'main',
  default: 'pass',
  order: 'nested',
  oddPaths: 'allow',
  pathRules: 'apache',
  allowShiftableFields: true,
  pythonCookies: false,
  minSecretLength: 1,
  demoSecrets: 'allow',
}

/** Options of the guard as a whole. */
export const DEFAULT_OPTIONS: Readonly<Record<Profile, Whole>> = {
  exact: EXACT_OPTIONS,
  lighttpd: { ...EXACT_OPTIONS, pathRules: 'lighttpd' },
  pubtkt: EXACT_OPTIONS,
  hardened: {
    ...WHOLE,
    trustedProxies: [],
    unknownHost: 'refuse',
    default: 'deny',
    order: 'nested',
    oddPaths: 'refuse',
    pathRules: 'apache',
    allowShiftableFields: false,
    pythonCookies: true,
    minSecretLength: 16,
    demoSecrets: 'refuse',
  },
}

/** Which defaults the options ask for. */
export function profileOf({ compat = 'hardened', module }: Pick<ParsedGuard, 'compat' | 'module'>): Profile {
  if (compat === 'hardened') return compat
  return module === 'mod_authn_tkt' ? 'lighttpd' : module === 'mod_auth_pubtkt' ? 'pubtkt' : 'exact'
}

/** AuthType where nothing is said: in a server of signed tickets the hardened areas ask for those. */
function usualAuthType({ compat = 'hardened', module }: Pick<ParsedGuard, 'compat' | 'module'>): Settings['authType'] {
  return compat === 'hardened' && module === 'mod_auth_pubtkt'
    ? module
    : DEFAULT_SETTINGS[profileOf({ compat })].authType
}

/** Settings of an area whose `levels`, the outermost first, say nothing else: signed tickets have defaults of their own. */
export function defaultsFor(
  options: Pick<ParsedGuard, 'compat' | 'module'>,
  levels: readonly SomeSettings[],
): Settings {
  const profile = profileOf(options)
  const given = levels.findLast(({ authType }) => authType !== undefined)?.authType
  const authType = given === undefined ? usualAuthType(options) : given
  if (authType !== 'mod_auth_pubtkt') return DEFAULT_SETTINGS[profile]
  const { cookieName } = DEFAULT_SETTINGS.pubtkt
  return profile === 'hardened' ? { ...DEFAULT_SETTINGS.hardened, authType, cookieName } : DEFAULT_SETTINGS.pubtkt
}
