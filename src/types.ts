/** The shapes that the public functions take and give. Data only: no code lives here. */

/** The algorithm of a ticket's digest. There is no default: MD5 is a dialect's need, never our choice. */
export type Digest = 'md5' | 'sha1' | 'sha256' | 'sha512'

/**
 * Whose recipe a ticket follows: `apache` is mod_auth_tkt's, and that of all issuers that bend nothing; `lighttpd` is
 * mod_authn_tkt's, whose fields can be shifted. The README says which dialect an issuer has.
 */
export type Dialect =
  | 'apache'
  | 'lighttpd'
  | 'paste'
  | 'pyramid'
  | 'repoze'
  | 'plone'
  | 'php-contrib'
  | 'yola'
  | 'passport-authtkt'

/**
 * How a ticket travels in the cookie. `base64` is what the modules themselves send; `quoted` is raw in double quotes,
 * with octal escapes for what a cookie cannot carry, as Python's cookie modules write it.
 */
export type Encoding = 'base64' | 'raw' | 'percent' | 'quoted'

/** What one char of a field stands for: one byte (`latin1`, as in the headers) or one UTF-8 character. */
export type Charset = 'latin1' | 'utf8'

/** A secret with the digest and the recipe that belong to it. */
export interface Key {
  /** 1..1024 bytes; a string counts as UTF-8. */
  readonly secret: string | Uint8Array
  readonly digest: Digest
  /** Default `apache`. */
  readonly dialect?: Dialect | undefined
  /** Unix time in whole seconds, after which tickets of this key are refused; left out: never. `verify` then needs `now`. */
  readonly acceptUntil?: number | undefined
  /**
   * Who may have which tokens: uid to labels. Tickets of this key that say anything else are refused, and none is issued
   * whose bytes could be read as another entry: that closes the `lighttpd` dialect's shiftable fields (L9).
   */
  readonly strict?: Record<string, string[]> | undefined
}

/** What a ticket says. Authentic only when `verify` handed it out. */
export interface Ticket {
  uid: string
  /** Authorisation labels; joined with `,` they are the ticket's own text. */
  tokens: string[]
  userData: string
  /** Unix time in whole seconds, 0..2^32-1. */
  issuedAt: number
}

/** A ticket whose digest nobody has checked: never base access on it. */
export interface UnverifiedTicket extends Ticket {
  verified: false
  /** The algorithm asked for, or a guess by the number of hex digits in front. */
  digest: Digest
}

/** Why a request is not let in. This package's verifier gives absent, malformed, too-long, digest, address, expired. */
export type Reason =
  | 'absent'
  | 'malformed'
  | 'too-long'
  | 'digest'
  | 'signature'
  | 'address'
  | 'expired'
  | 'future'
  | 'refresh'
  | 'multifactor'
  | 'tokens'
  | 'user'
  | 'insecure'
  | 'revoked'
  | 'config'

export type VerifyResult =
  /** `keyIndex` is the place in the ring of the key that matched: beyond 0 the ticket wants a refresh. */
  { ok: true; ticket: Ticket; keyIndex: number } | { ok: false; reason: Reason }

export interface VerifyContext {
  /** Client address, IPv4 or IPv6 text. Without it only an `ignoreIp` verifier accepts anything. */
  readonly ip?: string | undefined
  /** Unix time in whole seconds; needed when the verifier has a `timeout`. */
  readonly now?: number | undefined
}

