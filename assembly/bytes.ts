/**
 * Copying and wiping in steps: for the few dozen bytes of a ticket a loop beats the bulk instructions' call, and stores
 * without a loop, whose end the CPU has to guess, beat a loop.
 */

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

/** As `copy`, 32 bytes a step: up to 31 behind the copy are overwritten as well. */
@inline
export function copyLong(to: usize, from: usize, end: usize): void {
  while (from < end) {
    v128.store(to, v128.load(from))
    v128.store(to, v128.load(from, 16), 16)
    from += 32
    to += 32
  }
}

/** As `clear`, 32 bytes a step: up to 31 behind [at, end) are zeroed as well. */
@inline
export function clearLong(at: usize, end: usize): void {
  while (at < end) {
    clear32(at)
    at += 32
  }
}

/** Zeroes 32 bytes. */
@inline
export function clear32(at: usize): void {
  v128.store(at, i64x2.splat(0))
  v128.store(at, i64x2.splat(0), 16)
}

/** Zeroes 64 bytes. */
@inline
export function clear64(at: usize): void {
  clear32(at)
  clear32(at + 32)
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
