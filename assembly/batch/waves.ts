/** The ring, key after key: each wave tries one key with all tickets that no key before it has made. */

import { clear } from '../bytes'
import { blocks, digestBytes, finish, pad, start } from '../digest'
import { equalHex } from '../equal'
import { readHex8 } from '../hex'
import { keyAt, keyCount, secondDigest } from '../keys'
import { FIELDS, KEY_DIGEST, KEY_LENGTH, KEY_RECIPE, STATE } from '../layout'
import { MD5, MISMATCH, RECIPE_ANY_CASE, RECIPE_BENT, SHA256 } from '../status'
import { firstMessage, ticketDigest, wipeDigests } from '../ticket'
import { leave, tryBent } from '../verify'
import {
  addressAt,
  addressLength,
  addressTextLength,
  JOB_DATA_END,
  JOB_NEEDS,
  JOB_NEXT,
  JOB_TEXT,
  JOB_TIMESTAMP,
  JOB_UID_END,
  jobAt,
  keepRecord,
  keepSplit,
  pend,
  pendingAt,
  pendingCount,
  recordAt,
  setPending,
  takeAddress,
  takeSplit,
  takeUp,
} from './jobs'
import { digestLanes, finishLanes, lanesOf, secondLanes } from './lanes'
import {
  ADDRESS_CHARS,
  BUCKETS,
  LANE_BLOCKS,
  LANE_DIGESTS,
  LANE_FROM,
  LANE_JOB,
  LANE_STATE,
  LANE_WORDS,
  LANES,
  SLOT_SIZE,
  SLOTS,
} from './layout'

/** How far the slots have been written. */
let slotsUsed: usize = 0
/** Tickets in the group that is being filled, and blocks of its longest message. */
let filled: i32 = 0
let most: i32 = 0

/** Tries all keys with all pending tickets. */
export function runWaves(): void {
  slotsUsed = 0
  for (let index = 0; index < keyCount && pendingCount > 0; index++) {
    const key = keyAt(index)
    const digest = load<i32>(key, KEY_DIGEST)
    if (load<i32>(key, KEY_RECIPE) & RECIPE_BENT) bentWave(index, key)
    else if (digest == MD5 || digest == SHA256) laneWave(index, key, digest)
    else singleWave(index, key, digest)
    compact()
  }
}

/** Zeroes what the waves have left behind: messages, and what of them is in the lanes. */
export function wipeWaves(): void {
  clear(LANE_STATE, LANE_STATE + 256)
  clear(LANE_WORDS, LANE_WORDS + 512)
  clear(LANE_DIGESTS, LANE_DIGESTS + LANES * 32)
  clear(LANE_BLOCKS, LANE_BLOCKS + LANES * 4)
  clear(LANE_FROM, LANE_FROM + LANES * 4)
  clear(LANE_JOB, LANE_JOB + LANES * 4)
  for (let lane = 0; lane < LANES; lane++) {
    const slot = slotAt(lane)
    clear(slot, slot + slotsUsed)
  }
  slotsUsed = 0
}

@inline
function slotAt(lane: i32): usize {
  return SLOTS + <usize>(lane * SLOT_SIZE)
}

/** Only what is still without a key stays pending. */
function compact(): void {
  let left = 0
  for (let place = 0; place < pendingCount; place++) {
    const index = pendingAt(place)
    if (load<i32>(recordAt(index)) <= 0) pend(left++, index)
  }
  setPending(left)
}

/** The ticket's timestamp if this key can have made it, else -1. */
@inline
function timestampOf(job: usize, recipe: i32, uid: usize): i64 {
  const needs = load<i32>(job, JOB_NEEDS)
  return load<usize>(job, JOB_UID_END) < uid || (recipe & needs) != needs ? -1 : readHex8(uid - 8)
}

/** Tickets with dialects that bend the recipe, one after the other. */
function bentWave(index: i32, key: usize): void {
  for (let place = 0; place < pendingCount; place++) {
    const ticket = pendingAt(place)
    takeUp(jobAt(ticket))
    takeAddress(ticket)
    const found = tryBent(key, addressLength(ticket), addressTextLength(ticket))
    if (found == MISMATCH) store<i32>(recordAt(ticket), MISMATCH)
    if (found <= 0) continue
    keepRecord(ticket, 0)
    store<i32>(recordAt(ticket), index + 1)
    clear(FIELDS, FIELDS + 32)
    leave(0, 0)
  }
}

/** Digests that do not gain from lanes, one after the other. */
function singleWave(index: i32, key: usize, digest: i32): void {
  const recipe = load<i32>(key, KEY_RECIPE)
  const hexLength = digestBytes(digest) << 1
  for (let place = 0; place < pendingCount; place++) {
    const ticket = pendingAt(place)
    const job = jobAt(ticket)
    const text = load<usize>(job, JOB_TEXT)
    const uid = text + hexLength + 8
    const timestamp = timestampOf(job, recipe, uid)
    if (timestamp < 0) continue
    takeSplit(job)
    takeAddress(ticket)
    ticketDigest(key, uid, u32(timestamp), addressLength(ticket), addressTextLength(ticket))
    const same = equalHex(STATE, text, hexLength >> 1, (recipe & RECIPE_ANY_CASE) != 0)
    wipeDigests(digest)
    settle(ticket, index, uid, u32(timestamp), same != 0)
  }
}

