/** The ring, key after key: each wave tries one key with all tickets that no key before it has made. */

import { clear } from '../bytes'
import { blocks, digestBytes, finish, start } from '../digest'
import { equalHex } from '../equal'
import { readHex8 } from '../hex'
import { headOf, keyAt, keyCount, mixedHeads, secondDigest } from '../keys'
import { FIELDS, KEY_DIGEST, KEY_LENGTH, KEY_RECIPE, STATE } from '../layout'
import { MD5, MISMATCH, RECIPE_ANY_CASE, RECIPE_BENT, SHA256 } from '../status'
import { firstMessage, ticketDigest, wipeDigests } from '../ticket'
import { leave, likelyHead, tryBent } from '../verify'
import {
  addressAt,
  addressLength,
  addressTextLength,
  JOB_DATA_END,
  JOB_LIKELY,
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
import { ADDRESS_CHARS, BUCKETS, SLOTS } from './layout'
import { closeSlots, emptySlots, filled, fillSlot, jobOf, laneDigest, most, slotAt } from './slots'

/** Tries all keys with all pending tickets; where keys differ in their heads, first with those that the digits fit best. */
export function runWaves(): void {
  if (!mixedHeads) return runKeys(ANY)
  for (let place = 0; place < pendingCount; place++) {
    const job = jobAt(pendingAt(place))
    takeUp(job)
    store<i32>(job, likelyHead(), JOB_LIKELY)
  }
  runKeys(LIKELY)
  runKeys(OTHERS)
}

/** Which tickets a key is tried with. */
const ANY: i32 = 0
const LIKELY: i32 = 1
const OTHERS: i32 = 2

function runKeys(which: i32): void {
  for (let index = 0; index < keyCount && pendingCount > 0; index++) {
    const key = keyAt(index)
    const digest = load<i32>(key, KEY_DIGEST)
    if (load<i32>(key, KEY_RECIPE) & RECIPE_BENT) bentWave(index, key, which)
    else if (digest == MD5 || digest == SHA256) laneWave(index, key, digest, which)
    else singleWave(index, key, digest, which)
    compact()
  }
}

/** Whether this run tries the ticket with a key of this head. */
@inline
function isDue(job: usize, head: i32, which: i32): bool {
  return which == ANY || (load<i32>(job, JOB_LIKELY) == head) == (which == LIKELY)
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
function bentWave(index: i32, key: usize, which: i32): void {
  const head = headOf(key)
  for (let place = 0; place < pendingCount; place++) {
    const ticket = pendingAt(place)
    if (!isDue(jobAt(ticket), head, which)) continue
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
function singleWave(index: i32, key: usize, digest: i32, which: i32): void {
  const recipe = load<i32>(key, KEY_RECIPE)
  const hexLength = digestBytes(digest) << 1
  for (let place = 0; place < pendingCount; place++) {
    const ticket = pendingAt(place)
    const job = jobAt(ticket)
    if (!isDue(job, hexLength + 8, which)) continue
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
function laneWave(index: i32, key: usize, digest: i32, which: i32): void {
  const recipe = load<i32>(key, KEY_RECIPE)
  const hexLength = digestBytes(digest) << 1
  // The address and the time take 8 bytes, or some more: sizes only decide who shares a group.
  const fixed = <usize>load<i32>(key, KEY_LENGTH) + 8 + 72
  let longest = 0
  for (let place = 0; place < pendingCount; place++) {
    const ticket = pendingAt(place)
    const job = jobAt(ticket)
    if (!isDue(job, hexLength + 8, which)) continue
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
  emptySlots()
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
  const address = addressAt(ticket)
  const end = firstMessage(
    slotAt(filled),
    key,
    load<usize>(job, JOB_TEXT) + hexLength + 8,
    load<u32>(job, JOB_TIMESTAMP),
    address,
    addressLength(ticket),
    address + ADDRESS_CHARS,
    addressTextLength(ticket),
  )
  fillSlot(digest, end, ticket)
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
    closeSlots()
    digestLanes(digest, most)
    secondLanes(digest, key)
    finishLanes(digest)
    for (let lane = 0; lane < filled; lane++) decide(lane, laneDigest(lane), index, hexLength, anyCase)
  }
  emptySlots()
}

/** Compares the digest at `raw` with that of the lane's ticket. */
@inline
function decide(lane: i32, raw: usize, index: i32, hexLength: i32, anyCase: bool): void {
  const ticket = jobOf(lane)
  const job = jobAt(ticket)
  const text = load<usize>(job, JOB_TEXT)
  const same = equalHex(raw, text, hexLength >> 1, anyCase) != 0
  settle(ticket, index, text + hexLength + 8, load<u32>(job, JOB_TIMESTAMP), same)
}
