/** The login's own small cookies: for its pages only, out of reach of scripts, never of another site's requests. */

import { findCookie } from '../http/cookie.js'
import { setCookie } from '../http/set-cookie.js'

export interface OwnCookies {
  find(name: string): string | undefined
  /** All values under a name: a neighbouring site can put one of its own in front of ours. */
  all(name: string): string[]
  /** Names that begin with `start`, in the order of the header. */
  named(start: string): string[]
  /** `maxAge`: seconds; left out: with the browser. */
  set(name: string, value: string, maxAge?: number): string
  drop(name: string): string
}

/** Of one name; more than these nobody has who is not up to something. */
const VALUES = 4

/** `path`: where they are sent to. */
export function ownCookies(header: string | undefined, path: string, tls: boolean): OwnCookies {
  const pairs = (header ?? '').split(';').map((part) => {
    const equals = part.indexOf('=')
    return [part.slice(0, equals).trim(), part.slice(equals + 1).trim()] as const
  })
  const set = (name: string, value: string, maxAge: number | null) =>
    setCookie(name, value, undefined, {
      domain: undefined,
      secure: tls,
      httpOnly: true,
      // Lax: the way back from a provider is another site's link.
      sameSite: 'Lax',
      maxAge,
      text: 'rfc6265',
    }).replace('; path=/', `; path=${path}`)
  return {
    find: (name) => findCookie(header, name),
    all: (name) => pairs.flatMap(([key, value]) => (key === name ? [value] : [])).slice(0, VALUES),
    named: (start) => pairs.flatMap(([key]) => (key.startsWith(start) ? [key] : [])),
    set: (name, value, maxAge) => set(name, value, maxAge ?? null),
    drop: (name) => set(name, '', 0),
  }
}
