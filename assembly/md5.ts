/**
 * MD5 of whole messages (RFC 1321): 64-byte blocks, little-endian words and length. Broken as a signature's hash; here
 * because mod_auth_tkt's default digest is this one. The constants are floor(2^32 * abs(sin(i + 1))) in spec order.
 * What a message leaves behind is in STATE only; the caller wipes it.
 */

import { STATE } from './layout'

/** One line a round, the names in strict rotation. The sum's last step takes the newest word: b is what we wait for. */
@inline
function f(a: u32, b: u32, c: u32, d: u32, x: u32, s: u32): u32 {
  return b + rotl<u32>(a + x + (d ^ (b & (c ^ d))), s)
}

/** Two sums instead of an or: (~d & c) and (d & b) share no bit, and the first is ready a round earlier. */
@inline
function g(a: u32, b: u32, c: u32, d: u32, x: u32, s: u32): u32 {
  return b + rotl<u32>(a + x + (~d & c) + (d & b), s)
}

@inline
function h(a: u32, b: u32, c: u32, d: u32, x: u32, s: u32): u32 {
  return b + rotl<u32>(a + x + (c ^ d ^ b), s)
}

@inline
function i(a: u32, b: u32, c: u32, d: u32, x: u32, s: u32): u32 {
  return b + rotl<u32>(a + x + (c ^ (b | ~d)), s)
}

export function md5Start(): void {
  v128.store(STATE, i32x4(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476))
}

