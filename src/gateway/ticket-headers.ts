/** Where requests bring tickets, and what of it upstreams get to see. */

import type { GuardOptions } from '../policy/options.js'
import { cookieRemover } from './hop-by-hop.js'
import type { HeaderRules } from './request-headers.js'

/** Every place where settings can stand. */
export function levelsOf(options: GuardOptions) {
  const { areas = [], hosts = [] } = options
  return [options, ...areas, ...hosts, ...hosts.flatMap((host) => host.areas ?? [])]
}

/** Whether some area takes the signed tickets of mod_auth_pubtkt. */
function takesSigned(options: GuardOptions): boolean {
  return (
    options.module === 'mod_auth_pubtkt' || levelsOf(options).some(({ authType }) => authType === 'mod_auth_pubtkt')
  )
}

/** Whether a cookie counts whose name only ends in that of the ticket's. */
function readsEndings(options: GuardOptions): boolean {
  const exact = options.compat === 'exact' && takesSigned(options)
  return exact || levelsOf(options).some(({ cookieMatch }) => cookieMatch === 'suffix')
}

/** Cookies that tickets stand in. */
export function ticketCookies(options: GuardOptions): readonly string[] {
  const usual = takesSigned(options) ? ['auth_tkt', 'auth_pubtkt'] : ['auth_tkt']
  return [...new Set([...usual, ...levelsOf(options).flatMap(({ cookieName }) => cookieName ?? [])])]
}

/** `forward`: upstreams see everything. */
export function ticketRules(
  options: GuardOptions,
  forward: boolean,
): Pick<HeaderRules, 'withoutTicket' | 'ticketHeaders'> {
  if (forward) return { withoutTicket: undefined, ticketHeaders: undefined }
  const names = ticketCookies(options)
  const withoutTicket = readsEndings(options) ? cookieRemover([], names) : cookieRemover(names)
  if (!takesSigned(options)) return { withoutTicket, ticketHeaders: undefined }
  const headers = levelsOf(options).flatMap(({ ticketHeaders = [] }) => ticketHeaders.map((name) => name.toLowerCase()))
  const others = new Set(headers.filter((name) => name !== 'cookie'))
  return { withoutTicket, ticketHeaders: others.size === 0 ? undefined : others }
}
