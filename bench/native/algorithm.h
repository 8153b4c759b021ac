/*
 * One face for the digests, folded away by the compiler: sizes, padding, whole messages.
 * Written for this bench; public domain, no warranty.
 */
#ifndef ALGORITHM_H
#define ALGORITHM_H

#include "md5.h"
#include "plain.h"
#include "sha256-ni.h"
#include "sha256.h"
#include "sha512.h"

struct algorithm {
  int bytes, block, word, big_endian;
  const void *start;
  void (*blocks)(void *state, const uint8_t *from, const uint8_t *end);
  /* One block that never changes, computed once for each key; 0 where that is not worth while. */
  void (*schedule)(void *words, const uint8_t *block);
  void (*scheduled)(void *state, const void *words);
};

static const struct algorithm MD5 = {16, 64, 4, 0, MD5_START, md5_blocks, 0, 0};
static const struct algorithm SHA256 = {32, 64, 4, 1, SHA256_START, sha256_blocks, sha256_schedule, sha256_scheduled};
static const struct algorithm SHA512 = {64, 128, 8, 1, SHA512_START, sha512_blocks, sha512_schedule, sha512_scheduled};
static const struct algorithm SHA256_NI = {32, 64, 4, 1, SHA256_START, sha256_ni_blocks, 0, 0};
static const struct algorithm PLAIN_MD5 = {16, 64, 4, 0, MD5_START, plain_md5_blocks, 0, 0};
static const struct algorithm PLAIN_SHA256 = {32, 64, 4, 1, SHA256_START, plain_sha256_blocks, 0, 0};
static const struct algorithm PLAIN_SHA512 = {64, 128, 8, 1, SHA512_START, plain_sha512_blocks, 0, 0};

/* Puts the padding behind the message of `length` bytes; returns the end of its last block. */
inlined uint8_t *pad(const struct algorithm *algorithm, uint8_t *message, size_t length) {
  const size_t block = (size_t)algorithm->block;
  const size_t padded = (length + block / 8 + block) & ~(block - 1);
  uint8_t *at = message + length;
  *at++ = 0x80;
  /* Clears up to 15 bytes behind the padding as well: there is room. */
  for (; at < message + padded; at += 16) store128(at, _mm_setzero_si128());
  const uint32_t bits = (uint32_t)length * 8;
  const uint32_t word = algorithm->big_endian ? __builtin_bswap32(bits) : bits;
  memcpy(message + padded - (algorithm->big_endian ? 4 : 8), &word, 4);
  return message + padded;
}

inlined void start(const struct algorithm *algorithm, void *state) {
  memcpy(state, algorithm->start, algorithm->bytes);
}

/* From words to the bytes of the digest. */
inlined void finish(const struct algorithm *algorithm, uint8_t *state) {
  if (!algorithm->big_endian) return;
  for (int i = 0; i < algorithm->bytes; i += 16) {
    const __m128i words = load128(state + i);
    store128(state + i, algorithm->word == 8 ? sha512_big_endian(words) : sha256_big_endian(words));
  }
}
#endif
