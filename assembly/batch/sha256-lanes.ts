/**
 * SHA-256 of four messages at once (FIPS 180-4): one lane each. The schedule is kept as a ring of sixteen words in
 * LANE_WORDS. One line a round, the names in strict rotation. The scalar twin is ../sha256.
 */

import { LANE_BLOCKS, LANE_STATE, LANE_WORDS } from './layout'
import { SHA256_K } from '../sha256'

@inline
function rotate(x: v128, n: i32): v128 {
  return v128.or(i32x4.shr_u(x, n), i32x4.shl(x, 32 - n))
}

@inline
function S1(e: v128): v128 {
  return rotate(v128.xor(rotate(v128.xor(rotate(e, 14), e), 5), e), 6)
}

@inline
function S0(a: v128): v128 {
  return rotate(v128.xor(rotate(v128.xor(rotate(a, 9), a), 11), a), 2)
}

@inline
function s0(x: v128): v128 {
  return v128.xor(v128.xor(rotate(x, 7), rotate(x, 18)), i32x4.shr_u(x, 3))
}

@inline
function s1(x: v128): v128 {
  return v128.xor(v128.xor(rotate(x, 17), rotate(x, 19)), i32x4.shr_u(x, 10))
}

/** All of a round that does not wait for S1. */
@inline
function pick(e: v128, f: v128, g: v128, h: v128, wk: v128): v128 {
  return i32x4.add(i32x4.add(h, wk), v128.xor(g, v128.and(e, v128.xor(f, g))))
}

@inline
function major(x: v128, y: v128, b: v128): v128 {
  return v128.xor(v128.and(x, y), b)
}

@inline
function word(i: usize): v128 {
  return v128.load(LANE_WORDS + ((i & 15) << 4))
}

/** Word `i` (0..15) of the schedule's next turn, in place of the one sixteen before. */
@inline
function next(i: usize): v128 {
  const fresh = i32x4.add(i32x4.add(word(i), s0(word(i + 1))), i32x4.add(word(i + 9), s1(word(i + 14))))
  v128.store(LANE_WORDS + (i << 4), fresh)
  return fresh
}

@inline
function constant(k: usize, i: usize): v128 {
  return v128.load32_splat(k + (i << 2))
}

export function sha256LanesStart(): void {
  v128.store(LANE_STATE, i32x4.splat(0x6a09e667), 0)
  v128.store(LANE_STATE, i32x4.splat(0xbb67ae85), 16)
  v128.store(LANE_STATE, i32x4.splat(0x3c6ef372), 32)
  v128.store(LANE_STATE, i32x4.splat(0xa54ff53a), 48)
  v128.store(LANE_STATE, i32x4.splat(0x510e527f), 64)
  v128.store(LANE_STATE, i32x4.splat(0x9b05688c), 80)
  v128.store(LANE_STATE, i32x4.splat(0x1f83d9ab), 96)
  v128.store(LANE_STATE, i32x4.splat(0x5be0cd19), 112)
}

/**
 * Block number `block` of each lane, whose words are in LANE_WORDS. Lanes that have no such block by LANE_BLOCKS stay as
 * they are; -1 is one that all have.
 */
