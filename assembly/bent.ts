/**
 * The recipes that bend mod_auth_tkt's: a ticket whose fields read otherwise than they stand, an address hashed as text
 * with the time, an HMAC in front. Rings without such keys never come here.
 */

import { decodeBase64, encodeBase64, stoppedAt } from './base64'
import { clear, copy, swap32 } from './bytes'
import { digestMessage } from './digest'
import { dataEnd, tokensEnd, uidEnd } from './fields'
import { innerBlock, outerDigest } from './hmac'
import { secondDigest } from './keys'
import { ADDRESS, ADDRESS_TEXT, KEY_DIGEST, KEY_LENGTH, KEY_RECIPE, KEY_SECRET, MESSAGE, MESSAGE_MAX } from './layout'
import { decodePercent, encodePercent } from './percent'
import { DATA_OFFSET, prepareShifts, shift, TOKENS_OFFSET, UID_OFFSET, writeDecimal } from './shift'
import { RECIPE_DATA_BASE64, RECIPE_HMAC, RECIPE_IPV6_TEXT, RECIPE_SHIFTED, RECIPE_UID_QUOTED } from './status'

/** What `readFields` left: the fields as they read, in place. */
export let readUidEnd: usize = 0
export let readTokens: usize = 0
export let readTokensEnd: usize = 0
export let readData: usize = 0
export let readDataEnd: usize = 0

/**
 * The digest of the split ticket under a bent `key`: raw in STATE. `plain`: the fields stand as they read (`seal`). False
 * where they cannot be read. The message is wiped.
 */
export function bentDigest(
  key: usize,
  uid: usize,
  timestamp: u32,
  addressLength: i32,
  addressTextLength: i32,
  plain: bool,
): bool {
  const recipe = load<i32>(key, KEY_RECIPE)
  if (recipe & RECIPE_SHIFTED) prepareShifts(key, timestamp)
  let to = recipe & RECIPE_HMAC ? innerBlock(MESSAGE, key) : MESSAGE
  if (recipe & RECIPE_IPV6_TEXT && addressLength == 16) {
    copy(to, ADDRESS_TEXT, ADDRESS_TEXT + addressTextLength)
    to = writeDecimal(to + addressTextLength, timestamp)
  } else {
    v128.store(to, v128.load(ADDRESS))
    to += addressLength
    store<u32>(to, swap32(timestamp))
    to += 4
  }
  if ((recipe & RECIPE_HMAC) == 0) {
    const secret = key + KEY_SECRET
    const length = <usize>load<i32>(key, KEY_LENGTH)
    copy(to, secret, secret + length)
    to += length
  }
  const end = hashedFields(to, recipe, uid, plain)
  if (end == 0) {
    memory.fill(MESSAGE, 0, MESSAGE_MAX)
    return false
  }
  const last = digestMessage(load<i32>(key, KEY_DIGEST), MESSAGE, end)
  if (recipe & RECIPE_HMAC) outerDigest(key)
  else secondDigest(key)
  // A copy may have gone up to 15 bytes past the message's end, and an outer message takes two blocks.
  clear(MESSAGE, max(last, MESSAGE + 128) + 16)
  return true
}

/** Writes the fields as they read, NULs between them; returns the end, or 0 where they cannot be read. */
function hashedFields(to: usize, recipe: i32, uid: usize, plain: bool): usize {
  const data = (tokensEnd ? tokensEnd : uidEnd) + 1
  const hashed = to
  to = plain ? moved(to, uid, uidEnd) : uidText(to, recipe, uid)
  // A NUL ends the uid where it is hashed: an escaped one would let fields be shifted.
  for (let at = hashed; at < to; at++) if (load<u8>(at) == 0) return 0
  store<u8>(to++, 0)
  if (tokensEnd) to = plain ? moved(to, uidEnd + 1, tokensEnd) : tokensText(to, recipe)
  store<u8>(to++, 0)
  return plain ? moved(to, data, dataEnd) : dataText(to, recipe, data)
}

