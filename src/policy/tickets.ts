/** Finding a request's ticket, its clocks, and renewing it. */

import { findByKey, findFirst, findPair, readableBase64 } from '../http/cookie.js'
import { findArgument, findRawArgument } from '../http/query.js'
import type { Ring } from '../ticket/ring.js'
import type { Reason, Ticket } from '../types.js'
import type { Area } from './area.js'
import { ticketCookie } from './cookies.js'
import type { Facts } from './facts.js'
import { readSession, writeSession } from './session.js'
import type { Settings } from './settings.js'

/** What a cookie value can carry (RFC 6265 section 4.1.1), and `"`, `,` and `\`, which browsers keep as they are. */
const COOKIE_VALUE = /^[!-:<-~]*$/

export interface Found {
  readonly ticket: Ticket
  readonly keyIndex: number
  /** The ticket's tokens without our own label. */
  readonly tokens: readonly string[]
  /** Unix time of the first sign-in. */
  readonly since: number
  /** The URL's ticket as a cookie. */
  readonly cookie: string | undefined
}

/** The request's good ticket: the URL's, else the cookie's; or why there is none. Clocks are not looked at, but for the future. */
export function findTicket(area: Area, ring: Ring, facts: Facts, ip: string | undefined): Found | Reason {
  const { settings } = area
  let reason: Reason = 'absent'
  if (settings.urlTickets && facts.target.query !== undefined) {
    const found = findInQuery(facts.target.query, ring, facts, ip, area)
    if (typeof found !== 'string') return found
    if (settings.urlTicketWins && hasUrlTicket(area, facts)) return found
    reason = found
  }
  const value = cookieOf(area, facts)
  if (value === undefined) return reason
  const { lighttpd } = area.keyring
  if (settings.cookieMatch !== 'first' || lighttpd === undefined) return accept(value, ring, facts, ip, area)
  return findInBase64(value, lighttpd, ring, facts, ip, area)
}

/** lighttpd reads base64 in its own way; tickets of other keys stand in cookies as they do elsewhere. */
function findInBase64(
  value: string,
  lighttpd: readonly boolean[],
  ring: Ring,
  facts: Facts,
  ip: string | undefined,
  area: Area,
): Found | Reason {
  const base64 = readableBase64(value)
  const found = accept(base64, ring, facts, ip, area)
  if (typeof found !== 'string' || base64 === value || !lighttpd.includes(false)) return found
  const other = accept(value, ring, facts, ip, area)
  return typeof other !== 'string' && lighttpd[other.keyIndex] ? found : other
}

/** The value of the ticket's cookie, as `cookieMatch` finds it. */
function cookieOf({ settings: { cookieMatch }, cookieKey }: Area, { cookies }: Facts): string | undefined {
  if (cookieMatch === 'spaced') return findByKey(cookies, cookieKey)
  return cookieMatch === 'first' ? findFirst(cookies, cookieKey) : findPair(cookies, cookieKey)
}

/** Whether the query has what reads like a ticket, good or not (parse_ticket of mod_authn_tkt). */
function hasUrlTicket({ settings, keyring }: Area, { target }: Facts): boolean {
  if (!settings.urlTickets || target.query === undefined) return false
  return keyring.looks.test(findRawArgument(target.query, settings.cookieName) ?? '')
}

/** Whether a request brings what reads like a ticket, where there is no key to check it with. */
export function bringsTicket(area: Area, facts: Facts): boolean {
  if (hasUrlTicket(area, facts)) return true
  return area.keyring.looks.test(atob(readableBase64(cookieOf(area, facts) ?? '')))
}

/** A lighttpd key's ticket stands in the URL as it is, and in base64 nowhere but in cookies; those of others stand either way. */
function findInQuery(query: string, ring: Ring, facts: Facts, ip: string | undefined, area: Area): Found | Reason {
  const { settings } = area
  const { lighttpd } = area.keyring
  let reason: Reason = 'absent'
  if (lighttpd === undefined || lighttpd.includes(false)) {
    const value = findArgument(query, settings.cookieName)
    if (value !== undefined) {
      const found = accept(value, ring, facts, ip, area)
      if (typeof found === 'string') reason = found
      else if (lighttpd?.[found.keyIndex]) reason = 'malformed'
      else return { ...found, cookie: urlCookie(value, found, area, facts, ip) }
    }
  }
  const raw = lighttpd === undefined ? undefined : findRawArgument(query, settings.cookieName)
  if (raw === undefined) return reason
  const value = btoa(raw)
  const found = accept(value, ring, facts, ip, area)
  return typeof found === 'string' ? found : { ...found, cookie: urlCookie(value, found, area, facts, ip) }
}

function accept(value: string, ring: Ring, facts: Facts, ip: string | undefined, area: Area): Found | Reason {
  const result = ring.verify(value, { ip, now: facts.request.now }, area.settings)
  if (!result.ok) return result.reason
  const { ticket, keyIndex } = result
  if (!area.sessions) return { ticket, keyIndex, tokens: ticket.tokens, since: ticket.issuedAt, cookie: undefined }
  const { tokens, since } = readSession(ticket.tokens, ticket.issuedAt)
  return { ticket, keyIndex, tokens, since, cookie: undefined }
}

/** The URL's ticket becomes a cookie as it is, if a cookie can carry that; else written anew. Not in lighttpd. */
function urlCookie(value: string, found: Found, area: Area, facts: Facts, ip: string | undefined): string | undefined {
  if (area.settings.cookieWhen === 'lighttpd') return undefined
  if (COOKIE_VALUE.test(value)) return ticketCookie(value, facts, area.settings)
  return renew(found, area, facts, ip, found.ticket.issuedAt)
}

/** Run out: by its own clock, or by that of the first sign-in. */
export function isOver({ ticket, since }: Found, { request }: Facts, { timeout, maxAge }: Settings): boolean {
  if (maxAge !== null && request.now > since + maxAge) return true
  return timeout !== 0 && request.now > ticket.issuedAt + timeout
}

/** Whether less than the refresh part of the timeout is left, or less than `refreshWithin`. */
export function isDue({ ticket }: Found, { request }: Facts, settings: Settings): boolean {
  const { timeout, timeoutRefresh, refreshWithin } = settings
  const left = ticket.issuedAt + timeout - request.now
  return timeout !== 0 && left < (refreshWithin === null ? timeoutRefresh * timeout : refreshWithin)
}

/** A Set-Cookie line with the same ticket, made with the newest key at `issuedAt`; undefined where none can be made. */
export function renew(
  found: Pick<Found, 'ticket' | 'tokens' | 'since'>,
  area: Area,
  facts: Facts,
  ip: string | undefined,
  issuedAt: number,
): string | undefined {
  return sealed(found, area, facts, ip, issuedAt, area.settings.cookieText === 'lighttpd')
}

/** As `renew`, the ticket as issuers write it: with both separators; or `terse`, as mod_authn_tkt renews one. */
export function sealed(
  { ticket, tokens, since }: Pick<Found, 'ticket' | 'tokens' | 'since'>,
  { ring, settings, sessions }: Area,
  facts: Facts,
  ip: string | undefined,
  issuedAt: number,
  terse: boolean,
): string | undefined {
  const labels = sessions ? writeSession({ tokens, since }) : tokens
  const { uid, userData } = ticket
  const value = ring?.renew({ uid, tokens: labels, userData }, ip, issuedAt, terse)
  return value === undefined ? undefined : ticketCookie(value, facts, settings)
}
