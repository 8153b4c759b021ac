/** The one call that a signed ticket needs before its signature is checked. */

import { decodeBase64 } from '../base64'
import { clear } from '../bytes'
import { decodeForm } from './form'
import { FIELDS, FIELDS_SIZE, SIGNATURE, TEXT, TEXT_MAX, VALUE, VALUE_MAX } from './layout'
import { hasTwice, SIGNATURE_HEAD, splitParts } from './parts'
import {
  BAD_ESCAPE,
  FIELD_LENGTH,
  FIELD_PLAIN,
  FIELD_SIGNATURE_END,
  FIELD_SIGNED_END,
  MALFORMED,
  MISUSE,
  SPLIT,
  TOO_LONG,
} from './status'

/** 16-byte stores leave up to that much behind the end of what they are for. */
const BEHIND: usize = 16

/** Ends of what the last call left for the host to read. */
let textLeft: usize = TEXT
let signatureLeft: usize = SIGNATURE

/** Clears what the last call left to be read. `split` begins with it. */
export function wipe(): void {
  clear(TEXT, textLeft)
  clear(SIGNATURE, signatureLeft)
  clear(FIELDS, FIELDS + FIELDS_SIZE)
  textLeft = TEXT
  signatureLeft = SIGNATURE
}

/** Splits the value of `length` bytes in VALUE. Returns SPLIT; or MALFORMED, BAD_ESCAPE, TOO_LONG, MISUSE, with no text left. */
export function split(length: i32): i32 {
  wipe()
  if (u32(length) > u32(VALUE_MAX)) {
    clear(VALUE, VALUE + VALUE_MAX)
    return MISUSE
  }
  const status = open(length)
  clear(VALUE, VALUE + <usize>length)
  if (status == SPLIT) return status
  const decoded = load<u32>(FIELDS, FIELD_LENGTH)
  wipe()
  store<u32>(FIELDS, decoded, FIELD_LENGTH)
  return status
}

/** As `split`, and whatever the answer, the working memory is left as it is. */
function open(length: i32): i32 {
  const end = decodeForm(TEXT, VALUE, VALUE + <usize>length)
  // After a bad escape nobody knows how far the text went; it is never longer than what it was decoded from.
  textLeft = (end ? end : TEXT + <usize>length) + BEHIND
  if (end == 0) return BAD_ESCAPE
  assert(end - TEXT <= <usize>length, 'a decoded text is longer than the value')
  store<u32>(FIELDS, <u32>(end - TEXT), FIELD_LENGTH)
  if (end - TEXT > <usize>TEXT_MAX) return TOO_LONG
  const signedEnd = splitParts(TEXT, end)
  if (signedEnd == 0) return MALFORMED
  const signatureEnd = decodeBase64(SIGNATURE, signedEnd + SIGNATURE_HEAD, end)
  signatureLeft = signatureEnd + BEHIND
  if (signatureEnd == SIGNATURE) return MALFORMED
  store<u32>(FIELDS, <u32>signedEnd, FIELD_SIGNED_END)
  store<u32>(FIELDS, <u32>signatureEnd, FIELD_SIGNATURE_END)
  store<u32>(FIELDS, u32(!hasTwice() && !hasControl(TEXT, signedEnd)), FIELD_PLAIN)
  return SPLIT
}

/** Whether a control byte is among [from, end). */
function hasControl(from: usize, end: usize): bool {
  for (let at = from; at < end; at += 16) {
    const chars = v128.load(at)
    const control = v128.or(i8x16.lt_u(chars, i8x16.splat(0x20)), i8x16.eq(chars, i8x16.splat(0x7f)))
    const found = i8x16.bitmask(control)
    // What stands behind the end does not count.
    if (found && <usize>ctz(found) < end - at) return true
  }
  return false
}
