/** What a good ticket's fields mean where that is not what they say, and whether the key's list has them. */

import { DIALECTS } from '../engine/dialects.js'
import type { Reason, Ticket } from '../types.js'
import type { ResolvedKey } from './options.js'
import { isAmbiguous, isListed } from './strict.js'
import { readUid } from './userid-types.js'
import { isPlainUid, type Rules } from './verified.js'

/** The ticket with the uid that is meant, if the rules and the key's list have nothing against it. */
export function meaningOf(read: Ticket, { dialect, strict }: ResolvedKey, rules: Rules | undefined): Ticket | Reason {
  const { useridTypes, separated } = DIALECTS[dialect]
  const ticket = useridTypes ? readUid(read) : read
  if (ticket === undefined) return 'malformed'
  // The engine's bytes have been looked at, but a uid in base64 may hold anything.
  if (rules?.strictFields && !isPlainUid(ticket.uid, rules.guestEmpty)) return 'malformed'
  if (strict === undefined) return ticket
  return isListed(strict, ticket) && (separated || !isAmbiguous(strict, ticket)) ? ticket : 'user'
}
