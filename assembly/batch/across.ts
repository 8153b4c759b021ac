/** One ticket and many keys: the first two in turn, which nearly all tickets come from, the others in lanes. */

import { clear } from '../bytes'
import { openCookie, escaped, text, textEnd } from '../cookie'
import { blocks, digestBytes, finish, start } from '../digest'
import { equalHex } from '../equal'
import { splitFields } from '../fields'
import { writeHex } from '../hex'
import { headOf, keyAt, keyCount, mixedHeads, prefixBytes, rawHeads, secondDigest } from '../keys'
import {
  ADDRESS,
  ADDRESS_TEXT,
  COOKIE,
  COOKIE_MAX,
  KEY_DIGEST,
  KEY_RECIPE,
  KEY_SECRET,
  KEY_TAIL,
  STATE,
  TICKET,
} from '../layout'
import { MALFORMED, MD5, MISMATCH, MISUSE, RECIPE_ANY_CASE, RECIPE_BENT, RECIPE_HEX, SHA256, TOO_LONG } from '../status'
import { writeMessage, wipeDigests } from '../ticket'
import { accept, addressFits, likelyHead, refuse, timestampFor, tryKey, wipe, wipeCookie } from '../verify'
import { digestLanes, finishLanes, lanesOf } from './lanes'
import { closeSlots, emptySlots, filled, fillSlot, jobOf, laneBytes, laneDigest, most, setLane, slotAt, wipeSlots } from './slots'

/** Keys that are tried one after the other, and keys from which on lanes are faster. */
const NEAR: i32 = 2
const FEWEST: i32 = 3

/** As the engine's `verify`, which tries all keys in turn. */
export function verify(length: i32, addressLength: i32, addressTextLength: i32): i32 {
  wipe()
  if (u32(length) > u32(COOKIE_MAX)) return refuse(TOO_LONG)
  if (!addressFits(addressLength, addressTextLength)) return refuse(MISUSE)
  openCookie(COOKIE, length, TICKET, false)
  let status = search(addressLength, addressTextLength)
  if (status <= 0 && escaped) {
    openCookie(COOKIE, length, TICKET, true)
    const second = search(addressLength, addressTextLength)
    if (second != MALFORMED) status = second
  }
  wipeCookie(length, status > 0)
  return status
}

function search(addressLength: i32, addressTextLength: i32): i32 {
  if (!splitFields(text, textEnd) && !rawHeads) return MALFORMED
  if (!mixedHeads) return searchAcross(0, addressLength, addressTextLength, MALFORMED)
  const likely = likelyHead()
  if (likely == 0) return searchAcross(0, addressLength, addressTextLength, MALFORMED)
  const status = searchAcross(likely, addressLength, addressTextLength, MALFORMED)
  return status > 0 ? status : searchAcross(-likely, addressLength, addressTextLength, status)
}

/** The lanes' digest and when their ticket was issued. */
let groupDigest: i32 = 0
let issuedAt: u32 = 0

/** `head`, `status`: as of `searchKeys`. */
function searchAcross(head: i32, addressLength: i32, addressTextLength: i32, status: i32): i32 {
  emptySlots()
  let tried = 0
  for (let index = 0; index < keyCount; index++) {
    const key = keyAt(index)
    if (head > 0 ? headOf(key) != head : head < 0 && headOf(key) == -head) continue
    const digest = load<i32>(key, KEY_DIGEST)
    const recipe = load<i32>(key, KEY_RECIPE)
    const lane = tried++ >= NEAR && (recipe & RECIPE_BENT) == 0 && (digest == MD5 || digest == SHA256)
    // In the ring's order: a key further back must not be found before one in front of it.
    if (filled > 0 && (!lane || digest != groupDigest)) {
      const found = group()
      if (found > 0) return found
    }
    if (!lane) {
      const found = tryKey(key, addressLength, addressTextLength)
      if (found > 0) return index + 1
      status |= found
      continue
    }
    const uid = text + (digestBytes(digest) << 1) + 8
    const timestamp = timestampFor(recipe, uid)
    if (timestamp < 0) continue
    status = MISMATCH
    groupDigest = digest
    issuedAt = u32(timestamp)
    const slot = slotAt(filled)
    const end = writeMessage(slot, key, uid, issuedAt, ADDRESS, addressLength, ADDRESS_TEXT, addressTextLength)
    fillSlot(digest, end, index)
    if (filled < lanesOf(digest)) continue
    const found = group()
    if (found > 0) return found
  }
  const found = filled > 0 ? group() : MISMATCH
  return found > 0 ? found : status
}

/** Digests the group with its keys and empties it: 1 + the index of the key that made the ticket, or MISMATCH. */
function group(): i32 {
  const digest = groupDigest
  const lanes = filled >= FEWEST
  if (lanes) bothDigests(digest)
  let found = MISMATCH
  for (let lane = 0; lane < filled && found < 0; lane++) {
    const key = keyAt(jobOf(lane))
    if (!lanes) oneDigest(digest, lane, key)
    const raw = lanes ? laneDigest(lane) : STATE
    const anyCase = (load<i32>(key, KEY_RECIPE) & RECIPE_ANY_CASE) != 0
    if (equalHex(raw, text, digestBytes(digest), anyCase)) found = jobOf(lane) + 1
  }
  wipeDigests(digest)
  wipeSlots()
  emptySlots()
  if (found > 0) accept(text + (digestBytes(digest) << 1) + 8, issuedAt)
  return found
}

/** Too few for lanes. */
function oneDigest(digest: i32, lane: i32, key: usize): void {
  start(digest)
  blocks(digest, slotAt(lane), slotAt(lane) + laneBytes(lane))
  finish(digest)
  secondDigest(key)
}

/** Both digests of all slots, each with its own key, to the lanes' digests. */
function bothDigests(digest: i32): void {
  closeSlots()
  digestLanes(digest, most)
  finishLanes(digest)
  let longest = 0
  for (let lane = 0; lane < filled; lane++) {
    const key = keyAt(jobOf(lane))
    const n = prefixBytes(digest, load<i32>(key, KEY_RECIPE))
    const message = key + KEY_SECRET - n
    if (load<i32>(key, KEY_RECIPE) & RECIPE_HEX) writeHex(message, laneDigest(lane), n >> 1)
    else memory.copy(message, laneDigest(lane), n)
    const tail = load<i32>(key, KEY_TAIL)
    // Of one with a schedule of its own the padding is there as well.
    const size = tail ? (n + tail) >> 6 : 2
    setLane(lane, message, size)
    longest = max(longest, size)
  }
  digestLanes(digest, longest)
  finishLanes(digest)
  for (let lane = 0; lane < filled; lane++) {
    const secret = keyAt(jobOf(lane)) + KEY_SECRET
    clear(secret - prefixBytes(digest, load<i32>(keyAt(jobOf(lane)), KEY_RECIPE)), secret)
  }
}
