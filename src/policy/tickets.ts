/** Finding a request's ticket, its clocks, and renewing it. */

import { findByKey } from '../http/cookie.js'
import { findArgument } from '../http/query.js'
import type { Ring } from '../ticket/ring.js'
import { joinTokens } from '../ticket/tokens.js'
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
    const value = findArgument(facts.target.query, settings.cookieName)
    if (value !== undefined) {
      const found = accept(value, ring, facts, ip, area)
      if (typeof found !== 'string') return { ...found, cookie: urlCookie(value, found, area, facts, ip) }
      reason = found
    }
  }
  const value = findByKey(facts.cookies, area.cookieKey)
  if (value === undefined) return reason
  return accept(value, ring, facts, ip, area)
}

function accept(value: string, ring: Ring, facts: Facts, ip: string | undefined, area: Area): Found | Reason {
  const result = ring.verify(value, { ip, now: facts.request.now }, area.settings)
  if (!result.ok) return result.reason
  const { ticket, keyIndex } = result
  if (!area.sessions) return { ticket, keyIndex, tokens: ticket.tokens, since: ticket.issuedAt, cookie: undefined }
  const { tokens, since } = readSession(ticket.tokens, ticket.issuedAt)
  return { ticket, keyIndex, tokens, since, cookie: undefined }
}

/** The URL's ticket becomes a cookie as it is, if a cookie can carry that; else written anew. */
function urlCookie(value: string, found: Found, area: Area, facts: Facts, ip: string | undefined): string | undefined {
  if (COOKIE_VALUE.test(value)) return ticketCookie(value, facts, area.settings)
  return renew(found, area, facts, ip, found.ticket.issuedAt)
}

/** Run out: by its own clock, or by that of the first sign-in. */
export function isOver({ ticket, since }: Found, { request }: Facts, { timeout, maxAge }: Settings): boolean {
  if (maxAge !== null && request.now > since + maxAge) return true
  return timeout !== 0 && request.now > ticket.issuedAt + timeout
}

/** Whether less than the refresh part of the timeout is left. */
export function isDue({ ticket }: Found, { request }: Facts, { timeout, timeoutRefresh }: Settings): boolean {
  return timeout !== 0 && timeoutRefresh > 0 && ticket.issuedAt + timeout - request.now < timeoutRefresh * timeout
}

/** A Set-Cookie line with the same ticket, made with the newest key at `issuedAt`; undefined where none can be made. */
export function renew(
  { ticket, tokens, since }: Pick<Found, 'ticket' | 'tokens' | 'since'>,
  { ring, settings, sessions }: Area,
  facts: Facts,
  ip: string | undefined,
  issuedAt: number,
): string | undefined {
  const labels = sessions ? writeSession({ tokens, since }) : tokens
  const value = ring?.renew(`${ticket.uid}!${joinTokens(labels)}!${ticket.userData}`, ip, issuedAt)
  return value === undefined ? undefined : ticketCookie(value, facts, settings)
}
