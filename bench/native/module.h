/*
 * A verify as a server's module in plain C goes about it: base64 by the byte out of a table, a digest that is fed piece
 * by piece, hex by the digit, strings that end with a NUL. Written for this bench; public domain, no warranty.
 */
#ifndef MODULE_H
#define MODULE_H

#include "algorithm.h"

struct context {
  uint8_t state[64] __attribute__((aligned(16)));
  uint8_t buffer[128];
  size_t length;
};

static void feed(const struct algorithm *algorithm, struct context *context, const void *from, size_t n) {
  const size_t block = (size_t)algorithm->block;
  const uint8_t *bytes = from;
  while (n > 0) {
    const size_t at = context->length % block, step = n < block - at ? n : block - at;
    memcpy(context->buffer + at, bytes, step);
    context->length += step, bytes += step, n -= step;
    if (context->length % block == 0) algorithm->blocks(context->state, context->buffer, context->buffer + block);
  }
}

/* Leaves the digest in hex, and a NUL. */
static void digest_hex(const struct algorithm *algorithm, struct context *context, char *hex) {
  static const char DIGITS[] = "0123456789abcdef";
  const uint64_t bits = (uint64_t)context->length * 8;
  uint8_t zeros[128] = {0x80}, size[16] = {0};
  const size_t block = (size_t)algorithm->block, tail = block / 8;
  for (int i = 0; i < 8; i++) size[algorithm->big_endian ? tail - 1 - i : (size_t)i] = bits >> 8 * i;
  feed(algorithm, context, zeros, 1 + (2 * block - 1 - tail - context->length % block) % block);
  feed(algorithm, context, size, tail);
  finish(algorithm, context->state);
  for (int i = 0; i < algorithm->bytes; i++) {
    *hex++ = DIGITS[context->state[i] >> 4];
    *hex++ = DIGITS[context->state[i] & 15];
  }
  *hex = 0;
}

/* By char its value, 64 for all that is none. */
static uint8_t base64_values[256];

static void module_init(void) {
  static const char ALPHABET[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  memset(base64_values, 64, sizeof base64_values);
  for (int i = 0; i < 64; i++) base64_values[(uint8_t)ALPHABET[i]] = i;
}

static size_t module_base64(char *to, const uint8_t *from) {
  char *const begin = to;
  uint32_t bits = 0;
  int have = 0;
  for (; base64_values[*from] < 64; from++) {
    bits = bits << 6 | base64_values[*from];
    have += 6;
    if (have >= 8) *to++ = (char)(bits >> (have -= 8));
  }
  *to = 0;
  return (size_t)(to - begin);
}

/* 1 for a match. The cookie value ends with a NUL; `address` as it lies in memory. */
static int module_verify(const struct algorithm *algorithm, const char *secret, const uint8_t *cookie, uint32_t address) {
  static char text[8200];
  char hex[129], *rest;
  const size_t n = 2 * (size_t)algorithm->bytes;
  struct context context = {.length = 0};
  if (module_base64(text, cookie) <= n + 8) return 0;
  char time[9];
  memcpy(time, text + n, 8);
  time[8] = 0;
  const uint32_t timestamp = __builtin_bswap32((uint32_t)strtoul(time, &rest, 16));
  char *uid = text + n + 8, *uid_end = strchr(uid, '!');
  char *tokens_end = uid_end ? strchr(uid_end + 1, '!') : 0;
  if (*rest || !tokens_end) return 0;
  *uid_end = 0;
  *tokens_end = 0;

  memcpy(context.state, algorithm->start, algorithm->bytes);
  feed(algorithm, &context, &address, 4);
  feed(algorithm, &context, &timestamp, 4);
  feed(algorithm, &context, secret, strlen(secret));
  feed(algorithm, &context, uid, strlen(uid) + 1);
  feed(algorithm, &context, uid_end + 1, strlen(uid_end + 1) + 1);
  feed(algorithm, &context, tokens_end + 1, strlen(tokens_end + 1));
  digest_hex(algorithm, &context, hex);

  context.length = 0;
  memcpy(context.state, algorithm->start, algorithm->bytes);
  feed(algorithm, &context, hex, n);
  feed(algorithm, &context, secret, strlen(secret));
  digest_hex(algorithm, &context, hex);
  return memcmp(hex, text, n) == 0;
}
#endif
