/**
 * Verifying in pieces, for a host whose own SHA-256 is faster on long messages: it digests the first message, the rest
 * happens here. `openLong`; `longMessage` and `concludeLong` for one key after the other; `closeLong` in any case.
 */

import { clear } from './bytes'
import { escaped, openCookie, text, textEnd } from './cookie'
import { splitFields } from './fields'
import { keyAt, keyCount, secondDigest } from './keys'
import { ADDRESS, ADDRESS_TEXT, COOKIE, COOKIE_MAX, KEY_DIGEST, KEY_RECIPE, MESSAGE, STATE, TICKET } from './layout'
import { MALFORMED, MISUSE, RECIPE_BENT, SHA256, TOO_LONG } from './status'
import { writeMessage } from './ticket'
import { addressFits, compare, refuse, timestampFor, wipe, wipeCookie } from './verify'

/** Bytes of the cookie value that is open. */
let opened: i32 = 0
/** What `longMessage` has laid out: its key, its ticket's uid and time, its end. */
let key: usize = 0
let uid: usize = 0
let issuedAt: u32 = 0
let messageEnd: usize = 0

/** Opens and splits the `length` bytes in COOKIE: 1, MALFORMED, TOO_LONG or MISUSE (also of one with escapes in quotes). */
export function openLong(length: i32): i32 {
  wipe()
  opened = 0
  key = 0
  clearMessage()
  if (u32(length) > u32(COOKIE_MAX)) return refuse(TOO_LONG)
  openCookie(COOKIE, length, TICKET, false)
  if (escaped) return refuse(MISUSE)
  opened = length
  if (splitFields(text, textEnd)) return 1
  closeLong(0)
  return MALFORMED
}

/** Lays out the first message for key `index` in MESSAGE; its length, or 0: that key cannot have made the ticket. */
export function longMessage(index: i32, addressLength: i32, addressTextLength: i32): i32 {
  key = 0
  clearMessage()
  if (opened == 0 || u32(index) >= u32(keyCount) || !addressFits(addressLength, addressTextLength)) return 0
  const candidate = keyAt(index)
  const recipe = load<i32>(candidate, KEY_RECIPE)
  if (load<i32>(candidate, KEY_DIGEST) != SHA256 || recipe & RECIPE_BENT) return 0
  uid = text + 72
  const timestamp = timestampFor(recipe, uid)
  if (timestamp < 0) return 0
  key = candidate
  issuedAt = u32(timestamp)
  messageEnd = writeMessage(MESSAGE, key, uid, issuedAt, ADDRESS, addressLength, ADDRESS_TEXT, addressTextLength)
  return i32(messageEnd - MESSAGE)
}

/** Takes the message's 32 raw bytes of digest from STATE: 1 with FIELDS filled as after `verify`, or MISMATCH, or MISUSE. */
export function concludeLong(): i32 {
  if (key == 0) return MISUSE
  clearMessage()
  secondDigest(key)
  const found = compare(key, uid, issuedAt)
  key = 0
  return found
}

/** Wipes all but what `verify` leaves of a match (`found` > 0). */
export function closeLong(found: i32): void {
  clearMessage()
  clear(STATE, STATE + 32)
  wipeCookie(opened, found > 0)
  opened = 0
  key = 0
}

/** Wipes the message that is out, and the 31 bytes that a copy may have gone past its end. */
function clearMessage(): void {
  if (messageEnd) clear(MESSAGE, messageEnd + 32)
  messageEnd = 0
}
