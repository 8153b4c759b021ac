/** Looking for a signed ticket in the headers of a request as mod_auth_pubtkt does (get_header_ticket, cookie_match). */

import { headerOf, trimValue } from './headers.js'

/** What is searched: the cookies by name, and other headers. */
export interface Places {
  /** In the order in which they are searched; Cookie, in any case, stands for the cookies. */
  readonly headers: readonly string[]
  /** The cookie's name and `=`. */
  readonly cookieKey: string
  /** The cookie's name may be the end of another one. */
  readonly suffix: boolean
}

/** How far a search has come. */
export interface Search {
  /** Index of the header that is searched next, and where in the cookies. */
  header: number
  from: number
  /** The value that was found last was a cookie's. */
  cookie: boolean
  /** How many have been found. */
  tried: number
}

/** No browser sends as many. Each may have to be decoded to its end, and clients could name the cookie a thousand times. */
const TRIES_MAX = 16

export function startSearch(): Search {
  return { header: 0, from: 0, cookie: false, tried: 0 }
}

/** The next value that may hold a ticket; undefined where there are no more. `search` is moved behind it. */
export function nextValue(
  places: Places,
  search: Search,
  cookies: string | undefined,
  flat: readonly string[],
): string | undefined {
  const { headers } = places
  if (search.tried++ >= TRIES_MAX) return undefined
  for (; search.header < headers.length; skipHeader(search)) {
    const name = headers[search.header] as string
    const value = isCookie(name) ? nextCookie(places, search, cookies) : otherHeader(search, flat, name)
    if (value !== undefined) return value
  }
  return undefined
}

/** Whatever else this header has is not looked at. */
export function skipHeader(search: Search): void {
  search.header++
  search.from = 0
}

function isCookie(name: string): boolean {
  return name.length === 6 && name.toLowerCase() === 'cookie'
}

function nextCookie({ cookieKey, suffix }: Places, search: Search, cookies: string | undefined): string | undefined {
  if (cookies === undefined) return undefined
  for (;;) {
    const at = cookies.indexOf(cookieKey, search.from)
    if (at < 0) return undefined
    search.from = at + cookieKey.length
    if (!suffix && at > 0 && cookies[at - 1] !== ' ' && cookies[at - 1] !== ';') continue
    const semicolon = cookies.indexOf(';', search.from)
    const value = semicolon < 0 ? cookies.slice(search.from) : cookies.slice(search.from, semicolon)
    if (value === '') continue
    search.cookie = true
    return withoutQuotes(value)
  }
}

/** A quote at either end, each on its own. */
function withoutQuotes(value: string): string {
  const end = value.endsWith('"') ? value.length - 1 : value.length
  const from = end > 0 && value.startsWith('"') ? 1 : 0
  return from === 0 && end === value.length ? value : value.slice(from, end)
}

/** A header has one value. */
function otherHeader(search: Search, flat: readonly string[], name: string): string | undefined {
  if (search.from > 0) return undefined
  search.from = 1
  search.cookie = false
  const value = headerOf(flat, name.toLowerCase())
  return value === undefined || trimValue(value) === '' ? undefined : trimValue(value)
}
