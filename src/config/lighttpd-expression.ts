/** Values as lighttpd's configuration writes them: texts, numbers, lists, variables, and `+` between them. */

import { type Cursor, describe, isNext, nested, next, peek, skipLines } from './lighttpd-cursor.js'
import type { Token } from './lighttpd-tokens.js'
import { checkKeys, type Entry, joined, textOf, type Value } from './lighttpd-values.js'
import { configError } from './notes.js'

/** Where the names of an expression are looked up. */
export interface Variables {
  valueOf(name: string): Value | undefined
  environment(name: string): string | undefined
}

export function plainText(value: Value): string {
  if (value.kind === 'list') throw configError(value, 'configuration', 'has a list where a text belongs; write a text')
  return textOf(value)
}

/** Without a dot it is a variable. */
export function fullName(text: string): string {
  return text.includes('.') ? text : `var.${text}`
}

export function parseExpression(cursor: Cursor, variables: Variables, name: string): Value {
  let value = parseValue(cursor, variables, name)
  while (isNext(cursor, 'sign', '+')) {
    cursor.at++
    skipLines(cursor)
    value = joined(value, parseValue(cursor, variables, name), name)
  }
  return value
}

function parseValue(cursor: Cursor, variables: Variables, name: string): Value {
  const token = next(cursor)
  const { file, line } = token
  if (token.kind === 'string') return { kind: 'text', text: token.text, file, line }
  if (token.kind === 'integer') return { kind: 'integer', number: Number(token.text), file, line }
  if (token.kind === 'key') return lookUp(variables, token)
  if (token.kind === 'sign' && token.text === '(') {
    return nested(cursor, token, () => ({ kind: 'list', entries: parseList(cursor, variables, name), file, line }))
  }
  throw configError(token, name, `has ${describe(token)} where a value belongs; write a "text", a number or a ( list )`)
}

function lookUp(variables: Variables, token: Token): Value {
  const name = fullName(token.text)
  const { file, line } = token
  if (name.startsWith('env.')) {
    const text = variables.environment(name.slice(4))
    if (text === undefined) throw configError(token, name, 'is not in the environment; set it')
    return { kind: 'text', text, file, line }
  }
  if (name === 'var.CWD') return { kind: 'text', text: '.', file, line }
  const value = variables.valueOf(name)
  // What stands for a value may be one that lacks its quotes: it is not told.
  if (!value)
    throw configError(token, 'configuration', 'has a word for a value that is no variable; define or quote it')
  return value
}

function parseList(cursor: Cursor, variables: Variables, name: string): Entry[] {
  const entries: Entry[] = []
  for (;;) {
    if (isNext(cursor, 'sign', ')')) break
    if (isNext(cursor, 'sign', ',') && entries.length > 0) {
      cursor.at++
      continue
    }
    entries.push(parseEntry(cursor, variables, name))
    if (!isNext(cursor, 'sign', ')') && !isNext(cursor, 'sign', ',')) {
      throw configError(
        peek(cursor),
        name,
        `has ${describe(peek(cursor))} in a list where , or ) belongs; put it right`,
      )
    }
  }
  cursor.at++
  checkKeys(entries, name)
  return entries
}

function parseEntry(cursor: Cursor, variables: Variables, name: string): Entry {
  const first = parseExpression(cursor, variables, name)
  const { file, line } = first
  if (!isNext(cursor, 'sign', '=>')) return { key: undefined, value: first, file, line }
  cursor.at++
  return { key: plainText(first), value: parseExpression(cursor, variables, name), file, line }
}
