/** Percent escapes (RFC 3986 section 2.1). Reading follows Apache's ap_unescape_url: a bad escape stays as it is. */

/** The value of a hex digit of either case; 16 of any other byte. */
@inline
export function nibble(c: u32): u32 {
  const letter = (c | 0x20) - 0x61
  return c - 0x30 < 10 ? c - 0x30 : letter < 6 ? letter + 10 : 16
}

/** Decodes [from, end) to `to` and returns the end of the output, which is never longer than the input. */
export function decodePercent(to: usize, from: usize, end: usize): usize {
  while (from < end) {
    let c: u32 = load<u8>(from)
    if (c == 0x25 && from + 2 < end) {
      const high = nibble(load<u8>(from, 1))
      const low = nibble(load<u8>(from, 2))
      if ((high | low) < 16) {
        c = (high << 4) | low
        from += 2
      }
    }
    store<u8>(to++, c)
    from++
  }
  return to
}

/**
 * Encodes all but letters, digits, `- . _ ~` and, with `slash`, `/` of [from, end); returns the end of the output, or 0
 * past `limit`.
 */
export function encodePercent(to: usize, from: usize, end: usize, limit: usize, slash: bool): usize {
  for (; from < end; from++) {
    const c: u32 = load<u8>(from)
    if (c - 0x30 < 10 || (c | 0x20) - 0x61 < 26 || c == 0x2d || c == 0x2e || c == 0x5f || c == 0x7e || (slash && c == 0x2f)) {
      if (to >= limit) return 0
      store<u8>(to++, c)
    } else {
      if (to + 3 > limit) return 0
      const low = c & 0xf
      store<u8>(to, 0x25)
      store<u8>(to, (c >> 4) + (c > 0x9f ? 0x37 : 0x30), 1)
      store<u8>(to, low + (low > 9 ? 0x37 : 0x30), 2)
      to += 3
    }
  }
  return to
}
