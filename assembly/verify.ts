/** The one call that a ticket needs, and its sibling that looks without checking. */

import { bentDigest, readData, readDataEnd, readFields, readTokens, readTokensEnd, readUidEnd } from './bent'
import { clear, clear32, clearLong } from './bytes'
import { encoding, escaped, openCookie, text, textEnd } from './cookie'
import { digestBytes } from './digest'
import { equalBytes, equalHex } from './equal'
import { dataEnd, hasNul, splitFields, tokensEnd, uidEnd } from './fields'
import { hexDigits, readHex8 } from './hex'
import { headBytes, headOf, keyAt, keyCount, mixedHeads, rawHeads } from './keys'
import {
  ADDRESS_TEXT_MAX,
  COOKIE,
  COOKIE_MAX,
  FIELDS,
  HEAD_MAX,
  KEY_DIGEST,
  KEY_RECIPE,
  STATE,
  TICKET,
} from './layout'
import { wipeShifts } from './shift'
import {
  FIELD_DATA,
  FIELD_DATA_END,
  FIELD_START,
  FIELD_TIMESTAMP,
  FIELD_TOKENS,
  FIELD_TOKENS_END,
  FIELD_UID,
  FIELD_UID_END,
  MALFORMED,
  MISMATCH,
  MISUSE,
  RECIPE_ANY_CASE,
  RECIPE_BENT,
  RECIPE_HMAC,
  RECIPE_NUL_ENDS,
  SHA1,
  TOO_LONG,
} from './status'
import { ticketDigest, wipeDigests } from './ticket'

/** The range that the last call left for the host to read: fields after `verify` and `peek`, the result after `seal`. */
let leftFrom: usize = 0
let leftEnd: usize = 0

/** Says what is left for the host to read until `wipe`. */
export function leave(from: usize, end: usize): void {
  leftFrom = from
  leftEnd = end
}

/** Clears what the last call left to be read. `verify`, `peek` and `seal` begin with it. */
@inline
export function wipe(): void {
  clearLong(leftFrom, leftEnd)
  leftFrom = 0
  leftEnd = 0
  clear32(FIELDS)
}

/** Whether the lengths of the two forms of the client address are possible. */
@inline
export function addressFits(addressLength: i32, addressTextLength: i32): bool {
  return (addressLength == 4 || addressLength == 16) && u32(addressTextLength) <= u32(ADDRESS_TEXT_MAX)
}

/**
 * Checks the cookie value of `length` bytes in COOKIE against the ring, in order. Returns 1 + the index of the key that
 * made the ticket, its fields in FIELDS until `wipe`; or MALFORMED, MISMATCH, TOO_LONG, MISUSE, with nothing left.
 */
export function verify(length: i32, addressLength: i32, addressTextLength: i32): i32 {
  wipe()
  if (u32(length) > u32(COOKIE_MAX)) return refuse(TOO_LONG)
  if (!addressFits(addressLength, addressTextLength)) return refuse(MISUSE)
  openCookie(COOKIE, length, TICKET, false)
  let status = search(addressLength, addressTextLength)
  if (status <= 0 && escaped) {
    // mod_auth_tkt knows no escapes: what reads as a ticket with its backslashes is one. Python's cookies write them.
    openCookie(COOKIE, length, TICKET, true)
    const second = search(addressLength, addressTextLength)
    if (second != MALFORMED) status = second
  }
  wipeCookie(length, status > 0)
  return status
}

/** Splits the opened text and tries it with each key. As `verify`, but the cookie value and its text stay. */
function search(addressLength: i32, addressTextLength: i32): i32 {
  assert(textEnd <= text + COOKIE_MAX, 'a decoded ticket is longer than its cookie value')
  if (!splitFields(text, textEnd) && !rawHeads) return MALFORMED
  if (!mixedHeads) return searchKeys(0, 0, keyCount, addressLength, addressTextLength, MALFORMED)
  // With a digest as long as there are hex digits most likely, and a text that also fits a shorter one costs no digest.
  const likely = likelyHead()
  if (likely == 0) return searchKeys(0, 0, keyCount, addressLength, addressTextLength, MALFORMED)
  const status = searchKeys(likely, 0, keyCount, addressLength, addressTextLength, MALFORMED)
  return status > 0 ? status : searchKeys(-likely, 0, keyCount, addressLength, addressTextLength, status)
}

