/**
 * Every region of linear memory: what it holds, who writes it, when it is wiped. The compiler places them, so they
 * cannot overlap; memory never grows. The slack behind a buffer lets 16-byte loads and stores run past its end.
 */

const SLACK: i32 = 64
export const SCHEDULE_SIZE: i32 = 128

/** Longest cookie value, in bytes. */
export const COOKIE_MAX: i32 = 8192
/** Longest secret, in bytes. */
export const SECRET_MAX: i32 = 1024
/** Keys in the ring. */
export const KEYS_MAX: i32 = 64
/** Longest client address as text, in bytes. */
export const ADDRESS_TEXT_MAX: i32 = 64
/** Room for the longest digest (SHA-512) in hex. */
export const HEX_MAX: i32 = 128
/** Digest in hex and timestamp in hex, at the most. */
export const HEAD_MAX: i32 = HEX_MAX + 8

/** The cookie value: written by the host before `verify` and `peek`, by `seal` as its result. Wiped on return or by `wipe`. */
export const COOKIE: usize = memory.data(COOKIE_MAX + SLACK, 16)
/** The decoded ticket. `seal` takes `uid!tokens!data` at SEAL_FIELDS, inside. Wiped on return or by `wipe`. */
export const TICKET: usize = memory.data(HEAD_MAX + COOKIE_MAX + SLACK, 16)
/** Where the host puts the fields to seal: right behind the room for the longest head. */
export const SEAL_FIELDS: usize = TICKET + HEAD_MAX
/** Most bytes of `uid!tokens!data`: what still fits a raw cookie value with the longest head. */
export const SEAL_FIELDS_MAX: i32 = COOKIE_MAX - HEAD_MAX

/** Client address as 4 or 16 bytes in network order. Written by the host; stays until the host changes it. */
export const ADDRESS: usize = memory.data(16, 16)
/** Client address as text, for the recipes that hash it so. Written by the host; stays until the host changes it. */
export const ADDRESS_TEXT: usize = memory.data(ADDRESS_TEXT_MAX + SLACK, 16)

/** What the last `verify` or `peek` found: see FIELD_* in status.ts. Engine writes, host reads, `wipe` clears. */
export const FIELDS: usize = memory.data(32, 16)

/** Input of the first digest: address, timestamp, secret, fields and the padding. Engine only, wiped on return. */
export const MESSAGE_MAX: i32 = ADDRESS_TEXT_MAX + 4 + SECRET_MAX + COOKIE_MAX
export const MESSAGE: usize = memory.data(MESSAGE_MAX + 256 + SLACK, 16)

/** Chaining value of the running digest; its output in the order of the digest's bytes. Engine only, wiped on return. */
export const STATE: usize = memory.data(64, 16)
/** Schedule words of the running SHA-2 rounds, constants added. Engine only, wiped on return. */
export const SCHEDULE: usize = memory.data(SCHEDULE_SIZE, 16)

/** One key of the ring: room for the first digest, the secret with its padding, the constant schedule, the facts. */
export const KEY_SECRET: i32 = HEX_MAX
const KEY_PADDING: i32 = 2 * 128 + 16
export const KEY_SCHEDULE: i32 = KEY_SECRET + SECRET_MAX + KEY_PADDING
const SCHEDULE_BYTES: i32 = 640
export const KEY_DIGEST: i32 = KEY_SCHEDULE + SCHEDULE_BYTES
export const KEY_RECIPE: i32 = KEY_DIGEST + 4
export const KEY_LENGTH: i32 = KEY_DIGEST + 8
export const KEY_TAIL: i32 = KEY_DIGEST + 12
/** Bytes from one key to the next. */
export const KEY_SIZE: i32 = KEY_DIGEST + 16
/** The ring: the only secrets at rest, and what is computed from nothing else. Host writes secrets, `loadKey` the rest. */
export const RING: usize = memory.data(KEYS_MAX * KEY_SIZE, 16)
