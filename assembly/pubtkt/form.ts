/** What mod_auth_pubtkt makes of a cookie's bytes: `+` is a blank, then Apache's ap_unescape_url_keep2f, all or nothing. */

import { nibble } from '../percent'

/** Decodes [from, end) to `to` and returns the end of the output, or 0 at a bad escape. Touches 16 bytes behind it. */
export function decodeForm(to: usize, from: usize, end: usize): usize {
  while (from < end) {
    const chars = v128.load(from)
    const plus = i8x16.eq(chars, i8x16.splat(0x2b))
    v128.store(to, v128.xor(chars, v128.and(plus, i8x16.splat(0x2b ^ 0x20))))
    const percent = i8x16.bitmask(i8x16.eq(chars, i8x16.splat(0x25)))
    const run = min(<usize>ctz(percent | 0x10000), end - from)
    from += run
    to += run
    // Escapes come in a row: of UTF-8, or where all of a text is escaped.
    while (from < end && load<u8>(from) == 0x25) {
      if (from + 3 > end) return 0
      const high = nibble(load<u8>(from, 1))
      const low = nibble(load<u8>(from, 2))
      const byte = (high << 4) | low
      if ((high | low) >= 16 || byte == 0) return 0
      store<u8>(to++, byte)
      from += 3
    }
  }
  return to
}
