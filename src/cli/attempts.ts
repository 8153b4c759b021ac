/** What would have let a request in: the same request, decided again with one thing changed. */

import type { KeyOptions } from '../config/keyring.js'
import { DIALECTS } from '../engine/dialects.js'
import { findCookie } from '../http/cookie.js'
import { flatHeaders, headerOf } from '../http/headers.js'
import type { AreaInfo, Decision, GuardRequest } from '../policy/decision.js'
import { createGuard } from '../policy/guard.js'
import type { AreaOptions, GuardOptions } from '../policy/options.js'
import { peekSignedTicket } from '../pubtkt/peek.js'
import { peekTicket } from '../ticket/peek.js'
import type { Dialect, Digest, Reason } from '../types.js'
import { shapeAdvice } from './attempts-shape.js'
import { signedAttempts } from './attempts-signed.js'
import { reasonText } from './reasons.js'

/** Advice for one refused request. */
export type Attempts = (request: GuardRequest, decision: Decision, area: AreaInfo | undefined) => string[]

type Refused = Exclude<Decision, { kind: 'allow' | 'pass' }>

export interface Attempt {
  readonly advice: string
  readonly options: GuardOptions
  change?(request: GuardRequest, area: AreaInfo): GuardRequest
}

export function attemptsFor(options: GuardOptions): Attempts {
  const guards = new Map<GuardOptions, ReturnType<typeof createGuard>>()
  const guardFor = (changed: GuardOptions) => {
    const guard = guards.get(changed) ?? createGuard({ ...changed, selfTest: false })
    guards.set(changed, guard)
    return guard
  }
  const attempts = attemptsWith(options)
  const ofSigned = signedAttempts(options)
  const unlisted = { ...withKeys(options, { strict: undefined }), allowShiftableFields: true }
  return (request, decision, area) => {
    if (!area || decision.kind === 'allow' || decision.kind === 'pass') return []
    if (decision.reason === 'absent') return [absence(request, area)]
    if (decision.reason === 'user') return strictness(guardFor(unlisted).decide(request))
    if (!REASONS.includes(decision.reason)) return []
    const signed = area.publicKeys !== undefined
    const found = (signed ? ofSigned : attempts).flatMap(({ advice, options: changed, change }) => {
      const then = guardFor(changed).decide(change ? change(request, area) : request)
      if (isLetIn(then)) return [advice]
      return signed && isFurther(decision, then) ? [`${advice}; then ${reasonText(then.reason, area)}`] : []
    })
    const odd = decision.reason === 'malformed' || decision.reason === 'digest'
    return found.length === 0 && odd ? shapeAdvice(request, area) : found
  }
}

const REASONS: readonly Reason[] = ['digest', 'signature', 'malformed', 'expired', 'future', 'address']
/** In the order in which signed tickets are checked. */
const STEPS: readonly Reason[] = ['malformed', 'signature', 'address', 'expired']

/** Refused as before, but for what is looked at later. */
function isFurther(before: Refused, then: Decision): then is Refused {
  if (then.kind === 'allow' || then.kind === 'pass') return false
  return STEPS.indexOf(then.reason) > STEPS.indexOf(before.reason)
}

/** Without the lists, another answer: it was a list that refused, and no rule. */
function strictness(decision: Decision): string[] {
  if (decision.kind !== 'allow' && decision.kind !== 'pass' && decision.reason === 'user') return []
  return ["the key's strict list lacks this user, or one of the ticket's tokens: add them (keys[].strict)"]
}

/** Whether the ticket itself is good now: whoever is refused for tokens or by the rules has shown a good one. */
function isLetIn(decision: Decision): boolean {
  if (decision.kind === 'allow') return !decision.identity.guest
  return decision.kind !== 'pass' && ['tokens', 'user', 'refresh', 'multifactor'].includes(decision.reason)
}

/** What signs tickets of each dialect; yola's are mod_auth_tkt's. */
const WHO = {
  apache: "Apache's mod_auth_tkt",
  lighttpd: "lighttpd's mod_authn_tkt",
  paste: 'Paste',
  pyramid: 'Pyramid',
  repoze: 'repoze.who',
  plone: 'plone.session',
  'php-contrib': 'contrib/auth_ticket.inc.php with its cipher',
  'passport-authtkt': 'passport-authtkt',
} as const satisfies Partial<Record<Dialect, string>>

