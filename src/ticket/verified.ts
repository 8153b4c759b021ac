/** What a verifier remembers of a ticket that it has found good, and for how long that is still true. */

import { DATA, DATA_END, type Engine, TOKENS, TOKENS_END, UID, UID_END } from '../engine/engine.js'
import type { Ticket, VerifyResult } from '../types.js'
import { hasControl } from './read.js'

export interface Verified {
  /** Never handed out itself: callers may write into what they get. */
  readonly ticket: Readonly<Ticket>
  readonly keyIndex: number
  /** The strictest rules have nothing against its fields. */
  readonly plain: boolean
}

/** What a guard asks of a ticket besides a good digest; its settings have these names. */
export interface Rules {
  /** Seconds that it may lie in the future; null: any number. */
  readonly clockSkew: number | null
  /** No control bytes, no empty uid but with `guestEmpty`. */
  readonly strictFields: boolean
  readonly guestEmpty: boolean
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
const CONTROL = /[\0-\x1f\x7f]/

/** Whether strict rules let this uid in, which the engine's bytes may say in other words. */
export function isPlainUid(uid: string, guestEmpty: boolean): boolean {
  return (uid !== '' || guestEmpty) && !CONTROL.test(uid)
}

/** Whether strict rules let the ticket in that `engine` found last. In its bytes: nothing has been read for it yet. */
export function isPlain({ fields }: Engine, bytes: Uint8Array, guestEmpty: boolean): boolean {
  if (fields[UID] === fields[UID_END] && !guestEmpty) return false
  return !(
    among(fields, bytes, UID, UID_END) ||
    among(fields, bytes, TOKENS, TOKENS_END) ||
    among(fields, bytes, DATA, DATA_END)
  )
}

/** Not a function within the other, which would be made anew for each ticket. */
function among(fields: Uint32Array, bytes: Uint8Array, from: number, end: number): boolean {
  return hasControl(bytes, fields[from] as number, fields[end] as number)
}

/** Whether the rules may have something against it now: then the long way says what. */
export function isDoubtful({ ticket, plain }: Verified, { clockSkew, strictFields }: Rules, now: number): boolean {
  return (strictFields && !plain) || (clockSkew !== null && ticket.issuedAt > now + clockSkew)
}

/** What to remember: a copy, as the caller gets the other. */
export function remember({ uid, tokens, userData, issuedAt }: Ticket, keyIndex: number, plain: boolean): Verified {
  return {
    ticket: { uid, tokens: tokens.slice(), userData, issuedAt },
    keyIndex,
    plain: plain && isPlainUid(uid, false),
  }
}

/** The answer for a ticket that is remembered: as if it had just been read. */
export function again({ ticket: { uid, tokens, userData, issuedAt }, keyIndex }: Verified): VerifyResult {
  return { ok: true, ticket: { uid, tokens: tokens.slice(), userData, issuedAt }, keyIndex }
}
