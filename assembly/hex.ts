/** Hex without table look-ups in memory and without branches on the digits: a digest passes through here. */

import { swap32 } from './bytes'

/** The digits and a mask, to be loaded: V8 builds a v128.const anew, in three instructions, wherever it stands. */
const DIGITS: usize = memory.data<u8>([
  0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66,
  0x0f, 0x0f, 0x0f, 0x0f, 0x0f, 0x0f, 0x0f, 0x0f, 0x0f, 0x0f, 0x0f, 0x0f, 0x0f, 0x0f, 0x0f, 0x0f,
], 16)

/** The 16 digits of the first eight bytes. */
@inline
export function hexHead(raw: v128): v128 {
  return i8x16.shuffle(highDigits(raw), lowDigits(raw), 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
}

/** The 16 digits of the last eight bytes. */
@inline
export function hexTail(raw: v128): v128 {
  return i8x16.shuffle(highDigits(raw), lowDigits(raw), 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
}

@inline
function highDigits(raw: v128): v128 {
  return i8x16.swizzle(v128.load(DIGITS), v128.and(i16x8.shr_u(raw, 4), v128.load(DIGITS, 16)))
}

@inline
function lowDigits(raw: v128): v128 {
  return i8x16.swizzle(v128.load(DIGITS), v128.and(raw, v128.load(DIGITS, 16)))
}

/** Writes the n raw bytes at `from` (n at least 16) as 2n lower-case hex digits, and not a byte more. */
export function writeHex(to: usize, from: usize, n: i32): void {
  // Where 16 does not divide n, the last step begins where it ends with the rest.
  for (let i = 0; i < n; i += 16) {
    const at = min(i, n - 16)
    const raw = v128.load(from + at)
    v128.store(to + 2 * at, hexHead(raw))
    v128.store(to + 2 * at, hexTail(raw), 16)
  }
}

/** Letters to lower case where a byte has the letters' bit 0x40; digits and control bytes stay what they are. */
@inline
export function lowerCase(text: v128): v128 {
  return v128.or(text, i8x16.shr_u(v128.and(text, i8x16.splat(0x40)), 1))
}

/** The value of the 8 hex digits at `from` (either case), or -1 where one of them is none. */
@inline
export function readHex8(from: usize): i64 {
  const text = lowerCase(v128.load64_zero(from))
  const digit = i8x16.sub(text, i8x16.splat(0x30))
  const letter = i8x16.sub(text, i8x16.splat(0x61))
  const isDigit = i8x16.lt_u(digit, i8x16.splat(10))
  const isLetter = i8x16.lt_u(letter, i8x16.splat(6))
  if ((i8x16.bitmask(v128.or(isDigit, isLetter)) & 0xff) != 0xff) return -1
  const values = v128.or(v128.and(isDigit, digit), v128.and(isLetter, i8x16.add(letter, i8x16.splat(10))))
  const pairs = v128.and(v128.or(i16x8.shl(values, 4), i16x8.shr_u(values, 8)), i16x8.splat(0xff))
  return i64(swap32(i32x4.extract_lane(i8x16.narrow_i16x8_u(pairs, pairs), 0)))
}

/** How many of the bytes from `from` on are hex digits of either case; up to 15 more than end - from are looked at. */
export function hexDigits(from: usize, end: usize): i32 {
  for (let at = from; at < end; at += 16) {
    const chars = lowerCase(v128.load(at))
    const isDigit = i8x16.lt_u(i8x16.sub(chars, i8x16.splat(0x30)), i8x16.splat(10))
    const isLetter = i8x16.lt_u(i8x16.sub(chars, i8x16.splat(0x61)), i8x16.splat(6))
    const others = i8x16.bitmask(v128.or(isDigit, isLetter)) ^ 0xffff
    if (others) return i32(at - from) + ctz(others)
  }
  return i32(end - from)
}

/** Writes `value` as 8 lower-case hex digits. */
export function writeHex8(to: usize, value: u32): void {
  for (let i: i32 = 28; i >= 0; i -= 4) {
    const nibble = (value >> i) & 0xf
    store<u8>(to++, nibble + 0x30 + (nibble > 9 ? 0x27 : 0))
  }
}
