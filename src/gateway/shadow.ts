/**
 * Shadow mode: what the guard would have done, held against what the old server did. Nothing is enforced. What an
 * application answers by itself cannot be told from what a guard answers for it: such cases are `unclear`.
 */

import type { Decision } from '../policy/decision.js'
import type { GuardOptions } from '../policy/options.js'
import { URL_SETTINGS } from '../policy/settings.js'
import { peekTicket } from '../ticket/peek.js'
import { levelsOf, ticketCookies } from './ticket-headers.js'

export interface Comparison {
  readonly outcome: 'same' | 'differs' | 'unclear'
  /** What differs, for people; never a cookie's value or a query. */
  readonly differences: readonly string[]
}

export interface OldAnswer {
  readonly status: number
  /** Header lines: name, value, name, value ... */
  readonly lines: readonly string[]
}

/** What is known beforehand of how a site's answers look. */
export interface Signs {
  /** Where who is kept out is sent, in lower case. */
  readonly urls: readonly string[]
  /** Cookies that the guard sets. */
  readonly cookieNames: readonly string[]
}

/** Seconds between two clocks that were read for one request. */
const APART = 2

export function signsOf(options: GuardOptions): Signs {
  const levels = levelsOf(options)
  const urls = levels.flatMap((level) => URL_SETTINGS.flatMap((name) => level[name] ?? []))
  const backs = levels.flatMap(({ backCookieName }) => backCookieName ?? [])
  const cookieNames = [...new Set([...ticketCookies(options), ...backs])]
  return { urls: [...new Set(urls.map((url) => url.toLowerCase()))], cookieNames }
}

export function compare(ours: Decision, theirs: OldAnswer, signs: Signs): Comparison {
  const location = valuesOf(theirs.lines, 'location')[0]
  const status = ours.kind === 'allow' || ours.kind === 'pass' ? 200 : ours.status
  if (status === 200) return compareEntry(ours, theirs, location, signs)
  if (theirs.status < 300 || theirs.status === 304) {
    return differs(`the old server lets in, we would answer ${status}`)
  }
  if (theirs.status !== status) return differs(`the old server answers ${theirs.status}, we would answer ${status}`)
  const differences = cookieDifferences(ours, theirs, signs)
  if (ours.kind === 'redirect' && location !== ours.location)
    differences.unshift(locationDifference(location, ours.location))
  return differences.length === 0 ? SAME : { outcome: 'differs', differences }
}

const SAME: Comparison = { outcome: 'same', differences: [] }

function differs(difference: string): Comparison {
  return { outcome: 'differs', differences: [difference] }
}

/** We would let the request in; the answer is the application's, unless it looks like a guard's. */
function compareEntry(ours: Decision, theirs: OldAnswer, location: string | undefined, signs: Signs): Comparison {
  const { status } = theirs
  if (status >= 300 && status < 400 && location !== undefined && isAway(location, signs.urls)) {
    return differs(`the old server sends away (${status}), we would let in`)
  }
  if (status === 401 || status === 403 || status === 500) {
    return { outcome: 'unclear', differences: [`the old server answers ${status}, we would let in`] }
  }
  const differences = cookieDifferences(ours, theirs, signs)
  return differences.length === 0 ? SAME : { outcome: 'differs', differences }
}

/** A relative login URL has become an absolute one. */
function isAway(location: string, urls: readonly string[]): boolean {
  const lower = location.toLowerCase()
  return urls.some((url) => lower.startsWith(url) || (!url.startsWith('http') && lower.includes(url)))
}

function locationDifference(theirs: string | undefined, ours: string): string {
  const [before = '', query = ''] = cut(ours)
  const [old = '', oldQuery = ''] = cut(theirs ?? '')
  if (theirs === undefined) return `the old server names no location, we would send to ${before}`
  if (old !== before) return `the old server sends to ${old}, we would send to ${before}`
  return `location ${before}: the back URL differs (${oldQuery.length} and ${query.length} chars)`
}

function cut(url: string): [string, string] {
  const at = url.search(/[?#]/)
  return at < 0 ? [url, ''] : [url.slice(0, at), url.slice(at)]
}

function cookieDifferences(ours: Decision, theirs: OldAnswer, { cookieNames }: Signs): string[] {
  const expected = ours.kind === 'pass' ? [] : ours.setCookies.map(readCookie)
  const found = valuesOf(theirs.lines, 'set-cookie')
    .map(readCookie)
    .filter(({ name }) => cookieNames.includes(name))
  const guest = ours.kind === 'allow' && ours.identity.guest
  return cookieNames.flatMap((name) => {
    const one = expected.findLast((cookie) => cookie.name === name)
    const other = found.findLast((cookie) => cookie.name === name)
    if (one === undefined && other === undefined) return []
    if (other === undefined) return [`cookie ${name}: we would set it, the old server does not`]
    if (one === undefined) return [`cookie ${name}: the old server sets it, we would not`]
    return cookieDifference(one, other, guest)
  })
}

interface Cookie {
  readonly name: string
  readonly value: string
  /** Names and values, dates left out: they move with the clock. */
  readonly attributes: string
}

function readCookie(line: string): Cookie {
  const [pair = '', ...attributes] = line.split(';').map((part) => part.trim())
  const at = pair.indexOf('=')
  const kept = attributes.map((text) => text.replace(/^expires=.*$/is, 'expires').toLowerCase()).sort()
  return { name: pair.slice(0, at), value: pair.slice(at + 1), attributes: kept.join('; ') }
}

function cookieDifference(ours: Cookie, theirs: Cookie, guest: boolean): string[] {
  const differences: string[] = []
  if (ours.attributes !== theirs.attributes) {
    differences.push(
      `cookie ${ours.name}: the old server's attributes are "${theirs.attributes}", ours "${ours.attributes}"`,
    )
  }
  if (!sameValue(ours.value, theirs.value, guest)) differences.push(`cookie ${ours.name}: the values differ`)
  return differences
}

/** Two tickets for one user, made in the same moment; guests have made-up names. */
function sameValue(ours: string, theirs: string, guest: boolean): boolean {
  if (ours === theirs) return true
  const [one, other] = [peekTicket(ours), peekTicket(theirs)]
  if (one === undefined || other === undefined) return false
  const fields = ({ uid, tokens, userData }: NonNullable<typeof one>) =>
    JSON.stringify([guest || uid, tokens, userData])
  return fields(one) === fields(other) && Math.abs(one.issuedAt - other.issuedAt) <= APART
}

function valuesOf(lines: readonly string[], wanted: string): string[] {
  const values: string[] = []
  for (let i = 0; i < lines.length; i += 2) {
    if ((lines[i] as string).toLowerCase() === wanted) values.push(lines[i + 1] as string)
  }
  return values
}
