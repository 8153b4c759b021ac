/** The words of a lighttpd configuration, taken one after the other. */

import type { Token, TokenKind } from './lighttpd-tokens.js'
import { configError, type Place } from './notes.js'

const DEPTH_MAX = 50

export interface Cursor {
  readonly tokens: readonly Token[]
  at: number
  depth: number
}

export function peek(cursor: Cursor): Token {
  return cursor.tokens[cursor.at] as Token
}

export function next(cursor: Cursor): Token {
  const token = peek(cursor)
  if (token.kind !== 'end') cursor.at++
  return token
}

export function isNext(cursor: Cursor, kind: TokenKind, text?: string): boolean {
  const token = peek(cursor)
  return token.kind === kind && (text === undefined || token.text === text)
}

/** Takes the sign that has to stand here. */
export function expect(cursor: Cursor, text: string): void {
  const token = next(cursor)
  if (token.kind === 'sign' && token.text === text) return
  throw configError(token, 'configuration', `has ${describe(token)} where ${text} belongs; put it right`)
}

export function describe({ kind, text }: Token): string {
  if (kind === 'sign') return text
  return kind === 'end' || kind === 'eol' ? 'the end of a line' : `a ${kind === 'subject' ? 'word' : kind}`
}

export function skipLines(cursor: Cursor): void {
  while (isNext(cursor, 'eol')) cursor.at++
}

export function nested<T>(cursor: Cursor, place: Place, run: () => T): T {
  if (++cursor.depth > DEPTH_MAX) throw configError(place, 'configuration', 'is nested too deep; write it flatter')
  const result = run()
  cursor.depth--
  return result
}