export function sha256LanesBlock(block: i32): void {
  let a = v128.load(LANE_STATE, 0)
  let b = v128.load(LANE_STATE, 16)
  let c = v128.load(LANE_STATE, 32)
  let d = v128.load(LANE_STATE, 48)
  let e = v128.load(LANE_STATE, 64)
  let f = v128.load(LANE_STATE, 80)
  let g = v128.load(LANE_STATE, 96)
  let h = v128.load(LANE_STATE, 112)
  let x: v128
  let y = v128.xor(b, c)
  let k = SHA256_K
  {
    h = i32x4.add(pick(e, f, g, h, i32x4.add(word(0), constant(k, 0))), S1(e)); d = i32x4.add(d, h); x = v128.xor(a, b); h = i32x4.add(i32x4.add(h, major(y, x, b)), S0(a))
    g = i32x4.add(pick(d, e, f, g, i32x4.add(word(1), constant(k, 1))), S1(d)); c = i32x4.add(c, g); y = v128.xor(h, a); g = i32x4.add(i32x4.add(g, major(x, y, a)), S0(h))
    f = i32x4.add(pick(c, d, e, f, i32x4.add(word(2), constant(k, 2))), S1(c)); b = i32x4.add(b, f); x = v128.xor(g, h); f = i32x4.add(i32x4.add(f, major(y, x, h)), S0(g))
    e = i32x4.add(pick(b, c, d, e, i32x4.add(word(3), constant(k, 3))), S1(b)); a = i32x4.add(a, e); y = v128.xor(f, g); e = i32x4.add(i32x4.add(e, major(x, y, g)), S0(f))
    d = i32x4.add(pick(a, b, c, d, i32x4.add(word(4), constant(k, 4))), S1(a)); h = i32x4.add(h, d); x = v128.xor(e, f); d = i32x4.add(i32x4.add(d, major(y, x, f)), S0(e))
    c = i32x4.add(pick(h, a, b, c, i32x4.add(word(5), constant(k, 5))), S1(h)); g = i32x4.add(g, c); y = v128.xor(d, e); c = i32x4.add(i32x4.add(c, major(x, y, e)), S0(d))
    b = i32x4.add(pick(g, h, a, b, i32x4.add(word(6), constant(k, 6))), S1(g)); f = i32x4.add(f, b); x = v128.xor(c, d); b = i32x4.add(i32x4.add(b, major(y, x, d)), S0(c))
    a = i32x4.add(pick(f, g, h, a, i32x4.add(word(7), constant(k, 7))), S1(f)); e = i32x4.add(e, a); y = v128.xor(b, c); a = i32x4.add(i32x4.add(a, major(x, y, c)), S0(b))
    h = i32x4.add(pick(e, f, g, h, i32x4.add(word(8), constant(k, 8))), S1(e)); d = i32x4.add(d, h); x = v128.xor(a, b); h = i32x4.add(i32x4.add(h, major(y, x, b)), S0(a))
    g = i32x4.add(pick(d, e, f, g, i32x4.add(word(9), constant(k, 9))), S1(d)); c = i32x4.add(c, g); y = v128.xor(h, a); g = i32x4.add(i32x4.add(g, major(x, y, a)), S0(h))
    f = i32x4.add(pick(c, d, e, f, i32x4.add(word(10), constant(k, 10))), S1(c)); b = i32x4.add(b, f); x = v128.xor(g, h); f = i32x4.add(i32x4.add(f, major(y, x, h)), S0(g))
    e = i32x4.add(pick(b, c, d, e, i32x4.add(word(11), constant(k, 11))), S1(b)); a = i32x4.add(a, e); y = v128.xor(f, g); e = i32x4.add(i32x4.add(e, major(x, y, g)), S0(f))
    d = i32x4.add(pick(a, b, c, d, i32x4.add(word(12), constant(k, 12))), S1(a)); h = i32x4.add(h, d); x = v128.xor(e, f); d = i32x4.add(i32x4.add(d, major(y, x, f)), S0(e))
    c = i32x4.add(pick(h, a, b, c, i32x4.add(word(13), constant(k, 13))), S1(h)); g = i32x4.add(g, c); y = v128.xor(d, e); c = i32x4.add(i32x4.add(c, major(x, y, e)), S0(d))
    b = i32x4.add(pick(g, h, a, b, i32x4.add(word(14), constant(k, 14))), S1(g)); f = i32x4.add(f, b); x = v128.xor(c, d); b = i32x4.add(i32x4.add(b, major(y, x, d)), S0(c))
    a = i32x4.add(pick(f, g, h, a, i32x4.add(word(15), constant(k, 15))), S1(f)); e = i32x4.add(e, a); y = v128.xor(b, c); a = i32x4.add(i32x4.add(a, major(x, y, c)), S0(b))
  }
  for (k += 64; k < SHA256_K + 256; k += 64) {
    h = i32x4.add(pick(e, f, g, h, i32x4.add(next(0), constant(k, 0))), S1(e)); d = i32x4.add(d, h); x = v128.xor(a, b); h = i32x4.add(i32x4.add(h, major(y, x, b)), S0(a))
    g = i32x4.add(pick(d, e, f, g, i32x4.add(next(1), constant(k, 1))), S1(d)); c = i32x4.add(c, g); y = v128.xor(h, a); g = i32x4.add(i32x4.add(g, major(x, y, a)), S0(h))
    f = i32x4.add(pick(c, d, e, f, i32x4.add(next(2), constant(k, 2))), S1(c)); b = i32x4.add(b, f); x = v128.xor(g, h); f = i32x4.add(i32x4.add(f, major(y, x, h)), S0(g))
    e = i32x4.add(pick(b, c, d, e, i32x4.add(next(3), constant(k, 3))), S1(b)); a = i32x4.add(a, e); y = v128.xor(f, g); e = i32x4.add(i32x4.add(e, major(x, y, g)), S0(f))
    d = i32x4.add(pick(a, b, c, d, i32x4.add(next(4), constant(k, 4))), S1(a)); h = i32x4.add(h, d); x = v128.xor(e, f); d = i32x4.add(i32x4.add(d, major(y, x, f)), S0(e))
    c = i32x4.add(pick(h, a, b, c, i32x4.add(next(5), constant(k, 5))), S1(h)); g = i32x4.add(g, c); y = v128.xor(d, e); c = i32x4.add(i32x4.add(c, major(x, y, e)), S0(d))
    b = i32x4.add(pick(g, h, a, b, i32x4.add(next(6), constant(k, 6))), S1(g)); f = i32x4.add(f, b); x = v128.xor(c, d); b = i32x4.add(i32x4.add(b, major(y, x, d)), S0(c))
    a = i32x4.add(pick(f, g, h, a, i32x4.add(next(7), constant(k, 7))), S1(f)); e = i32x4.add(e, a); y = v128.xor(b, c); a = i32x4.add(i32x4.add(a, major(x, y, c)), S0(b))
    h = i32x4.add(pick(e, f, g, h, i32x4.add(next(8), constant(k, 8))), S1(e)); d = i32x4.add(d, h); x = v128.xor(a, b); h = i32x4.add(i32x4.add(h, major(y, x, b)), S0(a))
    g = i32x4.add(pick(d, e, f, g, i32x4.add(next(9), constant(k, 9))), S1(d)); c = i32x4.add(c, g); y = v128.xor(h, a); g = i32x4.add(i32x4.add(g, major(x, y, a)), S0(h))
    f = i32x4.add(pick(c, d, e, f, i32x4.add(next(10), constant(k, 10))), S1(c)); b = i32x4.add(b, f); x = v128.xor(g, h); f = i32x4.add(i32x4.add(f, major(y, x, h)), S0(g))
    e = i32x4.add(pick(b, c, d, e, i32x4.add(next(11), constant(k, 11))), S1(b)); a = i32x4.add(a, e); y = v128.xor(f, g); e = i32x4.add(i32x4.add(e, major(x, y, g)), S0(f))
    d = i32x4.add(pick(a, b, c, d, i32x4.add(next(12), constant(k, 12))), S1(a)); h = i32x4.add(h, d); x = v128.xor(e, f); d = i32x4.add(i32x4.add(d, major(y, x, f)), S0(e))
    c = i32x4.add(pick(h, a, b, c, i32x4.add(next(13), constant(k, 13))), S1(h)); g = i32x4.add(g, c); y = v128.xor(d, e); c = i32x4.add(i32x4.add(c, major(x, y, e)), S0(d))
    b = i32x4.add(pick(g, h, a, b, i32x4.add(next(14), constant(k, 14))), S1(g)); f = i32x4.add(f, b); x = v128.xor(c, d); b = i32x4.add(i32x4.add(b, major(y, x, d)), S0(c))
    a = i32x4.add(pick(f, g, h, a, i32x4.add(next(15), constant(k, 15))), S1(f)); e = i32x4.add(e, a); y = v128.xor(b, c); a = i32x4.add(i32x4.add(a, major(x, y, c)), S0(b))
  }
  const active = i32x4.gt_s(v128.load(LANE_BLOCKS), i32x4.splat(block))
  keep(0, a, active)
  keep(16, b, active)
  keep(32, c, active)
  keep(48, d, active)
  keep(64, e, active)
  keep(80, f, active)
  keep(96, g, active)
  keep(112, h, active)
}

