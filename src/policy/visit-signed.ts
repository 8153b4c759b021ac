/** Somebody with a signed ticket at the sign-in page, and the tickets that are made there. */

import { TktError } from '../errors.js'
import { parseAddress } from '../http/address.js'
import type { Area, Signing } from './area.js'
import { ticketCookie } from './cookies.js'
import type { Facts } from './facts.js'
import { isBoundTo, sessionOf } from './judge-signed.js'
import { writeSession } from './session.js'
import type { Settings } from './settings.js'
import { type FoundSigned, findSigned } from './signed-ticket.js'

/** What a ticket says that never ends. */
export const FOR_EVER = 0xffffffff

/** A good ticket of this client, tokens and rules left aside. */
export interface SignedVisitor extends FoundSigned {
  /** The ticket's tokens without our own label. */
  readonly tokens: readonly string[]
  /** Unix time of the first sign-in, as far as the ticket tells. */
  readonly since: number
  /** Past its grace period: the guard sends pages here for a new one. */
  readonly due: boolean
}

export function findSignedVisitor(area: Area, signing: Signing, facts: Facts): SignedVisitor | undefined {
  if (signing.ring === undefined) return undefined
  const found = findSigned(area, signing, facts)
  if (typeof found === 'string') return undefined
  const { now } = facts.request
  const { validUntil, gracePeriod, clientIp } = found.ticket
  const { tokens, since, over } = sessionOf(found, area, facts)
  if (over || now > validUntil || !isBoundTo(clientIp, area, facts)) return undefined
  const { timeout } = area.settings
  // A ticket says when it ends. When it began, only our own label tells.
  const made = timeout === 0 ? now : Math.min(now, validUntil - timeout)
  return { ...found, tokens, since: area.sessions ? since : made, due: gracePeriod !== 0 && now > gracePeriod }
}

/** What a ticket says besides its clocks and its address; bytes, one a char. */
export interface SignedIdentity {
  readonly uid: string
  readonly tokens: readonly string[]
  readonly userData: string
  readonly multifactor?: boolean
  readonly bauth?: string
}

interface Clocks {
  readonly validUntil: number
  readonly gracePeriod: number
}

/**
 * A Set-Cookie line with a ticket for this client. It ends with the timeout, and never later than `maxAge` after the
 * first sign-in; it wants a refresh when as little is left of it as the guard's own renewals go by. `clocks`: others.
 * @throws TktError `ERR_TKT_FIELD` on a field that a ticket cannot carry, `ERR_TKT_OPTIONS` without an address to bind
 */
export function signedCookie(
  { uid, tokens, userData, multifactor = false, bauth = '' }: SignedIdentity,
  since: number,
  issuer: NonNullable<Signing['issuer']>,
  { settings, sessions }: Area,
  facts: Facts,
  clocks?: Clocks,
): string {
  const { ignoreIp } = settings
  const value = issuer.issue({
    uid,
    userData,
    multifactor,
    ...(bauth === '' ? {} : { bauth }),
    tokens: sessions ? writeSession({ tokens, since }) : tokens,
    ...(ignoreIp ? {} : { clientIp: addressOf(facts) }),
    ...(clocks ?? clocksOf(settings, since, facts.request.now)),
  })
  return ticketCookie(value, facts, settings)
}

function clocksOf({ timeout, timeoutRefresh, refreshWithin, maxAge }: Settings, since: number, now: number): Clocks {
  const ends = [FOR_EVER, ...(timeout === 0 ? [] : [now + timeout]), ...(maxAge === null ? [] : [since + maxAge])]
  const validUntil = Math.min(...ends)
  // Each refresh is a way to the login and back: one that is due at once would never end.
  const left = Math.floor(Math.min(refreshWithin ?? timeoutRefresh * timeout, timeout / 2))
  // The last ticket before maxAge cannot be followed by another one.
  const renewable = left > 0 && (maxAge === null || validUntil < since + maxAge)
  return { validUntil, gracePeriod: renewable ? validUntil - left : 0 }
}

/** As `Visit.mayRefresh` has it. A ticket that binds an address goes on binding it, wherever it is made anew. */
export function mayRefreshSigned(
  { ticket: { clientIp }, keyIndex }: SignedVisitor,
  { issuer, mayRenew }: Signing,
  { settings, bound }: Area,
  facts: Facts,
): boolean {
  const binding = { ...settings, ignoreIp: settings.ignoreIp && clientIp === '' }
  return (
    issuer !== undefined &&
    isBoundTo(clientIp, { settings: binding, bound }, facts) &&
    mayRenew(keyIndex, facts.request.now)
  )
}

/**
 * As `Visit.refresh` has it. A ticket that binds an address goes on binding it, wherever it is made anew. `account`: what
 * it is to say by now.
 */
export function refreshSigned(
  visitor: SignedVisitor,
  signing: Signing,
  area: Area,
  facts: Facts,
  account?: () => Pick<SignedIdentity, 'tokens' | 'userData'>,
  putOff?: number,
): string | undefined {
  const { ticket, tokens, since } = visitor
  const { uid, userData, multifactor, bauth, clientIp, validUntil } = ticket
  const { issuer } = signing
  if (issuer === undefined || !mayRefreshSigned(visitor, signing, area, facts)) return undefined
  const { now } = facts.request
  const binding = { ...area.settings, ignoreIp: area.settings.ignoreIp && clientIp === '' }
  try {
    const { tokens: labels, userData: data } = account?.() ?? { tokens, userData }
    const fields = { uid, tokens: labels, userData: data, multifactor, bauth }
    const next = now + (putOff ?? 0)
    const clocks = putOff === undefined ? undefined : { validUntil, gracePeriod: next < validUntil ? next : 0 }
    return signedCookie(fields, since, issuer, { ...area, settings: binding }, facts, clocks)
  } catch (error) {
    if (!(error instanceof TktError)) throw error
    return undefined
  }
}

function addressOf({ ip }: Facts): string {
  const address = parseAddress(ip ?? '')
  if (address !== undefined) return address.text
  throw new TktError('ERR_TKT_OPTIONS', 'signIn: this client has no address that a ticket could bind; set ignoreIp')
}
