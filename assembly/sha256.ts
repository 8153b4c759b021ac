/**
 * SHA-256 of whole messages (FIPS 180-4): 64-byte blocks, big-endian words and length. The constants are the first
 * 32 bits of the fractional parts of the cube roots (K) and square roots (STATE) of the first primes, in spec order.
 *
 * The schedule is computed 4 words at a time in vectors between the rounds, sixteen rounds ahead of them: SCHEDULE holds
 * the next sixteen words with K already added, each written when it has been read. A word that is read right behind its
 * store waits for it. A loop of sixteen rounds, not all of them written out: the CPU's cache of decoded instructions holds
 * it. What a message leaves behind is in STATE and SCHEDULE; the caller wipes.
 */

import { SCHEDULE, STATE } from './layout'

const K: usize = memory.data<u32>([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
], 16)

/** The rotations by 6, 11 and 25, nested to have fewer copies of a word: registers are what the rounds are short of. */
@inline
function S1(e: u32): u32 {
  return rotr<u32>(rotr<u32>(e, 5) ^ e ^ rotr<u32>(e, 19), 6)
}

/** The rotations by 2, 13 and 22, nested all the way: nobody waits for this one. */
@inline
function S0(a: u32): u32 {
  return rotr<u32>(rotr<u32>(rotr<u32>(a, 9) ^ a, 11) ^ a, 2)
}

/** All of a round that does not wait for S1: the order of this sum is a tenth of the speed. */
@inline
function pick(e: u32, f: u32, g: u32, h: u32, wk: u32): u32 {
  return h + wk + (g ^ (e & (f ^ g)))
}

@inline
function rotate(x: v128, n: i32): v128 {
  return v128.or(i32x4.shr_u(x, n), i32x4.shl(x, 32 - n))
}

@inline
function s0(x: v128): v128 {
  return v128.xor(v128.xor(rotate(x, 7), rotate(x, 18)), i32x4.shr_u(x, 3))
}

/** s1 of the words in the even lanes, each of which the odd lane repeats: a 64-bit shift then rotates. */
@inline
function s1(pairs: v128): v128 {
  return v128.xor(v128.xor(i64x2.shr_u(pairs, 17), i64x2.shr_u(pairs, 19)), i32x4.shr_u(pairs, 10))
}

/** Words 16..19 from the 16 before them; the upper two need the lower two, hence two halves. */
@inline
function next(w0: v128, w4: v128, w8: v128, w12: v128): v128 {
  const sum = i32x4.add(
    i32x4.add(w0, s0(i8x16.shuffle(w0, w4, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19))),
    i8x16.shuffle(w8, w12, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19),
  )
  const first = s1(v128.shuffle<u32>(w12, w12, 2, 2, 3, 3))
  const low = i32x4.add(v128.shuffle<u32>(sum, sum, 0, 0, 1, 1), v128.shuffle<u32>(first, first, 0, 0, 2, 2))
  const high = i32x4.add(v128.shuffle<u32>(sum, sum, 2, 2, 3, 3), s1(low))
  return v128.shuffle<u32>(low, high, 0, 2, 4, 6)
}

/** Bytes as they lie in memory to big-endian words, and back. */
@inline
function bigEndian(x: v128): v128 {
  return i8x16.swizzle(x, i8x16(3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12))
}

/** Hands 4 words to the rounds: `k` is the place of their constants in K, `at` theirs in SCHEDULE. */
@inline
function put(words: v128, k: usize, at: usize): void {
  v128.store(SCHEDULE + at, i32x4.add(words, v128.load(K + k)))
}

export function sha256Start(): void {
  v128.store(STATE, i32x4(0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a), 0)
  v128.store(STATE, i32x4(0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19), 16)
}

/** STATE from words to the digest's bytes. */
export function sha256Finish(): void {
  for (let i: usize = STATE; i < STATE + 32; i += 16) v128.store(i, bigEndian(v128.load(i)))
}

/**
 * Runs the blocks [block, end) into STATE; the length is a multiple of 64. One line a round, the names in strict rotation:
 * a wrong letter stands out. `x` and `y` take turns to carry a ^ b, which is the next round's b ^ c, to the majority.
 */
