/** `explain --human`: which area, which rule, which clock, why, and what would have let the request in. */

import { findCookie } from '../http/cookie.js'
import { flatHeaders, headerOf } from '../http/headers.js'
import type { AreaInfo, Decision, GuardRequest } from '../policy/decision.js'
import { createGuard } from '../policy/guard.js'
import type { GuardOptions } from '../policy/options.js'
import type { Rule } from '../policy/require.js'
import type { Settings } from '../policy/settings.js'
import { peekTicket } from '../ticket/peek.js'
import { attemptsFor } from './attempts.js'
import { claimedSigned } from './attempts-signed.js'

/** Tells about one decision, some lines of text. */
export type Analyst = (id: unknown, request: GuardRequest, decision: Decision) => string

export function createAnalyst(options: GuardOptions): Analyst {
  const guard = createGuard(options)
  const attempts = attemptsFor(options)
  return (id, request, decision) => {
    const area = guard.areaOf(request)
    const lines = [
      `${id === null ? '' : `${JSON.stringify(id)}: `}${request.method} ${pathOf(request.url)}`,
      `  answer: ${answerOf(decision, area)}`,
      `  area: ${area ? area.name : 'none; the default applies'}`,
      ...(area ? ruleLines(area) : []),
      ...clockLines(request, decision, area),
      ...attempts(request, decision, area).map((text) => `  try: ${text}`),
    ]
    return `${lines.join('\n')}\n\n`
  }
}

/** A query may hold a ticket. */
function pathOf(url: string): string {
  return url.includes('?') ? `${url.slice(0, url.indexOf('?'))}?...` : url
}

function answerOf(decision: Decision, area: AreaInfo | undefined): string {
  const renewed = decision.kind !== 'pass' && decision.setCookies.length > 0 ? '; sets a cookie' : ''
  switch (decision.kind) {
    case 'pass':
      return decision.shadow
        ? `passes (shadow; would be: ${answerOf(decision.shadow, area)})`
        : 'passes; nobody is asked for'
    case 'allow': {
      const { uid, guest } = decision.identity
      return `allowed as ${guest ? 'guest ' : ''}${JSON.stringify(uid)}${decision.keyIndex ? `, by old key ${decision.keyIndex}` : ''}${renewed}`
    }
    case 'redirect':
      return `${decision.status} to ${pathOf(decision.location)}, because ${whyOf(decision.reason, area)}${renewed}`
    default:
      return `${decision.status}, because ${whyOf(decision.reason, area)}${renewed}`
  }
}

function whyOf(reason: string, area: AreaInfo | undefined): string | undefined {
  return (area?.publicKeys && WHY_SIGNED[reason]) ?? WHY[reason]
}

const WHY_SIGNED: Readonly<Record<string, string>> = {
  signature: 'no public key of this place belongs to the key that signed the ticket',
  address: 'the ticket is of another client address',
  refresh: 'the ticket is past its grace period, and wants a refresh',
  multifactor: 'the ticket does not say that there was a second factor',
}

const WHY: Readonly<Record<string, string>> = {
  absent: 'there is no ticket',
  malformed: 'what was sent is no well-formed ticket or request',
  'too-long': 'the ticket is too long',
  digest: 'no key of the ring made this ticket for this address',
  address: 'a ticket cannot be bound to this client address',
  expired: 'the ticket has run out',
  future: 'the ticket lies in the future',
  tokens: 'the ticket lacks the tokens asked for',
  user: 'the rules do not name this user, address or method',
  insecure: 'the request did not come over TLS',
  config: 'the place is not fully configured',
}

function ruleLines({ settings, publicKeys }: AreaInfo): string[] {
  const tokens = settings.tokens.length > 0 ? `; one of the tokens ${settings.tokens.join(', ')}` : ''
  return [
    `  rule: ${ruleText(settings.require)}${tokens}${settings.requireSsl ? '; TLS' : ''}`,
    publicKeys
      ? signedLine(settings, publicKeys.length)
      : `  ticket: cookie ${settings.cookieName}${settings.urlTickets ? ' or the argument of that name' : ''}, ${settings.ignoreIp ? 'bound to no address' : 'bound to the client address'}`,
  ]
}

function signedLine({ ticketHeaders, cookieName, ignoreIp, requireMultifactor }: Settings, keys: number): string {
  const places = ticketHeaders.map((name) => (/^cookie$/i.test(name) ? `cookie ${cookieName}` : `header ${name}`))
  const factor = requireMultifactor ? '; with a second factor' : ''
  const bound = ignoreIp ? 'of any address' : 'of the address that it names'
  return `  ticket: signed, in ${places.join(', or ')}, ${bound}; public keys: ${keys}${factor}`
}

function ruleText(rule: Rule): string {
  if (typeof rule === 'string') return rule
  const [[kind, value]] = Object.entries(rule) as [[string, string[] | Rule | Rule[]]]
  if (kind === 'not') return `not (${ruleText(value as Rule)})`
  const texts = (value as (string | Rule)[]).map((one) =>
    typeof one === 'string' && kind.endsWith('s') ? one : ruleText(one as Rule),
  )
  return `${kind} of (${texts.join(', ')})`
}

/** The ticket's own clock, as it claims it. */
function clockLines(request: GuardRequest, decision: Decision, area: AreaInfo | undefined): string[] {
  if (area?.publicKeys) return signedClock(request, decision, area)
  const value = area && findCookie(headerOf(flatHeaders(request.headers), 'cookie'), area.settings.cookieName)
  const claimed = value === undefined ? undefined : peekTicket(value)
  if (!area || !claimed) return []
  const { timeout } = area.settings
  const age = request.now - claimed.issuedAt
  const end = timeout === 0 ? 'good for ever' : `good until ${instant(claimed.issuedAt + timeout)}`
  const verified = decision.kind === 'allow' && !decision.identity.guest
  return [
    `  clock: now ${instant(request.now)}; ticket of ${instant(claimed.issuedAt)} (${age} s ago${verified ? '' : ', not verified'}), ${end}`,
  ]
}

function signedClock(request: GuardRequest, decision: Decision, area: AreaInfo): string[] {
  const claimed = claimedSigned(request, area)
  if (claimed === undefined) return []
  const { validUntil, gracePeriod } = claimed
  const grace = gracePeriod === 0 ? '' : `, wants a refresh from ${instant(gracePeriod)}`
  const verified = decision.kind === 'allow' ? '' : ' (not verified)'
  return [`  clock: now ${instant(request.now)}; ticket good until ${instant(validUntil)}${grace}${verified}`]
}

function instant(time: number): string {
  return new Date(time * 1000).toISOString().replace('.000Z', 'Z')
}