function attemptsWith(options: GuardOptions): Attempt[] {
  return [
    {
      advice: 'the login does not bind the address (it signs 0.0.0.0): set IgnoreIP (ignoreIp)',
      options: everywhere(options, { ignoreIp: true }),
    },
    {
      advice: 'the ticket binds the client address: switch IgnoreIP (ignoreIp) off',
      options: everywhere(options, { ignoreIp: false }),
    },
    {
      advice: 'the ticket is good, but has run out (Timeout, timeout), or the clocks differ',
      options: everywhere(options, { timeout: 0, maxAge: null, clockSkew: null }),
    },
    ...(['md5', 'sha1', 'sha256', 'sha512'] as const satisfies Digest[]).map((digest) => ({
      advice: `the login signs with ${digest}: set DigestType (digest)`,
      options: withKeys(options, { digest }),
    })),
    ...(Object.keys(WHO) as (keyof typeof WHO)[]).map((dialect) => ({
      advice: `the login signs as ${WHO[dialect]} does: set the dialect ${dialect}`,
      options: withDialect(options, dialect),
    })),
    {
      advice: 'the ticket binds the address in X-Forwarded-For: list the proxy in trustedProxies',
      options,
      change: behindProxy,
    },
    {
      advice: 'the ticket binds 127.0.0.1: it was made by a login behind a proxy of its own',
      options,
      change: (request) => ({ ...request, ip: '127.0.0.1' }),
    },
  ]
}

/** The options with some settings changed, wherever they are set. */
export function everywhere(options: GuardOptions, settings: AreaOptions): GuardOptions {
  const areas = (list: AreaOptions[] | undefined) => list?.map((area) => ({ ...area, ...settings }))
  return {
    ...options,
    ...settings,
    areas: areas(options.areas),
    hosts: options.hosts?.map((host) => ({ ...host, ...settings, ...(host.areas && { areas: areas(host.areas) }) })),
  }
}

/** Keys of another dialect, in its only digest if it has but one. That fields can be shifted is no matter for a question. */
function withDialect(options: GuardOptions, dialect: Dialect): GuardOptions {
  const change = DIALECTS[dialect].hmac ? ({ dialect, digest: 'sha256' } as const) : { dialect }
  return { ...withKeys(options, change), allowShiftableFields: true }
}

/** The options with all keys changed, wherever they are. A plone key has one digest only. */
function withKeys(
  options: GuardOptions,
  change: Partial<Pick<KeyOptions, 'digest' | 'dialect' | 'strict'>>,
): GuardOptions {
  type Keys = GuardOptions['keys']
  const keys = (list: Keys): Keys =>
    list?.map((key) => (key.dialect === 'plone' && !change.dialect ? key : { ...key, ...change }))
  const areas = (list: AreaOptions[] | undefined) =>
    list?.map((area) => ({ ...area, ...(area.keys && { keys: keys(area.keys) }) }))
  return {
    ...options,
    keys: keys(options.keys),
    areas: areas(options.areas),
    hosts: options.hosts?.map((host) => ({
      ...host,
      ...(host.keys && { keys: keys(host.keys) }),
      ...(host.areas && { areas: areas(host.areas) }),
    })),
  }
}

function behindProxy(request: GuardRequest): GuardRequest {
  const forwarded = headerOf(flatHeaders(request.headers), 'x-forwarded-for')
  return { ...request, ip: forwarded?.split(',')[0]?.trim() ?? request.ip }
}

/** Names of cookies are no secret; which of them looks like a ticket helps most. */
function absence(request: GuardRequest, { settings }: AreaInfo): string {
  const header = headerOf(flatHeaders(request.headers), 'cookie')
  if (header === undefined) return 'the request has no Cookie header: is the cookie set for this host and path?'
  const names = [
    ...new Set(
      header.split(/[;,]\s*/).flatMap((pair) => (pair.includes('=') ? [pair.slice(0, pair.indexOf('=')).trim()] : [])),
    ),
  ]
  const peek = settings.authType === 'mod_auth_pubtkt' ? peekSignedTicket : peekTicket
  const ticket = names.find((name) => peek(findCookie(header, name) ?? '') !== undefined)
  if (ticket !== undefined)
    return `cookie ${printable(ticket)} looks like a ticket: set CookieName (cookieName, now ${settings.cookieName})`
  return `the request has other cookies only: ${names.map(printable).join(', ')}`
}

const printable = (text: string) => text.replace(/[^!-~]/g, '?').slice(0, 40)
