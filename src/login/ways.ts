/** The way back of one request: where it says so, whether it counts, and how it travels on. */

import { findCookie } from '../http/cookie.js'
import { argument, checkBack, decodeAscii } from './back.js'
import type { Asked, Desk } from './desk.js'

export interface WayBack {
  /** Absolute and checked; undefined where nobody asked to go on. */
  readonly url: string | undefined
  /** Somebody asked to go on to where nobody is sent. */
  readonly refused: boolean
}

/** Also read where the guard calls it something else: what the modules call it. */
const USUAL = 'back'

/** What the query, or the guard's back cookie, says. */
export function wayBackOf(desk: Desk, { visit, origin }: Asked): WayBack {
  const { backArgName, backCookieName } = visit.settings
  const names = new Set([backArgName ?? USUAL, USUAL])
  const inQuery = [...names]
    .map((name) => argument(visit.query, name))
    .find((text) => text !== undefined && text !== '')
  const inCookie = backCookieName === null ? undefined : findCookie(visit.cookies, backCookieName)
  const text = inQuery ?? (inCookie === undefined ? undefined : decodeAscii(inCookie))
  return wayBack(desk, origin, text)
}

export function wayBack(desk: Desk, origin: string, text: string | undefined | null): WayBack {
  if (text === undefined || text === null || text === '') return { url: undefined, refused: false }
  const url = checkBack(text, origin, desk.back)
  return { url, refused: url === undefined }
}

/** A page of the login, with an argument or none and the way back in its query. */
export function pageUrl(desk: Desk, page: string, way: WayBack, argument?: string): string {
  const back = way.url === undefined ? undefined : `${USUAL}=${encodeURIComponent(way.url)}`
  const query = [argument, back].filter((one) => one !== undefined).join('&')
  return `${desk.path}${page}${query === '' ? '' : `?${query}`}`
}

/** Where somebody goes who has nowhere to go. */
export function homeOf({ home }: Desk, origin: string): string {
  return new URL(home, origin).href
}
