/**
 * SHA-512 of whole messages (FIPS 180-4): 128-byte blocks, big-endian words and length. The constants are the first
 * 64 bits of the fractional parts of the cube roots (K) and square roots (STATE) of the first primes, in spec order.
 *
 * The schedule is computed 2 words at a time in vectors between the rounds, sixteen rounds ahead of them: SCHEDULE holds
 * the next sixteen words with K already added, each written when it has been read. A word that is read right behind its
 * store waits for it. A loop of sixteen rounds, not all of them written out: the CPU's cache of decoded instructions holds
 * it. What a message leaves behind is in STATE and SCHEDULE; the caller wipes.
 */

import { SCHEDULE, STATE } from './layout'

const K: usize = memory.data<u64>([
  0x428a2f98d728ae22, 0x7137449123ef65cd, 0xb5c0fbcfec4d3b2f, 0xe9b5dba58189dbbc,
  0x3956c25bf348b538, 0x59f111f1b605d019, 0x923f82a4af194f9b, 0xab1c5ed5da6d8118,
  0xd807aa98a3030242, 0x12835b0145706fbe, 0x243185be4ee4b28c, 0x550c7dc3d5ffb4e2,
  0x72be5d74f27b896f, 0x80deb1fe3b1696b1, 0x9bdc06a725c71235, 0xc19bf174cf692694,
  0xe49b69c19ef14ad2, 0xefbe4786384f25e3, 0x0fc19dc68b8cd5b5, 0x240ca1cc77ac9c65,
  0x2de92c6f592b0275, 0x4a7484aa6ea6e483, 0x5cb0a9dcbd41fbd4, 0x76f988da831153b5,
  0x983e5152ee66dfab, 0xa831c66d2db43210, 0xb00327c898fb213f, 0xbf597fc7beef0ee4,
  0xc6e00bf33da88fc2, 0xd5a79147930aa725, 0x06ca6351e003826f, 0x142929670a0e6e70,
  0x27b70a8546d22ffc, 0x2e1b21385c26c926, 0x4d2c6dfc5ac42aed, 0x53380d139d95b3df,
  0x650a73548baf63de, 0x766a0abb3c77b2a8, 0x81c2c92e47edaee6, 0x92722c851482353b,
  0xa2bfe8a14cf10364, 0xa81a664bbc423001, 0xc24b8b70d0f89791, 0xc76c51a30654be30,
  0xd192e819d6ef5218, 0xd69906245565a910, 0xf40e35855771202a, 0x106aa07032bbd1b8,
  0x19a4c116b8d2d0c8, 0x1e376c085141ab53, 0x2748774cdf8eeb99, 0x34b0bcb5e19b48a8,
  0x391c0cb3c5c95a63, 0x4ed8aa4ae3418acb, 0x5b9cca4f7763e373, 0x682e6ff3d6b2b8a3,
  0x748f82ee5defb2fc, 0x78a5636f43172f60, 0x84c87814a1f0ab72, 0x8cc702081a6439ec,
  0x90befffa23631e28, 0xa4506cebde82bde9, 0xbef9a3f7b2c67915, 0xc67178f2e372532b,
  0xca273eceea26619c, 0xd186b8c721c0c207, 0xeada7dd6cde0eb1e, 0xf57d4f7fee6ed178,
  0x06f067aa72176fba, 0x0a637dc5a2c898a6, 0x113f9804bef90dae, 0x1b710b35131c471b,
  0x28db77f523047d84, 0x32caab7b40c72493, 0x3c9ebe0a15c9bebc, 0x431d67c49c100d4c,
  0x4cc5d4becb3e42b6, 0x597f299cfc657e2a, 0x5fcb6fab3ad6faec, 0x6c44198c4a475817,
], 16)

/** The rotations by 14, 18 and 41, nested to have fewer copies of a word: registers are what the rounds are short of. */
@inline
function S1(e: u64): u64 {
  return rotr<u64>(rotr<u64>(e, 4) ^ e ^ rotr<u64>(e, 27), 14)
}

/** The rotations by 28, 34 and 39, nested all the way: nobody waits for this one. */
@inline
function S0(a: u64): u64 {
  return rotr<u64>(rotr<u64>(rotr<u64>(a, 5) ^ a, 6) ^ a, 28)
}

/** All of a round that does not wait for S1: the order of this sum is a tenth of the speed. */
@inline
function pick(e: u64, f: u64, g: u64, h: u64, wk: u64): u64 {
  return h + wk + (g ^ (e & (f ^ g)))
}

@inline
function rotate(x: v128, n: i32): v128 {
  return v128.or(i64x2.shr_u(x, n), i64x2.shl(x, 64 - n))
}

