/** The lanes' messages: one slot each, filled in turn. */

import { clear } from '../bytes'
import { pad } from '../digest'
import { LANE_BLOCKS, LANE_DIGESTS, LANE_FROM, LANE_JOB, LANE_STATE, LANE_WORDS, LANES, SLOT_SIZE, SLOTS } from './layout'

/** Slots that are filled, and blocks of the longest message among them. */
export let filled: i32 = 0
export let most: i32 = 0
/** How far any slot has been written since the last wipe. */
let used: usize = 0

@inline
export function slotAt(lane: i32): usize {
  return SLOTS + <usize>(lane * SLOT_SIZE)
}

/** Starts a new group. */
@inline
export function emptySlots(): void {
  filled = 0
  most = 0
}

/** The next slot's message ends at `end`: it is padded and counts in. `job` comes back from `jobOf`. */
export function fillSlot(digest: i32, end: usize, job: i32): void {
  const slot = slotAt(filled)
  const size = pad(digest, slot, end) - slot
  assert(size <= <usize>SLOT_SIZE, 'a message is longer than its slot')
  setLane(filled, slot, <i32>(size >> 6))
  store<i32>(LANE_JOB + (<usize>filled << 2), job)
  // What a copy left behind the message's end is gone: the padding cleared it.
  used = max(used, size + 16)
  most = max(most, <i32>(size >> 6))
  filled++
}

/** The lanes behind the filled ones have nothing to digest. */
@inline
export function closeSlots(): void {
  for (let lane = filled; lane < LANES; lane++) setLane(lane, SLOTS, 0)
}

@inline
export function setLane(lane: i32, from: usize, blocks: i32): void {
  store<usize>(LANE_FROM + (<usize>lane << 2), from)
  store<i32>(LANE_BLOCKS + (<usize>lane << 2), blocks)
}

/** Bytes of the lane's message, padding included. */
@inline
export function laneBytes(lane: i32): usize {
  return <usize>load<i32>(LANE_BLOCKS + (<usize>lane << 2)) << 6
}

@inline
export function jobOf(lane: i32): i32 {
  return load<i32>(LANE_JOB + (<usize>lane << 2))
}

@inline
export function laneDigest(lane: i32): usize {
  return LANE_DIGESTS + (<usize>lane << 5)
}

/** Zeroes messages, and what of them is in the lanes. */
export function wipeSlots(): void {
  clear(LANE_STATE, LANE_STATE + 256)
  clear(LANE_WORDS, LANE_WORDS + 512)
  clear(LANE_DIGESTS, LANE_DIGESTS + LANES * 32)
  clear(LANE_BLOCKS, LANE_BLOCKS + LANES * 4)
  clear(LANE_FROM, LANE_FROM + LANES * 4)
  clear(LANE_JOB, LANE_JOB + LANES * 4)
  for (let lane = 0; lane < LANES; lane++) clear(slotAt(lane), slotAt(lane) + used)
  used = 0
}
