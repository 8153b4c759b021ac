/** A digest alone, of a whole message: for hosts that need one, for tests and for the share of hashing in a verify. */

import { clear } from './bytes'
import { digestBytes, digestMessage } from './digest'
import { MESSAGE, MESSAGE_MAX, SCHEDULE, SCHEDULE_SIZE } from './layout'
import { MISUSE, SHA512 } from './status'

/** Digests the `length` bytes in MESSAGE; returns the digest's size, its raw bytes in STATE until the next call. */
export function digest(digest: i32, length: i32): i32 {
  if (u32(digest) > u32(SHA512) || u32(length) > u32(MESSAGE_MAX)) return MISUSE
  const last = digestMessage(digest, MESSAGE, MESSAGE + length)
  clear(MESSAGE, last)
  clear(SCHEDULE, SCHEDULE + SCHEDULE_SIZE)
  return digestBytes(digest)
}
