/** Cookie values as lines: LF or CRLF between them. */

import { COOKIE_MAX } from '../layout'
import { INPUT, LENGTHS, STARTS, TICKETS_MAX } from './layout'

/** Bytes of the lines that the last `splitLines` found, their ends included. */
export let lineBytes: i32 = 0

/**
 * Finds the lines among the first `length` bytes of INPUT, as many as there is room for, and writes STARTS and LENGTHS;
 * returns how many. `last`: nothing comes behind, what is left without an end is a line as well.
 */
export function findLines(length: i32, last: bool): i32 {
  const end = INPUT + length
  const feed = i8x16.splat(10)
  let count = 0
  let from = INPUT
  for (let at = INPUT; at < end && count < TICKETS_MAX; at += 16) {
    let found = i8x16.bitmask(i8x16.eq(v128.load(at), feed))
    for (; found && count < TICKETS_MAX; found &= found - 1) {
      const here = at + <usize>ctz(found)
      if (here >= end) break
      note(count++, from, here)
      from = here + 1
    }
  }
  if (last && from < end && count < TICKETS_MAX) {
    note(count++, from, end)
    from = end
  }
  lineBytes = <i32>(from - INPUT)
  return count
}

@inline
function note(index: i32, from: usize, end: usize): void {
  if (end > from && load<u8>(end - 1) == 13) end--
  store<u32>(STARTS + (<usize>index << 2), from - INPUT)
  store<u16>(LENGTHS + (<usize>index << 1), min(<i32>(end - from), COOKIE_MAX + 1))
}