export interface VerifierOptions {
  /** The ring: index 0 is the newest key, all of them verify. 1..64 keys. */
  readonly keys: readonly Key[]
  /** The tickets carry no client address (TKTAuthIgnoreIP). Default false. */
  readonly ignoreIp?: boolean
  /** Bits of an IPv6 address that tickets bind, 1 to 128; the same for all who issue and verify. Default 128. */
  readonly ipv6Prefix?: number
  /** Seconds that a ticket is good for; 0 or left out: for ever (no expiry check). */
  readonly timeout?: number
  /** Default `latin1`. */
  readonly charset?: Charset
  /**
   * Read a ticket's fields only when `result.ticket` is first asked for. Faster by a sixth to a quarter where most
   * callers want the verdict alone, slower by as much as a sixth where all of them read the fields; and the result is
   * then no plain object: `JSON.stringify` shows all of it, `{ ...result }` leaves the ticket out. Default false.
   */
  readonly lazyTicket?: boolean
  /**
   * Remember tickets that were verified, `entries` of them (true: 4096), and answer for the same cookie value and address
   * without a look inside; times are checked each time. Such a compare is not constant-time, and the tickets stay in
   * memory: see SECURITY.md. `lazyTicket` then does nothing. Default false.
   */
  readonly cache?: boolean | { readonly entries: number }
  /** Run the known-answer test once per process and digest (it also warms the code). Default true. */
  readonly selfTest?: boolean
  /**
   * Have the first of the two SHA-256 digests of long tickets made by node:crypto, from a length on that is measured when
   * the first such verifier is made, where all keys are SHA-256. With false the secret stays in the engine. Default true.
   */
  readonly hostDigest?: boolean
}

export interface IssuerOptions {
  /** Index 0 issues; the rest of the ring is ignored here. */
  readonly keys: readonly Key[]
  /** Issue tickets that do not bind the client address. Default false. */
  readonly ignoreIp?: boolean
  /** As in `VerifierOptions`. */
  readonly ipv6Prefix?: number
  /** Default `latin1`. */
  readonly charset?: Charset
  /**
   * Issue lighttpd tickets without a strict list, though their fields can be shifted (L9). Default false: a first key of
   * that dialect without `strict` is then an error.
   */
  readonly allowShiftableFields?: boolean
  /** As in `VerifierOptions`. */
  readonly selfTest?: boolean
}

export interface IssueFields {
  /** At least one char; no `!`, no control bytes. */
  readonly uid: string
  /** Labels without `!`, `,` or control bytes. */
  readonly tokens?: readonly string[]
  /** May contain `!`, but in the dialect plone; no control bytes. */
  readonly userData?: string
}

export interface IssueContext {
  /** Client address to bind; not needed with `ignoreIp`. */
  readonly ip?: string | undefined
  /** Unix time in whole seconds, 0..2^32-1. */
  readonly now: number
  /** Default: what the dialect's original writes, `base64` or `quoted`. */
  readonly encoding?: Encoding
}

/** What a batch of tickets is checked against. */
export interface BatchContext extends VerifyContext {
  /** The client address of each ticket, one for each, in place of `ip`; not with an `ignoreIp` verifier. */
  readonly ips?: readonly (string | undefined)[] | undefined
  /** Only the verdicts are wanted: faster, and no field of any ticket is kept or can be asked for. Default false. */
  readonly verdictsOnly?: boolean | undefined
}

/**
 * What `verifyMany` found, in the order of the tickets. Good until the next `verifyMany` of the same verifier; whatever is
 * asked of it afterwards throws `ERR_TKT_STALE`, as does an index outside 0..size - 1 `ERR_TKT_OPTIONS`.
 */
export interface BatchResult {
  /** How many tickets there were. */
  readonly size: number
  /** How many of them are good. */
  readonly accepted: number
  /** Whether the ticket is good. */
  ok(index: number): boolean
  /** Why it is not; undefined where it is. */
  reason(index: number): Reason | undefined
  /** The place in the ring of the key that made it; -1 where none did, or it is refused. */
  keyIndex(index: number): number
  /** The fields of a good ticket, read now. Throws `ERR_TKT_OPTIONS` for a refused one and after `verdictsOnly`. */
  ticket(index: number): Ticket
  /** What `verify` would have answered. Throws as `ticket` after `verdictsOnly`. */
  result(index: number): VerifyResult
  /** How many tickets were good (`ok`), and how many were refused for which reason; only what there was. */
  counts(): Partial<Record<'ok' | Reason, number>>
}

