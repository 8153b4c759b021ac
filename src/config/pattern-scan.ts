/** A regular expression on its way to JavaScript: how far it is read, and what is said where it cannot be. */

import { configError, type Place } from './notes.js'

/** PCRE's \s as the members of a JavaScript set. */
export const SPACE = ' \\t\\n\\v\\f\\r'

export interface Scan {
  readonly source: string
  readonly place: Place
  readonly subject: string
  readonly ignoreCase: boolean
  /** lighttpd's: characters of UTF-8, and neither DOTALL nor DOLLAR_ENDONLY. */
  readonly utf8: boolean
  readonly dotAll: boolean
  at: number
}

export function compiled({ place, subject }: Scan, pattern: string): RegExp {
  try {
    return new RegExp(pattern)
  } catch (error) {
    throw configError(place, subject, 'is no regular expression that JavaScript can read; write it more simply', error)
  }
}

export function unsupported(scan: Scan, what: string, fix: string): never {
  throw configError(scan.place, scan.subject, `has ${what}, which JavaScript's regular expressions lack; ${fix}`)
}