@inline
function s0(x: v128): v128 {
  return v128.xor(v128.xor(rotate(x, 1), rotate(x, 8)), i64x2.shr_u(x, 7))
}

@inline
function s1(x: v128): v128 {
  return v128.xor(v128.xor(rotate(x, 19), rotate(x, 61)), i64x2.shr_u(x, 6))
}

/** Words 16 and 17 from the 16 before them. */
@inline
function next(w0: v128, w2: v128, w8: v128, w10: v128, w14: v128): v128 {
  return i64x2.add(
    i64x2.add(w0, s0(i8x16.shuffle(w0, w2, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23))),
    i64x2.add(s1(w14), i8x16.shuffle(w8, w10, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23)),
  )
}

/** Bytes as they lie in memory to big-endian words, and back. */
@inline
function bigEndian(x: v128): v128 {
  return i8x16.swizzle(x, i8x16(7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8))
}

/** Hands 2 words to the rounds: `k` is the place of their constants in K, `at` theirs in SCHEDULE. */
@inline
function put(words: v128, k: usize, at: usize): void {
  v128.store(SCHEDULE + at, i64x2.add(words, v128.load(K + k)))
}

export function sha512Start(): void {
  v128.store(STATE, i64x2(0x6a09e667f3bcc908, 0xbb67ae8584caa73b), 0)
  v128.store(STATE, i64x2(0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1), 16)
  v128.store(STATE, i64x2(0x510e527fade682d1, 0x9b05688c2b3e6c1f), 32)
  v128.store(STATE, i64x2(0x1f83d9abfb41bd6b, 0x5be0cd19137e2179), 48)
}

/** STATE from words to the digest's bytes. */
export function sha512Finish(): void {
  for (let i: usize = STATE; i < STATE + 64; i += 16) v128.store(i, bigEndian(v128.load(i)))
}

/**
 * Runs the blocks [block, end) into STATE; the length is a multiple of 128. One line a round, the names in strict rotation:
 * a wrong letter stands out. `x` and `y` take turns to carry a ^ b, which is the next round's b ^ c, to the majority.
 */
