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
