/** `peekTicket`: what a cookie value claims. */

import { DATA_END, START, UID_END } from '../engine/engine.js'
import { sharedEngine } from '../engine/shared.js'
import type { Digest, UnverifiedTicket } from '../types.js'
import { splitTokens } from './tokens.js'

/** Hex digits of each digest, the longest first: a uid may begin with hex digits, a digest never ends early. */
const HEADS: readonly (readonly [Digest, number])[] = [
  ['sha512', 128],
  ['sha256', 64],
  ['md5', 32],
]

/**
 * NOTHING IS CHECKED: reads the fields that a cookie value claims to have, or gives undefined where it is no ticket.
 * For logs and tools. The digest's algorithm is a guess by length, unless `digest` says it.
 *
 * @example
 * peekTicket(cookieValue)?.uid
 */
export function peekTicket(cookieValue: string, digest?: Digest): UnverifiedTicket | undefined {
  const engine = sharedEngine()
  if (typeof cookieValue !== 'string' || engine.peek(cookieValue) !== 1) return undefined
  const start = engine.fields[START] as number
  const bang = (engine.fields[UID_END] as number) - start
  const text = engine.text(start, engine.fields[DATA_END] as number)
  engine.wipe()
  for (const [name, length] of HEADS) {
    const fits = bang >= length + 8 && /^[0-9a-f]*$/i.test(text.slice(0, length + 8))
    if (fits && (digest ?? name) === name) return parse(text, name, length, bang)
  }
  return undefined
}

function parse(text: string, digest: Digest, length: number, bang: number): UnverifiedTicket {
  const rest = text.slice(bang + 1)
  const second = rest.indexOf('!')
  return {
    verified: false,
    digest,
    uid: text.slice(length + 8, bang),
    tokens: splitTokens(second < 0 ? '' : rest.slice(0, second)),
    userData: rest.slice(second + 1),
    issuedAt: Number.parseInt(text.slice(length, length + 8), 16),
  }
}