export function sha512Blocks(block: usize, end: usize): void {
  let a = load<u64>(STATE, 0)
  let b = load<u64>(STATE, 8)
  let c = load<u64>(STATE, 16)
  let d = load<u64>(STATE, 24)
  let e = load<u64>(STATE, 32)
  let f = load<u64>(STATE, 40)
  let g = load<u64>(STATE, 48)
  let h = load<u64>(STATE, 56)
  let x: u64 = 0
  for (; block < end; block += 128) {
    let w0 = bigEndian(v128.load(block, 0))
    let w2 = bigEndian(v128.load(block, 16))
    let w4 = bigEndian(v128.load(block, 32))
    let w6 = bigEndian(v128.load(block, 48))
    let w8 = bigEndian(v128.load(block, 64))
    let w10 = bigEndian(v128.load(block, 80))
    let w12 = bigEndian(v128.load(block, 96))
    let w14 = bigEndian(v128.load(block, 112))
    let y = b ^ c
    put(w0, 0, 0)
    put(w2, 16, 16)
    put(w4, 32, 32)
    put(w6, 48, 48)
    put(w8, 64, 64)
    put(w10, 80, 80)
    put(w12, 96, 96)
    put(w14, 112, 112)
    for (let k: usize = 128; k < 640; k += 128) {
      h = pick(e, f, g, h, load<u64>(SCHEDULE, 0)) + S1(e); d += h; x = a ^ b; h += (y & x) ^ b; h += S0(a)
      g = pick(d, e, f, g, load<u64>(SCHEDULE, 8)) + S1(d); c += g; y = h ^ a; g += (x & y) ^ a; g += S0(h)
      w0 = next(w0, w2, w8, w10, w14)
      put(w0, k, 0)
      f = pick(c, d, e, f, load<u64>(SCHEDULE, 16)) + S1(c); b += f; x = g ^ h; f += (y & x) ^ h; f += S0(g)
      e = pick(b, c, d, e, load<u64>(SCHEDULE, 24)) + S1(b); a += e; y = f ^ g; e += (x & y) ^ g; e += S0(f)
      w2 = next(w2, w4, w10, w12, w0)
      put(w2, k + 16, 16)
      d = pick(a, b, c, d, load<u64>(SCHEDULE, 32)) + S1(a); h += d; x = e ^ f; d += (y & x) ^ f; d += S0(e)
      c = pick(h, a, b, c, load<u64>(SCHEDULE, 40)) + S1(h); g += c; y = d ^ e; c += (x & y) ^ e; c += S0(d)
      w4 = next(w4, w6, w12, w14, w2)
      put(w4, k + 32, 32)
      b = pick(g, h, a, b, load<u64>(SCHEDULE, 48)) + S1(g); f += b; x = c ^ d; b += (y & x) ^ d; b += S0(c)
      a = pick(f, g, h, a, load<u64>(SCHEDULE, 56)) + S1(f); e += a; y = b ^ c; a += (x & y) ^ c; a += S0(b)
      w6 = next(w6, w8, w14, w0, w4)
      put(w6, k + 48, 48)
      h = pick(e, f, g, h, load<u64>(SCHEDULE, 64)) + S1(e); d += h; x = a ^ b; h += (y & x) ^ b; h += S0(a)
      g = pick(d, e, f, g, load<u64>(SCHEDULE, 72)) + S1(d); c += g; y = h ^ a; g += (x & y) ^ a; g += S0(h)
      w8 = next(w8, w10, w0, w2, w6)
      put(w8, k + 64, 64)
      f = pick(c, d, e, f, load<u64>(SCHEDULE, 80)) + S1(c); b += f; x = g ^ h; f += (y & x) ^ h; f += S0(g)
      e = pick(b, c, d, e, load<u64>(SCHEDULE, 88)) + S1(b); a += e; y = f ^ g; e += (x & y) ^ g; e += S0(f)
      w10 = next(w10, w12, w2, w4, w8)
      put(w10, k + 80, 80)
      d = pick(a, b, c, d, load<u64>(SCHEDULE, 96)) + S1(a); h += d; x = e ^ f; d += (y & x) ^ f; d += S0(e)
      c = pick(h, a, b, c, load<u64>(SCHEDULE, 104)) + S1(h); g += c; y = d ^ e; c += (x & y) ^ e; c += S0(d)
      w12 = next(w12, w14, w4, w6, w10)
      put(w12, k + 96, 96)
      b = pick(g, h, a, b, load<u64>(SCHEDULE, 112)) + S1(g); f += b; x = c ^ d; b += (y & x) ^ d; b += S0(c)
      a = pick(f, g, h, a, load<u64>(SCHEDULE, 120)) + S1(f); e += a; y = b ^ c; a += (x & y) ^ c; a += S0(b)
      w14 = next(w14, w0, w6, w8, w12)
      put(w14, k + 112, 112)
    }
    h = pick(e, f, g, h, load<u64>(SCHEDULE, 0)) + S1(e); d += h; x = a ^ b; h += (y & x) ^ b; h += S0(a)
    g = pick(d, e, f, g, load<u64>(SCHEDULE, 8)) + S1(d); c += g; y = h ^ a; g += (x & y) ^ a; g += S0(h)
    f = pick(c, d, e, f, load<u64>(SCHEDULE, 16)) + S1(c); b += f; x = g ^ h; f += (y & x) ^ h; f += S0(g)
    e = pick(b, c, d, e, load<u64>(SCHEDULE, 24)) + S1(b); a += e; y = f ^ g; e += (x & y) ^ g; e += S0(f)
    d = pick(a, b, c, d, load<u64>(SCHEDULE, 32)) + S1(a); h += d; x = e ^ f; d += (y & x) ^ f; d += S0(e)
    c = pick(h, a, b, c, load<u64>(SCHEDULE, 40)) + S1(h); g += c; y = d ^ e; c += (x & y) ^ e; c += S0(d)
    b = pick(g, h, a, b, load<u64>(SCHEDULE, 48)) + S1(g); f += b; x = c ^ d; b += (y & x) ^ d; b += S0(c)
    a = pick(f, g, h, a, load<u64>(SCHEDULE, 56)) + S1(f); e += a; y = b ^ c; a += (x & y) ^ c; a += S0(b)
    h = pick(e, f, g, h, load<u64>(SCHEDULE, 64)) + S1(e); d += h; x = a ^ b; h += (y & x) ^ b; h += S0(a)
    g = pick(d, e, f, g, load<u64>(SCHEDULE, 72)) + S1(d); c += g; y = h ^ a; g += (x & y) ^ a; g += S0(h)
    f = pick(c, d, e, f, load<u64>(SCHEDULE, 80)) + S1(c); b += f; x = g ^ h; f += (y & x) ^ h; f += S0(g)
    e = pick(b, c, d, e, load<u64>(SCHEDULE, 88)) + S1(b); a += e; y = f ^ g; e += (x & y) ^ g; e += S0(f)
    d = pick(a, b, c, d, load<u64>(SCHEDULE, 96)) + S1(a); h += d; x = e ^ f; d += (y & x) ^ f; d += S0(e)
    c = pick(h, a, b, c, load<u64>(SCHEDULE, 104)) + S1(h); g += c; y = d ^ e; c += (x & y) ^ e; c += S0(d)
    b = pick(g, h, a, b, load<u64>(SCHEDULE, 112)) + S1(g); f += b; x = c ^ d; b += (y & x) ^ d; b += S0(c)
    a = pick(f, g, h, a, load<u64>(SCHEDULE, 120)) + S1(f); e += a; y = b ^ c; a += (x & y) ^ c; a += S0(b)
    a += load<u64>(STATE, 0)
    b += load<u64>(STATE, 8)
    c += load<u64>(STATE, 16)
    d += load<u64>(STATE, 24)
    e += load<u64>(STATE, 32)
    f += load<u64>(STATE, 40)
    g += load<u64>(STATE, 48)
    h += load<u64>(STATE, 56)
    store<u64>(STATE, a, 0)
    store<u64>(STATE, b, 8)
    store<u64>(STATE, c, 16)
    store<u64>(STATE, d, 24)
    store<u64>(STATE, e, 32)
    store<u64>(STATE, f, 40)
    store<u64>(STATE, g, 48)
    store<u64>(STATE, h, 56)
  }
}

