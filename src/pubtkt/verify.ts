/** `createPubtktVerifier`: a ring, and what is about the request: whose address, what time. */

import { parseAddress } from '../http/address.js'
import { fromBytes } from '../ticket/charset.js'
import { checkCache, checkChoice, checkFlag, checkKeys, checkTime } from '../ticket/options.js'
import type { CacheStats, Charset, PublicKey, SignedResult, SignedTicket } from '../types.js'
import type { AsyncSignatureHost, SignatureHost } from './host.js'
import { asyncHost, syncHost } from './hosts.js'
import type { RingKey } from './keys.js'
import { type Checked, createAsyncSignedRing, createSignedRing } from './ring.js'
import { checkAllowed } from './weakness.js'

export interface PubtktVerifierOptions<Host = SignatureHost> {
  /** 1 to 64 public keys, any of which may have signed. Weak ones need their `allow`. */
  readonly keys: readonly PublicKey[]
  /** Remember verified tickets, 4096 or so many (2 to 1048576). Default true. They are credentials: see SECURITY.md. */
  readonly cache?: boolean | { readonly entries: number }
  /** Who checks signatures. Default: `nodeSignatures()`; of the asynchronous verifier `webCryptoSignatures()`. */
  readonly signatures?: Host
  /**
   * A uid of more than 64 bytes, a cip of more than 39, other fields of more than 255: `refuse` such tickets as malformed
   * (default), or `cut` the fields, as mod_auth_pubtkt 0.13 does without a word.
   */
  readonly longFields?: 'cut' | 'refuse'
  /** Refuse tickets with control bytes, or with a field twice, of which the module takes the last. Default true. */
  readonly strictFields?: boolean
  /** What a char of uid, tokens and userData stands for: a byte (default), or UTF-8. */
  readonly charset?: Charset
}

export interface PubtktContext {
  /** Client address, IPv4 or IPv6 text; a ticket with a `cip` is refused without it. */
  readonly ip?: string | undefined
  /** Unix time in whole seconds. */
  readonly now: number
}

export interface PubtktVerifier {
  /** Check a cookie value as it came, quotes and escapes and all. A bad ticket is a value, never an exception. */
  verify(cookieValue: string | undefined, context: PubtktContext): SignedResult
  /** Look-ups of the cache; undefined with `cache: false`. */
  cacheStats(): CacheStats | undefined
}
export interface AsyncPubtktVerifier {
  verify(cookieValue: string | undefined, context: PubtktContext): Promise<SignedResult>
  cacheStats(): CacheStats | undefined
}

const OPTIONS = ['keys', 'cache', 'signatures', 'longFields', 'strictFields', 'charset']

/**
 * A verifier of mod_auth_pubtkt's tickets: what validate_parse_ticket, check_clientip and check_timeout of
 * mod_auth_pubtkt.c have to say, in that order. Reasons: absent, malformed, too-long (over 1024 bytes), signature (also
 * after a key's `acceptUntil`), address (compared as addresses, not as text), expired (`now > validUntil`). Grace period,
 * tokens and multifactor are in the ticket, for the caller or a guard to judge.
 *
 * @example
 * const verifier = createPubtktVerifier({ keys: [{ publicKey, digest: 'sha256' }] })
 * const result = verifier.verify(cookieValue, { ip: '192.0.2.7', now })
 * if (result.ok) console.log(result.ticket.uid)
 *
 * @throws TktError `ERR_TKT_OPTIONS` on options that make no sense, and on weak keys that are not allowed by name
 */
export function createPubtktVerifier(options: PubtktVerifierOptions): PubtktVerifier {
  const where = 'createPubtktVerifier'
  const { reading, ringOptions } = checkOptions(options, where)
  const host = syncHost(options.signatures, where, 'createAsyncPubtktVerifier')
  const ring = createSignedRing({ ...ringOptions, host })
  checkStrength(ring.keys, ringOptions.where)
  return {
    verify(cookieValue, context) {
      const value = unquoted(cookieValue)
      const now = checkTime(context?.now, 'verify: now')
      return typeof value === 'string' ? judge(ring.check(value, now), context, reading) : value
    },
    cacheStats: () => ring.cacheStats && { ...ring.cacheStats },
  }
}

