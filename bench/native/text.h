/*
 * Base64, hex and separators, sixteen chars at a time. Written for this bench; public domain, no warranty.
 * All of them may read 16 bytes past the end of their input, and write as many past that of their output.
 */
#ifndef TEXT_H
#define TEXT_H

#include "bytes.h"

/*
 * Decodes base64 without `=`; returns the end of the output, or 0 where a char is outside of the alphabet. By its low
 * nibble a char may not have some high nibbles, by its high nibble it has a distance to its value; `/` is the exception.
 */
inlined uint8_t *base64_decode(uint8_t *to, const uint8_t *from, const uint8_t *end) {
  const __m128i forbidden = _mm_setr_epi8(0x15, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x13, 0x1a, 0x1b, 0x1b, 0x1b, 0x1a);
  const __m128i kind = _mm_setr_epi8(16, 16, 1, 2, 4, 8, 4, 8, 16, 16, 16, 16, 16, 16, 16, 16);
  const __m128i distance = _mm_setr_epi8(0, 16, 19, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0);
  const __m128i order = _mm_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1);
  for (;; from += 16, to += 12) {
    const __m128i chars = load128(from);
    const __m128i high = _mm_and_si128(_mm_srli_epi32(chars, 4), _mm_set1_epi8(0x0f));
    const __m128i low = _mm_and_si128(chars, _mm_set1_epi8(0x0f));
    const __m128i outside = _mm_and_si128(_mm_shuffle_epi8(forbidden, low), _mm_shuffle_epi8(kind, high));
    const __m128i slash = _mm_cmpeq_epi8(chars, _mm_set1_epi8('/'));
    const __m128i values = _mm_add_epi8(chars, _mm_shuffle_epi8(distance, _mm_add_epi8(high, slash)));
    const __m128i pairs = _mm_maddubs_epi16(values, _mm_set1_epi32(0x01400140));
    store128(to, _mm_shuffle_epi8(_mm_madd_epi16(pairs, _mm_set1_epi32(0x00011000)), order));
    if (!_mm_testz_si128(outside, outside) || from + 16 > end) {
      const int good = __builtin_ctz(_mm_movemask_epi8(_mm_cmpgt_epi8(outside, _mm_setzero_si128())) | 0x10000);
      const size_t left = (size_t)(end - from);
      return (size_t)good < left ? 0 : to + left * 3 / 4;
    }
  }
}

/* The first `!` of [text, end), and the second: both have to be there. */
inlined int split(uint8_t *text, const uint8_t *end, uint8_t *found[2]) {
  int n = 0;
  for (uint8_t *at = text; at < end; at += 16) {
    int bits = _mm_movemask_epi8(_mm_cmpeq_epi8(load128(at), _mm_set1_epi8('!')));
    for (; bits; bits &= bits - 1) {
      uint8_t *here = at + __builtin_ctz(bits);
      if (here >= end) return 0;
      found[n++] = here;
      if (n == 2) return 1;
    }
  }
  return 0;
}

/* The digits of the nibbles; `high` and `low` are the halves of each byte. */
inlined void hex_digits(__m128i raw, __m128i *head, __m128i *tail) {
  const __m128i digits = _mm_setr_epi8('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f');
  const __m128i mask = _mm_set1_epi8(0x0f);
  const __m128i high = _mm_shuffle_epi8(digits, _mm_and_si128(_mm_srli_epi16(raw, 4), mask));
  const __m128i low = _mm_shuffle_epi8(digits, _mm_and_si128(raw, mask));
  *head = _mm_unpacklo_epi8(high, low);
  *tail = _mm_unpackhi_epi8(high, low);
}

inlined void hex_write(uint8_t *to, const uint8_t *raw, int n) {
  for (int i = 0; i < n; i += 16) {
    __m128i head, tail;
    hex_digits(load128(raw + i), &head, &tail);
    store128(to + 2 * i, head);
    store128(to + 2 * i + 16, tail);
  }
}

/* Whether `given` spells the n bytes at `raw`: looks at every digit whatever they are. */
inlined int hex_equal(const uint8_t *raw, const uint8_t *given, int n) {
  __m128i different = _mm_setzero_si128();
  for (int i = 0; i < n; i += 16) {
    __m128i head, tail;
    hex_digits(load128(raw + i), &head, &tail);
    head = _mm_xor_si128(head, load128(given + 2 * i));
    tail = _mm_xor_si128(tail, load128(given + 2 * i + 16));
    different = _mm_or_si128(different, _mm_or_si128(head, tail));
  }
  return _mm_testz_si128(different, different);
}

/* The big-endian bytes of 8 hex digits of either case, as they lie in memory; 0 where one of them is none. */
inlined int hex_read8(const uint8_t *from, uint32_t *bytes) {
  const __m128i chars = _mm_or_si128(_mm_loadl_epi64((const __m128i *)from), _mm_set1_epi8(0x20));
  const __m128i digit = _mm_sub_epi8(_mm_loadl_epi64((const __m128i *)from), _mm_set1_epi8('0'));
  const __m128i letter = _mm_sub_epi8(chars, _mm_set1_epi8('a'));
  const __m128i is_digit = _mm_cmpeq_epi8(_mm_min_epu8(digit, _mm_set1_epi8(9)), digit);
  const __m128i is_letter = _mm_cmpeq_epi8(_mm_min_epu8(letter, _mm_set1_epi8(5)), letter);
  if ((_mm_movemask_epi8(_mm_or_si128(is_digit, is_letter)) & 0xff) != 0xff) return 0;
  const __m128i values = _mm_blendv_epi8(_mm_add_epi8(letter, _mm_set1_epi8(10)), digit, is_digit);
  const __m128i pairs = _mm_maddubs_epi16(values, _mm_set1_epi16(0x0110));
  *bytes = (uint32_t)_mm_cvtsi128_si32(_mm_packus_epi16(pairs, pairs));
  return 1;
}
#endif
