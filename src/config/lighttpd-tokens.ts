/** lighttpd's configuration syntax, word by word, as its own tokenizer splits it (configfile.c). */

import { configError, type Place } from './notes.js'

export type TokenKind = 'string' | 'integer' | 'key' | 'subject' | 'sign' | 'eol' | 'end'

export interface Token extends Place {
  readonly kind: TokenKind
  /** A string's content, or the word or sign itself. */
  readonly text: string
}

const SPACE = /[ \t]+|\xc2\xa0/y
const COMMENT = /#[^\r\n]*/y
const LINE_END = /\r\n?|\n/y
/** Only `\"` is an escape. */
const STRING = /"([^"\\]*(?:\\(?:"|(?!"))[^"\\]*)*)"/y
const INTEGER = /\d+/y
const KEY = /[A-Za-z0-9._-]+/y
const SUBJECT = /[A-Za-z_]+/y
const SIGN = /=>|[=!]~|[=!]=|=\^|=\$|\+=|:=|[=+,(){}[\]$]/y
/** What ends a condition's left side. */
const COMPARISON = /^(?:[=!][=~]|=\^|=\$)$/

/** Splits a text. What is no word of the language is an error with its line; what stands in strings is never told. */
export function tokenize(text: string, file: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  let line = 1
  let parens = 0
  let inCondition = false
  /** The first string that runs over the end of its line: it may be one that was never closed. */
  let long: number | undefined
  const take: Take = (pattern) => {
    pattern.lastIndex = at
    const found = pattern.exec(text)
    if (found) at = pattern.lastIndex
    return found
  }
  const add = (kind: TokenKind, word: string) => tokens.push({ kind, text: word, file, line })

  while (at < text.length) {
    if (take(SPACE) || take(COMMENT)) continue
    if (take(LINE_END)) {
      if (parens === 0) add('eol', '')
      line++
      continue
    }
    const string = take(STRING)
    if (string) {
      const content = string[1] as string
      add('string', content.replaceAll('\\"', '"'))
      if (lineEnds(content) > 0) long ??= line
      line += lineEnds(content)
      continue
    }
    const word = inCondition ? take(SUBJECT) : undefined
    if (word) {
      add('subject', word[0])
      continue
    }
    const sign = take(SIGN)
    if (sign) {
      const [mark] = sign
      if (mark === '(') parens++
      if (mark === ')') parens--
      if (mark === '$') inCondition = true
      if (COMPARISON.test(mark)) inCondition = false
      // Outside of a list, lighttpd passes a comma over.
      if (mark !== ',' || parens > 0) add('sign', mark)
      continue
    }
    tokens.push(wordAt(text.charAt(at), take, { file, line }, long))
  }
  add('eol', '')
  add('end', '')
  return tokens
}

type Take = (pattern: RegExp) => RegExpExecArray | null

function wordAt(char: string, take: Take, place: Place, long: number | undefined): Token {
  const integer = take(INTEGER)
  if (integer) return { kind: 'integer', text: integer[0], ...place }
  const key = take(KEY)
  if (key) return { kind: 'key', text: key[0], ...place }
  if (long !== undefined) {
    const what = `runs over the end of its line, and line ${place.line} is none that can be read; close it with "`
    throw configError({ ...place, line: long }, 'string', what)
  }
  if (char === '"') throw configError(place, 'string', 'has no end; close it with "')
  throw configError(place, 'configuration', `has a character that begins no word ('${printable(char)}'); take it out`)
}

function printable(char: string): string {
  return /[!-~]/.test(char) ? char : `byte ${char.charCodeAt(0)}`
}

function lineEnds(text: string): number {
  return text.match(/\r\n?|\n/g)?.length ?? 0
}
