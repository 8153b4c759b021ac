/** A group of messages in lanes: from the messages of the first digest to the second digest's bytes. */

import { blockBytes, digestBytes } from '../digest'
import { KEY_RECIPE, KEY_SCHEDULE, KEY_SECRET, KEY_TAIL } from '../layout'
import { MD5, RECIPE_HEX } from '../status'
import { LANE_DIGESTS, LANE_FROM, LANE_STATE, LANE_WORDS } from './layout'
import { md5LanesBlock, md5LanesStart } from './md5-lanes'
import { sha256LanesBlock, sha256LanesScheduled, sha256LanesStart } from './sha256-lanes'
import { bigEndian, store4 } from './transpose'

const DIGITS: usize = memory.data<u8>([
  0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66,
], 16)

/** A block that all lanes have. */
const EVERY: i32 = -1

/** How many messages are digested at once: eight with MD5, four with SHA-256. */
@inline
export function lanesOf(digest: i32): i32 {
  return digest == MD5 ? 8 : 4
}

/** The first digest of the messages that LANE_FROM and LANE_BLOCKS name, `most` blocks at the most, into LANE_STATE. */
export function digestLanes(digest: i32, most: i32): void {
  if (digest == MD5) {
    md5LanesStart()
    for (let block = 0; block < most; block++) {
      gather(0, <usize>block << 6, 32, false)
      gather(16, <usize>block << 6, 32, false)
      md5LanesBlock(block)
    }
  } else {
    sha256LanesStart()
    for (let block = 0; block < most; block++) {
      gather(0, <usize>block << 6, 16, true)
      sha256LanesBlock(block)
    }
  }
}

/** Puts the words of the block at `offset` of four messages side by side; `stream`: 0, or 16 for lanes 4 to 7. */
function gather(stream: usize, offset: usize, step: usize, swap: bool): void {
  const p0 = load<usize>(LANE_FROM + stream) + offset
  const p1 = load<usize>(LANE_FROM + stream, 4) + offset
  const p2 = load<usize>(LANE_FROM + stream, 8) + offset
  const p3 = load<usize>(LANE_FROM + stream, 12) + offset
  let to = LANE_WORDS + stream
  for (let at: usize = 0; at < 64; at += 16) {
    let r0 = v128.load(p0 + at)
    let r1 = v128.load(p1 + at)
    let r2 = v128.load(p2 + at)
    let r3 = v128.load(p3 + at)
    if (swap) {
      r0 = bigEndian(r0)
      r1 = bigEndian(r1)
      r2 = bigEndian(r2)
      r3 = bigEndian(r3)
    }
    store4(r0, r1, r2, r3, to, step)
    to += 4 * step
  }
}

/**
 * The second digest: of the first ones in LANE_STATE and the secret of `key`, which is the same for all lanes: its words are
 * spread, nothing is copied. Ends in LANE_STATE.
 */
export function secondLanes(digest: i32, key: usize): void {
  const hex = (load<i32>(key, KEY_RECIPE) & RECIPE_HEX) != 0
  const prefix = <usize>(hex ? digestBytes(digest) << 1 : digestBytes(digest))
  const message = key + KEY_SECRET - prefix
  const tail = <usize>load<i32>(key, KEY_TAIL)
  const md5 = digest == MD5
  const step: usize = md5 ? 32 : 16
  if (hex) {
    for (let word: usize = 0; word < prefix >> 3; word++) {
      hexWords(LANE_STATE + word * step, LANE_WORDS + 2 * word * step, step, md5)
      if (md5) hexWords(LANE_STATE + 16 + word * step, LANE_WORDS + 16 + 2 * word * step, step, true)
    }
  } else memory.copy(LANE_WORDS, LANE_STATE, (prefix >> 2) * step)
  for (let at = prefix; at < 64; at += 4) spread(message + at, LANE_WORDS + (at >> 2) * step, md5)
  if (md5) md5LanesStart()
  else sha256LanesStart()
  if (md5) md5LanesBlock(EVERY)
  else sha256LanesBlock(EVERY)
  if (tail == 0) return sha256LanesScheduled(key + KEY_SCHEDULE)
  const end = message + prefix + tail
  for (let block = message + blockBytes(digest); block < end; block += 64) {
    for (let at: usize = 0; at < 64; at += 4) spread(block + at, LANE_WORDS + (at >> 2) * step, md5)
    if (md5) md5LanesBlock(EVERY)
    else sha256LanesBlock(EVERY)
  }
}

/** The word at `from` in all lanes. */
@inline
function spread(from: usize, to: usize, md5: bool): void {
  const word = v128.load32_splat(from)
  if (md5) {
    v128.store(to, word)
    v128.store(to, word, 16)
  } else v128.store(to, bigEndian(word))
}

/** The eight hex digits of each lane's word, as two words; in MD5's order of bytes, or else in SHA-2's. */
function hexWords(from: usize, to: usize, step: usize, little: bool): void {
  const digits = v128.load(DIGITS)
  const raw = v128.load(from)
  const high = i8x16.swizzle(digits, i8x16.shr_u(raw, 4))
  const low = i8x16.swizzle(digits, v128.and(raw, i8x16.splat(15)))
  if (little) {
    v128.store(to, i8x16.shuffle(high, low, 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29))
    v128.store(to + step, i8x16.shuffle(high, low, 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31))
  } else {
    v128.store(to, i8x16.shuffle(low, high, 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31))
    v128.store(to + step, i8x16.shuffle(low, high, 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29))
  }
}

/** The digests' bytes from LANE_STATE to LANE_DIGESTS, 32 bytes a lane. */
export function finishLanes(digest: i32): void {
  if (digest == MD5) {
    quarter(0, 32, LANE_DIGESTS, false)
    quarter(16, 32, LANE_DIGESTS + 128, false)
  } else {
    quarter(0, 16, LANE_DIGESTS, true)
    quarter(64, 16, LANE_DIGESTS + 16, true)
  }
}

/** Four words of four lanes, 16 bytes a lane. */
function quarter(at: usize, step: usize, to: usize, swap: bool): void {
  let w0 = v128.load(LANE_STATE + at)
  let w1 = v128.load(LANE_STATE + at + step)
  let w2 = v128.load(LANE_STATE + at + 2 * step)
  let w3 = v128.load(LANE_STATE + at + 3 * step)
  if (swap) {
    w0 = bigEndian(w0)
    w1 = bigEndian(w1)
    w2 = bigEndian(w2)
    w3 = bigEndian(w3)
  }
  store4(w0, w1, w2, w3, to, 32)
}