@inline
function moved(to: usize, from: usize, end: usize): usize {
  copy(to, from, end)
  return to + (end - from)
}

function uidText(to: usize, recipe: i32, uid: usize): usize {
  if (recipe & RECIPE_UID_QUOTED) return decodePercent(to, uid, uidEnd)
  return recipe & RECIPE_SHIFTED ? shift(to, uid, uidEnd, UID_OFFSET, -1) : moved(to, uid, uidEnd)
}

function tokensText(to: usize, recipe: i32): usize {
  return recipe & RECIPE_SHIFTED
    ? shift(to, uidEnd + 1, tokensEnd, TOKENS_OFFSET, -1)
    : moved(to, uidEnd + 1, tokensEnd)
}

function dataText(to: usize, recipe: i32, data: usize): usize {
  if (recipe & RECIPE_SHIFTED) return shift(to, data, dataEnd, DATA_OFFSET, -1)
  if ((recipe & RECIPE_DATA_BASE64) == 0) return moved(to, data, dataEnd)
  const end = decodeBase64(to, data, dataEnd)
  // Behind the letters there may be padding only: what else stands there would not be covered by the digest.
  for (let at = stoppedAt; at < dataEnd; at++) if (load<u8>(at) != 0x3d) return 0
  return end
}

/** Turns the fields of the ticket whose digest was just found good into what they read, in place. */
export function readFields(key: usize, uid: usize): void {
  const recipe = load<i32>(key, KEY_RECIPE)
  const data = (tokensEnd ? tokensEnd : uidEnd) + 1
  readTokens = tokensEnd ? uidEnd + 1 : uidEnd
  readTokensEnd = tokensEnd ? tokensEnd : uidEnd
  readData = data
  readDataEnd = dataEnd
  if (recipe & RECIPE_SHIFTED) {
    shift(uid, uid, uidEnd, UID_OFFSET, -1)
    if (tokensEnd) shift(readTokens, readTokens, tokensEnd, TOKENS_OFFSET, -1)
    shift(data, data, dataEnd, DATA_OFFSET, -1)
  }
  readUidEnd = recipe & RECIPE_UID_QUOTED ? decodePercent(uid, uid, uidEnd) : uidEnd
  if (recipe & RECIPE_DATA_BASE64) readDataEnd = decodeBase64(data, data, dataEnd)
}

/** Writes the plain fields as a ticket of this recipe has them, both separators included; returns the end, or 0 past `limit`. */
export function writeFields(to: usize, limit: usize, recipe: i32, uid: usize): usize {
  if (to + (dataEnd - uid) > limit) return 0
  if (recipe & RECIPE_UID_QUOTED) {
    to = encodePercent(to, uid, uidEnd, limit, true)
    if (!to) return 0
  } else to = recipe & RECIPE_SHIFTED ? shift(to, uid, uidEnd, UID_OFFSET, 1) : moved(to, uid, uidEnd)
  const data = tokensEnd ? tokensEnd + 1 : uidEnd + 1
  if (to + (dataEnd - uidEnd) + 2 > limit) return 0
  store<u8>(to++, 0x21)
  if (tokensEnd) {
    to = recipe & RECIPE_SHIFTED
      ? shift(to, uidEnd + 1, tokensEnd, TOKENS_OFFSET, 1)
      : moved(to, uidEnd + 1, tokensEnd)
    store<u8>(to++, 0x21)
  }
  if (recipe & RECIPE_SHIFTED) return shift(to, data, dataEnd, DATA_OFFSET, 1)
  if ((recipe & RECIPE_DATA_BASE64) == 0) return moved(to, data, dataEnd)
  if (to + ((dataEnd - data + 2) / 3) * 4 > limit) return 0
  return encodeBase64(to, data, dataEnd)
}
