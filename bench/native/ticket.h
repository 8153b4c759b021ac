/*
 * The whole verify of one mod_auth_tkt ticket, with every trick: decoded in place, so that the fields stand behind
 * address, timestamp and secret without a copy. Written for this bench; public domain, no warranty.
 */
#ifndef TICKET_H
#define TICKET_H

#include "algorithm.h"
#include "text.h"

enum { SECRET_MAX = 1024, COOKIE_MAX = 8192, FRONT = SECRET_MAX + 256 };

/* A key: room for the first digest in hex, the secret, the padding; behind it the schedule of a constant block. */
struct key {
  uint8_t message[128 + SECRET_MAX + 272] __attribute__((aligned(16)));
  uint8_t schedule[640] __attribute__((aligned(16)));
  uint8_t *secret, *tail_end;
  size_t secret_length;
  int scheduled;
};

/* The fields of a match: where they begin and end, tokens and data one behind the separator. */
struct fields {
  const uint8_t *uid, *uid_end, *tokens_end, *data_end;
  uint32_t timestamp;
};

/* The text, and in front of it whatever of the message the head has no room for. */
static uint8_t room[FRONT + 136 + COOKIE_MAX + 512] __attribute__((aligned(16)));
/* The fields of the last match. */
static uint8_t *left = room;
static const uint8_t *left_end = room;

static void load_key(const struct algorithm *algorithm, struct key *key, const char *secret) {
  key->secret = key->message + 128;
  key->secret_length = strlen(secret);
  memcpy(key->secret, secret, key->secret_length);
  uint8_t *message = key->secret - 2 * algorithm->bytes;
  key->tail_end = pad(algorithm, message, 2 * algorithm->bytes + key->secret_length);
  key->scheduled = algorithm->schedule && key->tail_end - message == 2 * algorithm->block;
  if (key->scheduled) algorithm->schedule(key->schedule, message + algorithm->block);
}

/* hex(first digest) + secret: the message is complete as soon as the hex is written. */
inlined void second_digest(const struct algorithm *algorithm, struct key *key, uint8_t *state) {
  uint8_t *message = key->secret - 2 * algorithm->bytes;
  hex_write(message, state, algorithm->bytes);
  start(algorithm, state);
  if (algorithm->schedule && key->scheduled) {
    algorithm->blocks(state, message, message + algorithm->block);
    algorithm->scheduled(state, key->schedule);
  } else {
    algorithm->blocks(state, message, key->tail_end);
  }
  finish(algorithm, state);
  clear(message, key->secret);
}

/* Whether the text in `room` is a ticket of `key`; fills `fields`. */
inlined int check(const struct algorithm *algorithm, struct key *key, uint8_t *end, uint32_t address, struct fields *fields) {
  const int hex = 2 * algorithm->bytes;
  uint8_t state[64] __attribute__((aligned(16))), given[128] __attribute__((aligned(16)));
  uint8_t *uid = room + FRONT + hex + 8, *separators[2];
  uint32_t timestamp;
  if (end <= uid || !split(uid, end, separators) || !hex_read8(uid - 8, &timestamp)) return 0;
  copy(given, uid - 8 - hex, hex);

  /* The message grows to the front, over the head: the secret in whole steps, then what stands before it. */
  const size_t length = key->secret_length;
  for (size_t i = 16; i < length + 16; i += 16) store128(uid - i, load128(key->secret + length - i));
  uint8_t *message = uid - length - 8;
  memcpy(message, &address, 4);
  memcpy(message + 4, &timestamp, 4);
  *separators[0] = 0;
  *separators[1] = 0;
  uint8_t *padded = pad(algorithm, message, end - message);
  start(algorithm, state);
  algorithm->blocks(state, message, padded);
  finish(algorithm, state);
  second_digest(algorithm, key, state);
  const int same = hex_equal(state, given, algorithm->bytes);
  clear(state, state + algorithm->bytes);
  clear(given, given + hex);
  clear(message - 16, uid - 16);
  store128(uid - 16, _mm_setzero_si128());
  *fields = (struct fields){uid, separators[0], separators[1], end, __builtin_bswap32(timestamp)};
  return same;
}

/*
 * One cookie value against one key; `address` as it lies in memory. Returns 1 for a match: the fields are in `room` until
 * the next call; all else is wiped, the cookie value too.
 */
inlined int verify(const struct algorithm *algorithm, struct key *key, uint8_t *cookie, size_t length, uint32_t address,
                   struct fields *fields) {
  /* As the engine: the last answer goes first. */
  clear(left, left_end);
  left_end = left;
  if (length > COOKIE_MAX) return 0;
  const uint8_t *from = cookie, *end = cookie + length;
  if (end > from && end[-1] == '"') end--;
  if (end > from && from[0] == '"') from++;
  while (end > from && end[-1] == '=') end--;
  uint8_t *text = room + FRONT, *text_end = base64_decode(text, from, end);
  clear(cookie, cookie + length);
  const int same = text_end && check(algorithm, key, text_end, address, fields);
  if (same) {
    left = room + FRONT + 2 * algorithm->bytes + 8;
    left_end = text_end;
    clear(text_end, text_end + 16);
  } else {
    clear(room, room + FRONT + 16 + length);
  }
  return same;
}
#endif
