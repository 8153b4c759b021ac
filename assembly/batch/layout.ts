/**
 * The regions that only batches need, behind those of the engine. Host writes INPUT, STARTS, LENGTHS, ADDRESSES; the engine
 * the rest. All that came from a ticket is zero after `wipeBatch`.
 */

import { ADDRESS_TEXT_MAX, COOKIE_MAX, MESSAGE_MAX } from '../layout'

/** Tickets of one call. */
export const TICKETS_MAX: i32 = 512
/** Bytes of one call's cookie values. */
export const INPUT_MAX: i32 = 65536
/** Messages that are digested at once: MD5's lanes. */
export const LANES: i32 = 8

/** The cookie values, anywhere in here. */
export const INPUT: usize = memory.data(INPUT_MAX + 64, 16)
/** Where each begins, in bytes from INPUT; 32 bit. */
export const STARTS: usize = memory.data(TICKETS_MAX * 4, 16)
/** How long each is; 16 bit. One that is longer than COOKIE_MAX needs only its first byte. */
export const LENGTHS: usize = memory.data(TICKETS_MAX * 2, 16)

/** A client address: 16 bytes, how many of them count (4, 16, or 0 for none that a ticket can bind), the text's length, the text. */
export const ADDRESS_LENGTH: i32 = 16
export const ADDRESS_TEXT_LENGTH: i32 = 17
export const ADDRESS_CHARS: i32 = 32
export const ADDRESS_SIZE: i32 = ADDRESS_CHARS + ADDRESS_TEXT_MAX
export const ADDRESSES: usize = memory.data(TICKETS_MAX * ADDRESS_SIZE + 64, 16)

/** What was found, eight 32-bit words a ticket: status, then as in FIELDS, counted from TEXTS and the caller's base. */
export const RECORD_SIZE: i32 = 32
export const RECORDS: usize = memory.data(TICKETS_MAX * RECORD_SIZE, 16)
/** The texts of the good tickets from the uid on, zeroes between them. */
export const TEXTS_MAX: i32 = INPUT_MAX + TICKETS_MAX * 16
export const TEXTS: usize = memory.data(TEXTS_MAX + COOKIE_MAX + 64, 16)

/** A ticket under way: its text, its split. See JOB_* in jobs.ts. */
export const JOB_SIZE: i32 = 48
export const JOBS: usize = memory.data(TICKETS_MAX * JOB_SIZE, 16)
/** The tickets that no key has been found for, 16 bit each. */
export const PENDING: usize = memory.data(TICKETS_MAX * 2, 16)
/** The first ticket of each length in blocks, 16 bit; one more, as 0 is none. */
export const BLOCKS_MAX: i32 = (MESSAGE_MAX + 72) / 64
export const BUCKETS: usize = memory.data((BLOCKS_MAX + 1) * 2, 16)

/** A message of the first digest for each lane. */
export const SLOT_SIZE: i32 = ((MESSAGE_MAX + 15) & ~15) + 256
export const SLOTS: usize = memory.data(LANES * SLOT_SIZE + 64, 16)
/** Of each lane: where its message is, how many blocks it has, whose it is. */
export const LANE_FROM: usize = memory.data(LANES * 4, 16)
export const LANE_BLOCKS: usize = memory.data(LANES * 4, 16)
export const LANE_JOB: usize = memory.data(LANES * 4, 16)
/** Chaining values and the current block's words of all lanes, word by word. */
export const LANE_STATE: usize = memory.data(256, 16)
export const LANE_WORDS: usize = memory.data(512, 16)
/** The finished digests, lane by lane. */
export const LANE_DIGESTS: usize = memory.data(LANES * 32, 16)
