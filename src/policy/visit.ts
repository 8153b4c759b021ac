/** A request at the sign-in page: who is behind it, whose ticket it brings, and the cookies that sign in and out. */

import { TktError } from '../errors.js'
import { deleteCookie } from '../http/set-cookie.js'
import { isWellFormed, toBytes } from '../ticket/charset.js'
import { fieldError, joinFields } from '../ticket/fields.js'
import type { Dialect, IssueFields } from '../types.js'
import type { Area } from './area.js'
import { attributesOf } from './cookies.js'
import type { Facts } from './facts.js'
import { identityOf, type Means } from './judge.js'
import type { ParsedGuard } from './options.js'
import type { Settings } from './settings.js'
import { findTicket, isOver, sealed } from './tickets.js'

/** Somebody with a good ticket. */
export interface Visitor {
  readonly uid: string
  readonly tokens: readonly string[]
  readonly userData: string
  /** Unix time of the ticket. */
  readonly issuedAt: number
  /** Unix time of the first sign-in, where the guard keeps it (`maxAge`); else `issuedAt`. */
  readonly since: number
  /** Unix time until which the ticket is good if nothing renews it; undefined: for ever. */
  readonly until: number | undefined
}

/** A request as the guard sees it, for whoever signs people in. */
export interface Visit {
  /** The client, behind all trusted proxies. */
  readonly ip: string | undefined
  readonly tls: boolean
  /** What the client calls this server, with its port. */
  readonly host: string | undefined
  /** Decoded path and the query as it came. */
  readonly path: string
  readonly query: string
  readonly cookies: string | undefined
  readonly settings: Settings
  /** The entry of `hosts` that it belongs to; undefined: the main server's. */
  readonly hostIndex: number | undefined
  /** Of the tickets that `signIn` makes; undefined without a key. */
  readonly dialect: Dialect | undefined
  /** Whose good ticket the request brings, tokens and rules left aside: a guest's, too, if guests get one. */
  readonly visitor: Visitor | undefined
  /**
   * A Set-Cookie line with a ticket made with the first key, for this client, with the attributes that the guard's own
   * renewals have.
   * @throws TktError `ERR_TKT_FIELD` on a field that a ticket cannot carry, `ERR_TKT_OPTIONS` where there is no key, or
   * no address that a ticket can be bound to
   */
  signIn(fields: IssueFields): string
  /** Set-Cookie lines that delete the ticket cookie under each name and each domain of this guard that the host is in. */
  signOut(): string[]
  /** A Set-Cookie line that deletes the back cookie; undefined where none is configured. */
  dropBackCookie(): string | undefined
}

/** Cookie names and domains that areas of a guard use. */
export interface CookiePlaces {
  readonly names: readonly string[]
  readonly domains: readonly string[]
}

export function cookiePlaces(options: ParsedGuard): CookiePlaces {
  const { areas = [], hosts = [] } = options
  const levels = [options, ...areas, ...hosts, ...hosts.flatMap((host) => host.areas ?? [])]
  const domains = levels.flatMap(({ cookieDomain }) => cookieDomain ?? []).map((domain) => domain.replace(/:.*/s, ''))
  return {
    names: [...new Set(levels.flatMap(({ cookieName }) => cookieName ?? []))],
    domains: [...new Set(domains)],
  }
}

export function visitOf(area: Area, facts: Facts, means: Means, places: CookiePlaces): Visit {
  const { settings, ring } = area
  const ip = area.bound(facts.ip)
  return {
    ip: facts.ip,
    tls: facts.tls,
    host: facts.host?.text,
    path: facts.target.path,
    query: facts.target.query ?? '',
    cookies: facts.cookies,
    settings,
    hostIndex: area.host,
    dialect: ring?.dialect,
    visitor: ring === undefined ? undefined : findVisitor(area, facts, ip, means),
    signIn(fields) {
      if (ring === undefined) throw new TktError('ERR_TKT_OPTIONS', 'signIn: there is no key; give keys')
      const cookie = issue(fields, area, facts, ip, means)
      if (cookie !== undefined) return cookie
      throw new TktError(
        'ERR_TKT_OPTIONS',
        "signIn: no ticket can be made for this client: its address is none that a ticket can bind (ipv6: 'bind', ignoreIp), the fields are too long, or the first key's strict list does not have them",
      )
    },
    signOut: () => deletions(facts, settings, places),
    dropBackCookie() {
      const { backCookieName } = settings
      return backCookieName === null
        ? undefined
        : deleteCookie(backCookieName, facts.request.now, attributesOf(facts, settings))
    },
  }
}

function findVisitor(area: Area, facts: Facts, ip: string | undefined, means: Means): Visitor | undefined {
  const { settings, ring } = area
  const found = findTicket(area, ring as NonNullable<typeof ring>, facts, ip)
  if (typeof found === 'string' || isOver(found, facts, settings)) return undefined
  const { ticket, tokens, since } = found
  const { timeout, maxAge } = settings
  const ends = [...(timeout === 0 ? [] : [ticket.issuedAt + timeout]), ...(maxAge === null ? [] : [since + maxAge])]
  const { uid, tokens: labels, userData } = identityOf(ticket, tokens, false, means.decode)
  return {
    uid,
    tokens: labels,
    userData,
    issuedAt: ticket.issuedAt,
    since,
    until: ends.length === 0 ? undefined : Math.min(...ends),
  }
}

function issue(
  fields: IssueFields,
  area: Area,
  facts: Facts,
  ip: string | undefined,
  means: Means,
): string | undefined {
  const joined = joinFields(fields, { plainData: area.ring?.plainData ?? false })
  if (means.decode !== undefined && !isWellFormed(joined)) throw fieldError('a field has half of a surrogate pair')
  const encode = means.decode === undefined ? (text: string) => text : toBytes
  const { uid, tokens = [], userData = '' } = fields
  const { now } = facts.request
  const ticket = { uid: encode(uid), tokens: [], userData: encode(userData), issuedAt: now }
  if (/[\u0100-\uffff]/.test(ticket.uid + tokens.map(encode).join() + ticket.userData)) {
    throw fieldError("a field has a char above U+00FF; charset: 'utf8' would carry it")
  }
  return sealed({ ticket, tokens: tokens.map(encode), since: now }, area, facts, ip, now, false)
}

/** Deletions for other hosts' domains would be dropped by the browser. */
function deletions(facts: Facts, settings: Settings, { names, domains }: CookiePlaces): string[] {
  const attributes = attributesOf(facts, settings)
  const host = facts.host?.name.toLowerCase() ?? ''
  const covering = domains.filter((domain) => {
    const bare = domain.replace(/^\./, '').toLowerCase()
    return host === bare || host.endsWith(`.${bare}`)
  })
  const all = new Set([attributes.domain, undefined, ...covering])
  return [...new Set([settings.cookieName, ...names])].flatMap((name) =>
    [...all]
      // A cookie of this host alone has no domain, and browsers drop what says otherwise.
      .filter((domain) => domain === undefined || !name.startsWith('__Host-'))
      .map((domain) =>
        deleteCookie(name, facts.request.now, {
          ...attributes,
          domain,
          secure: attributes.secure || name.startsWith('__'),
        }),
      ),
  )
}
