/** What a configuration that runs as the module did leaves weaker than it need be. */

import { DEFAULT_OPTIONS, DEFAULT_SETTINGS, profileOf } from '../policy/defaults.js'
import { type GuardOptions, guardSchema } from '../policy/options.js'

type Values = Readonly<Record<string, unknown>>

/** What only signed tickets have, and what they have no part in: mod_auth_pubtkt has no secret and sets no cookie. */
const SIGNED = new Set(['cipMatch', 'longFields', 'clientAuthorization', 'passthruText'])
const UNSIGNED = new Set(
  `allowShiftableFields pythonCookies minSecretLength demoSecrets oldKeyClock clockSkew urlTickets hostDomain cookieName
  cookieSecure cookieHttpOnly cookieSameSite cookieText backText redirectStatus`.split(/\s+/),
)
const WEAK_KEYS = 'publicKeys: SHA-1, DSA and RSA of less than 2048 bits, hardened: none that allow does not name'

/** mod_auth_pubtkt makes no tickets. */
const LOGIN =
  'timeout, timeoutRefresh, maxAge, ignoreIp and the cookie* settings of signed tickets are the login\'s, and no directives: with a login of ours, give them here or in its "tickets"'

/** One line for each thing that the other server's configuration has left open, and its owner has to decide. */
export function decisionsLeft(options: GuardOptions): string[] {
  const { compat, module, unknownHost, default: outside } = options
  const hardened = compat !== 'exact'
  return [
    ...(hardened && unknownHost === 'first'
      ? ['unknownHost: a Host that no entry names gets the first one, as in Apache; "refuse" answers 400']
      : []),
    ...(hardened && outside === 'pass' ? ['default: a path in no area passes, as in Apache; "deny" answers 403'] : []),
    ...(module === 'mod_auth_pubtkt' ? [LOGIN] : []),
  ]
}

/** One line an option: its value now, the value in `compat: 'hardened'`, and what it is. None in hardened. */
export function hardeningLeftOff(options: GuardOptions): string[] {
  if (options.compat !== 'exact') return []
  const profile = profileOf(options)
  const exact: Values = { ...DEFAULT_OPTIONS[profile], ...DEFAULT_SETTINGS[profile] }
  const hardened: Values = { ...DEFAULT_OPTIONS.hardened, ...DEFAULT_SETTINGS.hardened }
  const given: Values = options
  const signed = profile === 'pubtkt'
  const lines = Object.keys(hardened).flatMap((name) => {
    if ((signed ? UNSIGNED : SIGNED).has(name)) return []
    const [now, safe] = [JSON.stringify(given[name] ?? exact[name]), JSON.stringify(hardened[name])]
    // What is not a weakness of the module but a matter of taste has the same default in both.
    if (now === safe || JSON.stringify(exact[name]) === safe) return []
    const description = guardSchema.shape[name as keyof typeof guardSchema.shape].unwrap().description
    return [`${name}: ${now}, hardened: ${safe}${description === undefined ? '' : ` - ${description}`}`]
  })
  return signed ? [...lines, WEAK_KEYS] : lines
}
