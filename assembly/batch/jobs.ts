/** A ticket under way: what is found of its cookie value before any key is tried. */

import { escaped, encoding, openCookie, text, textEnd, useText } from '../cookie'
import { clear, copy } from '../bytes'
import { dataEnd, hasNul, splitFields, tokensEnd, uidEnd, useFields } from '../fields'
import { keyAt, keyCount, rawHeads } from '../keys'
import { ADDRESS, ADDRESS_TEXT, ADDRESS_TEXT_MAX, COOKIE, COOKIE_MAX, FIELDS, KEY_RECIPE } from '../layout'
import {
  FIELD_DATA,
  FIELD_DATA_END,
  FIELD_TIMESTAMP,
  FIELD_TOKENS,
  FIELD_TOKENS_END,
  FIELD_UID,
  FIELD_UID_END,
  MALFORMED,
  RECIPE_BENT,
  RECIPE_NUL_ENDS,
  TOO_LONG,
} from '../status'
import { verify, wipe } from '../verify'
import {
  ADDRESS_CHARS,
  ADDRESS_LENGTH,
  ADDRESS_SIZE,
  ADDRESS_TEXT_LENGTH,
  ADDRESSES,
  INPUT,
  JOB_SIZE,
  JOBS,
  LENGTHS,
  PENDING,
  RECORD_SIZE,
  RECORDS,
  STARTS,
  TEXTS,
} from './layout'
import { ABSENT, UNBOUND } from './status'

/** No shorter text is a ticket: MD5 in hex, the timestamp, one separator. */
const SHORTEST: i32 = 41

/** What a ticket can begin with: 32 bytes a bit, `0-9 A-F a-f " % M N O Q R Y Z`. */
const BEGINNINGS: usize = memory.data<u32>([0, 0x03ff0024, 0x0606e07e, 0x0000007e, 0, 0, 0, 0], 4)

export const JOB_TEXT: i32 = 0
const JOB_TEXT_END: i32 = 4
export const JOB_UID_END: i32 = 8
const JOB_TOKENS_END: i32 = 12
export const JOB_DATA_END: i32 = 16
/** The RECIPE_* encoding, and RECIPE_NUL_ENDS where a NUL ended the text: what a key's recipe must have. */
export const JOB_NEEDS: i32 = 20
/** For the waves: the next job of as many blocks, and the ticket's timestamp. */
export const JOB_NEXT: i32 = 24
export const JOB_TIMESTAMP: i32 = 28
/** The head of hex digits that its text has most likely. */
export const JOB_LIKELY: i32 = 32

@inline
export function jobAt(index: i32): usize {
  return JOBS + <usize>(index * JOB_SIZE)
}

@inline
export function recordAt(index: i32): usize {
  return RECORDS + <usize>(index * RECORD_SIZE)
}

/** All tickets have one client address, the first; or each its own. */
export let addressStep: usize = 0

@inline
export function addressAt(index: i32): usize {
  return ADDRESSES + <usize>index * addressStep
}

/** What turns an address of TEXTS into an offset of the caller's. */
export let recordBase: usize = 0

/** Bytes between texts: what reads fields in place, in some dialects, writes up to 16 bytes further. */
let gap: usize = 0

/** How far openings have written behind `textsEnd`. */
let touched: usize = TEXTS

/** How many tickets wait in PENDING for a key, and where the texts end. */
export let pendingCount: i32 = 0
export let textsEnd: usize = 0

export function setPending(count: i32): void {
  pendingCount = count
}

@inline
export function pendingAt(place: i32): i32 {
  return <i32>load<u16>(PENDING + (<usize>place << 1))
}

@inline
export function pend(place: i32, index: i32): void {
  store<u16>(PENDING + (<usize>place << 1), index)
}

/** Opens and splits all cookie values: refused, found (see `openEscaped`) or pending. */
export function openAll(count: i32, ownAddresses: bool, base: usize): void {
  addressStep = ownAddresses ? <usize>ADDRESS_SIZE : 0
  recordBase = base - TEXTS
  pendingCount = 0
  gap = 0
  for (let index = 0; index < keyCount; index++) if (load<i32>(keyAt(index), KEY_RECIPE) & RECIPE_BENT) gap = 16
  textsEnd = TEXTS
  touched = TEXTS
  for (let index = 0; index < count; index++) {
    const status = openOne(index)
    store<i32>(recordAt(index), status)
    if (status == MALFORMED && hopeful) pend(pendingCount++, index)
  }
}

/** The last opened ticket is to be tried with the keys. */
let hopeful: bool = false

function openOne(index: i32): i32 {
  hopeful = false
  const from = INPUT + load<u32>(STARTS + (<usize>index << 2))
  const length = <i32>load<u16>(LENGTHS + (<usize>index << 1))
  if (length == 0) return ABSENT
  if (length < SHORTEST || (!rawHeads && !mayBegin(load<u8>(from)))) return MALFORMED
  const address = addressAt(index)
  if (load<u8>(address, ADDRESS_LENGTH) == 0) return UNBOUND
  if (length > COOKIE_MAX) return TOO_LONG
  touched = max(touched, textsEnd + length + 32)
  openCookie(from, length, textsEnd, false)
  if (escaped) return openEscaped(index, from, length)
  if (text != textsEnd) {
    // Raw: what base64 made of it is overwritten, or wiped with the rest.
    const size = textEnd - text
    copy(textsEnd, text, textEnd)
    useText(textsEnd, textsEnd + size, encoding)
  }
  if (!splitFields(text, textEnd) && !rawHeads) return MALFORMED
  const job = jobAt(index)
  store<usize>(job, text, JOB_TEXT)
  store<usize>(job, textEnd, JOB_TEXT_END)
  store<usize>(job, uidEnd, JOB_UID_END)
  store<usize>(job, tokensEnd, JOB_TOKENS_END)
  store<usize>(job, dataEnd, JOB_DATA_END)
  store<i32>(job, encoding | (hasNul ? RECIPE_NUL_ENDS : 0), JOB_NEEDS)
  textsEnd = textEnd + gap
  hopeful = true
  return MALFORMED
}