/** Writes the whole schedule of one block, K added, to `wk` (640 bytes): for a block that never changes. */
export function sha512Schedule(wk: usize, block: usize): void {
  let w0 = bigEndian(v128.load(block, 0))
  let w2 = bigEndian(v128.load(block, 16))
  let w4 = bigEndian(v128.load(block, 32))
  let w6 = bigEndian(v128.load(block, 48))
  let w8 = bigEndian(v128.load(block, 64))
  let w10 = bigEndian(v128.load(block, 80))
  let w12 = bigEndian(v128.load(block, 96))
  let w14 = bigEndian(v128.load(block, 112))
  for (let at: usize = 0; at < 640; at += 16) {
    v128.store(wk + at, i64x2.add(w0, v128.load(K + at)))
    const fresh = next(w0, w2, w8, w10, w14)
    w0 = w2
    w2 = w4
    w4 = w6
    w6 = w8
    w8 = w10
    w10 = w12
    w12 = w14
    w14 = fresh
  }
}

/** One block whose schedule `sha512Schedule` has written to `wk`. */
export function sha512Scheduled(wk: usize): void {
  let a = load<u64>(STATE, 0)
  let b = load<u64>(STATE, 8)
  let c = load<u64>(STATE, 16)
  let d = load<u64>(STATE, 24)
  let e = load<u64>(STATE, 32)
  let f = load<u64>(STATE, 40)
  let g = load<u64>(STATE, 48)
  let h = load<u64>(STATE, 56)
  let x: u64 = 0
  let y = b ^ c
  for (const end = wk + 640; wk < end; wk += 64) {
    h = pick(e, f, g, h, load<u64>(wk, 0)) + S1(e); d += h; x = a ^ b; h += (y & x) ^ b; h += S0(a)
    g = pick(d, e, f, g, load<u64>(wk, 8)) + S1(d); c += g; y = h ^ a; g += (x & y) ^ a; g += S0(h)
    f = pick(c, d, e, f, load<u64>(wk, 16)) + S1(c); b += f; x = g ^ h; f += (y & x) ^ h; f += S0(g)
    e = pick(b, c, d, e, load<u64>(wk, 24)) + S1(b); a += e; y = f ^ g; e += (x & y) ^ g; e += S0(f)
    d = pick(a, b, c, d, load<u64>(wk, 32)) + S1(a); h += d; x = e ^ f; d += (y & x) ^ f; d += S0(e)
    c = pick(h, a, b, c, load<u64>(wk, 40)) + S1(h); g += c; y = d ^ e; c += (x & y) ^ e; c += S0(d)
    b = pick(g, h, a, b, load<u64>(wk, 48)) + S1(g); f += b; x = c ^ d; b += (y & x) ^ d; b += S0(c)
    a = pick(f, g, h, a, load<u64>(wk, 56)) + S1(f); e += a; y = b ^ c; a += (x & y) ^ c; a += S0(b)
  }
  store<u64>(STATE, load<u64>(STATE, 0) + a, 0)
  store<u64>(STATE, load<u64>(STATE, 8) + b, 8)
  store<u64>(STATE, load<u64>(STATE, 16) + c, 16)
  store<u64>(STATE, load<u64>(STATE, 24) + d, 24)
  store<u64>(STATE, load<u64>(STATE, 32) + e, 32)
  store<u64>(STATE, load<u64>(STATE, 40) + f, 40)
  store<u64>(STATE, load<u64>(STATE, 48) + g, 48)
  store<u64>(STATE, load<u64>(STATE, 56) + h, 56)
}
