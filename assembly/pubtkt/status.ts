/** The numbers that host and splitter exchange. Plain `export const`: they become immutable globals of the module. */

/** Bumped with every change of an export's meaning; a host refuses a number that it does not know. */
export const PUBTKT_ABI: i32 = 2

/** Answers of `split`. */
export const SPLIT: i32 = 1
/** No signature. */
export const MALFORMED: i32 = 0
/** The decoded text is longer than TEXT_MAX. */
export const TOO_LONG: i32 = -2
/** The length is out of range: the host's mistake. */
export const MISUSE: i32 = -3
/** A `%` that is no escape, or one of a NUL. */
export const BAD_ESCAPE: i32 = -4

/** Words of the FIELDS record. An end stands behind the address of its field. */
export const FIELD_LENGTH: i32 = 0
export const FIELD_SIGNED_END: i32 = 4
export const FIELD_SIGNATURE_END: i32 = 8
export const FIELD_UID: i32 = 12
export const FIELD_CLIENT_IP: i32 = 20
export const FIELD_TOKENS: i32 = 28
export const FIELD_DATA: i32 = 36
export const FIELD_BAUTH: i32 = 44
export const FIELD_VALID_UNTIL: i32 = 52
export const FIELD_GRACE_PERIOD: i32 = 56
export const FIELD_MULTIFACTOR: i32 = 60
export const FIELD_PLAIN: i32 = 64