/** As `createPubtktVerifier`, for platforms that check signatures with promises. Rejects where that one throws. */
export async function createAsyncPubtktVerifier(
  options: PubtktVerifierOptions<AsyncSignatureHost>,
): Promise<AsyncPubtktVerifier> {
  const where = 'createAsyncPubtktVerifier'
  const { reading, ringOptions } = checkOptions(options, where)
  const host = asyncHost(options.signatures, where, 'createPubtktVerifier')
  const ring = await createAsyncSignedRing({ ...ringOptions, host })
  checkStrength(ring.keys, ringOptions.where)
  return {
    async verify(cookieValue, context) {
      const value = unquoted(cookieValue)
      const now = checkTime(context?.now, 'verify: now')
      return typeof value === 'string' ? judge(await ring.check(value, now), context, reading) : value
    },
    cacheStats: () => ring.cacheStats && { ...ring.cacheStats },
  }
}

function checkOptions(options: PubtktVerifierOptions<unknown>, where: string) {
  checkKeys(options, OPTIONS, where)
  const longFields = checkChoice(options.longFields ?? 'refuse', ['cut', 'refuse'], `${where}: longFields`)
  const utf8 = checkChoice(options.charset ?? 'latin1', ['latin1', 'utf8'], `${where}: charset`) === 'utf8'
  const cache = checkCache(options.cache, true, `${where}: cache`)
  const strict = checkFlag(options.strictFields, true, `${where}: strictFields`)
  return { reading: { utf8, strict }, ringOptions: { keys: options.keys, cache, longFields, where: `${where}: keys` } }
}

function checkStrength(keys: readonly RingKey[], where: string): void {
  for (const [index, { key, digest, allow }] of keys.entries()) checkAllowed(key, digest, allow, `${where}[${index}]`)
}

/** A cookie's text as cookie_match takes it: a quote at the end goes, then one in front. */
function unquoted(value: string | undefined): string | SignedResult {
  if (value === undefined || value === '') return { ok: false, reason: 'absent' }
  if (typeof value !== 'string') return { ok: false, reason: 'malformed' }
  const text = value.endsWith('"') ? value.slice(0, -1) : value
  return text.startsWith('"') ? text.slice(1) : text
}

/** The request's side of it. What is handed out is the caller's own: the ring's tickets are shared. */
function judge(
  checked: Checked,
  { ip, now }: PubtktContext,
  { utf8, strict }: { readonly utf8: boolean; readonly strict: boolean },
): SignedResult {
  if (!checked.ok) return { ok: false, reason: checked.reason }
  if (strict && !checked.plain) return { ok: false, reason: 'malformed' }
  const { ticket, keyIndex } = checked
  if (ticket.clientIp !== '' && !isSameAddress(ticket.clientIp, ip)) return { ok: false, reason: 'address' }
  if (now > ticket.validUntil) return { ok: false, reason: 'expired' }
  return { ok: true, ticket: utf8 ? decoded(ticket) : copyOf(ticket), keyIndex }
}

function isSameAddress(bound: string, ip: string | undefined): boolean {
  // One text is one address, and by far the most are: parsing both would take longer than all the rest.
  if (bound === ip) return true
  if (ip === undefined) return false
  const text = parseAddress(bound)?.text
  return text !== undefined && text === parseAddress(ip)?.text
}

/** Field by field and one by one: V8 takes several times as long to spread or slice what is frozen. */
function copyOf(ticket: Readonly<SignedTicket>): SignedTicket {
  const tokens: string[] = []
  for (const token of ticket.tokens) tokens.push(token)
  return {
    uid: ticket.uid,
    tokens,
    userData: ticket.userData,
    validUntil: ticket.validUntil,
    gracePeriod: ticket.gracePeriod,
    clientIp: ticket.clientIp,
    multifactor: ticket.multifactor,
    bauth: ticket.bauth,
  }
}

function decoded(ticket: Readonly<SignedTicket>): SignedTicket {
  const { uid, tokens, userData } = ticket
  return { ...ticket, uid: fromBytes(uid), tokens: tokens.map(fromBytes), userData: fromBytes(userData) }
}
