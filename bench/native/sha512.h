/*
 * SHA-512 (FIPS 180-4), 128-byte blocks. Written for this bench from the
 * specification; public domain, no warranty. Two words of the schedule at a time in vectors, between the rounds.
 */
#ifndef SHA512_H
#define SHA512_H

#include "bytes.h"

static const uint64_t SHA512_START[8] = {
    0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
    0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
};

static const uint64_t SHA512_K[80] __attribute__((aligned(16))) = {
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
};

/* `x` carries a ^ b from round to round: it is the next round's b ^ c, of the majority. */
#define SHA512_ROUND(a, b, c, d, e, f, g, h, wk)                        \
  do {                                                                  \
    h += (wk) + (g ^ (e & (f ^ g)));                                    \
    h += rotr64(e, 14) ^ rotr64(e, 18) ^ rotr64(e, 41);                  \
    d += h;                                                             \
    const uint64_t y = a ^ b;                                           \
    h += ((x & y) ^ b) + (rotr64(a, 28) ^ rotr64(a, 34) ^ rotr64(a, 39)); \
    x = y;                                                              \
  } while (0)

#define SHA512_TWO(a, b, c, d, e, f, g, h, wk)   \
  SHA512_ROUND(a, b, c, d, e, f, g, h, (wk)[0]); \
  SHA512_ROUND(h, a, b, c, d, e, f, g, (wk)[1])

#define SHA512_ADD(state) \
  state[0] += a, state[1] += b, state[2] += c, state[3] += d, state[4] += e, state[5] += f, state[6] += g, state[7] += h

inlined __m128i sha512_big_endian(__m128i x) {
  return _mm_shuffle_epi8(x, _mm_setr_epi8(7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8));
}

inlined __m128i sha512_rotate(__m128i x, int n) {
  return _mm_or_si128(_mm_srli_epi64(x, n), _mm_slli_epi64(x, 64 - n));
}

/* Words 16 and 17 from the 16 before them. */
inlined __m128i sha512_next(__m128i w0, __m128i w2, __m128i w8, __m128i w10, __m128i w14) {
  const __m128i w1 = _mm_alignr_epi8(w2, w0, 8);
  const __m128i s0 = _mm_xor_si128(_mm_xor_si128(sha512_rotate(w1, 1), sha512_rotate(w1, 8)), _mm_srli_epi64(w1, 7));
  const __m128i s1 = _mm_xor_si128(_mm_xor_si128(sha512_rotate(w14, 19), sha512_rotate(w14, 61)), _mm_srli_epi64(w14, 6));
  return _mm_add_epi64(_mm_add_epi64(w0, s0), _mm_add_epi64(s1, _mm_alignr_epi8(w10, w8, 8)));
}

/*
 * Sixteen rounds, and behind each step the words sixteen rounds on: K added, stored where the step's own were. A word that
 * is read right behind its vector's store waits for it.
 */
#define SHA512_SIXTEEN(NEXT) \
  SHA512_TWO(a, b, c, d, e, f, g, h, wk + 0);  \
  NEXT(w0, 0, w0, w2, w8, w10, w14);           \
  SHA512_TWO(g, h, a, b, c, d, e, f, wk + 2);  \
  NEXT(w2, 2, w2, w4, w10, w12, w0);           \
  SHA512_TWO(e, f, g, h, a, b, c, d, wk + 4);  \
  NEXT(w4, 4, w4, w6, w12, w14, w2);           \
  SHA512_TWO(c, d, e, f, g, h, a, b, wk + 6);  \
  NEXT(w6, 6, w6, w8, w14, w0, w4);            \
  SHA512_TWO(a, b, c, d, e, f, g, h, wk + 8);  \
  NEXT(w8, 8, w8, w10, w0, w2, w6);            \
  SHA512_TWO(g, h, a, b, c, d, e, f, wk + 10); \
  NEXT(w10, 10, w10, w12, w2, w4, w8);         \
  SHA512_TWO(e, f, g, h, a, b, c, d, wk + 12); \
  NEXT(w12, 12, w12, w14, w4, w6, w10);        \
  SHA512_TWO(c, d, e, f, g, h, a, b, wk + 14); \
  NEXT(w14, 14, w14, w0, w6, w8, w12)
#define PUT(to, k, w) store128(wk + (to), _mm_add_epi64(w, load128(k)))
#define NEXT(w, to, ...) w = sha512_next(__VA_ARGS__), PUT(to, k + (to), w)
#define NONE(w, to, ...) (void)0
#define LOAD(block)                                                                                    \
  __m128i w0 = sha512_big_endian(load128(block)), w2 = sha512_big_endian(load128(block + 16));         \
  __m128i w4 = sha512_big_endian(load128(block + 32)), w6 = sha512_big_endian(load128(block + 48));    \
  __m128i w8 = sha512_big_endian(load128(block + 64)), w10 = sha512_big_endian(load128(block + 80));   \
  __m128i w12 = sha512_big_endian(load128(block + 96)), w14 = sha512_big_endian(load128(block + 112))

static void sha512_blocks(void *words, const uint8_t *block, const uint8_t *end) {
  uint64_t *state = words;
  uint64_t wk[16] __attribute__((aligned(16)));
  for (; block < end; block += 128) {
    uint64_t a = state[0], b = state[1], c = state[2], d = state[3];
    uint64_t e = state[4], f = state[5], g = state[6], h = state[7], x = b ^ c;
    LOAD(block);
    PUT(0, SHA512_K + 0, w0);
    PUT(2, SHA512_K + 2, w2);
    PUT(4, SHA512_K + 4, w4);
    PUT(6, SHA512_K + 6, w6);
    PUT(8, SHA512_K + 8, w8);
    PUT(10, SHA512_K + 10, w10);
    PUT(12, SHA512_K + 12, w12);
    PUT(14, SHA512_K + 14, w14);
#pragma GCC unroll 1
    for (const uint64_t *k = SHA512_K + 16; k < SHA512_K + 80; k += 16) {
      SHA512_SIXTEEN(NEXT);
    }
    SHA512_SIXTEEN(NONE);
    SHA512_ADD(state);
  }
  clear((uint8_t *)wk, (uint8_t *)(wk + 16));
}

/* The whole schedule of a block that never changes, constants added. */
static void sha512_schedule(void *words, const uint8_t *block) {
  uint64_t *wk = words;
  LOAD(block);
  for (int at = 0; at < 80; at += 2) {
    store128(wk + at, _mm_add_epi64(w0, load128(SHA512_K + at)));
    const __m128i fresh = sha512_next(w0, w2, w8, w10, w14);
    w0 = w2, w2 = w4, w4 = w6, w6 = w8, w8 = w10, w10 = w12, w12 = w14, w14 = fresh;
  }
}

static void sha512_scheduled(void *words, const void *schedule) {
  uint64_t *state = words;
  const uint64_t *wk = schedule;
  uint64_t a = state[0], b = state[1], c = state[2], d = state[3];
  uint64_t e = state[4], f = state[5], g = state[6], h = state[7], x = b ^ c;
#pragma GCC unroll 1
  for (int at = 0; at < 80; at += 8) {
    SHA512_TWO(a, b, c, d, e, f, g, h, wk + at);
    SHA512_TWO(g, h, a, b, c, d, e, f, wk + at + 2);
    SHA512_TWO(e, f, g, h, a, b, c, d, wk + at + 4);
    SHA512_TWO(c, d, e, f, g, h, a, b, wk + at + 6);
  }
  SHA512_ADD(state);
}

#undef PUT
#undef NEXT
#undef NONE
#undef LOAD
#endif
