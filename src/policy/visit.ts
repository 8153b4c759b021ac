/** A request at the sign-in page: who is behind it, whose ticket it brings, and the cookies that sign in and out. */

import { TktError } from '../errors.js'
import { deleteCookie } from '../http/set-cookie.js'
import { isWellFormed, toBytes } from '../ticket/charset.js'
import { fieldError, joinFields } from '../ticket/fields.js'
import type { Dialect, IssueFields } from '../types.js'
import { identityOf, type Means } from './admit.js'
import type { Area, Signing } from './area.js'
import { attributesOf } from './cookies.js'
import type { Facts } from './facts.js'
import type { ParsedGuard } from './options.js'
import type { Settings } from './settings.js'
import { findTicket, isOver, sealed } from './tickets.js'
import {
  FOR_EVER,
  findSignedVisitor,
  mayRefreshSigned,
  refreshSigned,
  type SignedVisitor,
  signedCookie,
} from './visit-signed.js'

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
  /** A signed ticket past its grace period: `refresh` makes the next one. Other tickets are renewed by the guard. */
  readonly due: boolean
}

/** What the next ticket has that the last one has not. */
export interface Renewal {
  /** What is known of the visitor by now; left out: as the ticket says. */
  readonly account?: Pick<Required<IssueFields>, 'tokens' | 'userData'> | undefined
  /** Seconds until the next try: the ticket ends when it would have ended, and asks for a refresh that much later. */
  readonly putOff?: number | undefined
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
  /** Of the tickets that `signIn` makes; undefined without a key, and for signed ones. */
  readonly dialect: Dialect | undefined
  /** The area asks for signed tickets. */
  readonly signed: boolean
  /** Whose good ticket the request brings, tokens and rules left aside: a guest's, too, if guests get one. */
  readonly visitor: Visitor | undefined
  /**
   * A Set-Cookie line with a ticket made with the first key, for this client, with the attributes that the guard's own
   * renewals have.
   * @throws TktError `ERR_TKT_FIELD` on a field that a ticket cannot carry, `ERR_TKT_OPTIONS` where there is no key, or
   * no address that a ticket can be bound to
   * @param password goes into the signed ticket's `bauth`, sealed with the passthruKey; none has it in plain text
   */
  signIn(fields: IssueFields, password?: string): string
  /**
   * The same for the visitor's own signed ticket, with new clocks; undefined where there is none or no private key, where
   * that key opens places to it that its own does not, and where it says what our issuer does not write.
   */
  refresh(renewal?: Renewal): string | undefined
  /** Whether `refresh` may be asked: whose the ticket is and which key made it, and nothing of what it says. Signs nothing. */
  mayRefresh(): boolean
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
  const { settings, ring, signing } = area
  const ip = area.bound(facts.ip)
  const signed = signing && findSignedVisitor(area, signing, facts)
  return {
    ip: facts.ip,
    tls: facts.tls,
    host: facts.host?.text,
    path: facts.target.path,
    query: facts.target.query ?? '',
    cookies: facts.cookies,
    settings,
    hostIndex: area.host,
    dialect: signing === undefined ? ring?.dialect : undefined,
    signed: signing !== undefined,
    visitor: signing === undefined ? findVisitor(area, facts, ip, means) : signed && visitorOf(signed, area, means),
    signIn(fields, password) {
      const bauth = password === undefined ? '' : passthruOf(fields.uid, password, signing)
      return signing === undefined
        ? signIn(fields, area, facts, ip, means)
        : signInSigned(fields, bauth, area, facts, means)
    },
    mayRefresh: () => signed !== undefined && signing !== undefined && mayRefreshSigned(signed, signing, area, facts),
    refresh({ account, putOff } = {}) {
      const fields = account && (() => bytesOf({ uid: '', ...account }, means))
      return signed && signing && refreshSigned(signed, signing, area, facts, fields, putOff)
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

function signIn(fields: IssueFields, area: Area, facts: Facts, ip: string | undefined, means: Means): string {
  if (area.ring === undefined) throw new TktError('ERR_TKT_OPTIONS', 'signIn: there is no key; give keys')
  const cookie = issue(fields, area, facts, ip, means)
  if (cookie !== undefined) return cookie
  throw new TktError(
    'ERR_TKT_OPTIONS',
    "signIn: no ticket can be made for this client: its address is none that a ticket can bind (ipv6: 'bind', ignoreIp), the fields are too long, or the first key's strict list does not have them",
  )
}

function signInSigned(fields: IssueFields, bauth: string, area: Area, facts: Facts, means: Means): string {
  const issuer = area.signing?.issuer
  if (issuer === undefined) {
    throw new TktError('ERR_TKT_OPTIONS', 'signIn: there is no private key to sign tickets with; give signingKey')
  }
  return signedCookie({ ...bytesOf(fields, means), bauth }, facts.request.now, issuer, area, facts)
}

function passthruOf(uid: string, password: string, signing: Signing | undefined): string {
  if (signing?.seal !== undefined) return signing.seal({ uid, password })
  const message =
    'signIn: there is nothing to seal a password with; give passthruKey where signed tickets are asked for'
  throw new TktError('ERR_TKT_OPTIONS', message)
}

function visitorOf({ ticket, tokens, since, due }: SignedVisitor, area: Area, means: Means): Visitor {
  const { maxAge } = area.settings
  const { uid, tokens: labels, userData } = identityOf(ticket, tokens, false, means.decode)
  const end = maxAge === null ? ticket.validUntil : Math.min(ticket.validUntil, since + maxAge)
  const until = end === FOR_EVER ? undefined : end
  return { uid, tokens: labels, userData, issuedAt: since, since, until, due }
}

function findVisitor(area: Area, facts: Facts, ip: string | undefined, means: Means): Visitor | undefined {
  const { settings, ring } = area
  if (ring === undefined) return undefined
  const found = findTicket(area, ring, facts, ip)
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
    due: false,
  }
}

function issue(
  fields: IssueFields,
  area: Area,
  facts: Facts,
  ip: string | undefined,
  means: Means,
): string | undefined {
  joinFields(fields, { plainData: area.ring?.plainData ?? false })
  const { uid, tokens, userData } = bytesOf(fields, means)
  const { now } = facts.request
  return sealed(
    { ticket: { uid, tokens: [], userData, issuedAt: now }, tokens, since: now },
    area,
    facts,
    ip,
    now,
    false,
  )
}

/** The fields as a ticket holds them. */
function bytesOf({ uid, tokens = [], userData = '' }: IssueFields, { decode }: Means): Required<IssueFields> {
  const text = uid + tokens.join() + userData
  if (decode !== undefined && !isWellFormed(text)) throw fieldError('a field has half of a surrogate pair')
  if (decode === undefined && /[\u0100-\uffff]/.test(text)) {
    throw fieldError("a field has a char above U+00FF; charset: 'utf8' would carry it")
  }
  return decode === undefined
    ? { uid, tokens, userData }
    : { uid: toBytes(uid), tokens: tokens.map(toBytes), userData: toBytes(userData) }
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
