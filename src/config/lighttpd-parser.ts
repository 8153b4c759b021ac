/** lighttpd's configuration text as blocks of settings: what `lighttpd -p` prints (configparser.y). */

import type { Context } from './context.js'
import { type Block, blockOf, type Condition, ELSE, globalBlock, type Operator, simplified } from './lighttpd-blocks.js'
import { type Cursor, describe, expect, isNext, nested, next, peek, skipLines } from './lighttpd-cursor.js'
import { fullName, parseExpression, plainText, type Variables } from './lighttpd-expression.js'
import { type Includes, includeFile, noteShell } from './lighttpd-include.js'
import { type Token, tokenize } from './lighttpd-tokens.js'
import { joined, type Value } from './lighttpd-values.js'
import { configError } from './notes.js'

const OPERATORS: readonly string[] = ['==', '!=', '=~', '!~', '=^', '=$']

interface Parser extends Cursor {
  readonly context: Context
  readonly blocks: Block[]
  readonly includes: Includes
}

/** All blocks, the global one first; a block counts over those before it. */
export function parseLighttpd(context: Context, text: string): Block[] {
  const blocks = [globalBlock(context.file)]
  const includes: Includes = { around: [context.file], count: 0 }
  parseText(context, blocks, includes, blocks[0] as Block, text, context.file)
  return blocks
}

function parseText(context: Context, blocks: Block[], includes: Includes, into: Block, text: string, file: string) {
  const parser: Parser = { context, blocks, includes, tokens: tokenize(text, file), at: 0, depth: 0 }
  parseLines(parser, into, 'end')
}

/** Statements up to the sign that ends them, which is taken. */
function parseLines(parser: Parser, block: Block, end: 'end' | '}'): void {
  for (;;) {
    skipLines(parser)
    const token = peek(parser)
    if (token.kind === 'end') {
      if (end === 'end') return
      throw configError(block, 'configuration', 'has a { without its }; close it')
    }
    if (isNext(parser, 'sign', '}') && end === '}') {
      parser.at++
      return
    }
    parseLine(parser, block, token)
  }
}

function parseLine(parser: Parser, block: Block, token: Token): void {
  if (isNext(parser, 'sign', '$')) {
    parseBranches(parser, block)
    return
  }
  next(parser)
  if (token.kind !== 'key') {
    throw configError(token, 'configuration', `has ${describe(token)} where an option belongs; put it right`)
  }
  // Newer versions take it as no more than an ornament.
  if (token.text === 'if' && isNext(parser, 'sign', '$')) parseBranches(parser, block)
  else if (token.text === 'include') parseInclude(parser, block, token)
  else if (token.text === 'include_shell') parseShell(parser, block, token)
  else if (token.text === 'global') parseGlobal(parser, token)
  else parseAssignment(parser, block, token)
}

function parseShell(parser: Parser, block: Block, token: Token): void {
  const { file, line, text: name } = token
  const text = plainText(parseExpression(parser, variablesOf(parser, block), name))
  noteShell(parser.context, { file, line, name, text })
}

function parseGlobal(parser: Parser, token: Token): void {
  skipLines(parser)
  expect(parser, '{')
  nested(parser, token, () => parseLines(parser, parser.blocks[0] as Block, '}'))
}

function parseInclude(parser: Parser, block: Block, token: Token): void {
  const name = plainText(parseExpression(parser, variablesOf(parser, block), token.text))
  const { context, blocks, includes } = parser
  includeFile(context, includes, token, name, (text, file) => parseText(context, blocks, includes, block, text, file))
}

function parseAssignment(parser: Parser, block: Block, token: Token): void {
  const name = fullName(token.text)
  const sign = next(parser)
  if (sign.kind !== 'sign' || !['=', '+=', ':='].includes(sign.text)) {
    throw configError(token, 'configuration', 'has a word that no = follows; write option = value')
  }
  const value = parseExpression(parser, variablesOf(parser, block), name)
  if (name.startsWith('env.')) throw configError(token, name, 'is of the environment and cannot be set; take it out')
  const { file, line } = token
  const set = (to: Value) => block.settings.set(name, { name, value: to, file, line })
  const own = block.settings.get(name)
  if (sign.text === '=' && own) {
    throw configError(token, name, `is set on line ${own.line} already, and lighttpd does not start so; take one out`)
  }
  const before = sign.text === '+=' ? variable(block, name) : undefined
  set(before ? joined(before, value, name) : value)
}

function variablesOf({ context }: Parser, block: Block): Variables {
  return { valueOf: (name) => variable(block, name), environment: (name) => context.environment(name) }
}

/** Of the block itself, or of the nearest one around it. */
function variable(block: Block, name: string): Value | undefined {
  for (let one: Block | undefined = block; one; one = one.parent) {
    const setting = one.settings.get(name)
    if (setting) return setting.value
  }
  return undefined
}

/** A condition with its block, and the branches that follow it. */
function parseBranches(parser: Parser, block: Block): void {
  let prev: Block | undefined
  do {
    const start = peek(parser)
    const condition = isNext(parser, 'sign', '$') ? parseCondition(parser, block) : ELSE
    const inner = blockOf(parser.blocks, block, condition, start, prev)
    skipLines(parser)
    expect(parser, '{')
    const own = inner.inner
    if (condition === ELSE) inner.inner = block.innerOfElse
    nested(parser, start, () => parseLines(parser, inner, '}'))
    inner.inner = own
    prev = inner
  } while (takeElse(parser))
}

/** `else`, `else if`, and what newer versions write for it. */
function takeElse(parser: Parser): boolean {
  const from = parser.at
  skipLines(parser)
  if (peek(parser).kind === 'key' && /^(?:else|elsif|elseif|elif)$/.test(peek(parser).text)) {
    parser.at++
    if (isNext(parser, 'key', 'if')) parser.at++
    skipLines(parser)
    return true
  }
  parser.at = from
  return false
}

function parseCondition(parser: Parser, block: Block): Condition {
  expect(parser, '$')
  const object = next(parser)
  expect(parser, '[')
  const field = next(parser)
  expect(parser, ']')
  const operator = next(parser)
  if (object.kind !== 'subject' || field.kind !== 'string' || !OPERATORS.includes(operator.text)) {
    throw configError(object, 'condition', 'is none; write it as $HTTP["url"] =~ "..."')
  }
  const subject = `${object.text}["${field.text}"]`
  const value = parseExpression(parser, variablesOf(parser, block), 'condition')
  if (value.kind !== 'text') throw configError(value, 'condition', 'compares with what is no text; quote it')
  return simplified({ subject, operator: operator.text as Operator, text: value.text })
}
