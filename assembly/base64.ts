/**
 * Base64 (RFC 4648 section 4, alphabet with `+` and `/`), 16 chars at a time. Reading follows apr_base64_decode: padding
 * is optional and the first byte outside the alphabet ends the text. (lighttpd's decoder goes on behind white space.)
 */

/*
 * The constants of the decoder, loaded into locals before the loop: V8 builds a v128.const anew, in three
 * instructions, wherever it stands.
 */
const DECODE: usize = memory.data<u8>([
  // By low nibble, the high nibbles that it must not have: bit 0 is 2_, 1 is 3_, 2 is 4_ and 6_, 3 is 5_ and 7_.
  0x15, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x13, 0x1a, 0x1b, 0x1b, 0x1b, 0x1a,
  // By high nibble, its bit; bit 4 is all the rest, which no low nibble may have.
  0x10, 0x10, 0x01, 0x02, 0x04, 0x08, 0x04, 0x08, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10,
  // By high nibble, what to add to get the value: 0, 16, 19, 4, -65, -65, -71, -71. The slot 1 is for `/`.
  0x00, 0x10, 0x13, 0x04, 0xbf, 0xbf, 0xb9, 0xb9, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
  0x0f, 0x0f, 0x0f, 0x0f, 0x0f, 0x0f, 0x0f, 0x0f, 0x0f, 0x0f, 0x0f, 0x0f, 0x0f, 0x0f, 0x0f, 0x0f,
  0x2f, 0x2f, 0x2f, 0x2f, 0x2f, 0x2f, 0x2f, 0x2f, 0x2f, 0x2f, 0x2f, 0x2f, 0x2f, 0x2f, 0x2f, 0x2f,
  // Twelve bits of each pair; the weights 4096 and 1 of the pairs; the order of the bytes.
  0xff, 0x0f, 0xff, 0x0f, 0xff, 0x0f, 0xff, 0x0f, 0xff, 0x0f, 0xff, 0x0f, 0xff, 0x0f, 0xff, 0x0f,
  0x00, 0x10, 0x01, 0x00, 0x00, 0x10, 0x01, 0x00, 0x00, 0x10, 0x01, 0x00, 0x00, 0x10, 0x01, 0x00,
  0x02, 0x01, 0x00, 0x06, 0x05, 0x04, 0x0a, 0x09, 0x08, 0x0e, 0x0d, 0x0c, 0xff, 0xff, 0xff, 0xff,
], 16)

/** First byte of [from, end) that is not base64, as the last `decodeBase64` saw it; `end` where there is none. */
export let stoppedAt: usize = 0

/** Decodes [from, end) to `to`, sets `stoppedAt`, returns the end of the output; 16 bytes behind that may be touched. */
export function decodeBase64(to: usize, from: usize, end: usize): usize {
  const forbidden = v128.load(DECODE)
  const kind = v128.load(DECODE, 16)
  const distance = v128.load(DECODE, 32)
  const nibble = v128.load(DECODE, 48)
  const slash = v128.load(DECODE, 64)
  const twelve = v128.load(DECODE, 80)
  const weights = v128.load(DECODE, 96)
  const order = v128.load(DECODE, 112)
  while (true) {
    const chars = v128.load(from)
    const high = v128.and(i16x8.shr_u(chars, 4), nibble)
    const low = v128.and(chars, nibble)
    const outside = v128.and(i8x16.swizzle(forbidden, low), i8x16.swizzle(kind, high))
    const values = i8x16.add(chars, i8x16.swizzle(distance, i8x16.add(high, i8x16.eq(chars, slash))))
    const pairs = v128.and(v128.or(i16x8.shl(values, 6), i16x8.shr_u(values, 8)), twelve)
    v128.store(to, i8x16.swizzle(i32x4.dot_i16x8_s(pairs, weights), order))
    if (v128.any_true(outside) || from + 16 > end) {
      const good = <usize>ctz(i8x16.bitmask(i8x16.ne(outside, i64x2.splat(0))) | 0x10000)
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
