/*
 * SHA-256 (FIPS 180-4), 64-byte blocks, without the CPU's SHA instructions. Written for this bench from the
 * specification; public domain, no warranty. Four words of the schedule at a time in vectors, between the rounds.
 */
#ifndef SHA256_H
#define SHA256_H

#include "bytes.h"

static const uint32_t SHA256_START[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                         0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

static const uint32_t SHA256_K[64] __attribute__((aligned(16))) = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

/* `x` carries a ^ b from round to round: it is the next round's b ^ c, of the majority. */
#define SHA256_ROUND(a, b, c, d, e, f, g, h, wk)                        \
  do {                                                                  \
    h += (wk) + (g ^ (e & (f ^ g)));                                    \
    h += rotr32(e, 6) ^ rotr32(e, 11) ^ rotr32(e, 25);                  \
    d += h;                                                             \
    const uint32_t y = a ^ b;                                           \
    h += ((x & y) ^ b) + (rotr32(a, 2) ^ rotr32(a, 13) ^ rotr32(a, 22)); \
    x = y;                                                              \
  } while (0)

#define SHA256_FOUR(a, b, c, d, e, f, g, h, wk)          \
  SHA256_ROUND(a, b, c, d, e, f, g, h, (wk)[0]);         \
  SHA256_ROUND(h, a, b, c, d, e, f, g, (wk)[1]);         \
  SHA256_ROUND(g, h, a, b, c, d, e, f, (wk)[2]);         \
  SHA256_ROUND(f, g, h, a, b, c, d, e, (wk)[3])

#define SHA256_ADD(state) \
  state[0] += a, state[1] += b, state[2] += c, state[3] += d, state[4] += e, state[5] += f, state[6] += g, state[7] += h

inlined __m128i sha256_big_endian(__m128i x) {
  return _mm_shuffle_epi8(x, _mm_setr_epi8(3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12));
}

inlined __m128i sha256_rotate(__m128i x, int n) {
  return _mm_or_si128(_mm_srli_epi32(x, n), _mm_slli_epi32(x, 32 - n));
}

/* s1 of the words in the even lanes, each of which the odd lane repeats: a 64-bit shift then rotates. */
inlined __m128i sha256_s1(__m128i pairs) {
  return _mm_xor_si128(_mm_xor_si128(_mm_srli_epi64(pairs, 17), _mm_srli_epi64(pairs, 19)), _mm_srli_epi32(pairs, 10));
}

/* Words 16..19 from the 16 before them; the upper two need the lower two, hence two halves. */
inlined __m128i sha256_next(__m128i w0, __m128i w4, __m128i w8, __m128i w12) {
  const __m128i w1 = _mm_alignr_epi8(w4, w0, 4);
  const __m128i s0 = _mm_xor_si128(_mm_xor_si128(sha256_rotate(w1, 7), sha256_rotate(w1, 18)), _mm_srli_epi32(w1, 3));
  const __m128i sum = _mm_add_epi32(_mm_add_epi32(w0, s0), _mm_alignr_epi8(w12, w8, 4));
  const __m128i first = sha256_s1(_mm_shuffle_epi32(w12, 0xfa));
  const __m128i low = _mm_add_epi32(_mm_shuffle_epi32(sum, 0x50), _mm_shuffle_epi32(first, 0xa0));
  const __m128i high = _mm_add_epi32(_mm_shuffle_epi32(sum, 0xfa), sha256_s1(low));
  return _mm_castps_si128(_mm_shuffle_ps(_mm_castsi128_ps(low), _mm_castsi128_ps(high), 0x88));
}

/*
 * Sixteen rounds, and behind each step the words sixteen rounds on: K added, stored where the step's own were. A word that
 * is read right behind its vector's store waits for it.
 */
#define SHA256_SIXTEEN(NEXT) \
  SHA256_FOUR(a, b, c, d, e, f, g, h, wk + 0);  \
  NEXT(w0, 0, w0, w4, w8, w12);                 \
  SHA256_FOUR(e, f, g, h, a, b, c, d, wk + 4);  \
  NEXT(w4, 4, w4, w8, w12, w0);                 \
  SHA256_FOUR(a, b, c, d, e, f, g, h, wk + 8);  \
  NEXT(w8, 8, w8, w12, w0, w4);                 \
  SHA256_FOUR(e, f, g, h, a, b, c, d, wk + 12); \
  NEXT(w12, 12, w12, w0, w4, w8)
#define PUT(to, k, w) store128(wk + (to), _mm_add_epi32(w, load128(k)))
#define NEXT(w, to, ...) w = sha256_next(__VA_ARGS__), PUT(to, k + (to), w)
#define NONE(w, to, ...) (void)0

static void sha256_blocks(void *words, const uint8_t *block, const uint8_t *end) {
  uint32_t *state = words;
  uint32_t wk[16] __attribute__((aligned(16)));
  for (; block < end; block += 64) {
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    uint32_t e = state[4], f = state[5], g = state[6], h = state[7], x = b ^ c;
    __m128i w0 = sha256_big_endian(load128(block)), w4 = sha256_big_endian(load128(block + 16));
    __m128i w8 = sha256_big_endian(load128(block + 32)), w12 = sha256_big_endian(load128(block + 48));
    PUT(0, SHA256_K + 0, w0);
    PUT(4, SHA256_K + 4, w4);
    PUT(8, SHA256_K + 8, w8);
    PUT(12, SHA256_K + 12, w12);
#pragma GCC unroll 1
    for (const uint32_t *k = SHA256_K + 16; k < SHA256_K + 64; k += 16) {
      SHA256_SIXTEEN(NEXT);
    }
    SHA256_SIXTEEN(NONE);
    SHA256_ADD(state);
  }
  clear((uint8_t *)wk, (uint8_t *)(wk + 16));
}

/* The whole schedule of a block that never changes, constants added. */
static void sha256_schedule(void *words, const uint8_t *block) {
  uint32_t *wk = words;
  __m128i w0 = sha256_big_endian(load128(block)), w4 = sha256_big_endian(load128(block + 16));
  __m128i w8 = sha256_big_endian(load128(block + 32)), w12 = sha256_big_endian(load128(block + 48));
  for (int at = 0; at < 64; at += 4) {
    store128(wk + at, _mm_add_epi32(w0, load128(SHA256_K + at)));
    const __m128i fresh = sha256_next(w0, w4, w8, w12);
    w0 = w4;
    w4 = w8;
    w8 = w12;
    w12 = fresh;
  }
}

static void sha256_scheduled(void *words, const void *schedule) {
  uint32_t *state = words;
  const uint32_t *wk = schedule;
  uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
  uint32_t e = state[4], f = state[5], g = state[6], h = state[7], x = b ^ c;
#pragma GCC unroll 1
  for (int at = 0; at < 64; at += 8) {
    SHA256_FOUR(a, b, c, d, e, f, g, h, wk + at);
    SHA256_FOUR(e, f, g, h, a, b, c, d, wk + at + 4);
  }
  SHA256_ADD(state);
}

#undef PUT
#undef NEXT
#undef NONE
#endif
