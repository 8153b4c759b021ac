/*
 * The bench's native yardstick: a child process that is asked for one slice of work at a time, one line each, and
 * answers with one line. Written for this bench; public domain, no warranty.
 *
 *   key DIGEST SECRET            md5, sha256 or sha512; forgets all tickets
 *   ticket GOOD A.B.C.D COOKIE   GOOD is 1, or 0 for one that has to be refused and is not timed
 *   check                        each variant against each ticket: "good", or what is wrong
 *   verify VARIANT PASSES        nanoseconds per ticket; tuned, sha-ni or module; "none" where there is no such
 *   blocks VARIANT PASSES        nanoseconds per block of a message of 8192 bytes
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "ticket.h"
#include "module.h"

enum { TICKETS = 256 };
static struct {
  int good;
  uint32_t address, length;
  uint8_t cookie[2048];
} tickets[TICKETS];
static int count;

static uint8_t cookie[COOKIE_MAX + 64] __attribute__((aligned(16)));
static char secret[SECRET_MAX + 1];
static struct key key;
static struct fields fields;
static char digest[16];

/* Each case is a verify of its own, in which the compiler knows the digest. */
#define TUNED(NAME) \
  static int verify_##NAME(size_t length, uint32_t address) { return verify(&NAME, &key, cookie, length, address, &fields); }
TUNED(MD5)
TUNED(SHA256)
TUNED(SHA512)
TUNED(SHA256_NI)
#define MODULE(NAME)                                          \
  static int verify_##NAME(size_t length, uint32_t address) { \
    cookie[length] = 0;                                       \
    return module_verify(&NAME, secret, cookie, address);     \
  }
MODULE(PLAIN_MD5)
MODULE(PLAIN_SHA256)
MODULE(PLAIN_SHA512)

struct variant {
  const char *digest, *name;
  const struct algorithm *algorithm;
  int (*verify)(size_t length, uint32_t address);
};
static const struct variant VARIANTS[] = {
    {"md5", "tuned", &MD5, verify_MD5},
    {"md5", "module", &PLAIN_MD5, verify_PLAIN_MD5},
    {"sha256", "tuned", &SHA256, verify_SHA256},
    {"sha256", "module", &PLAIN_SHA256, verify_PLAIN_SHA256},
    {"sha512", "tuned", &SHA512, verify_SHA512},
    {"sha512", "module", &PLAIN_SHA512, verify_PLAIN_SHA512},
    {"sha256", "sha-ni", &SHA256_NI, verify_SHA256_NI},
};
enum { VARIANT_COUNT = sizeof VARIANTS / sizeof VARIANTS[0] - !HAS_SHA_NI };

static double nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1e9 + now.tv_nsec;
}

/* As the engine's host: the cookie value goes to its place, then one call. */
static int once(const struct variant *variant, int i) {
  copy(cookie, tickets[i].cookie, tickets[i].length);
  return variant->verify(tickets[i].length, tickets[i].address);
}

static const char *check_all(void) {
  for (int v = 0; v < VARIANT_COUNT; v++) {
    if (strcmp(VARIANTS[v].digest, digest)) continue;
    /* The tuned verify needs the key in its own form; all tuned ones of a digest share it. */
    for (int i = 0; i < count; i++)
      if (once(&VARIANTS[v], i) != tickets[i].good) return VARIANTS[v].name;
  }
  return "good";
}

static void time_slice(const char *kind, const char *name, int passes) {
  static uint8_t message[8192], state[64] __attribute__((aligned(16)));
  const struct variant *variant = 0;
  for (int v = 0; v < VARIANT_COUNT; v++)
    if (!strcmp(VARIANTS[v].digest, digest) && !strcmp(VARIANTS[v].name, name)) variant = &VARIANTS[v];
  if (!variant) {
    puts("none");
    return;
  }
  int work = 0, wrong = 0;
  const double before = nanoseconds();
  for (int pass = 0; pass < passes; pass++) {
    if (*kind == 'b') {
      start(variant->algorithm, state);
      variant->algorithm->blocks(state, message, message + sizeof message);
      work += (int)sizeof message / variant->algorithm->block;
    } else {
      for (int i = 0; i < count; i++)
        if (tickets[i].good) wrong += !once(variant, i), work++;
    }
  }
  const double after = nanoseconds();
  if (wrong) puts("wrong");
  else printf("%.3f\n", (after - before) / work);
}

static void set_key(const char *name, const char *value) {
  count = 0;
  snprintf(digest, sizeof digest, "%s", name);
  snprintf(secret, sizeof secret, "%s", value);
  for (int v = 0; v < VARIANT_COUNT; v++)
    if (!strcmp(VARIANTS[v].digest, name) && !strcmp(VARIANTS[v].name, "tuned")) load_key(VARIANTS[v].algorithm, &key, secret);
}

static void add_ticket(int good, const unsigned ip[4], const char *value) {
  if (count == TICKETS || strlen(value) >= sizeof tickets[0].cookie - 16) exit(2);
  tickets[count].good = good;
  tickets[count].address = ip[0] | ip[1] << 8 | ip[2] << 16 | ip[3] << 24;
  tickets[count].length = (uint32_t)strlen(value);
  memcpy(tickets[count++].cookie, value, strlen(value));
}

int main(void) {
  static char line[4096], word[4096];
  unsigned ip[4];
  int n;
  plain_init();
  module_init();
  setvbuf(stdout, 0, _IOLBF, 0);
  while (fgets(line, sizeof line, stdin)) {
    char name[16];
    if (sscanf(line, "key %15s %1024s", name, word) == 2) set_key(name, word);
    else if (sscanf(line, "ticket %d %u.%u.%u.%u %4000s", &n, ip, ip + 1, ip + 2, ip + 3, word) == 6) add_ticket(n, ip, word);
    else if (!strcmp(line, "check\n")) puts(check_all());
    else if (sscanf(line, "verify %15s %d", name, &n) == 2) time_slice("verify", name, n);
    else if (sscanf(line, "blocks %15s %d", name, &n) == 2) time_slice("blocks", name, n);
    else return 2;
  }
  return 0;
}