/** The longest head of hex digits in the ring that the split text can have. */
export function likelyHead(): i32 {
  const digits = hexDigits(text, min(uidEnd, text + HEAD_MAX))
  let longest = 0
  for (let index = 0; index < keyCount; index++) {
    const head = headOf(keyAt(index))
    if (head <= digits && head > longest) longest = head
  }
  return longest
}

/**
 * Tries the keys [from, end) in order: those with a head of `head`, or of any but -`head`, or (0) all. `status` is what was
 * found so far.
 */
export function searchKeys(
  head: i32,
  from: i32,
  end: i32,
  addressLength: i32,
  addressTextLength: i32,
  status: i32,
): i32 {
  for (let index = from; index < end; index++) {
    const key = keyAt(index)
    if (head > 0 ? headOf(key) != head : head < 0 && headOf(key) == -head) continue
    const found = tryKey(key, addressLength, addressTextLength)
    if (found > 0) return index + 1
    status |= found
  }
  return status
}

/** One key: MALFORMED (it cannot have made this text), MISMATCH, or 1 with the fields reported. */
export function tryKey(key: usize, addressLength: i32, addressTextLength: i32): i32 {
  const recipe = load<i32>(key, KEY_RECIPE)
  if (recipe & RECIPE_BENT) return tryBent(key, addressLength, addressTextLength)
  const digest = load<i32>(key, KEY_DIGEST)
  assert(u32(digest) <= u32(SHA1), 'a key in the ring has no such digest')
  const uid = text + (digestBytes(digest) << 1) + 8
  const timestamp = timestampFor(recipe, uid)
  if (timestamp < 0) return MALFORMED
  ticketDigest(key, uid, u32(timestamp), addressLength, addressTextLength)
  return compare(key, uid, u32(timestamp))
}

/** The split text's timestamp if a plain key with this recipe can have made it, the uid being at `uid`; else -1. */
@inline
export function timestampFor(recipe: i32, uid: usize): i64 {
  if (uidEnd < uid || (recipe & encoding) != encoding || (hasNul && (recipe & RECIPE_NUL_ENDS) == 0)) return -1
  return readHex8(uid - 8)
}

/** Compares the digest in STATE with the text's: MISMATCH, or 1 with the fields reported. The digest is wiped. */
@inline
export function compare(key: usize, uid: usize, timestamp: u32): i32 {
  const digest = load<i32>(key, KEY_DIGEST)
  const same = equalHex(STATE, text, digestBytes(digest), (load<i32>(key, KEY_RECIPE) & RECIPE_ANY_CASE) != 0)
  wipeDigests(digest)
  return same ? accept(uid, timestamp) : MISMATCH
}

/** Reports the fields of the text, which is a good ticket. */
export function accept(uid: usize, timestamp: u32): i32 {
  report(uid, timestamp)
  keepFields(uid)
  return 1
}

/** Only the fields stay: the head is wiped up to the timestamp in whole steps, the timestamp by itself. */
@inline
function keepFields(uid: usize): void {
  clear(text, uid - 8)
  store<u64>(uid - 8, 0)
  leave(uid, dataEnd)
}

