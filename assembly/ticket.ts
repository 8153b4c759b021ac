/** The recipes: what is hashed, in which order. The only file that knows them. */

import { clear64, clearLong, copyLong, swap32 } from './bytes'
import { digestMessage } from './digest'
import { dataEnd, tokensEnd, uidEnd } from './fields'
import { secondDigest } from './keys'
import { ADDRESS, ADDRESS_TEXT, KEY_DIGEST, KEY_LENGTH, KEY_RECIPE, KEY_SECRET, MESSAGE, MESSAGE_MAX, SCHEDULE, STATE } from './layout'
import { MD5, RECIPE_ADDRESS_TEXT, RECIPE_SEPARATED, SHA512 } from './status'

/**
 * Builds the message of the first digest at `to` from the split fields, the uid beginning at `uid`; returns its end. Up to
 * 31 bytes behind it are overwritten as well.
 */
@inline
export function firstMessage(
  to: usize,
  key: usize,
  uid: usize,
  timestamp: u32,
  address: usize,
  addressLength: i32,
  addressText: usize,
  addressTextLength: i32,
): usize {
  const recipe = load<i32>(key, KEY_RECIPE)
  if (recipe & RECIPE_ADDRESS_TEXT) {
    copyLong(to, addressText, addressText + addressTextLength)
    to += addressTextLength
  } else {
    v128.store(to, v128.load(address))
    to += addressLength
  }
  store<u32>(to, swap32(timestamp))
  to += 4
  const secretLength = <usize>load<i32>(key, KEY_LENGTH)
  copyLong(to, key + KEY_SECRET, key + KEY_SECRET + secretLength)
  to += secretLength
  return hashedFields(to, uid, (recipe & RECIPE_SEPARATED) != 0)
}

/** The same as a call, for those who are not in such a hurry. */
export function writeMessage(
  to: usize,
  key: usize,
  uid: usize,
  timestamp: u32,
  address: usize,
  addressLength: i32,
  addressText: usize,
  addressTextLength: i32,
): usize {
  return firstMessage(to, key, uid, timestamp, address, addressLength, addressText, addressTextLength)
}

/** Copies uid, tokens and data to `to`, as they are hashed; returns the end. */
@inline
function hashedFields(to: usize, uid: usize, separated: bool): usize {
  if (separated && tokensEnd) {
    // What the modules write has both separators: one copy, in which they become NULs.
    copyLong(to, uid, dataEnd)
    store<u8>(to + (uidEnd - uid), 0)
    store<u8>(to + (tokensEnd - uid), 0)
    return to + (dataEnd - uid)
  }
  copyLong(to, uid, uidEnd)
  to += uidEnd - uid
  if (separated) {
    store<u16>(to, 0)
    to += 2
  }
  let data = uidEnd + 1
  if (tokensEnd) {
    copyLong(to, data, tokensEnd)
    to += tokensEnd - data
    data = tokensEnd + 1
  }
  copyLong(to, data, dataEnd)
  return to + (dataEnd - data)
}

/** Both digests of the split ticket under `key`: the raw result is in STATE. The message is wiped. */
export function ticketDigest(key: usize, uid: usize, timestamp: u32, addressLength: i32, addressTextLength: i32): void {
  const end = firstMessage(MESSAGE, key, uid, timestamp, ADDRESS, addressLength, ADDRESS_TEXT, addressTextLength)
  assert(end <= MESSAGE + MESSAGE_MAX, 'a message is longer than its region')
  const last = digestMessage(load<i32>(key, KEY_DIGEST), MESSAGE, end)
  secondDigest(key)
  // What a copy left behind the message's end is gone: the padding cleared it.
  clearLong(MESSAGE, last)
}

/** Wipes what the digests leave behind. */
@inline
export function wipeDigests(digest: i32): void {
  clear64(STATE)
  if (digest != MD5) clear64(SCHEDULE)
  if (digest == SHA512) clear64(SCHEDULE + 64)
}
