/** DirectoryMatch: regular expressions on folders as regular expressions on URL paths. */

import { escapePattern } from './globs.js'
import { configError, type Place } from './notes.js'
import { translatePattern } from './patterns.js'

interface At extends Place {
  readonly name: string
}

/** Makes a space of URLs from `url` down, of those only what `pattern` (behind a `^`) matches. */
type Make<T> = (url: string, pattern: string | undefined) => T[]

/**
 * What the expression matches below `folder`, which the URLs from `url` down show. Where the border between folder and
 * URL could lie inside of what the expression leaves open, nobody can tell: an error.
 */
export function mapRegex<T>(at: At, regex: string, folder: string, url: string, make: Make<T>): T[] {
  const root = url.replace(/\/$/, '')
  return alternatives(regex).flatMap((part) => {
    const whole = translatePattern(part, at, `<${at.name}>`)
    const literal = literalStart(part)
    if (part.startsWith('^')) return anchored(at, part, literal, folder, root, make)
    if (new RegExp(whole).test(`${folder}/`) && !part.includes('$')) return make(url, undefined)
    if (!literal.text.startsWith('/') || straddles(literal.text, folder)) throw undecidable(at)
    return make(url, `${escapePattern(root)}(?=/)[\\s\\S]*?${whole}`)
  })
}

function anchored<T>(at: At, part: string, literal: Literal, folder: string, root: string, make: Make<T>): T[] {
  const { text } = literal
  if (text === folder && part.length === literal.ends[text.length]) return make(root, undefined)
  if (text.startsWith(`${folder}/`)) {
    const rest = part.slice(literal.ends[folder.length])
    return make(root, `${escapePattern(root)}${translatePattern(rest, at, `<${at.name}>`)}`)
  }
  if (!`${folder}/`.startsWith(text)) return []
  // All of the expression stands in the folder's own path: everything below matches.
  if (part.length === literal.ends[text.length]) return make(root, undefined)
  throw undecidable(at)
}

function undecidable(at: At): Error {
  return configError(
    at,
    `<${at.name}>`,
    'cannot be turned into URL paths; begin it with ^ and the whole folder, or use LocationMatch',
  )
}

/** Could a match of what begins with `literal` begin inside the folder's path and end outside? */
function straddles(literal: string, folder: string): boolean {
  for (let i = 0; i < folder.length; i++) {
    const tail = `${folder.slice(i)}/`
    if (tail.startsWith(literal) || literal.startsWith(tail)) return true
  }
  return false
}

interface Literal {
  readonly text: string
  /** For each length of `text`: where in the expression it ends. */
  readonly ends: readonly number[]
}

/** The plain chars that every match begins with. */
function literalStart(part: string): Literal {
  let at = part.startsWith('^') ? 1 : 0
  let text = ''
  const ends = [at]
  for (;;) {
    const [token, char] = /^(?:\\([^0-9A-Za-z])|([^\\^$.*+?()[\]{}|]))(?![*?+{])/s.exec(part.slice(at)) ?? []
    if (token === undefined) return { text, ends }
    text += char ?? token
    at += token.length
    ends.push(at)
  }
}

/** The expression split at the bars that stand outside of every group. */
export function alternatives(regex: string): string[] {
  const parts = ['']
  let depth = 0
  for (const [token] of regex.matchAll(/\\[\s\S]|\[\^?\]?(?:\\[\s\S]|[^\]\\])*\]|[\s\S]/g)) {
    if (token === '(') depth++
    if (token === ')') depth--
    if (token === '|' && depth === 0) parts.push('')
    else parts[parts.length - 1] += token
  }
  return parts
}
