/** Copying and wiping in 16-byte steps: for the few dozen bytes of a ticket a loop beats the bulk instructions' call. */

/** Copies the bytes [from, end) to `to`; up to 15 bytes behind the copy are overwritten as well. */
@inline
export function copy(to: usize, from: usize, end: usize): void {
  while (from < end) {
    v128.store(to, v128.load(from))
    from += 16
    to += 16
  }
}

/** Zeroes [at, end) and up to 15 bytes behind it. */
@inline
export function clear(at: usize, end: usize): void {
  while (at < end) {
    v128.store(at, i64x2.splat(0))
    at += 16
  }
}

/** The bytes of `x` in reverse order: little-endian memory to a big-endian number and back. */
@inline
export function swap32(x: u32): u32 {
  return (rotl<u32>(x, 8) & 0x00ff00ff) | (rotl<u32>(x, 24) & 0xff00ff00)
}

/** As `swap32`, for 64 bits. */
@inline
export function swap64(x: u64): u64 {
  return (u64(swap32(u32(x))) << 32) | u64(swap32(u32(x >> 32)))
}
