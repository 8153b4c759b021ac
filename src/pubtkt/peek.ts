/** `peekSignedTicket`: what a cookie value claims. */

import { SPLIT } from '../engine/pubtkt.js'
import { sharedSplitter } from '../engine/shared.js'
import type { SignedTicket } from '../types.js'
import { readTicket } from './read.js'

/** A signed ticket whose signature nobody has checked: never base access on it. */
export interface UnverifiedSignedTicket extends Omit<SignedTicket, 'bauth'> {
  verified: false
  /** Whether it has a `bauth`, which is a credential and not shown. */
  hasBauth: boolean
}

/**
 * NOTHING IS CHECKED: reads the fields that a cookie value claims to have, or gives undefined where it is no ticket of
 * mod_auth_pubtkt: a bad escape, over 1024 bytes, no `sig`, no uid or validuntil. For logs and tools. Fields are shown
 * whole, where the module would cut them, too; as bytes, one a char.
 *
 * @example
 * peekSignedTicket(cookieValue)?.uid
 */
export function peekSignedTicket(cookieValue: string): UnverifiedSignedTicket | undefined {
  if (typeof cookieValue !== 'string') return undefined
  const splitter = sharedSplitter()
  if (splitter.split(cookieValue.replace(/"$/, '').replace(/^"/, '')) !== SPLIT) return undefined
  const ticket = readTicket(splitter, 'whole')
  splitter.wipe()
  if (ticket === undefined) return undefined
  const { bauth, ...shown } = ticket
  return { verified: false, ...shown, hasBauth: bauth !== '' }
}
