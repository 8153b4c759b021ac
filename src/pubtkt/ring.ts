/**
 * Checking signed tickets with a ring of public keys: what guards and verifiers share. Only what is about the ticket itself
 * is judged; clocks and addresses are the caller's.
 */

import { BAD_ESCAPE, createSplitter, LENGTH, PLAIN, SPLIT, TEXT_MIN, TOO_LONG } from '../engine/pubtkt.js'
import { createTicketCache } from '../ticket/cache.js'
import type { CacheStats, PublicKey, Reason, SignedTicket } from '../types.js'
import type { AsyncSignatureHost, SignatureHost } from './host.js'
import { asyncRingKeys, type RingKey, ringKeys } from './keys.js'
import { readTicket } from './read.js'

/** A ticket that one of the keys signed. Not to be changed: the next look-up of the cache hands out the same. */
export interface Genuine {
  readonly ok: true
  readonly ticket: Readonly<SignedTicket>
  readonly keyIndex: number
  /** It has no control bytes, and no field twice. */
  readonly plain: boolean
}
export interface Refused {
  readonly ok: false
  readonly reason: Reason
  /**
   * Where the module goes on looking: at the `next` cookie of that name behind a bad escape; `elsewhere`, in the next
   * header, where a cookie's decoded text has less than 64 bytes (of other headers it takes any length).
   */
  readonly search?: 'next' | 'elsewhere'
}
export type Checked = Genuine | Refused

export interface RingOptions<Host> {
  readonly keys: readonly PublicKey[]
  readonly host: Host
  /** Verified tickets to remember; 0: none. */
  readonly cache: number
  /** Fields that mod_auth_pubtkt 0.13 would cut: cut (P5), or the ticket is malformed. */
  readonly longFields: 'cut' | 'refuse'
  /** How messages call the list of keys. Default `publicKeys`. */
  readonly where?: string
}

interface AnyRing {
  /** What is known of the keys, for `weaknessText` and lists. */
  readonly keys: readonly RingKey[]
  /** Live counts; undefined without a cache. */
  readonly cacheStats: CacheStats | undefined
}
export interface SignedRing extends AnyRing {
  /**
   * `value`: text of the cookie, without quotes at its ends, or of a header, as it came. `now`: unix time in whole
   * seconds, for keys with an `acceptUntil`. Never throws on a bad ticket.
   */
  check(value: string, now: number): Checked
}
export interface AsyncSignedRing extends AnyRing {
  check(value: string, now: number): Promise<Checked>
}

const refusal = (reason: Reason, search?: Refused['search']): Refused =>
  Object.freeze(search === undefined ? { ok: false, reason } : { ok: false, reason, search })
const UNSIGNED = refusal('signature')
const MALFORMED = refusal('malformed')
const LONG = refusal('too-long')
const ESCAPED = refusal('malformed', 'next')
const SHORT = refusal('malformed', 'elsewhere')

/**
 * A ring with a memory and a cache of its own. What it remembers it has verified with its own keys: mod_auth_pubtkt has
 * one cache for all areas and looks there first (validate_parse_ticket), so that a ticket for one key opens them all (P1).
 */
export function createSignedRing(options: RingOptions<SignatureHost>): SignedRing {
  const keys = ringKeys(options.keys, options.host, options.where ?? 'publicKeys')
  const { splitter, recall, keep, split, cacheStats } = bench(options, keys)

  function signer(now: number): number {
    const signed = splitter.signed()
    const signature = splitter.signature()
    return keys.findIndex((each) => mayFit(each, signature, now) && each.key.verify(each.digest, signed, signature))
  }

  function check(value: string, now: number): Checked {
    const known = recall(value, now)
    if (known !== undefined) return known
    const refused = split(value)
    if (refused !== undefined) return refused
    const keyIndex = signer(now)
    const ticket = keyIndex < 0 ? undefined : readTicket(splitter, options.longFields)
    const plain = splitter.fields[PLAIN] === 1
    splitter.wipe()
    return keyIndex < 0 ? UNSIGNED : keep(value, ticket, keyIndex, plain)
  }

  return { keys, cacheStats, check }
}

/** As `createSignedRing`, for hosts that answer with promises. Rejects where that one throws. */
export async function createAsyncSignedRing(options: RingOptions<AsyncSignatureHost>): Promise<AsyncSignedRing> {
  const keys = await asyncRingKeys(options.keys, options.host, options.where ?? 'publicKeys')
  const { splitter, recall, keep, split, cacheStats } = bench(options, keys)

  async function signer(signed: Uint8Array, signature: Uint8Array, now: number): Promise<number> {
    for (const [index, each] of keys.entries()) {
      if (mayFit(each, signature, now) && (await each.key.verify(each.digest, signed, signature))) return index
    }
    return -1
  }

  async function check(value: string, now: number): Promise<Checked> {
    const known = recall(value, now)
    if (known !== undefined) return known
    const refused = split(value)
    if (refused !== undefined) return refused
    // All of it is read before the first await: then the memory belongs to whoever asks next.
    const signed = splitter.signed().slice()
    const signature = splitter.signature().slice()
    const ticket = readTicket(splitter, options.longFields)
    const plain = splitter.fields[PLAIN] === 1
    splitter.wipe()
    const keyIndex = await signer(signed, signature, now)
    return keyIndex < 0 ? UNSIGNED : keep(value, ticket, keyIndex, plain)
  }

  return { keys, cacheStats, check }
}

/** What both rings work with: the splitter's memory and the cache. */
function bench({ cache: entries }: { readonly cache: number }, keys: readonly RingKey[]) {
  const splitter = createSplitter()
  const cache = entries > 0 ? createTicketCache<Genuine>(entries) : undefined
  return {
    splitter,
    cacheStats: cache?.stats,

    /** A ticket that was verified before, if its key is still accepted. */
    recall(value: string, now: number): Genuine | undefined {
      const known = cache?.get(value, undefined)
      return known !== undefined && isAccepted(keys[known.keyIndex] as RingKey, now) ? known : undefined
    },

    /** Undefined where there is a signature to check. */
    split(value: string): Refused | undefined {
      const status = splitter.split(value)
      if (status === TOO_LONG) return LONG
      if (status === BAD_ESCAPE) return ESCAPED
      const short = (splitter.fields[LENGTH] as number) < TEXT_MIN
      if (status === SPLIT && !short) return undefined
      splitter.wipe()
      return short ? SHORT : MALFORMED
    },

    /** The answer about a ticket with a good signature, remembered unless it lacks what a ticket must have. */
    keep(value: string, ticket: SignedTicket | undefined, keyIndex: number, plain: boolean): Checked {
      if (ticket === undefined) return MALFORMED
      // The one thing of it that guards hand out.
      Object.freeze(ticket.tokens)
      const genuine: Genuine = { ok: true, ticket, keyIndex, plain }
      cache?.set(value, undefined, genuine)
      return genuine
    },
  }
}

function isAccepted({ acceptUntil }: RingKey, now: number): boolean {
  return now <= acceptUntil
}

/** Whether a key can have made a signature: another kind's costs no check, so that a change of keys costs next to nothing. */
function mayFit(each: RingKey, signature: Uint8Array, now: number): boolean {
  if (!isAccepted(each, now)) return false
  const { kind, bits } = each.key
  if (kind === 'rsa') return signature.length === Math.ceil(bits / 8)
  if (kind === 'ed25519') return signature.length === 64
  // A SEQUENCE that fills it: of two numbers, mostly shorter than 128 bytes together.
  const head = signature[1] === 0x81 ? 3 : 2
  return signature[0] === 0x30 && signature[head - 1] === signature.length - head
}
