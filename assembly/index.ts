/**
 * The engine's ABI. A host in any language writes bytes to an address, calls, and reads a number. No imports, no
 * allocation, one fixed memory of three pages. Addresses, limits and codes are exported as immutable globals (i32).
 *
 * | export | before | returns | after |
 * |---|---|---|---|
 * | `loadKey(index, digest, recipe, length)` | secret at RING + index * KEY_SIZE + KEY_SECRET, 1..SECRET_MAX bytes | 0 or MISUSE | the key is in the ring; keys are loaded once each, from 0 upwards |
 * | `verify(length, addressLength, addressTextLength)` | cookie value in COOKIE; client address in ADDRESS (4 or 16 bytes) and, where a recipe hashes text, in ADDRESS_TEXT | 1 + key index, MALFORMED, MISMATCH, TOO_LONG or MISUSE | > 0: FIELDS filled, the fields' bytes readable until `wipe`; else nothing is left |
 * | `peek(length)` | cookie value in COOKIE | 1, MALFORMED or TOO_LONG | as `verify`, but nothing was checked and the text still has its head |
 * | `openLong(length)`, `longMessage(index, addressLength, addressTextLength)`, `concludeLong()`, `closeLong(found)` | as `verify`, and the message's raw SHA-256 in STATE | see long.ts: `verify` in pieces | as `verify` |
 * | `seal(length, timestamp, addressLength, addressTextLength, form)` | `uid!tokens!data` in SEAL_FIELDS | length of the cookie value, TOO_LONG or MISUSE | cookie value in COOKIE until `wipe`; made with key 0; `form` is one of RECIPE_RAW, RECIPE_PERCENT, RECIPE_BASE64, RECIPE_QUOTED; one separator (`uid!data`) is sealed as it is |
 * | `digest(digest, length)` | message in MESSAGE, at most MESSAGE_MAX bytes | bytes of the digest or MISUSE | raw digest in STATE until `wipe`; the message is wiped |
 * | `wipe()` | - | - | what the last call left to be read is zero |
 *
 * `wipe` comes BEFORE the next input is written: every call begins with one, and would wipe of the new input what lies
 * where the last answer lay (a good ticket is then refused).
 *
 * `digest`: MD5, SHA1, SHA256, SHA512. `recipe`: a sum of RECIPE_* bits (status.ts says what each means):
 * mod_auth_tkt = SEPARATED + HEX + NUL_ENDS + RAW + PERCENT + BASE64; mod_authn_tkt = ADDRESS_TEXT + ANY_CASE + BASE64.
 * With "ignore IP" mod_auth_tkt's recipe hashes four zero bytes, mod_authn_tkt's an address text of no bytes.
 * The bits of RECIPE_BENT are for issuers that bend mod_auth_tkt's recipe; fields are sealed and found as they read.
 * With RECIPE_HMAC the digest is SHA256. RECIPE_IPV6_TEXT needs ADDRESS_TEXT for an address of 16 bytes.
 * FIELDS is eight unsigned 32-bit words, all but the last byte addresses: start of the text, uid, end of the uid, tokens,
 * end of the tokens (the same where there are none), user data, end of the user data, timestamp.
 *
 * Wiped before each return: cookie value, ticket, message, schedule, both digests. What stays: the ring, the client
 * address, and what the table says is left to be read. `verify` takes a time that depends on the lengths, the number of
 * keys tried and the encoding; not on the digest's bytes or a secret's.
 */

export { digest } from './sum'
export { loadKey } from './keys'
export { closeLong, concludeLong, longMessage, openLong } from './long'
export { peek, verify, wipe } from './verify'
export { seal } from './seal'
export {
  ADDRESS,
  ADDRESS_TEXT,
  ADDRESS_TEXT_MAX,
  COOKIE,
  COOKIE_MAX,
  FIELDS,
  KEY_SECRET,
  KEY_SIZE,
  KEYS_MAX,
  MESSAGE,
  MESSAGE_MAX,
  RING,
  SEAL_FIELDS,
  SEAL_FIELDS_MAX,
  SECRET_MAX,
  STATE,
} from './layout'
export {
  ABI,
  MALFORMED,
  MD5,
  MISMATCH,
  MISUSE,
  RECIPE_ADDRESS_TEXT,
  RECIPE_ANY_CASE,
  RECIPE_BASE64,
  RECIPE_BYTES,
  RECIPE_DATA_BASE64,
  RECIPE_HEX,
  RECIPE_HMAC,
  RECIPE_IPV6_TEXT,
  RECIPE_NUL_ENDS,
  RECIPE_PERCENT,
  RECIPE_QUOTED,
  RECIPE_RAW,
  RECIPE_SEPARATED,
  RECIPE_SHIFTED,
  RECIPE_UID_QUOTED,
  SHA1,
  SHA256,
  SHA512,
  TOO_LONG,
} from './status'
