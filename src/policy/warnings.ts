/** What an operator should know about options that work. Names places, never secrets. */

import { type Compat, DEFAULT_OPTIONS, DEFAULT_SETTINGS, profileOf } from './defaults.js'
import { isUnique } from './guest.js'
import { idleSettings } from './idle.js'
import type { ParsedGuard, ParsedKey } from './options.js'
import { isShiftable } from './secrets.js'
import type { SomeSettings } from './settings.js'

/** The options as a whole, a host or an area. */
type SomeLevel = SomeSettings & { readonly areas?: readonly unknown[] | undefined }

/** Whether guests of a level get a ticket; it knows no guest from a user when it comes back. */
function keepsGuests({ guestLogin, guestCookie, guestUser }: SomeLevel, compat: Compat): boolean {
  return guestLogin === true && (guestCookie ?? (compat === 'hardened' && isUnique(guestUser ?? null)))
}

/** `weak`: keys of signed tickets that are, by their places; hardened guards have refused them. */
export function warningsOf(options: ParsedGuard, compat: Compat, weak: readonly string[]): string[] {
  const { hosts = [], areas = [] } = options
  const all: SomeLevel[] = [options, ...areas, ...hosts, ...hosts.flatMap((host) => host.areas ?? [])]
  const profile = profileOf({ compat, module: options.module })
  const holders = [options, ...areas, ...hosts, ...hosts.flatMap((host) => host.areas ?? [])]
  const keys: ParsedKey[] = holders.flatMap((level) => level.keys ?? [])
  const warnings: string[] = []
  if (options.trustedProxies === 'any') {
    warnings.push("trustedProxies is 'any': every client can choose the host of back URLs and cookies")
  }
  if (keys.some(isShiftable)) {
    warnings.push(
      "a key has the dialect lighttpd: the fields of its tickets can be shifted, so a user's data can become tokens",
    )
  }
  if (
    (options.default ?? DEFAULT_OPTIONS[profile].default) === 'pass' &&
    !all.some(({ areas: some }) => some?.length)
  ) {
    warnings.push('no area is configured: every request passes')
  }
  if (all.length > 2 && all.some((level) => keepsGuests(level, compat))) {
    warnings.push(
      'guests get tickets (guestCookie): where valid-user is enough, and cookieName is the same, they are users',
    )
  }
  for (const key of weak) {
    warnings.push(
      `${key}: weak; for sha1 have the login sign with another digest and name it, else make a better key (authtkt keygen); or say that you know: allow`,
    )
  }
  if (holders.some(({ passthruBasicAuth }) => passthruBasicAuth) && !holders.some(({ passthruKey }) => passthruKey)) {
    warnings.push(
      'passthruBasicAuth without passthruKey: passwords stand in cookies, where whoever sees one can read them',
    )
  }
  const signed = holders.some(({ authType }) => authType === 'mod_auth_pubtkt') || options.module === 'mod_auth_pubtkt'
  if (signed && holders.some(({ maxAge }) => maxAge != null) && !holders.some(({ signingKey }) => signingKey)) {
    warnings.push(
      'maxAge says nothing of signed tickets that another login makes: only ours keeps the first sign-in in them',
    )
  }
  warnings.push(...idleSettings(options))
  if (options.shadow) warnings.push('shadow is on: every request passes')
  if (
    all.some(
      ({ require, loginUrl, guestLogin, authType }) =>
        require !== undefined && authType === 'None' && !loginUrl && !guestLogin,
    ) &&
    !options.loginUrl &&
    !options.guestLogin
  ) {
    warnings.push('an area asks for a user and has neither loginUrl nor guestLogin: it answers 500')
  }
  if (all.some(({ guestFallback }) => guestFallback) && !all.some(({ guestLogin }) => guestLogin)) {
    const counts = all.some((level) => level.guestFallbackAlone ?? DEFAULT_SETTINGS[profile].guestFallbackAlone)
    warnings.push(
      counts
        ? 'guestFallback counts without guestLogin (L8): whose ticket has run out is a guest'
        : 'guestFallback without guestLogin does nothing',
    )
  }
  if (all.some(({ urlTickets }) => urlTickets) && !DEFAULT_SETTINGS[compat].urlTickets) {
    warnings.push('urlTickets is on: tickets end up in logs, histories and Referer headers')
  }
  return warnings
}
