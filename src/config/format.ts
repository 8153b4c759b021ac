/** Whose syntax a text is in, and what can be no line of Apache's. Nothing of such a line is ever told. */

import { logicalLines } from '../policy/lines.js'
import { bears } from './guarding.js'
import { HARMLESS, isFamiliar, isKnown, isServed, isServerOnly } from './known.js'
import { configError, type Place } from './notes.js'
import { nextWord, splitName } from './words.js'

export type Format = 'apache' | 'lighttpd' | 'authtkt'

/** Apache looks modules' directives up by names like these. */
const NAME = /^(?:<\/?)?\w{1,40}>?$/
const SECTION = /^<\/?\w+(?:[ \t>]|$)/
/** Apache has them nowhere behind the first word. */
const SIGN = /^(?:[+:]?=>?|\{)$/
/** A condition; an option with its sign; a program. */
const LIGHTTPD = /^(?:\$[A-Z_]+[ \t]*\[|[\w.-]+[ \t]*[+:]?=(?![~=])|(?:include_shell|include)[ \t]+"|global[ \t]*\{)/

/** Sections that nothing is read of. */
const MORE_SECTIONS = /^(?:If|ElseIf|Else|Limit|LimitExcept|Macro|Perl)$/i

/**
 * JSON begins with a brace, behind comments if there are any; the others' comments begin with #. What has a line that
 * only lighttpd has is lighttpd's, unless sections or directives of Apache stand beside it: `include "..."` is good in
 * both, so that nothing but such lines is lighttpd's, whose reader takes no file of Apache's for one that guards nothing.
 */
export function guessFormat(text: string): Format {
  if (/^(?:\xef\xbb\xbf)?\s*(?:\{|\/\/|\/\*)/.test(text)) return 'authtkt'
  const lines = logicalLines(text.replace(/^\xef\xbb\xbf/, '')).map((line) => line.text)
  if (!lines.some((line) => LIGHTTPD.test(line))) return 'apache'
  return lines.some((line) => !LIGHTTPD.test(line) && isApaches(line)) ? 'apache' : 'lighttpd'
}

function isApaches(line: string): boolean {
  const [name, rest] = splitName(line)
  return SECTION.test(line) || (rest !== '' && isDirective(name) && !SIGN.test(nextWord(rest)[0]))
}

function isDirective(name: string): boolean {
  const bare = name.replace(/^<\/?|>$/g, '')
  return isFamiliar(bare) || isServed(bare) || isServerOnly(bare) || MORE_SECTIONS.test(bare)
}

/** Refuses a line whose first word cannot be a directive: it may be another server's, or a secret. */
export function checkLine(place: Place, text: string): void {
  const [name, rest] = splitName(text)
  // An empty name says nothing.
  if (name === '') return
  const odd = /^["']/.test(text) && !isDirective(name)
  const plain = name.replace(/\$\{[^}]*\}/g, 'x')
  if (
    !odd &&
    NAME.test(plain) &&
    !/^include_shell$/i.test(plain) &&
    (name.startsWith('<') || !SIGN.test(nextWord(rest)[0]))
  )
    return
  throw configError(place, 'configuration', "is no line of Apache's; is this lighttpd's? give --format lighttpd")
}

/** Refuses a text in which no line is of a directive that anybody knows: a file with a secret, or of something else. */
export function checkText(text: string, file: string): void {
  const lines = logicalLines(text)
  const [first] = lines
  if (!first || lines.some((line) => hasName(line.text))) return
  const place = { file, line: first.line }
  checkLine(place, first.text)
  throw configError(place, 'configuration', 'has no directive that is known here; correct the name of the file')
}

function hasName(line: string): boolean {
  const [name, text] = splitName(line)
  if (SECTION.test(line) || isTold(name) || name.includes('${')) return true
  return text !== '' && isDirective(name)
}

/** May the name be told though no argument follows? A word alone that nobody knows may be a secret on its own line. */
export function isTold(name: string): boolean {
  return isKnown(name) || isServed(name) || HARMLESS.has(name.toLowerCase()) || bears(name)
}