/** Makes the job's text and split those that the engine's other parts work on. */
@inline
export function takeUp(job: usize): void {
  const needs = load<i32>(job, JOB_NEEDS)
  useText(load<usize>(job, JOB_TEXT), load<usize>(job, JOB_TEXT_END), needs & ~RECIPE_NUL_ENDS)
  takeSplit(job)
}

/** The same of its split alone. */
@inline
export function takeSplit(job: usize): void {
  useFields(
    load<usize>(job, JOB_UID_END),
    load<usize>(job, JOB_TOKENS_END),
    load<usize>(job, JOB_DATA_END),
    (load<i32>(job, JOB_NEEDS) & RECIPE_NUL_ENDS) != 0,
  )
}

/** Puts the ticket's client address where the engine's other parts look for it. */
export function takeAddress(index: i32): void {
  const address = addressAt(index)
  v128.store(ADDRESS, v128.load(address))
  copy(ADDRESS_TEXT, address + ADDRESS_CHARS, address + ADDRESS_CHARS + ADDRESS_TEXT_MAX)
}

@inline
export function addressLength(index: i32): i32 {
  return <i32>load<u8>(addressAt(index), ADDRESS_LENGTH)
}

@inline
export function addressTextLength(index: i32): i32 {
  return <i32>load<u8>(addressAt(index), ADDRESS_TEXT_LENGTH)
}

/** Quotes with backslashes inside may mean what they say or not: such a one goes the long way, alone. */
function openEscaped(index: i32, from: usize, length: i32): i32 {
  memory.copy(COOKIE, from, length)
  takeAddress(index)
  const status = verify(length, addressLength(index), addressTextLength(index))
  if (status > 0) {
    const uid = load<usize>(FIELDS, FIELD_UID)
    const end = load<usize>(FIELDS, FIELD_DATA_END)
    // What is cleared of the text before may reach 15 bytes further: into a head, where there is one.
    v128.store(textsEnd, i64x2.splat(0))
    textsEnd += 16
    memory.copy(textsEnd, uid, end - uid)
    keepRecord(index, textsEnd - uid)
    textsEnd += end - uid
    wipe()
  }
  return status
}

/** FIELDS as the ticket's record; `moved`: how far the text has been moved since. */
export function keepRecord(index: i32, moved: usize): void {
  const record = recordAt(index)
  for (let at: usize = 4; at < 28; at += 4) store<usize>(record + at, load<usize>(FIELDS + at) + moved + recordBase)
  store<u32>(record, load<u32>(FIELDS, FIELD_TIMESTAMP), FIELD_TIMESTAMP)
}

/** The ticket's record where its fields stand as they read. */
@inline
export function keepSplit(index: i32, uid: usize, timestamp: u32): void {
  const record = recordAt(index)
  const job = jobAt(index)
  const end = load<usize>(job, JOB_UID_END)
  const tokens = load<usize>(job, JOB_TOKENS_END)
  const between = recordBase + (tokens ? tokens : end)
  store<usize>(record, uid + recordBase, FIELD_UID)
  store<usize>(record, end + recordBase, FIELD_UID_END)
  store<usize>(record, (tokens ? end + 1 : end) + recordBase, FIELD_TOKENS)
  store<usize>(record, between, FIELD_TOKENS_END)
  store<usize>(record, between + 1, FIELD_DATA)
  store<usize>(record, load<usize>(job, JOB_DATA_END) + recordBase, FIELD_DATA_END)
  store<u32>(record, timestamp, FIELD_TIMESTAMP)
}

@inline
function mayBegin(char: u8): bool {
  return ((load<u32>(BEGINNINGS + ((<usize>char >> 5) << 2)) >> (char & 31)) & 1) != 0
}

/** Of the texts only the good tickets' fields stay. A step too far ends in the next text's head, which goes as well. */
export function trimTexts(count: i32): void {
  for (let index = 0; index < count; index++) {
    const job = jobAt(index)
    const from = load<usize>(job, JOB_TEXT)
    if (from == 0) continue
    const end = load<usize>(job, JOB_TEXT_END)
    if (gap) v128.store(end, i64x2.splat(0))
    if (load<i32>(recordAt(index)) <= 0) clear(from, end)
    else {
      const uid = <usize>load<u32>(recordAt(index), FIELD_UID) - recordBase
      clear(from, uid - 8)
      store<u64>(uid - 8, 0)
      const data = <usize>load<u32>(recordAt(index), FIELD_DATA_END) - recordBase
      if (data < end) clear(data, end)
    }
  }
}

/** Zeroes jobs, texts and records of the last `count` tickets. */
export function wipeJobs(count: i32): void {
  memory.fill(TEXTS, 0, touched - TEXTS)
  memory.fill(JOBS, 0, count * JOB_SIZE)
  memory.fill(PENDING, 0, count << 1)
  memory.fill(RECORDS, 0, count * RECORD_SIZE)
  touched = TEXTS
}
