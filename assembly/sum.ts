/** A digest alone, of a whole message: for hosts that need one, for tests and for the share of hashing in a verify. */

import { clear, clearLong } from './bytes'
import { digestBytes, digestMessage } from './digest'
import { MESSAGE, MESSAGE_MAX, SCHEDULE, SCHEDULE_SIZE, STATE } from './layout'
import { MISUSE, SHA1 } from './status'
import { leave, wipe } from './verify'

/** Digests the `length` bytes in MESSAGE; returns the digest's size, its raw bytes in STATE until `wipe`. */
export function digest(digest: i32, length: i32): i32 {
  if (u32(digest) > u32(SHA1) || u32(length) > u32(MESSAGE_MAX)) return MISUSE
  wipe()
  const last = digestMessage(digest, MESSAGE, MESSAGE + length)
  clearLong(MESSAGE, last)
  clear(SCHEDULE, SCHEDULE + SCHEDULE_SIZE)
  leave(STATE, STATE + digestBytes(digest))
  return digestBytes(digest)
}
