/**
 * MD5 of eight messages at once (RFC 1321): two streams of four lanes, so that one computes while the other waits. One
 * line a round and stream, the names in strict rotation; the streams share a round's constant. The scalar twin is ../md5.
 */

import { LANE_BLOCKS, LANE_STATE, LANE_WORDS } from './layout'

/** floor(2^32 * abs(sin(n + 1))) in spec order; the last sixteen less one, see `i`. */
const K: usize = memory.data<u32>([
  0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
  0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
  0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
  0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
  0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
  0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
  0xf4292243, 0x432aff96, 0xab9423a6, 0xfc93a038, 0x655b59c2, 0x8f0ccc91, 0xffeff47c, 0x85845dd0,
  0x6fa87e4e, 0xfe2ce6df, 0xa3014313, 0x4e0811a0, 0xf7537e81, 0xbd3af234, 0x2ad7d2ba, 0xeb86d390,
], 16)

@inline
function turn(b: v128, sum: v128, s: i32): v128 {
  return i32x4.add(b, v128.or(i32x4.shl(sum, s), i32x4.shr_u(sum, 32 - s)))
}

@inline
function f(a: v128, b: v128, c: v128, d: v128, x: v128, k: v128, s: i32): v128 {
  return turn(b, i32x4.add(i32x4.add(i32x4.add(a, x), k), v128.xor(d, v128.and(b, v128.xor(c, d)))), s)
}

@inline
function g(a: v128, b: v128, c: v128, d: v128, x: v128, k: v128, s: i32): v128 {
  return turn(b, i32x4.add(i32x4.add(i32x4.add(i32x4.add(a, x), k), v128.andnot(c, d)), v128.and(d, b)), s)
}

@inline
function h(a: v128, b: v128, c: v128, d: v128, x: v128, k: v128, s: i32): v128 {
  return turn(b, i32x4.add(i32x4.add(i32x4.add(a, x), k), v128.xor(v128.xor(c, d), b)), s)
}

/** c ^ (b | ~d) is ~(c ^ (d & ~b)), and ~y is -y - 1: no vector of ones is needed, and the one is in the constant. */
@inline
function i(a: v128, b: v128, c: v128, d: v128, x: v128, k: v128, s: i32): v128 {
  return turn(b, i32x4.sub(i32x4.add(i32x4.add(a, x), k), v128.xor(c, v128.andnot(d, b))), s)
}

export function md5LanesStart(): void {
  for (let at: usize = 0; at < 32; at += 16) {
    v128.store(LANE_STATE + at, i32x4.splat(0x67452301), 0)
    v128.store(LANE_STATE + at, i32x4.splat(0xefcdab89), 32)
    v128.store(LANE_STATE + at, i32x4.splat(0x98badcfe), 64)
    v128.store(LANE_STATE + at, i32x4.splat(0x10325476), 96)
  }
}

/**
 * Block number `block` of each lane, whose words are in LANE_WORDS (word, stream, lane), into LANE_STATE (word, stream,
 * lane). Lanes that have no such block by LANE_BLOCKS stay as they are; -1 is one that all have.
 */
