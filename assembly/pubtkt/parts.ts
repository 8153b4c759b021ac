/** The `key=value` parts of a ticket between its `;`, as parse_ticket of mod_auth_pubtkt.c tells them apart. Copies nothing. */

import { FIELDS } from './layout'
import { readNumber } from './number'
import {
  FIELD_BAUTH,
  FIELD_CLIENT_IP,
  FIELD_DATA,
  FIELD_GRACE_PERIOD,
  FIELD_MULTIFACTOR,
  FIELD_TOKENS,
  FIELD_UID,
  FIELD_VALID_UNTIL,
} from './status'

/*
 * The keys as memory shows them in a little-endian word. No key has a `=` in it, so a part that begins with `key=` is one
 * whose first `=` ends that key.
 */
const SIG: u32 = 0x3d676973 // sig=
const UID: u32 = 0x3d646975 // uid=
const CIP: u32 = 0x3d706963 // cip=
const TOKENS: u32 = 0x656b6f74 // toke
const TOKENS_REST: u32 = 0x3d736e65 // ens=
const UDATA: u32 = 0x74616475 // udat
const UDATA_REST: u32 = 0x3d617461 // ata=
const BAUTH: u32 = 0x74756162 // baut
const BAUTH_REST: u32 = 0x3d687475 // uth=
const VALID: u32 = 0x696c6176 // vali
const VALID_REST: u64 = 0x3d6c69746e756469 // iduntil=
const GRACE: u32 = 0x63617267 // grac
const GRACE_REST: u64 = 0x3d646f6972657065 // eperiod=
const MULTI: u32 = 0x746c756d // mult
const MULTI_REST: u64 = 0x3d726f7463616669 // ifactor=

/** Bytes of `;sig=`. */
export const SIGNATURE_HEAD: usize = 5

/** The fields of the ticket that is being split, a bit each; and those of them that it has more than once. */
let seen: u32 = 0
let twice: u32 = 0

/** Whether a field stood there twice: the last one counts, so that a `;` let into user data makes another user of it. */
export function hasTwice(): bool {
  return twice != 0
}

/**
 * Fills FIELDS with what [text, end) says in front of its first `;sig=`, and returns where that is; 0 where there is
 * none. Of duplicates the last wins. A NUL ends the text, as it does in C.
 */
export function splitParts(text: usize, end: usize): usize {
  let part = text
  seen = 0
  twice = 0
  for (let at = text; at < end; at += 16) {
    const chars = v128.load(at)
    let found = i8x16.bitmask(v128.or(i8x16.eq(chars, i8x16.splat(0x3b)), i8x16.eq(chars, i8x16.splat(0))))
    for (; found; found &= found - 1) {
      const here = at + <usize>ctz(found)
      if (here >= end || load<u8>(here) == 0) return 0
      readPart(part, here)
      part = here + 1
      if (here + SIGNATURE_HEAD <= end && load<u32>(part) == SIG) return here
    }
  }
  return 0
}

/** Notes the part [from, end) if it has one of the module's keys. The `;` at `end` keeps what is compared inside of it. */
function readPart(from: usize, end: usize): void {
  switch (load<u32>(from)) {
    case UID:
      return note(FIELD_UID, from + 4, end)
    case CIP:
      return note(FIELD_CLIENT_IP, from + 4, end)
    case TOKENS:
      if (load<u32>(from, 3) == TOKENS_REST) note(FIELD_TOKENS, from + 7, end)
      return
    case UDATA:
      if (load<u32>(from, 2) == UDATA_REST) note(FIELD_DATA, from + 6, end)
      return
    case BAUTH:
      if (load<u32>(from, 2) == BAUTH_REST) note(FIELD_BAUTH, from + 6, end)
      return
    case VALID:
      if (load<u64>(from, 3) == VALID_REST) noteNumber(FIELD_VALID_UNTIL, from + 11)
      return
    case GRACE:
      if (load<u64>(from, 4) == GRACE_REST) noteNumber(FIELD_GRACE_PERIOD, from + 12)
      return
    case MULTI:
      if (load<u64>(from, 4) == MULTI_REST) noteNumber(FIELD_MULTIFACTOR, from + 12)
  }
}

function note(field: i32, from: usize, end: usize): void {
  mark(field)
  const record = FIELDS + <usize>field
  store<u32>(record, <u32>from)
  store<u32>(record, <u32>end, 4)
}

function noteNumber(field: i32, from: usize): void {
  mark(field)
  store<u32>(FIELDS + <usize>field, readNumber(from))
}

function mark(field: i32): void {
  const bit: u32 = 1 << (field >> 2)
  twice |= seen & bit
  seen |= bit
}
