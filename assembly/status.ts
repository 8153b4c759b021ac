/** The numbers that host and engine exchange. Plain `export const`: they become immutable globals of the module. */

/** Bumped with every change of an export's meaning; a host refuses a number that it does not know. */
export const ABI: i32 = 2

/** Answers of `verify` (a match is 1 + the key's index), of `seal` (else a length) and of `peek`. */
export const MALFORMED: i32 = 0
/** It reads like a ticket, and no key of the ring made it. */
export const MISMATCH: i32 = -1
/** The cookie value, or the one that would be issued, is longer than COOKIE_MAX. */
export const TOO_LONG: i32 = -2
/** An argument is out of range, or there is no such key: the host's mistake. */
export const MISUSE: i32 = -3

/** Digest algorithms. */
export const MD5: i32 = 0
export const SHA256: i32 = 1
export const SHA512: i32 = 2
export const SHA1: i32 = 3

/** Recipe bits: how a dialect builds its digest and what it reads. */
/** The address is hashed as text (else as 4 or 16 bytes). */
export const RECIPE_ADDRESS_TEXT: i32 = 1
/** A NUL stands between the hashed fields (else nothing does, and fields can be shifted). */
export const RECIPE_SEPARATED: i32 = 2
/** The first digest enters the second as hex (else as raw bytes). */
export const RECIPE_HEX: i32 = 4
/** The ticket's digest may be written in upper case. */
export const RECIPE_ANY_CASE: i32 = 8
/** A NUL ends the ticket (else a ticket with a NUL is malformed). */
export const RECIPE_NUL_ENDS: i32 = 16
/** The encodings read from a cookie: raw, percent-escaped, base64. */
export const RECIPE_RAW: i32 = 32
export const RECIPE_PERCENT: i32 = 64
export const RECIPE_BASE64: i32 = 128

/** In double quotes with octal escapes, as Python's cookie modules write it: beside another encoding. */
export const RECIPE_QUOTED: i32 = 256
/** Inside of b'...', as str() writes Python's bytes: beside base64. */
export const RECIPE_BYTES: i32 = 512
/** The uid is percent-escaped in the ticket; hashed is what it reads. */
export const RECIPE_UID_QUOTED: i32 = 1024
/** The fields stand in the cipher of contrib/auth_ticket.inc.php; hashed is what they read. */
export const RECIPE_SHIFTED: i32 = 2048
/** The user data is base64 in the ticket; hashed is what it reads. */
export const RECIPE_DATA_BASE64: i32 = 4096
/** An IPv6 address is hashed as text, and the timestamp in decimal digits behind it. */
export const RECIPE_IPV6_TEXT: i32 = 8192
/** One HMAC-SHA256 instead of two digests, its 32 raw bytes in front of the timestamp. */
export const RECIPE_HMAC: i32 = 16384
/** Any of these takes the long way round: see bent.ts. */
export const RECIPE_BENT: i32 =
  RECIPE_UID_QUOTED | RECIPE_SHIFTED | RECIPE_DATA_BASE64 | RECIPE_IPV6_TEXT | RECIPE_HMAC

/** Words of the FIELDS record: byte addresses, and the timestamp as unsigned 32 bit. */
export const FIELD_START: i32 = 0
export const FIELD_UID: i32 = 4
export const FIELD_UID_END: i32 = 8
export const FIELD_TOKENS: i32 = 12
export const FIELD_TOKENS_END: i32 = 16
export const FIELD_DATA: i32 = 20
export const FIELD_DATA_END: i32 = 24
export const FIELD_TIMESTAMP: i32 = 28