export function sha256Blocks(block: usize, end: usize): void {
  let a = load<u32>(STATE, 0)
  let b = load<u32>(STATE, 4)
  let c = load<u32>(STATE, 8)
  let d = load<u32>(STATE, 12)
  let e = load<u32>(STATE, 16)
  let f = load<u32>(STATE, 20)
  let g = load<u32>(STATE, 24)
  let h = load<u32>(STATE, 28)
  let x: u32 = 0
  for (; block < end; block += 64) {
    let w0 = bigEndian(v128.load(block, 0))
    let w4 = bigEndian(v128.load(block, 16))
    let w8 = bigEndian(v128.load(block, 32))
    let w12 = bigEndian(v128.load(block, 48))
    let y = b ^ c
    put(w0, 0, 0)
    put(w4, 16, 16)
    put(w8, 32, 32)
    put(w12, 48, 48)
    for (let k: usize = 64; k < 256; k += 64) {
      h = pick(e, f, g, h, load<u32>(SCHEDULE, 0)) + S1(e); d += h; x = a ^ b; h += (y & x) ^ b; h += S0(a)
      g = pick(d, e, f, g, load<u32>(SCHEDULE, 4)) + S1(d); c += g; y = h ^ a; g += (x & y) ^ a; g += S0(h)
      f = pick(c, d, e, f, load<u32>(SCHEDULE, 8)) + S1(c); b += f; x = g ^ h; f += (y & x) ^ h; f += S0(g)
      e = pick(b, c, d, e, load<u32>(SCHEDULE, 12)) + S1(b); a += e; y = f ^ g; e += (x & y) ^ g; e += S0(f)
      w0 = next(w0, w4, w8, w12)
      put(w0, k, 0)
      d = pick(a, b, c, d, load<u32>(SCHEDULE, 16)) + S1(a); h += d; x = e ^ f; d += (y & x) ^ f; d += S0(e)
      c = pick(h, a, b, c, load<u32>(SCHEDULE, 20)) + S1(h); g += c; y = d ^ e; c += (x & y) ^ e; c += S0(d)
      b = pick(g, h, a, b, load<u32>(SCHEDULE, 24)) + S1(g); f += b; x = c ^ d; b += (y & x) ^ d; b += S0(c)
      a = pick(f, g, h, a, load<u32>(SCHEDULE, 28)) + S1(f); e += a; y = b ^ c; a += (x & y) ^ c; a += S0(b)
      w4 = next(w4, w8, w12, w0)
      put(w4, k + 16, 16)
      h = pick(e, f, g, h, load<u32>(SCHEDULE, 32)) + S1(e); d += h; x = a ^ b; h += (y & x) ^ b; h += S0(a)
      g = pick(d, e, f, g, load<u32>(SCHEDULE, 36)) + S1(d); c += g; y = h ^ a; g += (x & y) ^ a; g += S0(h)
      f = pick(c, d, e, f, load<u32>(SCHEDULE, 40)) + S1(c); b += f; x = g ^ h; f += (y & x) ^ h; f += S0(g)
      e = pick(b, c, d, e, load<u32>(SCHEDULE, 44)) + S1(b); a += e; y = f ^ g; e += (x & y) ^ g; e += S0(f)
      w8 = next(w8, w12, w0, w4)
      put(w8, k + 32, 32)
      d = pick(a, b, c, d, load<u32>(SCHEDULE, 48)) + S1(a); h += d; x = e ^ f; d += (y & x) ^ f; d += S0(e)
      c = pick(h, a, b, c, load<u32>(SCHEDULE, 52)) + S1(h); g += c; y = d ^ e; c += (x & y) ^ e; c += S0(d)
      b = pick(g, h, a, b, load<u32>(SCHEDULE, 56)) + S1(g); f += b; x = c ^ d; b += (y & x) ^ d; b += S0(c)
      a = pick(f, g, h, a, load<u32>(SCHEDULE, 60)) + S1(f); e += a; y = b ^ c; a += (x & y) ^ c; a += S0(b)
      w12 = next(w12, w0, w4, w8)
      put(w12, k + 48, 48)
    }
    h = pick(e, f, g, h, load<u32>(SCHEDULE, 0)) + S1(e); d += h; x = a ^ b; h += (y & x) ^ b; h += S0(a)
    g = pick(d, e, f, g, load<u32>(SCHEDULE, 4)) + S1(d); c += g; y = h ^ a; g += (x & y) ^ a; g += S0(h)
    f = pick(c, d, e, f, load<u32>(SCHEDULE, 8)) + S1(c); b += f; x = g ^ h; f += (y & x) ^ h; f += S0(g)
    e = pick(b, c, d, e, load<u32>(SCHEDULE, 12)) + S1(b); a += e; y = f ^ g; e += (x & y) ^ g; e += S0(f)
    d = pick(a, b, c, d, load<u32>(SCHEDULE, 16)) + S1(a); h += d; x = e ^ f; d += (y & x) ^ f; d += S0(e)
    c = pick(h, a, b, c, load<u32>(SCHEDULE, 20)) + S1(h); g += c; y = d ^ e; c += (x & y) ^ e; c += S0(d)
    b = pick(g, h, a, b, load<u32>(SCHEDULE, 24)) + S1(g); f += b; x = c ^ d; b += (y & x) ^ d; b += S0(c)
    a = pick(f, g, h, a, load<u32>(SCHEDULE, 28)) + S1(f); e += a; y = b ^ c; a += (x & y) ^ c; a += S0(b)
    h = pick(e, f, g, h, load<u32>(SCHEDULE, 32)) + S1(e); d += h; x = a ^ b; h += (y & x) ^ b; h += S0(a)
    g = pick(d, e, f, g, load<u32>(SCHEDULE, 36)) + S1(d); c += g; y = h ^ a; g += (x & y) ^ a; g += S0(h)
    f = pick(c, d, e, f, load<u32>(SCHEDULE, 40)) + S1(c); b += f; x = g ^ h; f += (y & x) ^ h; f += S0(g)
    e = pick(b, c, d, e, load<u32>(SCHEDULE, 44)) + S1(b); a += e; y = f ^ g; e += (x & y) ^ g; e += S0(f)
    d = pick(a, b, c, d, load<u32>(SCHEDULE, 48)) + S1(a); h += d; x = e ^ f; d += (y & x) ^ f; d += S0(e)
    c = pick(h, a, b, c, load<u32>(SCHEDULE, 52)) + S1(h); g += c; y = d ^ e; c += (x & y) ^ e; c += S0(d)
    b = pick(g, h, a, b, load<u32>(SCHEDULE, 56)) + S1(g); f += b; x = c ^ d; b += (y & x) ^ d; b += S0(c)
    a = pick(f, g, h, a, load<u32>(SCHEDULE, 60)) + S1(f); e += a; y = b ^ c; a += (x & y) ^ c; a += S0(b)
    a += load<u32>(STATE, 0)
    b += load<u32>(STATE, 4)
    c += load<u32>(STATE, 8)
    d += load<u32>(STATE, 12)
    e += load<u32>(STATE, 16)
    f += load<u32>(STATE, 20)
    g += load<u32>(STATE, 24)
    h += load<u32>(STATE, 28)
    store<u32>(STATE, a, 0)
    store<u32>(STATE, b, 4)
    store<u32>(STATE, c, 8)
    store<u32>(STATE, d, 12)
    store<u32>(STATE, e, 16)
    store<u32>(STATE, f, 20)
    store<u32>(STATE, g, 24)
    store<u32>(STATE, h, 28)
  }
}

