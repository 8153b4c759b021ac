/** lighttpd's conditions and prefixes on the path as JavaScript patterns. */

import type { AreaOptions } from '../policy/options.js'
import type { Block, Condition } from './lighttpd-blocks.js'
import { translatePattern } from './patterns.js'
import { somewhere } from './utf8-atoms.js'

/** One thing that is asked of a path. */
export interface Piece {
  /** Where nothing else is asked, and not its opposite. */
  readonly alone: string
  /** Within a lookahead at the beginning of the path. */
  readonly inner: string
  /** A plain beginning. */
  readonly prefix: string | undefined
}

export interface Asked {
  readonly piece: Piece
  readonly negated: boolean
}

type Match = Pick<AreaOptions, 'path' | 'pattern'>

/** Text with what has a meaning in a pattern escaped. */
export function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}

export function pieceOf(block: Block, { operator, text, subject }: Condition): Piece {
  const plain = escaped(text)
  switch (operator) {
    case '==':
    case '!=':
      return { alone: `^${plain}$`, inner: `${plain}$`, prefix: undefined }
    case '=^':
      return prefixPiece(text)
    case '=$':
      return { alone: `${plain}$`, inner: `[\\s\\S]*${plain}$`, prefix: undefined }
    default: {
      const inner = somewhere(translatePattern(text, block, `$${subject}`, true))
      return { alone: `^${inner}`, inner, prefix: undefined }
    }
  }
}

export function prefixPiece(text: string): Piece {
  const plain = escaped(text)
  return { alone: `^${plain}`, inner: plain, prefix: text }
}

export function suffixPiece(texts: readonly string[]): Piece {
  const plain = texts.map(escaped).join('|')
  return { alone: `(?:${plain})$`, inner: `[\\s\\S]*(?:${plain})$`, prefix: undefined }
}

/** Paths of which all of that holds. A prefix of whole segments needs no pattern. */
export function matchOf(asked: readonly Asked[]): Match {
  const [first, ...more] = asked
  if (first === undefined) return { path: '/' }
  if (more.length === 0 && !first.negated) {
    const { prefix, alone } = first.piece
    if (prefix?.startsWith('/') && prefix.endsWith('/') && !/\/\/|\/\.\.?\//.test(prefix)) return { path: prefix }
    return { pattern: alone }
  }
  return { pattern: `^${lookaheads(asked)}` }
}

/** At the beginning of a path, all that is asked of it. */
function lookaheads(asked: readonly Asked[]): string {
  return asked.map(({ piece, negated }) => `(?${negated ? '!' : '='}${piece.inner})`).join('')
}

/** Paths of which not all of that holds. */
export function opposite(asked: readonly Asked[]): Asked {
  const inner = lookaheads(asked)
  return { piece: { alone: inner, inner, prefix: undefined }, negated: true }
}
