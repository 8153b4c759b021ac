/** The login's own small cookies: for its pages only, out of reach of scripts, never of another site's requests. */

import { findCookie } from '../http/cookie.js'
import { setCookie } from '../http/set-cookie.js'

export interface OwnCookies {
  find(name: string): string | undefined
  /** Names that begin with `start`, in the order of the header. */
  named(start: string): string[]
  /** `maxAge`: seconds; left out: with the browser. */
  set(name: string, value: string, maxAge?: number): string
  drop(name: string): string
}

/** `path`: where they are sent to. */
export function ownCookies(header: string | undefined, path: string, tls: boolean): OwnCookies {
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
    named: (start) =>
      (header ?? '').split(';').flatMap((part) => {
        const name = part.slice(0, part.indexOf('=')).trim()
        return name.startsWith(start) ? [name] : []
      }),
    set: (name, value, maxAge) => set(name, value, maxAge ?? null),
    drop: (name) => set(name, '', 0),
  }
}
