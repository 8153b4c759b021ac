/* Words in memory, rotations, wiping. Written for this bench; public domain, no warranty. */
#ifndef BYTES_H
#define BYTES_H

#include <immintrin.h>
#include <stdint.h>
#include <string.h>

#define inlined static inline __attribute__((always_inline))

inlined uint32_t load32(const void *at) {
  uint32_t x;
  memcpy(&x, at, 4);
  return x;
}

inlined uint32_t rotl32(uint32_t x, int n) { return x << n | x >> (32 - n); }
inlined uint32_t rotr32(uint32_t x, int n) { return x >> n | x << (32 - n); }
inlined uint64_t rotr64(uint64_t x, int n) { return x >> n | x << (64 - n); }

inlined __m128i load128(const void *at) { return _mm_loadu_si128((const __m128i *)at); }
inlined void store128(void *at, __m128i x) { _mm_storeu_si128((__m128i *)at, x); }

/* Zeroes [at, end) and up to 15 bytes behind it; the compiler must not find it useless. */
inlined void clear(uint8_t *at, const uint8_t *end) {
  for (; at < end; at += 16) store128(at, _mm_setzero_si128());
  __asm__ volatile("" ::: "memory");
}

/* Copies `length` bytes; up to 15 bytes behind the copy are overwritten as well. */
inlined void copy(uint8_t *to, const uint8_t *from, size_t length) {
  for (size_t i = 0; i < length; i += 16) store128(to + i, load128(from + i));
}
#endif
