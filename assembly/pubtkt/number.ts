/** Numbers as glibc's atoi reads them and mod_auth_pubtkt keeps them: a long, cut to 32 bits. */

/** The largest that another digit cannot take past 64 bits. */
const ROOM: u64 = 922337203685477580
/** Where strtol stops: 2^63 - 1 and -2^63. */
const MOST: u64 = 0x7fffffffffffffff

@inline
function isSpace(c: u32): bool {
  return c == 0x20 || c - 9 < 5
}

/** The number at `at`. Some byte behind it must be no digit: a ticket's fields end in `;`. */
export function readNumber(at: usize): u32 {
  while (isSpace(load<u8>(at))) at++
  const sign: u32 = load<u8>(at)
  const negative = sign == 0x2d
  if (negative || sign == 0x2b) at++
  let number: u64 = 0
  let clamped = false
  for (let digit: u32 = load<u8>(at) - 0x30; digit < 10; digit = load<u8>(++at) - 0x30) {
    clamped = clamped || number > ROOM
    number = number * 10 + digit
  }
  clamped = clamped || number > MOST
  // Cut to 32 bits, the one limit is all ones and the other all zeros.
  if (clamped) return negative ? 0 : 0xffffffff
  return negative ? -(<u32>number) : <u32>number
}
