/**
 * SHA-1 of whole messages (FIPS 180-4): 64-byte blocks, big-endian words and length. Broken as a signature's hash; here
 * because one issuer, APMG's Apache::AuthTkt for PHP, can be told to use it. Rare, so written small: no unrolled rounds.
 */

import { clear, swap32 } from './bytes'
import { STATE } from './layout'

/** The last sixteen words of the schedule. Wiped by `sha1Finish`. */
const WORDS: usize = memory.data(64, 16)

export function sha1Start(): void {
  v128.store(STATE, i32x4(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476))
  store<u32>(STATE, 0xc3d2e1f0, 16)
}

/** Runs the blocks [block, end) into STATE; the length is a multiple of 64. */
export function sha1Blocks(block: usize, end: usize): void {
  for (; block < end; block += 64) {
    let a = load<u32>(STATE, 0)
    let b = load<u32>(STATE, 4)
    let c = load<u32>(STATE, 8)
    let d = load<u32>(STATE, 12)
    let e = load<u32>(STATE, 16)
    for (let t = 0; t < 80; t++) {
      const sum = rotl<u32>(a, 5) + e + word(block, t) + mixed(t, b, c, d)
      e = d
      d = c
      c = rotl<u32>(b, 30)
      b = a
      a = sum
    }
    store<u32>(STATE, load<u32>(STATE, 0) + a, 0)
    store<u32>(STATE, load<u32>(STATE, 4) + b, 4)
    store<u32>(STATE, load<u32>(STATE, 8) + c, 8)
    store<u32>(STATE, load<u32>(STATE, 12) + d, 12)
    store<u32>(STATE, load<u32>(STATE, 16) + e, 16)
  }
}

/** Word t of the schedule, kept where later ones look for it. */
function word(block: usize, t: i32): u32 {
  const at = WORDS + ((t & 15) << 2)
  const next =
    t < 16
      ? swap32(load<u32>(block + (t << 2)))
      : rotl<u32>(load<u32>(at) ^ earlier(t - 3) ^ earlier(t - 8) ^ earlier(t - 14), 1)
  store<u32>(at, next)
  return next
}

@inline
function earlier(t: i32): u32 {
  return load<u32>(WORDS + ((t & 15) << 2))
}

/** The round's function and its constant. */
function mixed(t: i32, b: u32, c: u32, d: u32): u32 {
  if (t < 20) return (d ^ (b & (c ^ d))) + 0x5a827999
  if (t < 40) return (b ^ c ^ d) + 0x6ed9eba1
  if (t < 60) return ((b & c) | (d & (b | c))) + 0x8f1bbcdc
  return (b ^ c ^ d) + 0xca62c1d6
}

/** Leaves the digest's bytes in STATE. */
export function sha1Finish(): void {
  for (let i = 0; i < 20; i += 4) store<u32>(STATE + i, swap32(load<u32>(STATE + i)))
  clear(WORDS, WORDS + 64)
}
