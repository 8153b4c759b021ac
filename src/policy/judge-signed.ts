/** The order of decisions where signed tickets are asked for: auth_pubtkt_check of mod_auth_pubtkt. */

import { parseAddress } from '../http/address.js'
import { appendArgument, insertArgument } from '../http/back.js'
import type { Reason } from '../types.js'
import { admit, lacksTokens, type Means, timedOut } from './admit.js'
import { broken, NO_COOKIES, send } from './answers.js'
import type { Area, Signing } from './area.js'
import { authorizationOf } from './basic.js'
import type { Decision } from './decision.js'
import type { Facts } from './facts.js'
import { isScript } from './navigation.js'
import { readSession } from './session.js'
import { type FoundSigned, findSigned } from './signed-ticket.js'

/** `found` is there where the ticket had to be waited for. */
export function judgeSigned(
  area: Area,
  signing: Signing,
  facts: Facts,
  means: Means,
  found?: FoundSigned | Reason,
): Decision {
  const { settings } = area
  if (signing.ring === undefined) return broken(settings, NO_COOKIES)
  if (settings.requireSsl && !facts.tls) return send(settings.loginUrl, 'insecure', area, facts, undefined)
  const ticket = found ?? findSigned(area, signing, facts)
  if (typeof ticket === 'string') return send(settings.loginUrl, ticket, area, facts, undefined)
  return enterSigned(ticket, area, facts, means)
}

/** Somebody with a good ticket: whose, until when, and what for. */
function enterSigned(found: FoundSigned, area: Area, facts: Facts, means: Means): Decision {
  const { settings } = area
  const { loginUrl } = settings
  const { ticket } = found
  if (!isBoundTo(ticket.clientIp, area, facts)) return send(badIpUrl(area, facts), 'address', area, facts, undefined)
  const { tokens, over } = sessionOf(found, area, facts)
  if (over || facts.request.now > ticket.validUntil) return timedOut(area, facts, undefined)
  if (wantsRefresh(found, area, facts)) return send(settings.refreshUrl ?? loginUrl, 'refresh', area, facts, undefined)
  if (settings.requireMultifactor && !ticket.multifactor) {
    return send(settings.multifactorUrl ?? loginUrl, 'multifactor', area, facts, undefined)
  }
  if (lacksTokens(tokens, facts, settings)) {
    return send(settings.unauthUrl ?? loginUrl, 'tokens', area, facts, undefined)
  }
  const authorization = authorizationOf(found, facts, settings)
  if (authorization === 'broken') return broken(settings, NO_COOKIES)
  const decision = admit(ticket, tokens, found.keyIndex, area, facts, undefined, means)
  const { header } = authorization
  return decision.kind !== 'allow' || header === undefined ? decision : { ...decision, authorization: header }
}

/** Whether the ticket is the client's. One without an address is anybody's. */
export function isBoundTo(
  clientIp: string,
  { settings, bound }: Pick<Area, 'settings' | 'bound'>,
  { ip }: Facts,
): boolean {
  if (clientIp === '' || settings.ignoreIp) return true
  if (ip === undefined) return false
  // Most are: reading two addresses takes as long as all the rest. An IPv6 one can be an IPv4 one in other words.
  if (clientIp === ip && !ip.includes(':')) return true
  const client = parseAddress(ip)?.text ?? ip
  const own = bound(client)
  // With `ipv6: 'refuse'` no ticket can be bound to an IPv6 client.
  if (own === undefined) return false
  if (settings.cipMatch === 'text') return clientIp === client
  const named = parseAddress(clientIp)?.text
  return named !== undefined && bound(named) === own
}

/** The client is told its address, as the ticket's maker may see it otherwise. */
function badIpUrl({ settings }: Area, { ip }: Facts): string | null {
  const url = settings.badIpUrl ?? settings.loginUrl
  if (url === null) return null
  const add = settings.loginUrls === 'parsed' ? insertArgument : appendArgument
  return add(url, 'ip', parseAddress(ip ?? '')?.text ?? '', settings.querySeparator)
}

/** The first sign-in, where some area has a `maxAge`: our own login keeps it in the tokens. */
export function sessionOf(
  { ticket }: Pick<FoundSigned, 'ticket'>,
  { sessions, settings }: Area,
  { request }: Facts,
): { readonly tokens: readonly string[]; readonly since: number; readonly over: boolean } {
  if (!sessions) return { tokens: ticket.tokens, since: request.now, over: false }
  const { tokens, since } = readSession(ticket.tokens, request.now)
  return { tokens, since, over: settings.maxAge !== null && request.now > since + settings.maxAge }
}

/** A page past the grace period; a script could not follow, and its ticket is still good. */
function wantsRefresh({ ticket }: FoundSigned, { settings }: Area, { request, flat }: Facts): boolean {
  if (ticket.gracePeriod === 0 || request.now <= ticket.gracePeriod || request.method !== 'GET') return false
  return !isScript(flat, settings.problemFor)
}
