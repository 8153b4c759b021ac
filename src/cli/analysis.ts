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
import { asksNobody, defaultOf, type Refusal, whyOf } from './reasons.js'

/** Tells about one decision, some lines of text. */
export type Analyst = (id: unknown, request: GuardRequest, decision: Decision) => string

export function createAnalyst(options: GuardOptions): Analyst {
  const guard = createGuard(options)
  const attempts = attemptsFor(options)
  return (id, request, decision) => {
    const area = guard.areaOf(request)
    const lines = [
      `${id === null ? '' : `${JSON.stringify(id)}: `}${request.method} ${pathOf(request.url)}`,
      `  answer: ${answerOf(decision, (refusal) => whyOf(refusal, request, area, options))}`,
      `  area: ${area ? area.name : `none${isOutside(decision) ? `; default: ${defaultOf(options)}` : ''}`}`,
      ...(area ? ruleLines(area, asksNobody(area, options)) : []),
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

/** A path in no area, and not a request that could not be read. */
function isOutside(decision: Decision): boolean {
  return (decision.kind === 'pass' ? (decision.shadow ?? decision) : decision).kind !== 'error'
}

function answerOf(decision: Decision, why: (refusal: Refusal) => string): string {
  const renewed = decision.kind !== 'pass' && decision.setCookies.length > 0 ? '; sets a cookie' : ''
  switch (decision.kind) {
    case 'pass':
      return decision.shadow
        ? `passes (shadow; would be: ${answerOf(decision.shadow, why)})`
        : 'passes; nobody is asked for'
    case 'allow': {
      const { uid, guest } = decision.identity
      return `allowed as ${guest ? 'guest ' : ''}${JSON.stringify(uid)}${decision.keyIndex ? `, by old key ${decision.keyIndex}` : ''}${renewed}`
    }
    case 'redirect':
      return `${decision.status} to ${pathOf(decision.location)}, because ${why(decision)}${renewed}`
    default:
      return `${decision.status}, because ${why(decision)}${renewed}`
  }
}

function ruleLines({ settings, publicKeys }: AreaInfo, nobody: boolean): string[] {
  const tokens = settings.tokens.length > 0 ? `; one of the tokens ${settings.tokens.join(', ')}` : ''
  return [
    `  rule: ${ruleText(settings.require)}${tokens}${settings.requireSsl ? '; TLS' : ''}`,
    publicKeys
      ? signedLine(settings, publicKeys.length)
      : nobody
        ? '  ticket: none is asked for'
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
  const until = claimed.issuedAt + timeout
  const end = timeout === 0 ? 'good for ever' : `${until < request.now ? 'ran out at' : 'good until'} ${instant(until)}`
  const age = `${request.now - claimed.issuedAt} s ago`
  const told = isGenuine(decision)
    ? `ticket of ${instant(claimed.issuedAt)} (${age}), ${end}`
    : `ticket says ${instant(claimed.issuedAt)} (${age}, not verified)`
  return [`  clock: now ${instant(request.now)}; ${told}`]
}

/** Refusals of tickets that were found genuine. */
const LATER: readonly string[] = ['expired', 'refresh', 'multifactor', 'tokens', 'user']

function isGenuine(decision: Decision): boolean {
  if (decision.kind === 'pass') return decision.shadow !== undefined && isGenuine(decision.shadow)
  return decision.kind === 'allow' ? !decision.identity.guest : LATER.includes(decision.reason)
}

function signedClock(request: GuardRequest, decision: Decision, area: AreaInfo): string[] {
  const claimed = claimedSigned(request, area)
  if (claimed === undefined) return []
  const { validUntil, gracePeriod } = claimed
  const now = `  clock: now ${instant(request.now)}; ticket`
  const address = decision.kind !== 'pass' && decision.kind !== 'allow' && decision.reason === 'address'
  if (!isGenuine(decision) && !address) return [`${now} says until ${instant(validUntil)} (not verified)`]
  const grace = gracePeriod === 0 ? '' : `, wants a refresh from ${instant(gracePeriod)}`
  return [`${now} ${validUntil < request.now ? 'ran out at' : 'good until'} ${instant(validUntil)}${grace}`]
}

function instant(time: number): string {
  return new Date(time * 1000).toISOString().replace('.000Z', 'Z')
}
