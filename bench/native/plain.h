/*
 * The digests as a text book has them: rolled rounds over a schedule in memory. What a server's module without tuned
 * assembler runs. Written for this bench from the specifications; public domain, no warranty.
 */
#ifndef PLAIN_H
#define PLAIN_H

#include "sha256.h"
#include "sha512.h"

static const uint8_t MD5_SHIFTS[16] = {7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21};
/* floor(2^32 * abs(sin(i + 1))): filled by `plain_init`. */
static uint32_t md5_sines[64];

static void plain_init(void) {
  for (int i = 0; i < 64; i++) md5_sines[i] = (uint32_t)(int64_t)(4294967296.0 * __builtin_fabs(__builtin_sin(i + 1)));
}

static void plain_md5_blocks(void *words, const uint8_t *block, const uint8_t *end) {
  uint32_t *state = words;
  for (; block < end; block += 64) {
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    for (int i = 0; i < 64; i++) {
      uint32_t f;
      int at;
      if (i < 16) f = (b & c) | (~b & d), at = i;
      else if (i < 32) f = (d & b) | (~d & c), at = (5 * i + 1) & 15;
      else if (i < 48) f = b ^ c ^ d, at = (3 * i + 5) & 15;
      else f = c ^ (b | ~d), at = (7 * i) & 15;
      f += a + md5_sines[i] + load32(block + 4 * at);
      a = d, d = c, c = b;
      b += rotl32(f, MD5_SHIFTS[(i >> 4) * 4 + (i & 3)]);
    }
    state[0] += a, state[1] += b, state[2] += c, state[3] += d;
  }
}

/* SHA-256 and SHA-512 differ in the width, the number of rounds and the rotations. */
#define PLAIN_SHA2(NAME, WORD, ROTATE, SWAP, ROUNDS, K, s0a, s0b, s0c, s1a, s1b, s1c, S0a, S0b, S0c, S1a, S1b, S1c) \
  static void NAME(void *words, const uint8_t *block, const uint8_t *end) {                                        \
    WORD *state = words, w[ROUNDS];                                                                                \
    for (; block < end; block += 16 * sizeof(WORD)) {                                                              \
      WORD v[8];                                                                                                   \
      memcpy(v, state, sizeof v);                                                                                  \
      memcpy(w, block, 16 * sizeof(WORD));                                                                         \
      for (int i = 0; i < 16; i++) w[i] = SWAP(w[i]);                                                              \
      for (int i = 16; i < ROUNDS; i++) {                                                                          \
        const WORD x = w[i - 15], y = w[i - 2];                                                                    \
        w[i] = w[i - 16] + w[i - 7] + (ROTATE(x, s0a) ^ ROTATE(x, s0b) ^ x >> s0c) +                               \
               (ROTATE(y, s1a) ^ ROTATE(y, s1b) ^ y >> s1c);                                                       \
      }                                                                                                            \
      for (int i = 0; i < ROUNDS; i++) {                                                                           \
        const WORD a = v[0], b = v[1], c = v[2], e = v[4];                                                         \
        const WORD s1 = ROTATE(e, S1a) ^ ROTATE(e, S1b) ^ ROTATE(e, S1c), ch = (e & v[5]) ^ (~e & v[6]);           \
        const WORD s0 = ROTATE(a, S0a) ^ ROTATE(a, S0b) ^ ROTATE(a, S0c), maj = (a & b) ^ (a & c) ^ (b & c);       \
        const WORD t = v[7] + s1 + ch + K[i] + w[i];                                                               \
        v[7] = v[6], v[6] = v[5], v[5] = e, v[4] = v[3] + t, v[3] = c, v[2] = b, v[1] = a, v[0] = t + s0 + maj;    \
      }                                                                                                            \
      for (int i = 0; i < 8; i++) state[i] += v[i];                                                                \
    }                                                                                                              \
  }

PLAIN_SHA2(plain_sha256_blocks, uint32_t, rotr32, __builtin_bswap32, 64, SHA256_K, 7, 18, 3, 17, 19, 10, 2, 13, 22, 6, 11, 25)
PLAIN_SHA2(plain_sha512_blocks, uint64_t, rotr64, __builtin_bswap64, 80, SHA512_K, 1, 8, 7, 19, 61, 6, 28, 34, 39, 14, 18, 41)
#endif