/** Notes the verdict of one key. */
@inline
function settle(ticket: i32, index: i32, uid: usize, timestamp: u32, same: bool): void {
  store<i32>(recordAt(ticket), same ? index + 1 : MISMATCH)
  if (same) keepSplit(ticket, uid, timestamp)
}

/** Sorts the tickets by the length of their messages, and digests as many at once as there are lanes. */
function laneWave(index: i32, key: usize, digest: i32): void {
  const recipe = load<i32>(key, KEY_RECIPE)
  const hexLength = digestBytes(digest) << 1
  // The address and the time take 8 bytes, or some more: sizes only decide who shares a group.
  const fixed = <usize>load<i32>(key, KEY_LENGTH) + 8 + 72
  let longest = 0
  for (let place = 0; place < pendingCount; place++) {
    const ticket = pendingAt(place)
    const job = jobAt(ticket)
    const uid = load<usize>(job, JOB_TEXT) + hexLength + 8
    const timestamp = timestampOf(job, recipe, uid)
    if (timestamp < 0) continue
    store<u32>(job, u32(timestamp), JOB_TIMESTAMP)
    const size = <i32>((fixed + (load<usize>(job, JOB_DATA_END) - uid)) >> 6)
    const bucket = BUCKETS + (<usize>size << 1)
    store<i32>(job, <i32>load<u16>(bucket), JOB_NEXT)
    store<u16>(bucket, ticket + 1)
    longest = max(longest, size)
  }
  filled = 0
  most = 0
  const lanes = lanesOf(digest)
  for (let size = 0; size <= longest; size++) {
    const bucket = BUCKETS + (<usize>size << 1)
    for (let next = <i32>load<u16>(bucket); next; ) {
      const ticket = next - 1
      next = load<i32>(jobAt(ticket), JOB_NEXT)
      fill(ticket, key, digest, hexLength)
      if (filled == lanes) group(index, key, digest, recipe, hexLength)
    }
    store<u16>(bucket, 0)
  }
  if (filled > 0) group(index, key, digest, recipe, hexLength)
}

/** Puts the first message of a ticket into the next lane's slot. */
@inline
function fill(ticket: i32, key: usize, digest: i32, hexLength: i32): void {
  const job = jobAt(ticket)
  takeSplit(job)
  const slot = slotAt(filled)
  const address = addressAt(ticket)
  const end = firstMessage(
    slot,
    key,
    load<usize>(job, JOB_TEXT) + hexLength + 8,
    load<u32>(job, JOB_TIMESTAMP),
    address,
    addressLength(ticket),
    address + ADDRESS_CHARS,
    addressTextLength(ticket),
  )
  const size = pad(digest, slot, end) - slot
  assert(size <= <usize>SLOT_SIZE, 'a message is longer than its slot')
  const lane = <usize>filled << 2
  store<usize>(LANE_FROM + lane, slot)
  store<i32>(LANE_BLOCKS + lane, <i32>(size >> 6))
  store<i32>(LANE_JOB + lane, ticket)
  // A copy may have gone up to 15 bytes past the message's end.
  slotsUsed = max(slotsUsed, size + 16)
  most = max(most, <i32>(size >> 6))
  filled++
}

/** Digests the group that is filled, compares, and begins a new one. A group of one is quicker alone. */
function group(index: i32, key: usize, digest: i32, recipe: i32, hexLength: i32): void {
  const anyCase = (recipe & RECIPE_ANY_CASE) != 0
  if (filled == 1) {
    start(digest)
    blocks(digest, SLOTS, SLOTS + (<usize>most << 6))
    finish(digest)
    secondDigest(key)
    decide(0, STATE, index, hexLength, anyCase)
    wipeDigests(digest)
  } else {
    for (let lane = filled; lane < LANES; lane++) {
      store<usize>(LANE_FROM + (<usize>lane << 2), SLOTS)
      store<i32>(LANE_BLOCKS + (<usize>lane << 2), 0)
    }
    digestLanes(digest, most)
    secondLanes(digest, key)
    finishLanes(digest)
    for (let lane = 0; lane < filled; lane++) decide(lane, LANE_DIGESTS + (<usize>lane << 5), index, hexLength, anyCase)
  }
  filled = 0
  most = 0
}

/** Compares the digest at `raw` with that of the lane's ticket. */
@inline
function decide(lane: i32, raw: usize, index: i32, hexLength: i32, anyCase: bool): void {
  const ticket = load<i32>(LANE_JOB + (<usize>lane << 2))
  const job = jobAt(ticket)
  const text = load<usize>(job, JOB_TEXT)
  const same = equalHex(raw, text, hexLength >> 1, anyCase) != 0
  settle(ticket, index, text + hexLength + 8, load<u32>(job, JOB_TIMESTAMP), same)
}