/** One bent key: MALFORMED, MISMATCH, or 1 with the fields reported as they read. */
export function tryBent(key: usize, addressLength: i32, addressTextLength: i32): i32 {
  const digest = load<i32>(key, KEY_DIGEST)
  const recipe = load<i32>(key, KEY_RECIPE)
  const head = headBytes(digest, recipe)
  const uid = text + head + 8
  const raw = (recipe & RECIPE_HMAC) != 0
  // A raw digest may hold what ends a field elsewhere.
  if (raw && textEnd > uid) splitFields(uid, textEnd)
  let status = MALFORMED
  const timestamp = readHex8(uid - 8)
  const fits =
    uidEnd >= uid && textEnd > uid && (recipe & encoding) == encoding && (!hasNul || (recipe & RECIPE_NUL_ENDS) != 0)
  if (fits && timestamp >= 0) {
    status = MISMATCH
    const plain = bentDigest(key, uid, u32(timestamp), addressLength, addressTextLength, false)
    const same = plain && (raw ? equalBytes(STATE, text, head) : equalHex(STATE, text, head >> 1, false))
    wipeDigests(digest)
    if (same) {
      readFields(key, uid)
      reportRead(uid, u32(timestamp))
      keepFields(uid)
      status = 1
    }
    wipeShifts()
  }
  if (raw && status != 1) splitFields(text, textEnd)
  return status
}

/**
 * Splits the cookie value of `length` bytes in COOKIE and checks nothing. Returns 1 with FIELDS filled, FIELD_UID being
 * the whole text's start: which digest it has is the host's guess. Or MALFORMED, TOO_LONG. The text stays until `wipe`.
 */
export function peek(length: i32): i32 {
  wipe()
  if (u32(length) > u32(COOKIE_MAX)) return refuse(TOO_LONG)
  openCookie(COOKIE, length, TICKET, false)
  if (escaped) openCookie(COOKIE, length, TICKET, true)
  const found = splitFields(text, textEnd)
  if (found) {
    report(text, 0)
    leave(text, dataEnd)
  }
  wipeCookie(length, found)
  return found ? 1 : MALFORMED
}

/** Refuses a call whose length or address cannot be: what the host has written is wiped whole. */
export function refuse(status: i32): i32 {
  clear(COOKIE, COOKIE + COOKIE_MAX)
  return status
}

/** Fills the FIELDS record. */
function report(uid: usize, timestamp: u32): void {
  store<usize>(FIELDS, text, FIELD_START)
  store<usize>(FIELDS, uid, FIELD_UID)
  store<usize>(FIELDS, uidEnd, FIELD_UID_END)
  store<usize>(FIELDS, tokensEnd ? uidEnd + 1 : uidEnd, FIELD_TOKENS)
  store<usize>(FIELDS, tokensEnd ? tokensEnd : uidEnd, FIELD_TOKENS_END)
  store<usize>(FIELDS, (tokensEnd ? tokensEnd : uidEnd) + 1, FIELD_DATA)
  store<usize>(FIELDS, dataEnd, FIELD_DATA_END)
  store<u32>(FIELDS, timestamp, FIELD_TIMESTAMP)
}

/** The same for fields that stood otherwise than they read. */
function reportRead(uid: usize, timestamp: u32): void {
  store<usize>(FIELDS, text, FIELD_START)
  store<usize>(FIELDS, uid, FIELD_UID)
  store<usize>(FIELDS, readUidEnd, FIELD_UID_END)
  store<usize>(FIELDS, readTokens, FIELD_TOKENS)
  store<usize>(FIELDS, readTokensEnd, FIELD_TOKENS_END)
  store<usize>(FIELDS, readData, FIELD_DATA)
  store<usize>(FIELDS, readDataEnd, FIELD_DATA_END)
  store<u32>(FIELDS, timestamp, FIELD_TIMESTAMP)
}

/** Wipes the cookie value and its decoded text, except the text's fields where `keep` says that they are to be read. */
export function wipeCookie(length: i32, keep: bool): void {
  if (!keep || text == TICKET) clearLong(COOKIE, COOKIE + length)
  else {
    // A raw text stays where it came in, between the quotes that may have stood around it.
    store<u8>(COOKIE, text == COOKIE ? load<u8>(COOKIE) : 0)
    clearLong(dataEnd, COOKIE + length)
  }
  // What base64 made of a text in another encoding is in TICKET, too: 16 bytes more than the text itself at the most.
  if (text != TICKET) clearLong(TICKET, TICKET + length + 16)
  else clearLong(keep ? dataEnd : TICKET, textEnd + 16)
}
