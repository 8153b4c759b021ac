/** What an operator should know about options that work. Names places, never secrets. */

import { type Compat, DEFAULT_OPTIONS, DEFAULT_SETTINGS } from './defaults.js'
import type { ParsedGuard, ParsedKey } from './options.js'
import type { SomeSettings } from './settings.js'

/** The options as a whole, a host or an area. */
type SomeLevel = SomeSettings & { readonly areas?: readonly unknown[] | undefined }

export function warningsOf(options: ParsedGuard, compat: Compat): string[] {
  const { hosts = [], areas = [] } = options
  const all: SomeLevel[] = [options, ...areas, ...hosts, ...hosts.flatMap((host) => host.areas ?? [])]
  const keys: ParsedKey[] = [...(options.keys ?? []), ...hosts.flatMap((host) => host.keys ?? [])]
  const warnings: string[] = []
  if (options.trustedProxies === 'any') {
    warnings.push("trustedProxies is 'any': every client can choose the host of back URLs and cookies")
  }
  if (keys.some(({ dialect }) => dialect === 'lighttpd')) {
    warnings.push(
      "a key has the dialect lighttpd: the fields of its tickets can be shifted, so a user's data can become tokens",
    )
  }
  if (options.forwardedHeaders === 'both') {
    warnings.push("forwardedHeaders is 'both': a proxy that sets X-Forwarded-* alone hands on a client's own Forwarded")
  }
  if ((options.default ?? DEFAULT_OPTIONS[compat].default) === 'pass' && !all.some(({ areas: some }) => some?.length)) {
    warnings.push('no area is configured: every request passes')
  }
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
    warnings.push('guestFallback without guestLogin does nothing')
  }
  if (all.some(({ urlTickets }) => urlTickets) && !DEFAULT_SETTINGS[compat].urlTickets) {
    warnings.push('urlTickets is on: tickets end up in logs, histories and Referer headers')
  }
  return warnings
}