/** A block that is the same in all lanes: its schedule, constants added, is in the 256 bytes at `k` (`sha256Schedule`). */
export function sha256LanesScheduled(k: usize): void {
  let a = v128.load(LANE_STATE, 0)
  let b = v128.load(LANE_STATE, 16)
  let c = v128.load(LANE_STATE, 32)
  let d = v128.load(LANE_STATE, 48)
  let e = v128.load(LANE_STATE, 64)
  let f = v128.load(LANE_STATE, 80)
  let g = v128.load(LANE_STATE, 96)
  let h = v128.load(LANE_STATE, 112)
  let x: v128
  let y = v128.xor(b, c)
  const active = i32x4.splat(-1)
  for (const end = k + 256; k < end; k += 64) {
    h = i32x4.add(pick(e, f, g, h, constant(k, 0)), S1(e)); d = i32x4.add(d, h); x = v128.xor(a, b); h = i32x4.add(i32x4.add(h, major(y, x, b)), S0(a))
    g = i32x4.add(pick(d, e, f, g, constant(k, 1)), S1(d)); c = i32x4.add(c, g); y = v128.xor(h, a); g = i32x4.add(i32x4.add(g, major(x, y, a)), S0(h))
    f = i32x4.add(pick(c, d, e, f, constant(k, 2)), S1(c)); b = i32x4.add(b, f); x = v128.xor(g, h); f = i32x4.add(i32x4.add(f, major(y, x, h)), S0(g))
    e = i32x4.add(pick(b, c, d, e, constant(k, 3)), S1(b)); a = i32x4.add(a, e); y = v128.xor(f, g); e = i32x4.add(i32x4.add(e, major(x, y, g)), S0(f))
    d = i32x4.add(pick(a, b, c, d, constant(k, 4)), S1(a)); h = i32x4.add(h, d); x = v128.xor(e, f); d = i32x4.add(i32x4.add(d, major(y, x, f)), S0(e))
    c = i32x4.add(pick(h, a, b, c, constant(k, 5)), S1(h)); g = i32x4.add(g, c); y = v128.xor(d, e); c = i32x4.add(i32x4.add(c, major(x, y, e)), S0(d))
    b = i32x4.add(pick(g, h, a, b, constant(k, 6)), S1(g)); f = i32x4.add(f, b); x = v128.xor(c, d); b = i32x4.add(i32x4.add(b, major(y, x, d)), S0(c))
    a = i32x4.add(pick(f, g, h, a, constant(k, 7)), S1(f)); e = i32x4.add(e, a); y = v128.xor(b, c); a = i32x4.add(i32x4.add(a, major(x, y, c)), S0(b))
    h = i32x4.add(pick(e, f, g, h, constant(k, 8)), S1(e)); d = i32x4.add(d, h); x = v128.xor(a, b); h = i32x4.add(i32x4.add(h, major(y, x, b)), S0(a))
    g = i32x4.add(pick(d, e, f, g, constant(k, 9)), S1(d)); c = i32x4.add(c, g); y = v128.xor(h, a); g = i32x4.add(i32x4.add(g, major(x, y, a)), S0(h))
    f = i32x4.add(pick(c, d, e, f, constant(k, 10)), S1(c)); b = i32x4.add(b, f); x = v128.xor(g, h); f = i32x4.add(i32x4.add(f, major(y, x, h)), S0(g))
    e = i32x4.add(pick(b, c, d, e, constant(k, 11)), S1(b)); a = i32x4.add(a, e); y = v128.xor(f, g); e = i32x4.add(i32x4.add(e, major(x, y, g)), S0(f))
    d = i32x4.add(pick(a, b, c, d, constant(k, 12)), S1(a)); h = i32x4.add(h, d); x = v128.xor(e, f); d = i32x4.add(i32x4.add(d, major(y, x, f)), S0(e))
    c = i32x4.add(pick(h, a, b, c, constant(k, 13)), S1(h)); g = i32x4.add(g, c); y = v128.xor(d, e); c = i32x4.add(i32x4.add(c, major(x, y, e)), S0(d))
    b = i32x4.add(pick(g, h, a, b, constant(k, 14)), S1(g)); f = i32x4.add(f, b); x = v128.xor(c, d); b = i32x4.add(i32x4.add(b, major(y, x, d)), S0(c))
    a = i32x4.add(pick(f, g, h, a, constant(k, 15)), S1(f)); e = i32x4.add(e, a); y = v128.xor(b, c); a = i32x4.add(i32x4.add(a, major(x, y, c)), S0(b))
  }
  keep(0, a, active)
  keep(16, b, active)
  keep(32, c, active)
  keep(48, d, active)
  keep(64, e, active)
  keep(80, f, active)
  keep(96, g, active)
  keep(112, h, active)
}

/** Adds to the state in the lanes that are active. */
@inline
function keep(at: usize, sum: v128, active: v128): void {
  v128.store(LANE_STATE + at, i32x4.add(v128.load(LANE_STATE + at), v128.and(sum, active)))
}
