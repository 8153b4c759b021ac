/**
 * The order of decisions in one area: auth_tkt_check of mod_auth_tkt, between the two looks at Apache's `Require`; or, by
 * its settings, mod_authn_tkt_check of lighttpd's module.
 */

import type { Reason, Ticket } from '../types.js'
import { admit, lacksTokens, type Means, mayEnter, timedOut } from './admit.js'
import { broken, deny, NO_COOKIES, pass, send } from './answers.js'
import type { Area } from './area.js'
import { keepsOut } from './basic.js'
import { deletedCookie } from './cookies.js'
import type { Decision } from './decision.js'
import type { Facts } from './facts.js'
import { guestUid, hexGuestUid } from './guest.js'
import { judgeSigned } from './judge-signed.js'
import type { Settings } from './settings.js'
import type { FoundSigned } from './signed-ticket.js'
import { bringsTicket, type Found, findTicket, isDue, isOver, renew } from './tickets.js'

/** `signed` is the signed ticket of a request, where it had to be waited for. */
export function judge(area: Area, facts: Facts, means: Means, signed?: FoundSigned | Reason): Decision {
  const { settings, ring } = area
  if (settings.require === 'no-rule') return asksAnyway(settings) ? broken(settings, NO_COOKIES) : passIn(area, facts)
  if (!area.anyUser) {
    const verdict = area.check({ uid: undefined, ip: facts.ip ?? '', method: facts.request.method })
    if (verdict === 'granted') return passIn(area, facts)
    if (verdict !== 'no-user') return deny(403, 'user', settings, NO_COOKIES)
  }
  if (area.signing !== undefined) return judgeSigned(area, area.signing, facts, means, signed)
  if (ring === undefined && settings.missingSecret === 'redirect') return judgeWithoutKeys(area, facts, means)
  if (ring === undefined || (settings.loginUrl === null && !settings.guestLogin && settings.authType !== 'TKT')) {
    return broken(settings, NO_COOKIES)
  }
  if (settings.requireSsl && !facts.tls) return send(settings.loginUrl, 'insecure', area, facts, undefined)
  const ip = area.bound(facts.ip)
  const found = findTicket(area, ring, facts, ip)
  if (typeof found === 'string') {
    if (!settings.guestLogin) return send(settings.loginUrl, found, area, facts, undefined)
    return enterAsGuest(area, facts, ip, undefined, false, means)
  }
  if (isOver(found, facts, settings)) {
    const deletion = deletedCookie(facts, settings)
    if (!settings.guestFallback || !(settings.guestLogin || settings.guestFallbackAlone)) {
      return timedOut(area, facts, deletion)
    }
    const sent = settings.cookieWhen === 'lighttpd' ? undefined : deletion
    return enterAsGuest(area, facts, ip, sent, found.keyIndex > 0, means)
  }
  return enter(found, area, facts, ip, means)
}

function passIn({ host, signing, settings }: Area, { target }: Facts): Decision {
  const decision = pass(target.url, host)
  return signing !== undefined && keepsOut(settings) ? { ...decision, authorization: null } : decision
}

/** mod_authn_tkt misses its secret when there is a ticket to check, and no sooner. */
function judgeWithoutKeys(area: Area, facts: Facts, means: Means): Decision {
  const { settings } = area
  if (settings.requireSsl && !facts.tls) return send(settings.loginUrl, 'insecure', area, facts, undefined)
  if (bringsTicket(area, facts)) return broken(settings, NO_COOKIES)
  if (!settings.guestLogin) return send(settings.loginUrl, 'absent', area, facts, undefined)
  return enterAsGuest(area, facts, undefined, undefined, false, means)
}

/** Apache does not guess what an AuthType without any `Require` is to mean. */
function asksAnyway({ authType }: Settings): boolean {
  return authType !== null && authType !== 'None'
}

/** Somebody with a good ticket: renewed if little time is left, tokens checked, renewed if an old key made it. */
function enter(found: Found, area: Area, facts: Facts, ip: string | undefined, means: Means): Decision {
  const { settings } = area
  const { now } = facts.request
  const due = isDue(found, facts, settings)
  // mod_auth_tkt renews before it looks at the tokens, mod_authn_tkt once they are found good.
  const late = settings.cookieWhen === 'lighttpd'
  let cookie = found.cookie
  if (due && !late) cookie = renew(found, area, facts, ip, now) ?? cookie
  const refusal = refuse(found.ticket.uid, found.tokens, area, facts, cookie)
  if (refusal !== undefined) return refusal
  if (found.keyIndex > 0 || (due && late)) {
    const restart = due || settings.oldKeyClock === 'restart'
    cookie = renew(found, area, facts, ip, restart ? now : found.ticket.issuedAt) ?? cookie
  }
  return admit(found.ticket, found.tokens, found.keyIndex, area, facts, cookie, means)
}

/** Nobody, under a name that the guard makes up. An old key that brought them here has them given a ticket, too. */
function enterAsGuest(
  area: Area,
  facts: Facts,
  ip: string | undefined,
  deletion: string | undefined,
  oldKey: boolean,
  means: Means,
): Decision {
  const { settings } = area
  const { now } = facts.request
  const uid =
    settings.guestUnique === 'hex'
      ? hexGuestUid(settings.guestUser, settings.guestEmpty, means.hex)
      : guestUid(settings.guestUser, settings.guestEmpty, means.uuid)
  const refusal = refuse(uid, NO_COOKIES, area, facts, deletion)
  if (refusal !== undefined) return refusal
  const ticket: Ticket = { uid, tokens: [], userData: '', issuedAt: now }
  let cookie = deletion
  if (oldKey || settings.guestCookie) cookie = renew({ ticket, tokens: [], since: now }, area, facts, ip, now) ?? cookie
  return admit(ticket, ticket.tokens, undefined, area, facts, cookie, means)
}

/** Who is sent away for the tokens that are missing; and, where such users are not refused by status, for the name. */
function refuse(
  uid: string,
  tokens: readonly string[],
  area: Area,
  facts: Facts,
  cookie: string | undefined,
): Decision | undefined {
  const { settings } = area
  const { unauthUrl, loginUrl, deniedUsers } = settings
  if (deniedUsers === 'redirect' && !area.anyUser && !mayEnter(uid, area, facts)) {
    return send(unauthUrl ?? loginUrl, 'user', area, facts, cookie)
  }
  return lacksTokens(tokens, facts, settings) ? send(unauthUrl ?? loginUrl, 'tokens', area, facts, cookie) : undefined
}
