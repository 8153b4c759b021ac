/** Every region of linear memory, as in ../layout.ts. The slack behind a buffer lets 16-byte loads and stores run past it. */

const SLACK: i32 = 64

/** Longest value of a cookie or header, in bytes as it came. */
export const VALUE_MAX: i32 = 8192
/** MAX_TICKET_SIZE: longest decoded text. */
export const TEXT_MAX: i32 = 1024
/** MIN_AUTH_COOKIE_SIZE: shortest decoded text that the module takes for a ticket when a cookie has it. */
export const TEXT_MIN: i32 = 64

/** The value as it came: the host writes, `split` wipes it on return. */
export const VALUE: usize = memory.data(VALUE_MAX + SLACK, 16)
/** The decoded text: engine writes, host reads, wiped by `wipe`. Signed is its front, and nothing is written into that. */
export const TEXT: usize = memory.data(VALUE_MAX + SLACK, 16)
/** The decoded signature: engine writes, host reads, wiped by `wipe`. */
export const SIGNATURE: usize = memory.data((TEXT_MAX / 4) * 3 + SLACK, 16)
/** What the last `split` found: see FIELD_* in status.ts. Engine writes, host reads, `wipe` clears. */
export const FIELDS: usize = memory.data(80, 16)
/** Bytes of FIELDS in use. */
export const FIELDS_SIZE: usize = 68
