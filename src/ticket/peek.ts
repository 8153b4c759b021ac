/** `peekTicket`: what a cookie value claims. */

import { START, UID_END } from '../engine/engine.js'
import { sharedEngine } from '../engine/shared.js'
import type { Digest, UnverifiedTicket } from '../types.js'
import { checkChoice } from './options.js'
import { HEX_DIGITS, readFields } from './read.js'

/** The longest first: a uid may begin with hex digits, but a digest never ends early. SHA-1 is too rare to be guessed. */
const LONGEST_FIRST: readonly Digest[] = ['sha512', 'sha256', 'md5', 'sha1']

/**
 * NOTHING IS CHECKED: reads the fields that a cookie value claims to have, or gives undefined where it is no ticket.
 * For logs and tools. The digest's algorithm is a guess by length, unless `digest` says it.
 *
 * @example
 * peekTicket(cookieValue)?.uid
 */
export function peekTicket(cookieValue: string, digest?: Digest): UnverifiedTicket | undefined {
  if (digest !== undefined) checkChoice(digest, LONGEST_FIRST, 'peekTicket: digest')
  const engine = sharedEngine()
  if (typeof cookieValue !== 'string' || engine.peek(cookieValue) !== 1) return undefined
  const start = engine.fields[START] as number
  const uidEnd = engine.fields[UID_END] as number
  let ticket: UnverifiedTicket | undefined
  for (const name of digest ? [digest] : LONGEST_FIRST) {
    const uid = start + HEX_DIGITS[name] + 8
    const head = uid <= uidEnd ? engine.text(start, uid) : ''
    if (!/^[0-9a-f]+$/i.test(head)) continue
    ticket = { verified: false, digest: name, ...readFields(engine, uid, Number.parseInt(head.slice(-8), 16)) }
    break
  }
  engine.wipe()
  return ticket
}