export function md5LanesBlock(block: i32): void {
  let a = v128.load(LANE_STATE, 0)
  let b = v128.load(LANE_STATE, 32)
  let c = v128.load(LANE_STATE, 64)
  let d = v128.load(LANE_STATE, 96)
  let a2 = v128.load(LANE_STATE, 16)
  let b2 = v128.load(LANE_STATE, 48)
  let c2 = v128.load(LANE_STATE, 80)
  let d2 = v128.load(LANE_STATE, 112)
  let k: v128
  k = v128.load32_splat(K + 0)
  a = f(a, b, c, d, v128.load(LANE_WORDS, 0), k, 7)
  a2 = f(a2, b2, c2, d2, v128.load(LANE_WORDS, 16), k, 7)
  k = v128.load32_splat(K + 4)
  d = f(d, a, b, c, v128.load(LANE_WORDS, 32), k, 12)
  d2 = f(d2, a2, b2, c2, v128.load(LANE_WORDS, 48), k, 12)
  k = v128.load32_splat(K + 8)
  c = f(c, d, a, b, v128.load(LANE_WORDS, 64), k, 17)
  c2 = f(c2, d2, a2, b2, v128.load(LANE_WORDS, 80), k, 17)
  k = v128.load32_splat(K + 12)
  b = f(b, c, d, a, v128.load(LANE_WORDS, 96), k, 22)
  b2 = f(b2, c2, d2, a2, v128.load(LANE_WORDS, 112), k, 22)
  k = v128.load32_splat(K + 16)
  a = f(a, b, c, d, v128.load(LANE_WORDS, 128), k, 7)
  a2 = f(a2, b2, c2, d2, v128.load(LANE_WORDS, 144), k, 7)
  k = v128.load32_splat(K + 20)
  d = f(d, a, b, c, v128.load(LANE_WORDS, 160), k, 12)
  d2 = f(d2, a2, b2, c2, v128.load(LANE_WORDS, 176), k, 12)
  k = v128.load32_splat(K + 24)
  c = f(c, d, a, b, v128.load(LANE_WORDS, 192), k, 17)
  c2 = f(c2, d2, a2, b2, v128.load(LANE_WORDS, 208), k, 17)
  k = v128.load32_splat(K + 28)
  b = f(b, c, d, a, v128.load(LANE_WORDS, 224), k, 22)
  b2 = f(b2, c2, d2, a2, v128.load(LANE_WORDS, 240), k, 22)
  k = v128.load32_splat(K + 32)
  a = f(a, b, c, d, v128.load(LANE_WORDS, 256), k, 7)
  a2 = f(a2, b2, c2, d2, v128.load(LANE_WORDS, 272), k, 7)
  k = v128.load32_splat(K + 36)
  d = f(d, a, b, c, v128.load(LANE_WORDS, 288), k, 12)
  d2 = f(d2, a2, b2, c2, v128.load(LANE_WORDS, 304), k, 12)
  k = v128.load32_splat(K + 40)
  c = f(c, d, a, b, v128.load(LANE_WORDS, 320), k, 17)
  c2 = f(c2, d2, a2, b2, v128.load(LANE_WORDS, 336), k, 17)
  k = v128.load32_splat(K + 44)
  b = f(b, c, d, a, v128.load(LANE_WORDS, 352), k, 22)
  b2 = f(b2, c2, d2, a2, v128.load(LANE_WORDS, 368), k, 22)
  k = v128.load32_splat(K + 48)
  a = f(a, b, c, d, v128.load(LANE_WORDS, 384), k, 7)
  a2 = f(a2, b2, c2, d2, v128.load(LANE_WORDS, 400), k, 7)
  k = v128.load32_splat(K + 52)
  d = f(d, a, b, c, v128.load(LANE_WORDS, 416), k, 12)
  d2 = f(d2, a2, b2, c2, v128.load(LANE_WORDS, 432), k, 12)
  k = v128.load32_splat(K + 56)
  c = f(c, d, a, b, v128.load(LANE_WORDS, 448), k, 17)
  c2 = f(c2, d2, a2, b2, v128.load(LANE_WORDS, 464), k, 17)
  k = v128.load32_splat(K + 60)
  b = f(b, c, d, a, v128.load(LANE_WORDS, 480), k, 22)
  b2 = f(b2, c2, d2, a2, v128.load(LANE_WORDS, 496), k, 22)
  k = v128.load32_splat(K + 64)
  a = g(a, b, c, d, v128.load(LANE_WORDS, 32), k, 5)
  a2 = g(a2, b2, c2, d2, v128.load(LANE_WORDS, 48), k, 5)
  k = v128.load32_splat(K + 68)
  d = g(d, a, b, c, v128.load(LANE_WORDS, 192), k, 9)
  d2 = g(d2, a2, b2, c2, v128.load(LANE_WORDS, 208), k, 9)
  k = v128.load32_splat(K + 72)
  c = g(c, d, a, b, v128.load(LANE_WORDS, 352), k, 14)
  c2 = g(c2, d2, a2, b2, v128.load(LANE_WORDS, 368), k, 14)
  k = v128.load32_splat(K + 76)
  b = g(b, c, d, a, v128.load(LANE_WORDS, 0), k, 20)
  b2 = g(b2, c2, d2, a2, v128.load(LANE_WORDS, 16), k, 20)
  k = v128.load32_splat(K + 80)
  a = g(a, b, c, d, v128.load(LANE_WORDS, 160), k, 5)
  a2 = g(a2, b2, c2, d2, v128.load(LANE_WORDS, 176), k, 5)
  k = v128.load32_splat(K + 84)
  d = g(d, a, b, c, v128.load(LANE_WORDS, 320), k, 9)
  d2 = g(d2, a2, b2, c2, v128.load(LANE_WORDS, 336), k, 9)
  k = v128.load32_splat(K + 88)
  c = g(c, d, a, b, v128.load(LANE_WORDS, 480), k, 14)
  c2 = g(c2, d2, a2, b2, v128.load(LANE_WORDS, 496), k, 14)
  k = v128.load32_splat(K + 92)
  b = g(b, c, d, a, v128.load(LANE_WORDS, 128), k, 20)
  b2 = g(b2, c2, d2, a2, v128.load(LANE_WORDS, 144), k, 20)
  k = v128.load32_splat(K + 96)
  a = g(a, b, c, d, v128.load(LANE_WORDS, 288), k, 5)
  a2 = g(a2, b2, c2, d2, v128.load(LANE_WORDS, 304), k, 5)
  k = v128.load32_splat(K + 100)
  d = g(d, a, b, c, v128.load(LANE_WORDS, 448), k, 9)
  d2 = g(d2, a2, b2, c2, v128.load(LANE_WORDS, 464), k, 9)
  k = v128.load32_splat(K + 104)
  c = g(c, d, a, b, v128.load(LANE_WORDS, 96), k, 14)
  c2 = g(c2, d2, a2, b2, v128.load(LANE_WORDS, 112), k, 14)
  k = v128.load32_splat(K + 108)
  b = g(b, c, d, a, v128.load(LANE_WORDS, 256), k, 20)
  b2 = g(b2, c2, d2, a2, v128.load(LANE_WORDS, 272), k, 20)
  k = v128.load32_splat(K + 112)
  a = g(a, b, c, d, v128.load(LANE_WORDS, 416), k, 5)
  a2 = g(a2, b2, c2, d2, v128.load(LANE_WORDS, 432), k, 5)
  k = v128.load32_splat(K + 116)
  d = g(d, a, b, c, v128.load(LANE_WORDS, 64), k, 9)
  d2 = g(d2, a2, b2, c2, v128.load(LANE_WORDS, 80), k, 9)
  k = v128.load32_splat(K + 120)
  c = g(c, d, a, b, v128.load(LANE_WORDS, 224), k, 14)
  c2 = g(c2, d2, a2, b2, v128.load(LANE_WORDS, 240), k, 14)
  k = v128.load32_splat(K + 124)
  b = g(b, c, d, a, v128.load(LANE_WORDS, 384), k, 20)
  b2 = g(b2, c2, d2, a2, v128.load(LANE_WORDS, 400), k, 20)
  k = v128.load32_splat(K + 128)
  a = h(a, b, c, d, v128.load(LANE_WORDS, 160), k, 4)
  a2 = h(a2, b2, c2, d2, v128.load(LANE_WORDS, 176), k, 4)
  k = v128.load32_splat(K + 132)
  d = h(d, a, b, c, v128.load(LANE_WORDS, 256), k, 11)
  d2 = h(d2, a2, b2, c2, v128.load(LANE_WORDS, 272), k, 11)
  k = v128.load32_splat(K + 136)
  c = h(c, d, a, b, v128.load(LANE_WORDS, 352), k, 16)
  c2 = h(c2, d2, a2, b2, v128.load(LANE_WORDS, 368), k, 16)
  k = v128.load32_splat(K + 140)
  b = h(b, c, d, a, v128.load(LANE_WORDS, 448), k, 23)
  b2 = h(b2, c2, d2, a2, v128.load(LANE_WORDS, 464), k, 23)
  k = v128.load32_splat(K + 144)
  a = h(a, b, c, d, v128.load(LANE_WORDS, 32), k, 4)
  a2 = h(a2, b2, c2, d2, v128.load(LANE_WORDS, 48), k, 4)
  k = v128.load32_splat(K + 148)
  d = h(d, a, b, c, v128.load(LANE_WORDS, 128), k, 11)
  d2 = h(d2, a2, b2, c2, v128.load(LANE_WORDS, 144), k, 11)
  k = v128.load32_splat(K + 152)
  c = h(c, d, a, b, v128.load(LANE_WORDS, 224), k, 16)
  c2 = h(c2, d2, a2, b2, v128.load(LANE_WORDS, 240), k, 16)
  k = v128.load32_splat(K + 156)
  b = h(b, c, d, a, v128.load(LANE_WORDS, 320), k, 23)
  b2 = h(b2, c2, d2, a2, v128.load(LANE_WORDS, 336), k, 23)
  k = v128.load32_splat(K + 160)
  a = h(a, b, c, d, v128.load(LANE_WORDS, 416), k, 4)
  a2 = h(a2, b2, c2, d2, v128.load(LANE_WORDS, 432), k, 4)
  k = v128.load32_splat(K + 164)
  d = h(d, a, b, c, v128.load(LANE_WORDS, 0), k, 11)
  d2 = h(d2, a2, b2, c2, v128.load(LANE_WORDS, 16), k, 11)
  k = v128.load32_splat(K + 168)
  c = h(c, d, a, b, v128.load(LANE_WORDS, 96), k, 16)
  c2 = h(c2, d2, a2, b2, v128.load(LANE_WORDS, 112), k, 16)
  k = v128.load32_splat(K + 172)
  b = h(b, c, d, a, v128.load(LANE_WORDS, 192), k, 23)
  b2 = h(b2, c2, d2, a2, v128.load(LANE_WORDS, 208), k, 23)
  k = v128.load32_splat(K + 176)
  a = h(a, b, c, d, v128.load(LANE_WORDS, 288), k, 4)
  a2 = h(a2, b2, c2, d2, v128.load(LANE_WORDS, 304), k, 4)
  k = v128.load32_splat(K + 180)
  d = h(d, a, b, c, v128.load(LANE_WORDS, 384), k, 11)
  d2 = h(d2, a2, b2, c2, v128.load(LANE_WORDS, 400), k, 11)
  k = v128.load32_splat(K + 184)
  c = h(c, d, a, b, v128.load(LANE_WORDS, 480), k, 16)
  c2 = h(c2, d2, a2, b2, v128.load(LANE_WORDS, 496), k, 16)
  k = v128.load32_splat(K + 188)
  b = h(b, c, d, a, v128.load(LANE_WORDS, 64), k, 23)
  b2 = h(b2, c2, d2, a2, v128.load(LANE_WORDS, 80), k, 23)
  k = v128.load32_splat(K + 192)
  a = i(a, b, c, d, v128.load(LANE_WORDS, 0), k, 6)
  a2 = i(a2, b2, c2, d2, v128.load(LANE_WORDS, 16), k, 6)
  k = v128.load32_splat(K + 196)
  d = i(d, a, b, c, v128.load(LANE_WORDS, 224), k, 10)
  d2 = i(d2, a2, b2, c2, v128.load(LANE_WORDS, 240), k, 10)
  k = v128.load32_splat(K + 200)
  c = i(c, d, a, b, v128.load(LANE_WORDS, 448), k, 15)
  c2 = i(c2, d2, a2, b2, v128.load(LANE_WORDS, 464), k, 15)
  k = v128.load32_splat(K + 204)
  b = i(b, c, d, a, v128.load(LANE_WORDS, 160), k, 21)
  b2 = i(b2, c2, d2, a2, v128.load(LANE_WORDS, 176), k, 21)
  k = v128.load32_splat(K + 208)
  a = i(a, b, c, d, v128.load(LANE_WORDS, 384), k, 6)
  a2 = i(a2, b2, c2, d2, v128.load(LANE_WORDS, 400), k, 6)
  k = v128.load32_splat(K + 212)
  d = i(d, a, b, c, v128.load(LANE_WORDS, 96), k, 10)
  d2 = i(d2, a2, b2, c2, v128.load(LANE_WORDS, 112), k, 10)
  k = v128.load32_splat(K + 216)
  c = i(c, d, a, b, v128.load(LANE_WORDS, 320), k, 15)
  c2 = i(c2, d2, a2, b2, v128.load(LANE_WORDS, 336), k, 15)
  k = v128.load32_splat(K + 220)
  b = i(b, c, d, a, v128.load(LANE_WORDS, 32), k, 21)
  b2 = i(b2, c2, d2, a2, v128.load(LANE_WORDS, 48), k, 21)
  k = v128.load32_splat(K + 224)
  a = i(a, b, c, d, v128.load(LANE_WORDS, 256), k, 6)
  a2 = i(a2, b2, c2, d2, v128.load(LANE_WORDS, 272), k, 6)
  k = v128.load32_splat(K + 228)
  d = i(d, a, b, c, v128.load(LANE_WORDS, 480), k, 10)
  d2 = i(d2, a2, b2, c2, v128.load(LANE_WORDS, 496), k, 10)
  k = v128.load32_splat(K + 232)
  c = i(c, d, a, b, v128.load(LANE_WORDS, 192), k, 15)
  c2 = i(c2, d2, a2, b2, v128.load(LANE_WORDS, 208), k, 15)
  k = v128.load32_splat(K + 236)
  b = i(b, c, d, a, v128.load(LANE_WORDS, 416), k, 21)
  b2 = i(b2, c2, d2, a2, v128.load(LANE_WORDS, 432), k, 21)
  k = v128.load32_splat(K + 240)
  a = i(a, b, c, d, v128.load(LANE_WORDS, 128), k, 6)
  a2 = i(a2, b2, c2, d2, v128.load(LANE_WORDS, 144), k, 6)
  k = v128.load32_splat(K + 244)
  d = i(d, a, b, c, v128.load(LANE_WORDS, 352), k, 10)
  d2 = i(d2, a2, b2, c2, v128.load(LANE_WORDS, 368), k, 10)
  k = v128.load32_splat(K + 248)
  c = i(c, d, a, b, v128.load(LANE_WORDS, 64), k, 15)
  c2 = i(c2, d2, a2, b2, v128.load(LANE_WORDS, 80), k, 15)
  k = v128.load32_splat(K + 252)
  b = i(b, c, d, a, v128.load(LANE_WORDS, 288), k, 21)
  b2 = i(b2, c2, d2, a2, v128.load(LANE_WORDS, 304), k, 21)
  const first = i32x4.gt_s(v128.load(LANE_BLOCKS), i32x4.splat(block))
  const second = i32x4.gt_s(v128.load(LANE_BLOCKS, 16), i32x4.splat(block))
  keep(0, a, first)
  keep(16, a2, second)
  keep(32, b, first)
  keep(48, b2, second)
  keep(64, c, first)
  keep(80, c2, second)
  keep(96, d, first)
  keep(112, d2, second)
}

/** Adds to the state in the lanes that are active. */
@inline
function keep(at: usize, sum: v128, active: v128): void {
  v128.store(LANE_STATE + at, i32x4.add(v128.load(LANE_STATE + at), v128.and(sum, active)))
}
