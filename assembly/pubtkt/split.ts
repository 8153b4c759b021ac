/** The one call that a signed ticket needs before its signature is checked. */

import { decodeBase64 } from '../base64'
import { clear } from '../bytes'
import { decodeForm } from './form'
import { FIELDS, SIGNATURE, TEXT, TEXT_MAX, VALUE, VALUE_MAX } from './layout'
import { SIGNATURE_HEAD, splitParts } from './parts'
import {
  BAD_ESCAPE,
  FIELD_LENGTH,
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
  clear(FIELDS, FIELDS + 64)
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
  return SPLIT
}
