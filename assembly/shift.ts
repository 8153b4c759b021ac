/**
 * The cipher of contrib/auth_ticket.inc.php (encode): each of 67 characters moves on by 7 times a hex digit of
 * md5(decimal timestamp, secret), counted modulo 67; the digits are used in turn, from an offset that each field has.
 */

import { copy } from './bytes'
import { digestMessage } from './digest'
import { writeHex } from './hex'
import { KEY_LENGTH, KEY_SECRET, MESSAGE, STATE } from './layout'
import { MD5 } from './status'

/** Where each field begins among the digits. */
export const UID_OFFSET: i32 = 0
export const TOKENS_OFFSET: i32 = 4
export const DATA_OFFSET: i32 = 8

const LENGTH: i32 = 67
/** The digits of the running ticket. Wiped by `wipeShifts`. */
const SHIFTS: usize = memory.data(32, 16)
/** The four characters that are neither letter nor digit nor space: places 63 to 66. */
const MARKS: usize = memory.data<u8>([0x5f, 0x2d, 0x2e, 0x3a], 4)

/** Makes the digits for a timestamp under `key`. Uses MESSAGE and STATE: before a ticket's own message is built. */
export function prepareShifts(key: usize, timestamp: u32): void {
  const secret = writeDecimal(MESSAGE, timestamp)
  const length = <usize>load<i32>(key, KEY_LENGTH)
  copy(secret, key + KEY_SECRET, key + KEY_SECRET + length)
  const last = digestMessage(MD5, MESSAGE, secret + length)
  writeHex(SHIFTS, STATE, 16)
  memory.fill(MESSAGE, 0, last - MESSAGE)
  memory.fill(STATE, 0, 16)
}

export function wipeShifts(): void {
  memory.fill(SHIFTS, 0, 32)
}

/** Writes `number` in decimal digits, returns the end. */
export function writeDecimal(to: usize, number: u32): usize {
  let power: u32 = 1000000000
  while (power > 1 && power > number) power /= 10
  for (; power > 0; power /= 10) store<u8>(to++, 0x30 + ((number / power) % 10))
  return to
}

/** Moves [from, end) to `to`, forwards (`sign` 1: into the ticket) or back (-1). Returns the end; `to` may be `from`. */
export function shift(to: usize, from: usize, end: usize, offset: i32, sign: i32): usize {
  for (let i = offset; from < end; i++) {
    const char = load<u8>(from++)
    const place = placeOf(char)
    const digit: i32 = load<u8>(SHIFTS + (i & 31))
    const steps = (digit > 0x39 ? digit - 0x57 : digit - 0x30) * 7
    store<u8>(to++, place < 0 ? char : charAt((place + sign * steps + 2 * LENGTH) % LENGTH))
  }
  return to
}

/** Place of a character: space, a-z, A-Z, 0-9, `_-.:`; -1 for all others. */
function placeOf(char: i32): i32 {
  if (char == 0x20) return 0
  if (u32(char - 0x61) < 26) return char - 0x60
  if (u32(char - 0x41) < 26) return char - 0x41 + 27
  if (u32(char - 0x30) < 10) return char - 0x30 + 53
  for (let i = 0; i < 4; i++) if (load<u8>(MARKS + i) == char) return 63 + i
  return -1
}

function charAt(place: i32): u8 {
  if (place == 0) return 0x20
  if (place < 27) return u8(0x60 + place)
  if (place < 53) return u8(0x41 + place - 27)
  if (place < 63) return u8(0x30 + place - 53)
  return load<u8>(MARKS + place - 63)
}