export interface Verifier {
  /** Check a cookie value. A bad ticket is a value, never an exception. */
  verify(cookieValue: string | undefined, context?: VerifyContext): VerifyResult
  /**
   * Check many cookie values at once, several in one stride where digest and size allow it. Every verdict is that of
   * `verify`. Either an array, or bytes with one cookie value a line (LF or CRLF, the last one needs none; one char a
   * byte), such as a piece of a log. The `cache` is not filled. Throws `ERR_TKT_OPTIONS` on misuse alone.
   */
  verifyMany(cookieValues: readonly (string | undefined)[] | Uint8Array, context?: BatchContext): BatchResult
  /** How often the `cache` answered; all 0 without one. */
  cacheStats(): CacheStats
}

export interface Issuer {
  /** Make a cookie value. Throws `TktError` (`ERR_TKT_FIELD`) on a field that a ticket cannot carry. */
  issue(fields: IssueFields, context: IssueContext): string
}

export interface UserDataOptions {
  /** What the user data is encrypted with, 1..1024 bytes; a string counts as UTF-8. Not the secret of the tickets. */
  readonly secret: string | Uint8Array
}

/** `malformed`: no encrypted user data, or of no object. `digest`: not made with this secret, or changed since. */
export type OpenedUserData = { ok: true; data: Record<string, unknown> } | { ok: false; reason: 'malformed' | 'digest' }

/** Digest under a signature. mod_auth_pubtkt takes SHA-1 where nothing else is said; we have no default. */
export type SignatureDigest = 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512'

/** What a key is weak by: SHA-1, DSA at all, RSA of less than 2048 bits. */
export type Weakness = 'sha1' | 'dsa' | 'short-rsa'

/** A public key that checks mod_auth_pubtkt's tickets. It cannot make any. */
export interface PublicKey {
  /** PEM, `BEGIN PUBLIC KEY`: RSA or DSA; and Ed25519 or ECDSA P-256, which the C module does not understand. */
  readonly publicKey: string
  /** Under RSA, DSA and ECDSA signatures (TKTAuthDigest); Ed25519 has none to choose. */
  readonly digest?: SignatureDigest | undefined
  /** Unix time in whole seconds, after which tickets of this key are refused; left out: never. */
  readonly acceptUntil?: number | undefined
  /** Weaknesses of this key that are known and put up with. */
  readonly allow?: readonly Weakness[] | undefined
}

/** The private key that makes mod_auth_pubtkt's tickets. It belongs to the login alone. */
export interface SigningKey {
  /** PEM, PKCS#8 (`BEGIN PRIVATE KEY`), not encrypted; of RSA and DSA also the older forms of their own. */
  readonly privateKey: string
  readonly digest?: SignatureDigest | undefined
  readonly allow?: readonly Weakness[] | undefined
}

/** What a signed ticket of mod_auth_pubtkt says. Authentic only when a verifier handed it out. */
export interface SignedTicket {
  uid: string
  tokens: string[]
  userData: string
  /** Unix time in whole seconds up to which it is good (`validuntil`), 1..2^32-1. */
  validUntil: number
  /** Unix time from which it wants a refresh (`graceperiod`); 0: never. */
  gracePeriod: number
  /** The client's address as text (`cip`); empty: any. */
  clientIp: string
  /** Signed in with more than a password (`multifactor=1`). */
  multifactor: boolean
  /** What Authorization: Basic gets (`bauth`), a credential: base64 of `uid:password`, or of that encrypted. */
  bauth: string
}

export type SignedResult = { ok: true; ticket: SignedTicket; keyIndex: number } | { ok: false; reason: Reason }

/** Look-ups of a cache of verified tickets since it was made. */
export interface CacheStats {
  readonly hits: number
  readonly misses: number
  /** Tickets that made room for others. */
  readonly evictions: number
}
