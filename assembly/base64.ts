/**
 * Base64 (RFC 4648 section 4, alphabet with `+` and `/`), 16 chars at a time. Reading follows apr_base64_decode and
 * lighttpd's decoder: padding is optional and the first byte outside the alphabet ends the text.
 */

/** Which high nibbles a low nibble must not have: bit 0 for 2_, 1 for 3_, 2 for 4_ and 6_, 3 for 5_ and 7_, 4 for the rest. */
@inline
function outside(chars: v128, high: v128): v128 {
  const low = v128.and(chars, i8x16.splat(0x0f))
  const bad = i8x16(0x15, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x13, 0x1a, 0x1b, 0x1b, 0x1b, 0x1a)
  const kind = i8x16(16, 16, 1, 2, 4, 8, 4, 8, 16, 16, 16, 16, 16, 16, 16, 16)
  return i8x16.ne(v128.and(i8x16.swizzle(bad, low), i8x16.swizzle(kind, high)), i64x2.splat(0))
}

/** What to add to a char of the alphabet to get its value; `/` is told from `+` by the slot of high nibble 1. */
@inline
function sextets(chars: v128, high: v128): v128 {
  const shift = i8x16(0, 16, 19, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0)
  return i8x16.add(chars, i8x16.swizzle(shift, i8x16.add(high, i8x16.eq(chars, i8x16.splat(0x2f)))))
}

/** 16 values of six bits to 12 bytes, in the low 12 lanes. */
@inline
function pack(values: v128): v128 {
  const pairs = v128.and(v128.or(i16x8.shl(values, 6), i16x8.shr_u(values, 8)), i16x8.splat(0x0fff))
  const quads = i32x4.dot_i16x8_s(pairs, i16x8(0x1000, 1, 0x1000, 1, 0x1000, 1, 0x1000, 1))
  return i8x16.swizzle(quads, i8x16(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1))
}

/** First byte of [from, end) that is not base64, as the last `decodeBase64` saw it; `end` where there is none. */
export let stoppedAt: usize = 0

/** Decodes [from, end) to `to`, sets `stoppedAt`, returns the end of the output; 16 bytes behind that may be touched. */
export function decodeBase64(to: usize, from: usize, end: usize): usize {
  while (true) {
    const chars = v128.load(from)
    const high = v128.and(i8x16.shr_u(chars, 4), i8x16.splat(0x0f))
    const good = <usize>ctz(i8x16.bitmask(outside(chars, high)) | 0x10000)
    v128.store(to, pack(sextets(chars, high)))
    if (good < 16 || from + 16 > end) {
      const left = min(good, end - from)
      stoppedAt = from + left
      return to + ((left * 3) >> 2)
    }
    from += 16
    to += 12
  }
}

/** Encodes [from, end) to `to` with padding and returns the end of the output; reads and writes up to 16 bytes more. */
export function encodeBase64(to: usize, from: usize, end: usize): usize {
  const length = end - from
  const stop = to + ((length + 2) / 3) * 4
  for (let at = to; at < stop; at += 16) {
    const bytes = i8x16.swizzle(v128.load(from), i8x16(1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10))
    const first = i32x4.shr_u(v128.and(bytes, i32x4.splat(0x0000fc00)), 10)
    const second = i32x4.shl(v128.and(bytes, i32x4.splat(0x000003f0)), 4)
    const third = i32x4.shr_u(v128.and(bytes, i32x4.splat(0x0fc00000)), 6)
    const fourth = i32x4.shl(v128.and(bytes, i32x4.splat(0x003f0000)), 8)
    v128.store(at, letters(v128.or(v128.or(first, second), v128.or(third, fourth))))
    from += 12
  }
  if (length % 3) store<u8>(stop - 1, 0x3d)
  if (length % 3 == 1) store<u8>(stop - 2, 0x3d)
  return stop
}

/** Values 0..63 to the alphabet: the distance from value to char changes at 26, 52, 62 and 63. */
@inline
function letters(values: v128): v128 {
  let shift = i8x16.splat(0x41)
  shift = i8x16.add(shift, v128.and(i8x16.gt_u(values, i8x16.splat(25)), i8x16.splat(6)))
  shift = i8x16.add(shift, v128.and(i8x16.gt_u(values, i8x16.splat(51)), i8x16.splat(-75)))
  shift = i8x16.add(shift, v128.and(i8x16.gt_u(values, i8x16.splat(61)), i8x16.splat(-15)))
  shift = i8x16.add(shift, v128.and(i8x16.gt_u(values, i8x16.splat(62)), i8x16.splat(3)))
  return i8x16.add(values, shift)
}
