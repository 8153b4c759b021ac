/**
 * The batch module's ABI: a second binary, which has all that the engine has, and kernels that digest several messages at
 * once. A host loads it when it first has many tickets, or a ring of many keys. No imports, no allocation, one fixed memory.
 *
 * | export | before | returns | after |
 * |---|---|---|---|
 * | the engine's own | see ../index.ts | | `verify` tries all but the first two keys in lanes |
 * | `adoptKey(index)` | the KEY_SIZE bytes of key `index` of an engine of this build at RING + index * KEY_SIZE | 0 or MISUSE | the key is in the ring |
 * | `splitLines(length, last)` | lines in INPUT | how many were found, TICKETS_MAX at the most, or MISUSE | STARTS, LENGTHS; `splitBytes()` says how many bytes they are, ends included |
 * | `verifyBatch(count, ownAddresses, base)` | cookie values in INPUT, STARTS, LENGTHS; ADDRESSES: the first one for all, or one for each | bytes of TEXTS, or MISUSE | RECORDS; in TEXTS the good tickets' fields, zeroes between them; INPUT is wiped |
 * | `wipeBatch()` | - | - | all that the last batch left is zero |
 *
 * RECORDS has eight 32-bit words a ticket: status, then, of a good one, uid, end of the uid, tokens, end of the tokens,
 * user data, end of the user data, counted from TEXTS and `base` more, and the timestamp. Status: 1 + the key's index,
 * MALFORMED, MISMATCH, TOO_LONG, ABSENT, UNBOUND. Every verdict is that of `verify`, but that a value of less than 41 chars,
 * or one that begins as no ticket does, is malformed whatever the address.
 */

import { clear } from '../bytes'
import { COOKIE_MAX } from '../layout'
import { INPUT, INPUT_MAX, LENGTHS, STARTS, TICKETS_MAX } from './layout'
import { openAll, textsEnd, trimTexts, wipeJobs } from './jobs'
import { findLines, lineBytes } from './lines'
import { MISUSE } from '../status'
import { TEXTS } from './layout'
import { wipeSlots } from './slots'
import { runWaves } from './waves'

export { adoptKey, loadKey } from '../keys'
export { closeLong, concludeLong, longMessage, openLong } from '../long'
export { seal } from '../seal'
export { digest } from '../sum'
export { peek, wipe } from '../verify'
export { verify } from './across'
export {
  ADDRESS,
  ADDRESS_TEXT,
  ADDRESS_TEXT_MAX,
  COOKIE,
  COOKIE_MAX,
  FIELDS,
  KEY_SECRET,
  KEY_SIZE,
  KEYS_MAX,
  MESSAGE,
  MESSAGE_MAX,
  RING,
  SEAL_FIELDS,
  SEAL_FIELDS_MAX,
  SECRET_MAX,
  STATE,
} from '../layout'
export {
  ADDRESS_CHARS,
  ADDRESS_LENGTH,
  ADDRESS_SIZE,
  ADDRESS_TEXT_LENGTH,
  ADDRESSES,
  INPUT,
  INPUT_MAX,
  LENGTHS,
  RECORDS,
  STARTS,
  TEXTS,
  TEXTS_MAX,
  TICKETS_MAX,
} from './layout'
export { ABSENT, BATCH_ABI, UNBOUND } from './status'
export {
  ABI,
  MALFORMED,
  MD5,
  MISMATCH,
  MISUSE,
  RECIPE_ADDRESS_TEXT,
  RECIPE_ANY_CASE,
  RECIPE_BASE64,
  RECIPE_BYTES,
  RECIPE_DATA_BASE64,
  RECIPE_HEX,
  RECIPE_HMAC,
  RECIPE_IPV6_TEXT,
  RECIPE_NUL_ENDS,
  RECIPE_PERCENT,
  RECIPE_QUOTED,
  RECIPE_RAW,
  RECIPE_SEPARATED,
  RECIPE_SHIFTED,
  RECIPE_UID_QUOTED,
  SHA1,
  SHA256,
  SHA512,
  TOO_LONG,
} from '../status'

let lastCount: i32 = 0
let inputUsed: i32 = 0

/** Finds the lines of the `length` bytes in INPUT; see the table. */
export function splitLines(length: i32, last: i32): i32 {
  if (u32(length) > u32(INPUT_MAX)) return refuse()
  inputUsed = length
  return findLines(length, last != 0)
}

/** Bytes of the lines that `splitLines` found. */
export function splitBytes(): i32 {
  return lineBytes
}

/** Checks `count` cookie values against the ring; see the table. */
export function verifyBatch(count: i32, ownAddresses: i32, base: i32): i32 {
  wipeBatch()
  if (u32(count) > u32(TICKETS_MAX)) return refuse()
  // Values that share bytes could be more text than there is room for.
  let total: u32 = 0
  for (let index = 0; index < count; index++) {
    const from = load<u32>(STARTS + (<usize>index << 2))
    const length = <u32>load<u16>(LENGTHS + (<usize>index << 1))
    // Of one that is too long only the first byte is looked at.
    const size = length > u32(COOKIE_MAX) ? 1 : length
    total += size
    if (from > u32(INPUT_MAX) || from + size > u32(INPUT_MAX) || total > u32(INPUT_MAX)) return refuse()
    inputUsed = max(inputUsed, <i32>(from + size))
  }
  lastCount = count
  openAll(count, ownAddresses != 0, <usize>base)
  runWaves()
  wipeSlots()
  trimTexts(count)
  clear(INPUT, INPUT + inputUsed)
  inputUsed = 0
  return <i32>(textsEnd - TEXTS)
}

/** A call that cannot be: what the host has written is wiped whole. */
function refuse(): i32 {
  memory.fill(INPUT, 0, INPUT_MAX)
  inputUsed = 0
  return MISUSE
}

/** Zeroes what the last batch left to be read. */
export function wipeBatch(): void {
  wipeJobs(lastCount)
  lastCount = 0
}
