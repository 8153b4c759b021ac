/** HMAC-SHA256 (RFC 2104): plone.session's signature. A key's secret is kept as its two padded blocks, inner and outer. */

import { clear, copy } from './bytes'
import { digestMessage } from './digest'
import { KEY_SECRET, MESSAGE, SCHEDULE, SCHEDULE_SIZE, SECRET_MAX, STATE } from './layout'
import { SHA256 } from './status'

const BLOCK: i32 = 64

/** Turns the secret of `length` bytes at `key` into both blocks. */
export function padSecret(key: usize, length: i32): void {
  const secret = key + KEY_SECRET
  if (length > BLOCK) {
    copy(MESSAGE, secret, secret + length)
    const last = digestMessage(SHA256, MESSAGE, MESSAGE + length)
    memory.fill(MESSAGE, 0, last - MESSAGE)
    copy(secret, STATE, STATE + 32)
    clear(STATE, STATE + 32)
    // The end of the secret is in there, in other words.
    clear(SCHEDULE, SCHEDULE + SCHEDULE_SIZE)
    length = 32
  }
  memory.fill(secret + length, 0, SECRET_MAX - length)
  for (let i = 0; i < BLOCK; i++) {
    const byte = load<u8>(secret + i)
    store<u8>(secret + i, byte ^ 0x36)
    store<u8>(secret + BLOCK + i, byte ^ 0x5c)
  }
}

/** Writes the inner block to `to`, returns its end. */
export function innerBlock(to: usize, key: usize): usize {
  copy(to, key + KEY_SECRET, key + KEY_SECRET + BLOCK)
  return to + BLOCK
}

/** The inner digest in STATE becomes the whole HMAC. MESSAGE is used, and wiped by the caller. */
export function outerDigest(key: usize): void {
  const outer = key + KEY_SECRET + BLOCK
  copy(MESSAGE, outer, outer + BLOCK)
  copy(MESSAGE + BLOCK, STATE, STATE + 32)
  digestMessage(SHA256, MESSAGE, MESSAGE + BLOCK + 32)
}