/** Runs the blocks [block, end) into STATE; the length is a multiple of 64. Afterwards STATE holds the digest's bytes. */
export function md5Blocks(block: usize, end: usize): void {
  let a = load<u32>(STATE, 0)
  let b = load<u32>(STATE, 4)
  let c = load<u32>(STATE, 8)
  let d = load<u32>(STATE, 12)
  for (; block < end; block += 64) {
    const a0 = a
    const b0 = b
    const c0 = c
    const d0 = d
    a = f(a, b, c, d, load<u32>(block, 0) + 0xd76aa478, 7)
    d = f(d, a, b, c, load<u32>(block, 4) + 0xe8c7b756, 12)
    c = f(c, d, a, b, load<u32>(block, 8) + 0x242070db, 17)
    b = f(b, c, d, a, load<u32>(block, 12) + 0xc1bdceee, 22)
    a = f(a, b, c, d, load<u32>(block, 16) + 0xf57c0faf, 7)
    d = f(d, a, b, c, load<u32>(block, 20) + 0x4787c62a, 12)
    c = f(c, d, a, b, load<u32>(block, 24) + 0xa8304613, 17)
    b = f(b, c, d, a, load<u32>(block, 28) + 0xfd469501, 22)
    a = f(a, b, c, d, load<u32>(block, 32) + 0x698098d8, 7)
    d = f(d, a, b, c, load<u32>(block, 36) + 0x8b44f7af, 12)
    c = f(c, d, a, b, load<u32>(block, 40) + 0xffff5bb1, 17)
    b = f(b, c, d, a, load<u32>(block, 44) + 0x895cd7be, 22)
    a = f(a, b, c, d, load<u32>(block, 48) + 0x6b901122, 7)
    d = f(d, a, b, c, load<u32>(block, 52) + 0xfd987193, 12)
    c = f(c, d, a, b, load<u32>(block, 56) + 0xa679438e, 17)
    b = f(b, c, d, a, load<u32>(block, 60) + 0x49b40821, 22)
    a = g(a, b, c, d, load<u32>(block, 4) + 0xf61e2562, 5)
    d = g(d, a, b, c, load<u32>(block, 24) + 0xc040b340, 9)
    c = g(c, d, a, b, load<u32>(block, 44) + 0x265e5a51, 14)
    b = g(b, c, d, a, load<u32>(block, 0) + 0xe9b6c7aa, 20)
    a = g(a, b, c, d, load<u32>(block, 20) + 0xd62f105d, 5)
    d = g(d, a, b, c, load<u32>(block, 40) + 0x02441453, 9)
    c = g(c, d, a, b, load<u32>(block, 60) + 0xd8a1e681, 14)
    b = g(b, c, d, a, load<u32>(block, 16) + 0xe7d3fbc8, 20)
    a = g(a, b, c, d, load<u32>(block, 36) + 0x21e1cde6, 5)
    d = g(d, a, b, c, load<u32>(block, 56) + 0xc33707d6, 9)
    c = g(c, d, a, b, load<u32>(block, 12) + 0xf4d50d87, 14)
    b = g(b, c, d, a, load<u32>(block, 32) + 0x455a14ed, 20)
    a = g(a, b, c, d, load<u32>(block, 52) + 0xa9e3e905, 5)
    d = g(d, a, b, c, load<u32>(block, 8) + 0xfcefa3f8, 9)
    c = g(c, d, a, b, load<u32>(block, 28) + 0x676f02d9, 14)
    b = g(b, c, d, a, load<u32>(block, 48) + 0x8d2a4c8a, 20)
    a = h(a, b, c, d, load<u32>(block, 20) + 0xfffa3942, 4)
    d = h(d, a, b, c, load<u32>(block, 32) + 0x8771f681, 11)
    c = h(c, d, a, b, load<u32>(block, 44) + 0x6d9d6122, 16)
    b = h(b, c, d, a, load<u32>(block, 56) + 0xfde5380c, 23)
    a = h(a, b, c, d, load<u32>(block, 4) + 0xa4beea44, 4)
    d = h(d, a, b, c, load<u32>(block, 16) + 0x4bdecfa9, 11)
    c = h(c, d, a, b, load<u32>(block, 28) + 0xf6bb4b60, 16)
    b = h(b, c, d, a, load<u32>(block, 40) + 0xbebfbc70, 23)
    a = h(a, b, c, d, load<u32>(block, 52) + 0x289b7ec6, 4)
    d = h(d, a, b, c, load<u32>(block, 0) + 0xeaa127fa, 11)
    c = h(c, d, a, b, load<u32>(block, 12) + 0xd4ef3085, 16)
    b = h(b, c, d, a, load<u32>(block, 24) + 0x04881d05, 23)
    a = h(a, b, c, d, load<u32>(block, 36) + 0xd9d4d039, 4)
    d = h(d, a, b, c, load<u32>(block, 48) + 0xe6db99e5, 11)
    c = h(c, d, a, b, load<u32>(block, 60) + 0x1fa27cf8, 16)
    b = h(b, c, d, a, load<u32>(block, 8) + 0xc4ac5665, 23)
    a = i(a, b, c, d, load<u32>(block, 0) + 0xf4292244, 6)
    d = i(d, a, b, c, load<u32>(block, 28) + 0x432aff97, 10)
    c = i(c, d, a, b, load<u32>(block, 56) + 0xab9423a7, 15)
    b = i(b, c, d, a, load<u32>(block, 20) + 0xfc93a039, 21)
    a = i(a, b, c, d, load<u32>(block, 48) + 0x655b59c3, 6)
    d = i(d, a, b, c, load<u32>(block, 12) + 0x8f0ccc92, 10)
    c = i(c, d, a, b, load<u32>(block, 40) + 0xffeff47d, 15)
    b = i(b, c, d, a, load<u32>(block, 4) + 0x85845dd1, 21)
    a = i(a, b, c, d, load<u32>(block, 32) + 0x6fa87e4f, 6)
    d = i(d, a, b, c, load<u32>(block, 60) + 0xfe2ce6e0, 10)
    c = i(c, d, a, b, load<u32>(block, 24) + 0xa3014314, 15)
    b = i(b, c, d, a, load<u32>(block, 52) + 0x4e0811a1, 21)
    a = i(a, b, c, d, load<u32>(block, 16) + 0xf7537e82, 6)
    d = i(d, a, b, c, load<u32>(block, 44) + 0xbd3af235, 10)
    c = i(c, d, a, b, load<u32>(block, 8) + 0x2ad7d2bb, 15)
    b = i(b, c, d, a, load<u32>(block, 36) + 0xeb86d391, 21)
    a += a0
    b += b0
    c += c0
    d += d0
  }
  v128.store(STATE, i32x4.replace_lane(i32x4.replace_lane(i32x4.replace_lane(i32x4.splat(a), 1, b), 2, c), 3, d))
}
