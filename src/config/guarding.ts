/** What bears on who may enter, and what is done with it where it is not understood: never passed over in silence. */

import { nearest } from '../policy/nearest.js'
import type { Context } from './context.js'
import { HARMLESS, isKnown, TICKET_NAMES } from './known.js'
import { configError } from './notes.js'
import type { Directive, Statement } from './tree.js'

const AUTH =
  /^(?:TKT|Require|AuthType$|AuthMerging$|AuthGroupFile$|Satisfy$|Order$|Allow$|Deny$|AuthzSend|SSLRequire$)/i
/** What a macro includes, or which places it makes, shows only when it is used. */
const HIDDEN =
  /^(?:Include|IncludeOptional|Use|VirtualHost|(?:Directory|Location|Files)(?:Match)?|DocumentRoot|(?:Script)?Alias(?:Match)?)$/i

/** Is the statement one that bears on who may enter, or does one stand in it? */
export function holdsAuth(statement: Statement): boolean {
  const children = 'children' in statement ? statement.children : []
  const macro = statement.name.toLowerCase() === 'macro' && children.some(({ name }) => HIDDEN.test(name))
  return macro || AUTH.test(statement.name) || meant(statement.name) !== undefined || children.some(holdsAuth)
}

/** Does it, or what is in it, name other files or say what lies where? Unread, it could hide a place that is kept. */
export function maps(statement: Statement): boolean {
  const children = 'children' in statement ? statement.children : []
  return (
    /^(?:Include|IncludeOptional|Use|DocumentRoot|(?:Script)?Alias(?:Match)?)$/i.test(statement.name) ||
    children.some(maps)
  )
}

/** The error for a construct that is not understood, unless it may be skipped; then a note. */
export function forbidSkipping(context: Context, at: Directive, subject: string, why: string): void {
  if (!context.skips(subject)) throw configError(at, subject, `${why}; or allow it by name to be skipped`)
  context.notes.warn(at, `${subject}: skipped, as allowed`)
}

/** The directive that a misspelt one was meant to be: one that bears on who may enter; undefined for other names. */
export function meant(name: string): string | undefined {
  if (isKnown(name) || HARMLESS.has(name.toLowerCase())) return undefined
  return nearest(name, [...TICKET_NAMES, 'Require', 'AuthType'])
}
