/*
 * MD5 (RFC 1321), 64-byte blocks. Written for this bench from the specification; public domain, no warranty.
 * The chain of sums is the limit: each line ends with the word that comes last, and the compiler may not reorder it.
 */
#ifndef MD5_H
#define MD5_H

#include "bytes.h"

static const uint32_t MD5_START[4] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};

/* Keeps the sum so far as it is: gcc would add the late word first and wait for it twice. */
#define SETTLED(x) __asm__("" : "+r"(x))

#define MD5_ROUND(late, early, a, b, at, k, s) \
  do {                                         \
    a += load32(block + 4 * (at)) + k;         \
    early;                                     \
    SETTLED(a);                                \
    a += late;                                 \
    a = b + rotl32(a, s);                      \
  } while (0)
#define F(a, b, c, d, at, k, s) MD5_ROUND((d ^ (b & (c ^ d))), (void)0, a, b, at, k, s)
/* Two sums instead of an or: (~d & c) and (d & b) share no bit, and the first is ready a round earlier. */
#define G(a, b, c, d, at, k, s) MD5_ROUND((d & b), a += (~d & c), a, b, at, k, s)
#define H(a, b, c, d, at, k, s) MD5_ROUND(((c ^ d) ^ b), (void)0, a, b, at, k, s)
#define I(a, b, c, d, at, k, s) MD5_ROUND((c ^ (b | ~d)), (void)0, a, b, at, k, s)

#define FOUR(R, x0, k0, s0, x1, k1, s1, x2, k2, s2, x3, k3, s3) \
  R(a, b, c, d, x0, k0, s0);                                    \
  R(d, a, b, c, x1, k1, s1);                                    \
  R(c, d, a, b, x2, k2, s2);                                    \
  R(b, c, d, a, x3, k3, s3)

static void md5_blocks(void *words, const uint8_t *block, const uint8_t *end) {
  uint32_t *state = words;
  uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
  for (; block < end; block += 64) {
    const uint32_t a0 = a, b0 = b, c0 = c, d0 = d;
    FOUR(F, 0, 0xd76aa478, 7, 1, 0xe8c7b756, 12, 2, 0x242070db, 17, 3, 0xc1bdceee, 22);
    FOUR(F, 4, 0xf57c0faf, 7, 5, 0x4787c62a, 12, 6, 0xa8304613, 17, 7, 0xfd469501, 22);
    FOUR(F, 8, 0x698098d8, 7, 9, 0x8b44f7af, 12, 10, 0xffff5bb1, 17, 11, 0x895cd7be, 22);
    FOUR(F, 12, 0x6b901122, 7, 13, 0xfd987193, 12, 14, 0xa679438e, 17, 15, 0x49b40821, 22);
    FOUR(G, 1, 0xf61e2562, 5, 6, 0xc040b340, 9, 11, 0x265e5a51, 14, 0, 0xe9b6c7aa, 20);
    FOUR(G, 5, 0xd62f105d, 5, 10, 0x02441453, 9, 15, 0xd8a1e681, 14, 4, 0xe7d3fbc8, 20);
    FOUR(G, 9, 0x21e1cde6, 5, 14, 0xc33707d6, 9, 3, 0xf4d50d87, 14, 8, 0x455a14ed, 20);
    FOUR(G, 13, 0xa9e3e905, 5, 2, 0xfcefa3f8, 9, 7, 0x676f02d9, 14, 12, 0x8d2a4c8a, 20);
    FOUR(H, 5, 0xfffa3942, 4, 8, 0x8771f681, 11, 11, 0x6d9d6122, 16, 14, 0xfde5380c, 23);
    FOUR(H, 1, 0xa4beea44, 4, 4, 0x4bdecfa9, 11, 7, 0xf6bb4b60, 16, 10, 0xbebfbc70, 23);
    FOUR(H, 13, 0x289b7ec6, 4, 0, 0xeaa127fa, 11, 3, 0xd4ef3085, 16, 6, 0x04881d05, 23);
    FOUR(H, 9, 0xd9d4d039, 4, 12, 0xe6db99e5, 11, 15, 0x1fa27cf8, 16, 2, 0xc4ac5665, 23);
    FOUR(I, 0, 0xf4292244, 6, 7, 0x432aff97, 10, 14, 0xab9423a7, 15, 5, 0xfc93a039, 21);
    FOUR(I, 12, 0x655b59c3, 6, 3, 0x8f0ccc92, 10, 10, 0xffeff47d, 15, 1, 0x85845dd1, 21);
    FOUR(I, 8, 0x6fa87e4f, 6, 15, 0xfe2ce6e0, 10, 6, 0xa3014314, 15, 13, 0x4e0811a1, 21);
    FOUR(I, 4, 0xf7537e82, 6, 11, 0xbd3af235, 10, 2, 0x2ad7d2bb, 15, 9, 0xeb86d391, 21);
    a += a0;
    b += b0;
    c += c0;
    d += d0;
  }
  state[0] = a;
  state[1] = b;
  state[2] = c;
  state[3] = d;
}

#undef F
#undef G
#undef H
#undef I
#undef FOUR
#endif
