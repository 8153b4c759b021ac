/*
 * SHA-256 with the CPU's own instructions, which WebAssembly does not have: for the record. Where the compiler's target
 * has none, the name stands for the portable kernel. Written for this bench; public domain, no warranty.
 */
#ifndef SHA256_NI_H
#define SHA256_NI_H

#include "sha256.h"

#ifdef __SHA__
#define HAS_SHA_NI 1

/* Four rounds of two instructions; the state is in the order that they want: ABEF and CDGH. */
#define NI_FOUR(at, w)                                                \
  do {                                                                \
    const __m128i wk = _mm_add_epi32(w, load128(SHA256_K + (at)));    \
    cdgh = _mm_sha256rnds2_epu32(cdgh, abef, wk);                     \
    abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(wk, 0x0e)); \
  } while (0)

inlined __m128i ni_next(__m128i w0, __m128i w4, __m128i w8, __m128i w12) {
  const __m128i sum = _mm_add_epi32(_mm_sha256msg1_epu32(w0, w4), _mm_alignr_epi8(w12, w8, 4));
  return _mm_sha256msg2_epu32(sum, w12);
}

static void sha256_ni_blocks(void *words, const uint8_t *block, const uint8_t *end) {
  uint32_t *state = words;
  const __m128i cdab = _mm_shuffle_epi32(load128(state), 0xb1), efgh = _mm_shuffle_epi32(load128(state + 4), 0x1b);
  __m128i abef = _mm_alignr_epi8(cdab, efgh, 8), cdgh = _mm_blend_epi16(efgh, cdab, 0xf0);
  for (; block < end; block += 64) {
    const __m128i abef0 = abef, cdgh0 = cdgh;
    __m128i w0 = sha256_big_endian(load128(block)), w4 = sha256_big_endian(load128(block + 16));
    __m128i w8 = sha256_big_endian(load128(block + 32)), w12 = sha256_big_endian(load128(block + 48));
#pragma GCC unroll 3
    for (int at = 0; at < 48; at += 16) {
      NI_FOUR(at, w0);
      w0 = ni_next(w0, w4, w8, w12);
      NI_FOUR(at + 4, w4);
      w4 = ni_next(w4, w8, w12, w0);
      NI_FOUR(at + 8, w8);
      w8 = ni_next(w8, w12, w0, w4);
      NI_FOUR(at + 12, w12);
      w12 = ni_next(w12, w0, w4, w8);
    }
    NI_FOUR(48, w0);
    NI_FOUR(52, w4);
    NI_FOUR(56, w8);
    NI_FOUR(60, w12);
    abef = _mm_add_epi32(abef, abef0);
    cdgh = _mm_add_epi32(cdgh, cdgh0);
  }
  const __m128i feba = _mm_shuffle_epi32(abef, 0x1b), dchg = _mm_shuffle_epi32(cdgh, 0xb1);
  store128(state, _mm_blend_epi16(feba, dchg, 0xf0));
  store128(state + 4, _mm_alignr_epi8(dchg, feba, 8));
}
#else
#define HAS_SHA_NI 0
#define sha256_ni_blocks sha256_blocks
#endif
#endif
