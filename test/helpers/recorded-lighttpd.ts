/** Recorded requests of lighttpd's mod_authn_tkt: its options put into ours by the letter, its answer and ours alike. */

import { createGuard } from '../../src/policy/guard.js'
import type { AreaOptions, GuardOptions } from '../../src/policy/options.js'
import type { Rule } from '../../src/policy/require.js'
import { ringOf } from './recorded.js'
import { type Exchange, requestOf, type Seen, seenOf } from './recorded-exchange.js'

export type Vector = Exchange & { readonly config: Readonly<Record<string, unknown>> }

const UNITS: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86400, w: 604800, M: 2592000, y: 31536000 }
const seconds = (text: string) => Number.parseInt(text, 10) * (UNITS[text.replace(/^\d+/, '')[0] ?? ''] ?? 1)
const on = (text: unknown) => text === 'enable'

/** A part of the timeout, in whole seconds, whatever the order of the options. */
function refreshOf(text: string, { timeout = '' }: Readonly<Record<string, unknown>>): number {
  return Math.trunc(Number.parseFloat(text) * (timeout === '' ? 7200 : seconds(timeout as string)))
}

const OPTIONS: Readonly<Record<string, (value: string, config: Vector['config']) => AreaOptions>> = {
  'login-url': (url) => ({ loginUrl: url }),
  'timeout-url': (url) => ({ timeoutUrl: url }),
  'post-timeout-url': (url) => ({ postTimeoutUrl: url }),
  'unauth-url': (url) => ({ unauthUrl: url }),
  timeout: (text) => ({ timeout: seconds(text) }),
  'timeout-refresh': (text, config) => ({ refreshWithin: refreshOf(text, config) }),
  'ignore-ip': (flag) => ({ ignoreIp: on(flag) }),
  'require-ssl': (flag) => ({ requireSsl: on(flag) }),
  'cookie-secure': (flag) => ({ cookieSecure: on(flag) }),
  'cookie-name': (name) => ({ cookieName: name }),
  'cookie-domain': (domain) => ({ cookieDomain: domain }),
  'cookie-expires': (text) => ({ cookieExpires: seconds(text) }),
  'back-cookie-name': (name) => ({ backCookieName: name }),
  'back-arg-name': (name) => ({ backArgName: name }),
  'guest-user': (uid) => ({ guestUser: uid }),
  'guest-login': (flag) => ({ guestLogin: on(flag) }),
  'guest-cookie': (flag) => ({ guestCookie: on(flag) }),
  'guest-fallback': (flag) => ({ guestFallback: on(flag) }),
  tokens: (map) => ({ tokenPaths: Object.entries(map).map(([path, tokens]) => ({ path, tokens: tokens as never })) }),
}
/** They are said in the ring. */
const OF_KEYS = ['secret', 'secret-old', 'digest-type']

function ruleOf(text: string): Rule {
  if (text.split('|').includes('valid-user')) return 'valid-user'
  return { users: text.split('|').flatMap((rule) => (rule.startsWith('user=') ? rule.slice('user='.length) : [])) }
}

export function areaOf({ location, config }: Vector): AreaOptions {
  const area: AreaOptions = { path: location, require: ruleOf(config._require as string) }
  for (const [name, value] of Object.entries(config)) {
    if (name === '_require' || OF_KEYS.includes(name) || value === '') continue
    Object.assign(area, OPTIONS[name]?.(value as string, config) ?? { unknown: name })
  }
  return area
}

/** What we decide as mod_authn_tkt, but for `settings`. */
export function answerOf(vector: Vector, settings: AreaOptions = {}, options: GuardOptions = {}): Seen {
  const guard = createGuard({
    compat: 'exact',
    module: 'mod_authn_tkt',
    keys: ringOf(vector, 'lighttpd'),
    areas: [{ ...areaOf(vector), ...settings }],
    selfTest: false,
    ...options,
  })
  return seenOf(guard.decide(requestOf(vector)))
}

/** What one of our answers has otherwise, on purpose. */
export type Change = (seen: Seen) => Seen

/** L3: the module leaves the refused ticket in the back URL, without its name. */
const withoutTicket: Change = (seen) => ({
  ...seen,
  location: seen.location?.replace(/%3F[A-Za-z0-9!]+(?:%3D)*$|%26SECRETTICKET$/, '') ?? null,
})
/** L5: browsers drop a cookie whose domain has a port. */
const withoutPort: Change = (seen) => ({ ...seen, setCookies: seen.setCookies.map((one) => one.replace(/%3A\d+/, '')) })

/** Rows where we differ from the module on purpose, by the rows of the L table. */
export const DIFFERENT: Readonly<Record<string, Change>> = {
  'lighttpd/back-strip-last': withoutTicket,
  'lighttpd/back-strip-only': withoutTicket,
  'lighttpd/url-b64': withoutTicket,
  'lighttpd/url-garbage': withoutTicket,
  'lighttpd/url-plausible-bad': withoutTicket,
  'lighttpd/url-plausible-bad+goodcookie': withoutTicket,
  'lighttpd/refresh-host-port': withoutPort,
}

/** Guests with random digits: no two are the same. */
export const known = (seen: Seen) => ({
  ...seen,
  uid: seen.uid?.replace(/[0-9a-f]{16,}/, ({ length }) => `x${length}`),
})
