/**
 * From the cookie value to the ticket's text, in the order of mod_auth_tkt's parse_ticket: strip a quote at either end;
 * a text with `!` is raw; one with `%21` is percent-escaped; anything else is base64. Inside of quotes Python's escapes are
 * undone, which the module does not know.
 */

import { decodeBase64, stoppedAt } from './base64'
import { decodePercent } from './percent'
import { RECIPE_BASE64, RECIPE_BYTES, RECIPE_PERCENT, RECIPE_QUOTED, RECIPE_RAW } from './status'

const QUOTE: u8 = 0x22
const BACKSLASH: i32 = 0x5c
const LINE_FEED: i32 = 0x0a

/** The text of the last opened cookie value, and which RECIPE_* encoding it had. */
export let text: usize = 0
export let textEnd: usize = 0
export let encoding: i32 = 0

/** Whether the last opened cookie value has quotes and a backslash inside: its escapes may be meant, or not. */
export let escaped: bool = false

/**
 * Finds `text`, `textEnd` and `encoding` of the `length` bytes at `from`; with `undo` of one that is `escaped`, undone. What
 * has to be decoded goes to `to`, where there must be room for the length and 16 bytes.
 */
export function openCookie(from: usize, length: i32, to: usize, undo: bool): void {
  let end = from + length
  let wrapping = 0
  escaped = false
  if (from < end && load<u8>(end - 1) == QUOTE) end--
  if (from < end && load<u8>(from) == QUOTE) {
    from++
    const backslash = firstBackslash(from, end)
    escaped = backslash < end
    if (undo && escaped) {
      // What was decoded with its escapes is longer than what comes now.
      memory.fill(to, 0, length + 16)
      end = unescape(backslash, end, from)
      wrapping = RECIPE_QUOTED
    }
  }
  // str() of Python's bytes: b'...'.
  if (load<u16>(from) == 0x2762 && from + 3 < end && load<u8>(end - 1) == 0x27) {
    from += 2
    end--
    wrapping |= RECIPE_BYTES
  }
  const decodedEnd = decodeBase64(to, from, end)
  // Neither `!` nor `%` is in the alphabet: where base64 read to the end, it is neither of the other forms.
  const special = firstSpecial(stoppedAt, end)
  if (special == end) {
    encoding = RECIPE_BASE64
    text = to
    textEnd = decodedEnd
  } else if (load<u8>(special) == 0x21) {
    encoding = RECIPE_RAW
    text = from
    textEnd = end
  } else {
    encoding = RECIPE_PERCENT
    text = to
    textEnd = decodePercent(to, from, end)
  }
  encoding |= wrapping
}

/** Takes up a text that was opened before. */
export function useText(from: usize, end: usize, form: i32): void {
  text = from
  textEnd = end
  encoding = form
}

function firstBackslash(from: usize, end: usize): usize {
  while (from < end && load<u8>(from) != BACKSLASH) from++
  return from
}

/**
 * Undoes the escapes of a quoted value (RFC 2109's quoted-string with Python's octal digits) from the first backslash on,
 * in place, and returns the new end. Line feeds that wrap base64 are left out: no text of base64 has others.
 */
function unescape(backslash: usize, end: usize, from: usize): usize {
  let raw = false
  for (let at = from; at < end; at++) if (load<u8>(at) == 0x21) raw = true
  let to = backslash
  for (let at = backslash; at < end; at++) {
    let char = i32(load<u8>(at))
    if (char == BACKSLASH && at + 1 < end) {
      const octal = at + 3 < end ? octalByte(at + 1) : -1
      char = octal < 0 ? i32(load<u8>(at, 1)) : octal
      at += octal < 0 ? 1 : 3
    }
    if (char != LINE_FEED || raw) store<u8>(to++, char)
  }
  return to
}

/** The byte that three octal digits spell, or -1. */
function octalByte(at: usize): i32 {
  const high = i32(load<u8>(at)) - 0x30
  const middle = i32(load<u8>(at, 1)) - 0x30
  const low = i32(load<u8>(at, 2)) - 0x30
  return u32(high) < 4 && u32(middle) < 8 && u32(low) < 8 ? (high << 6) | (middle << 3) | low : -1
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
