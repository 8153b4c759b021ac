/**
 * Strict lists: who may have which tokens. They close what mod_authn_tkt's recipe leaves open (L9): with nothing between
 * the hashed fields, a ticket's bytes are a good ticket of another uid, other tokens, other data as well.
 */

import type { Ticket } from '../types.js'
import { joinTokens } from './tokens.js'

/** What a ticket says of who it is for. */
type Fields = Pick<Ticket, 'uid' | 'userData'> & { readonly tokens: readonly string[] }

export interface Strict {
  /** Uid to the tokens that it may carry. */
  readonly allowed: ReadonlyMap<string, ReadonlySet<string>>
  /** How long uids are, each length once: where a listed one can end. */
  readonly lengths: readonly number[]
}

export function strictOf(
  list: Readonly<Record<string, readonly string[]>>,
  toBytes: (text: string) => string = (text) => text,
): Strict {
  const entries = Object.entries(list).map(([uid, tokens]) => [toBytes(uid), new Set(tokens.map(toBytes))] as const)
  return { allowed: new Map(entries), lengths: [...new Set(entries.map(([uid]) => uid.length))] }
}

/** Whether the list has this uid, and all these tokens for it. */
export function isListed({ allowed }: Strict, { uid, tokens }: Pick<Fields, 'uid' | 'tokens'>): boolean {
  const own = allowed.get(uid)
  return own !== undefined && tokens.every((token) => own.has(token))
}

/** Whether a lighttpd ticket's hashed text begins with another uid of the list: whose it was, nobody can tell. */
export function isAmbiguous({ allowed, lengths }: Strict, { uid, tokens, userData }: Fields): boolean {
  const text = `${uid}${joinTokens(tokens)}${userData}`
  return lengths.some((end) => end !== uid.length && end <= text.length && allowed.has(text.slice(0, end)))
}

/** Whether a lighttpd ticket reads as one of the same uid with a token that it was not given. Fewer are nobody's gain. */
export function gainsTokens({ allowed }: Strict, { uid, tokens, userData }: Fields): boolean {
  const own = allowed.get(uid) ?? new Set()
  let rest = `${joinTokens(tokens)}${userData}`
  // What may stand in front of a token: allowed ones, each with its comma.
  while (true) {
    for (const token of own) if (rest.startsWith(token) && !tokens.includes(token)) return true
    const comma = rest.indexOf(',')
    if (comma < 0 || !own.has(rest.slice(0, comma))) return false
    rest = rest.slice(comma + 1)
  }
}

/** What speaks against issuing a ticket with these fields. */
export function strictFault(strict: Strict, fields: Fields, separated: boolean): 'unlisted' | 'shiftable' | undefined {
  if (!isListed(strict, fields)) return 'unlisted'
  return !separated && (isAmbiguous(strict, fields) || gainsTokens(strict, fields)) ? 'shiftable' : undefined
}