/** Writes the whole schedule of one block, K added, to `wk` (256 bytes): for a block that never changes. */
export function sha256Schedule(wk: usize, block: usize): void {
  let w0 = bigEndian(v128.load(block, 0))
  let w4 = bigEndian(v128.load(block, 16))
  let w8 = bigEndian(v128.load(block, 32))
  let w12 = bigEndian(v128.load(block, 48))
  for (let at: usize = 0; at < 256; at += 16) {
    v128.store(wk + at, i32x4.add(w0, v128.load(K + at)))
    const fresh = next(w0, w4, w8, w12)
    w0 = w4
    w4 = w8
    w8 = w12
    w12 = fresh
  }
}

/** One block whose schedule `sha256Schedule` has written to `wk`. */
export function sha256Scheduled(wk: usize): void {
  let a = load<u32>(STATE, 0)
  let b = load<u32>(STATE, 4)
  let c = load<u32>(STATE, 8)
  let d = load<u32>(STATE, 12)
  let e = load<u32>(STATE, 16)
  let f = load<u32>(STATE, 20)
  let g = load<u32>(STATE, 24)
  let h = load<u32>(STATE, 28)
  let x: u32 = 0
  let y = b ^ c
  for (const end = wk + 256; wk < end; wk += 32) {
    h = pick(e, f, g, h, load<u32>(wk, 0)) + S1(e); d += h; x = a ^ b; h += (y & x) ^ b; h += S0(a)
    g = pick(d, e, f, g, load<u32>(wk, 4)) + S1(d); c += g; y = h ^ a; g += (x & y) ^ a; g += S0(h)
    f = pick(c, d, e, f, load<u32>(wk, 8)) + S1(c); b += f; x = g ^ h; f += (y & x) ^ h; f += S0(g)
    e = pick(b, c, d, e, load<u32>(wk, 12)) + S1(b); a += e; y = f ^ g; e += (x & y) ^ g; e += S0(f)
    d = pick(a, b, c, d, load<u32>(wk, 16)) + S1(a); h += d; x = e ^ f; d += (y & x) ^ f; d += S0(e)
    c = pick(h, a, b, c, load<u32>(wk, 20)) + S1(h); g += c; y = d ^ e; c += (x & y) ^ e; c += S0(d)
    b = pick(g, h, a, b, load<u32>(wk, 24)) + S1(g); f += b; x = c ^ d; b += (y & x) ^ d; b += S0(c)
    a = pick(f, g, h, a, load<u32>(wk, 28)) + S1(f); e += a; y = b ^ c; a += (x & y) ^ c; a += S0(b)
  }
  store<u32>(STATE, load<u32>(STATE, 0) + a, 0)
  store<u32>(STATE, load<u32>(STATE, 4) + b, 4)
  store<u32>(STATE, load<u32>(STATE, 8) + c, 8)
  store<u32>(STATE, load<u32>(STATE, 12) + d, 12)
  store<u32>(STATE, load<u32>(STATE, 16) + e, 16)
  store<u32>(STATE, load<u32>(STATE, 20) + f, 20)
  store<u32>(STATE, load<u32>(STATE, 24) + g, 24)
  store<u32>(STATE, load<u32>(STATE, 28) + h, 28)
}
