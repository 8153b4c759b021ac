/**
 * From the cookie value to the ticket's text, in the order of mod_auth_tkt's parse_ticket: strip a quote at either end;
 * a text with `!` is raw; one with `%21` is percent-escaped; anything else is base64.
 */

import { decodeBase64, stoppedAt } from './base64'
import { COOKIE, TICKET } from './layout'
import { decodePercent } from './percent'
import { RECIPE_BASE64, RECIPE_PERCENT, RECIPE_RAW } from './status'

const QUOTE: u8 = 0x22

/** The text of the last opened cookie value, and which RECIPE_* encoding it had. */
export let text: usize = 0
export let textEnd: usize = 0
export let encoding: i32 = 0

/** Finds `text`, `textEnd` and `encoding` of the cookie value in COOKIE. */
export function openCookie(length: i32): void {
  let from = COOKIE
  let end = COOKIE + length
  if (from < end && load<u8>(end - 1) == QUOTE) end--
  if (from < end && load<u8>(from) == QUOTE) from++
  const decodedEnd = decodeBase64(TICKET, from, end)
  // Neither `!` nor `%` is in the alphabet: where base64 read to the end, it is neither of the other forms.
  const special = firstSpecial(stoppedAt, end)
  if (special == end) {
    encoding = RECIPE_BASE64
    text = TICKET
    textEnd = decodedEnd
  } else if (load<u8>(special) == 0x21) {
    encoding = RECIPE_RAW
    text = from
    textEnd = end
  } else {
    encoding = RECIPE_PERCENT
    text = TICKET
    textEnd = decodePercent(TICKET, from, end)
  }
}

/** The first `!` of [from, end); without one the first `%21`; without either `end`. */
function firstSpecial(from: usize, end: usize): usize {
  let escape = end
  for (let at = from; at < end; at += 16) {
    const chars = v128.load(at)
    const bang = <usize>ctz(i8x16.bitmask(i8x16.eq(chars, i8x16.splat(0x21))) | 0x10000)
    if (bang < 16 && at + bang < end) return at + bang
    if (escape < end || !v128.any_true(i8x16.eq(chars, i8x16.splat(0x25)))) continue
    const percent = v128.and(i8x16.eq(chars, i8x16.splat(0x25)), i8x16.eq(v128.load(at, 1), i8x16.splat(0x32)))
    const found = <usize>ctz(i8x16.bitmask(v128.and(percent, i8x16.eq(v128.load(at, 2), i8x16.splat(0x31)))) | 0x10000)
    if (found < 16 && at + found + 2 < end) escape = at + found
  }
  return escape
}
