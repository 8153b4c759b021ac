/** What bears on who may enter, and what is done with it where it is not understood: never passed over in silence. */

import { nearest } from '../policy/nearest.js'
import type { Context } from './context.js'
import { HARMLESS, isKnown, SIGNED_NAMES, TICKET_NAMES } from './known.js'
import { configError } from './notes.js'
import type { Directive, Statement } from './tree.js'
import { words } from './words.js'

/** What a macro holds shows only when it is used: every part of it can be an argument. */
const AUTH =
  /^(?:TKT|Require|AuthType$|AuthMerging$|AuthGroupFile$|Satisfy$|Order$|Allow$|Deny$|AuthzSend|SSLRequire(?:SSL)?$|Macro$|Use$)/i
/** Checks of other modules. */
const HOOKS =
  /^(?:Perl(?:Access|Authen|Authz)Handler|WSGI(?:Access|AuthUser|AuthGroup)Script|LuaHook(?:Access|Auth).*)$/i

/** Is the statement one that bears on who may enter, or does one stand in it? */
export function holdsAuth(statement: Statement): boolean {
  const children = 'children' in statement ? statement.children : []
  return bears(statement.name) || children.some(holdsAuth)
}

/** Does the name alone say so? */
export function bears(name: string): boolean {
  return AUTH.test(name) || HOOKS.test(name) || meant(name) !== undefined
}

/** Does it, or what is in it, say anything that is read here? Unread, it could hide a place, or open one. */
export function matters(statement: Statement): boolean {
  const name = statement.name.toLowerCase()
  if (bears(name) || name.includes('$') || refusal(statement) !== undefined) return true
  // Error only stops Apache, and other sections are what is in them.
  if ('children' in statement) return name === 'virtualhost' || statement.children.some(matters)
  return (isKnown(name) && name !== 'error') || name === 'directoryindex'
}

/** Why a directive that changes how all the others are read, or asks for more than a ticket, is none to pass over. */
export function refusal({ name, text }: Directive): string | undefined {
  switch (name.toLowerCase()) {
    case 'serverpath':
      return 'shows the host at URLs of another, which is not done here; take it out'
    case 'mergeslashes':
      return /^"?off/i.test(text) ? 'makes other URLs of /a and //a, which is not done here; take it out' : undefined
    case 'regexdefaultoptions': {
      const usual = words(text).every((word) => /^\+?(?:DOTALL|DOLLAR_ENDONLY)$/i.test(word))
      return usual ? undefined : 'changes what expressions match; take it out, and write (?i) where it is meant'
    }
    case 'sslverifyclient':
      return /^"?(?:none|optional)/i.test(text)
        ? undefined
        : 'asks for a certificate, which is not checked here; take it out'
    default:
      return undefined
  }
}

/** The error for a construct that is not understood, unless it may be skipped; then a note. */
export function forbidSkipping(context: Context, at: Directive, subject: string, why: string): void {
  if (!context.skips(subject)) throw configError(at, subject, orSkip(why, subject))
  context.notes.warn(at, `${subject}: skipped, as allowed`)
}

/** The error with the way round it. The name is as the option takes it, quoted for a shell where it has to be. */
export function orSkip(why: string, subject: string): string {
  const name = subject.replace(/^<|>$|^\$/g, '')
  const flag = `--allow-skipped ${/^[\w.-]+$/.test(name) ? name : `'${name}'`}`
  return why.endsWith('?') ? `${why} Or ${flag}` : `${why}; or ${flag}`
}

/** A section that is not read here and holds something that bears on who may enter. */
export function forbidUnread(context: Context, section: Directive): void {
  const why = 'is not read here and has a bearing on who may enter; write it another way'
  forbidSkipping(context, section, `<${section.name}>`, why)
}

/** The directive that a misspelt one was meant to be: one that bears on who may enter; undefined for other names. */
export function meant(name: string): string | undefined {
  if (isKnown(name) || HARMLESS.has(name.toLowerCase())) return undefined
  return nearest(name, [...TICKET_NAMES, ...SIGNED_NAMES, 'Require', 'AuthType'])
}
