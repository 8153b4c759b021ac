/** Issuing: the digest of fields that the host gives, and the finished cookie value. */

import { encodeBase64 } from './base64'
import { clear, copy } from './bytes'
import { digestBytes } from './digest'
import { dataEnd, hasNul, splitFields, tokensEnd } from './fields'
import { writeHex, writeHex8 } from './hex'
import { keyAt, keyCount } from './keys'
import { COOKIE, COOKIE_MAX, KEY_DIGEST, SEAL_FIELDS, SEAL_FIELDS_MAX, STATE, TICKET } from './layout'
import { encodePercent } from './percent'
import { MISUSE, RECIPE_BASE64, RECIPE_PERCENT, RECIPE_RAW, TOO_LONG } from './status'
import { ticketDigest, wipeDigests } from './ticket'
import { addressFits, leave, wipe } from './verify'

/**
 * Seals the `length` bytes `uid!tokens!data` in SEAL_FIELDS with key 0 and encodes the ticket (`form`: RECIPE_RAW,
 * RECIPE_PERCENT or RECIPE_BASE64). Returns the length of the cookie value, which is in COOKIE until `wipe`; or
 * TOO_LONG, MISUSE, with nothing left.
 */
export function seal(length: i32, timestamp: u32, addressLength: i32, addressTextLength: i32, form: i32): i32 {
  wipe()
  if (u32(length) > u32(SEAL_FIELDS_MAX)) {
    clear(SEAL_FIELDS, SEAL_FIELDS + SEAL_FIELDS_MAX)
    return TOO_LONG
  }
  const fields = SEAL_FIELDS
  const end = fields + length
  let written = MISUSE
  if (keyCount > 0 && addressFits(addressLength, addressTextLength) && splitFields(fields, end) && tokensEnd && !hasNul) {
    const key = keyAt(0)
    const digest = load<i32>(key, KEY_DIGEST)
    const hexLength = digestBytes(digest) << 1
    const head = fields - 8 - hexLength
    ticketDigest(key, fields, timestamp, addressLength, addressTextLength)
    writeHex(head, STATE, hexLength >> 1)
    writeHex8(fields - 8, timestamp)
    wipeDigests(digest)
    written = encode(head, dataEnd, form)
  }
  clear(TICKET, end)
  if (written > 0) leave(COOKIE, COOKIE + written)
  return written
}

/** Writes the ticket [from, end) to COOKIE in the wanted form and returns the length, or TOO_LONG or MISUSE. */
function encode(from: usize, end: usize, form: i32): i32 {
  const limit = COOKIE + COOKIE_MAX
  if (form == RECIPE_RAW) {
    copy(COOKIE, from, end)
    return i32(end - from)
  }
  if (form == RECIPE_BASE64) {
    if (((end - from + 2) / 3) * 4 > <usize>COOKIE_MAX) return TOO_LONG
    return i32(encodeBase64(COOKIE, from, end) - COOKIE)
  }
  if (form != RECIPE_PERCENT) return MISUSE
  const last = encodePercent(COOKIE, from, end, limit)
  if (last) return i32(last - COOKIE)
  clear(COOKIE, limit)
  return TOO_LONG
}
