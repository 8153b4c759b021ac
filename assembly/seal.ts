/** Issuing: the digest of fields that the host gives, and the finished cookie value. */

import { encodeBase64 } from './base64'
import { bentDigest, writeFields } from './bent'
import { clear, copy } from './bytes'
import { digestBytes } from './digest'
import { dataEnd, hasNul, splitFields } from './fields'
import { writeHex, writeHex8 } from './hex'
import { headBytes, keyAt, keyCount } from './keys'
import {
  COOKIE,
  COOKIE_MAX,
  KEY_DIGEST,
  KEY_RECIPE,
  MESSAGE,
  MESSAGE_MAX,
  SEAL_FIELDS,
  SEAL_FIELDS_MAX,
  STATE,
  TICKET,
} from './layout'
import { encodePercent } from './percent'
import { wipeShifts } from './shift'
import {
  MISUSE,
  RECIPE_BASE64,
  RECIPE_BENT,
  RECIPE_HMAC,
  RECIPE_PERCENT,
  RECIPE_QUOTED,
  RECIPE_RAW,
  TOO_LONG,
} from './status'
import { ticketDigest, wipeDigests } from './ticket'
import { addressFits, leave, wipe } from './verify'

/**
 * Seals the `length` bytes `uid!tokens!data` in SEAL_FIELDS with key 0 and encodes the ticket (`form`: RECIPE_RAW,
 * RECIPE_PERCENT, RECIPE_BASE64 or RECIPE_QUOTED). Returns the length of the cookie value, which is in COOKIE until `wipe`; or
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
  if (keyCount > 0 && addressFits(addressLength, addressTextLength) && splitFields(fields, end) && !hasNul) {
    const key = keyAt(0)
    written =
      load<i32>(key, KEY_RECIPE) & RECIPE_BENT
        ? sealBent(key, fields, timestamp, addressLength, addressTextLength, form)
        : sealPlain(key, fields, timestamp, addressLength, addressTextLength, form)
  }
  clear(TICKET, end)
  if (written > 0) leave(COOKIE, COOKIE + written)
  return written
}

/** The head is written in front of the fields: nothing is copied. */
function sealPlain(key: usize, fields: usize, timestamp: u32, addressLength: i32, textLength: i32, form: i32): i32 {
  const digest = load<i32>(key, KEY_DIGEST)
  const hexLength = digestBytes(digest) << 1
  const head = fields - 8 - hexLength
  ticketDigest(key, fields, timestamp, addressLength, textLength)
  writeHex(head, STATE, hexLength >> 1)
  writeHex8(fields - 8, timestamp)
  wipeDigests(digest)
  return encode(head, dataEnd, form)
}

/** The fields are written anew as the recipe has them: into MESSAGE, which is free when the digest is made. */
function sealBent(key: usize, fields: usize, timestamp: u32, addressLength: i32, textLength: i32, form: i32): i32 {
  const digest = load<i32>(key, KEY_DIGEST)
  const recipe = load<i32>(key, KEY_RECIPE)
  const head = headBytes(digest, recipe)
  bentDigest(key, fields, timestamp, addressLength, textLength, true)
  if (recipe & RECIPE_HMAC) copy(MESSAGE, STATE, STATE + head)
  else writeHex(MESSAGE, STATE, head >> 1)
  wipeDigests(digest)
  writeHex8(MESSAGE + head, timestamp)
  const end = writeFields(MESSAGE + head + 8, MESSAGE + COOKIE_MAX, recipe, fields)
  const written = end ? encode(MESSAGE, end, form) : TOO_LONG
  wipeShifts()
  memory.fill(MESSAGE, 0, MESSAGE_MAX)
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
  if (form != RECIPE_PERCENT && form != RECIPE_QUOTED) return MISUSE
  const last = form == RECIPE_QUOTED ? quote(COOKIE, from, end, limit) : encodePercent(COOKIE, from, end, limit, false)
  if (last) return i32(last - COOKIE)
  clear(COOKIE, limit)
  return TOO_LONG
}

/**
 * In double quotes, with octal escapes for all that a cookie value cannot carry; as it is where it can all be carried.
 * Brackets can, but WebOb (Pyramid) reads them only inside of quotes, whatever it writes.
 */
function quote(to: usize, from: usize, end: usize, limit: usize): usize {
  let at = from
  while (at < end && isCarried(load<u8>(at)) && !isBracket(load<u8>(at))) at++
  if (at == end) {
    if (to + (end - from) > limit) return 0
    copy(to, from, end)
    return to + (end - from)
  }
  store<u8>(to++, 0x22)
  for (; from < end; from++) {
    const char: u32 = load<u8>(from)
    if (to + 5 > limit) return 0
    if (isCarried(char) || char == 0x20) {
      store<u8>(to++, char)
      continue
    }
    store<u8>(to, 0x5c)
    store<u8>(to, 0x30 + (char >> 6), 1)
    store<u8>(to, 0x30 + ((char >> 3) & 7), 2)
    store<u8>(to, 0x30 + (char & 7), 3)
    to += 4
  }
  store<u8>(to++, 0x22)
  return to
}

@inline
function isBracket(char: u32): bool {
  return char == 0x5b || char == 0x5d
}

/** cookie-octet of RFC 6265 section 4.1.1. */
@inline
function isCarried(char: u32): bool {
  return char > 0x20 && char < 0x7f && char != 0x22 && char != 0x2c && char != 0x3b && char != 0x5c
}
