/**
 * The ABI of the splitter of mod_auth_pubtkt's tickets, a module of its own: no imports, no allocation, one fixed page of
 * memory. It finds what was signed, the signature and the fields; whoever holds the public key checks them. Addresses,
 * limits and codes are exported as immutable globals (i32).
 *
 * | export | before | returns | after |
 * |---|---|---|---|
 * | `split(length)` | value of the cookie or header in VALUE, its quotes taken off | SPLIT, MALFORMED, BAD_ESCAPE, TOO_LONG or MISUSE | SPLIT: the decoded text in TEXT, the signature's bytes in SIGNATURE, the record in FIELDS, until `wipe`; else of all that the first word only |
 * | `wipe()` | - | - | what the last call left to be read is zero |
 *
 * SPLIT says nothing of who made the ticket. MALFORMED: no `;sig=`, or no byte of base64 behind it. BAD_ESCAPE: a `%`
 * without two hex digits, or `%00`; the module then looks at the next cookie of that name. TOO_LONG: the decoded text has
 * more than TEXT_MAX bytes. MISUSE: more than VALUE_MAX bytes. A cookie whose text is shorter than TEXT_MIN is none to
 * the module (it goes on to the next header); in other headers it takes any length. The first word of FIELDS tells.
 *
 * FIELDS is seventeen unsigned 32-bit words: bytes of the decoded text (0 where nothing was decoded), end of what was
 * signed (it begins at TEXT), end of the signature (it begins at SIGNATURE); then address and end of uid, cip, tokens,
 * udata and bauth, both 0 where the ticket has none; then validuntil, graceperiod and multifactor as numbers; then 1
 * where what was signed can be read in one way only (no control bytes, no field twice), and 0 where not.
 *
 * VALUE is wiped before each return, TEXT and SIGNATURE before each return but SPLIT. Every call begins with `wipe`.
 */

export { split, wipe } from './split'
export { FIELDS, SIGNATURE, TEXT, TEXT_MAX, TEXT_MIN, VALUE, VALUE_MAX } from './layout'
export { BAD_ESCAPE, MALFORMED, MISUSE, PUBTKT_ABI, SPLIT, TOO_LONG } from './status'
