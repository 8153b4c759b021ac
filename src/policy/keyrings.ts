/** The rings of a guard: one for each list of keys and way of binding, however many hosts and areas have it. */

import { HEX_DIGITS } from '../ticket/read.js'
import { createRing, type Ring, type RingOptions } from '../ticket/ring.js'
import type { CacheStats } from '../types.js'
import type { ParsedKey } from './options.js'
import { ringKeys } from './ring-keys.js'
import { sumOf } from './signed-rings.js'

/** A list of keys, and what is known of it before anybody comes. */
export interface Keyring {
  readonly keys: readonly ParsedKey[]
  /** By place in the ring, whether the key's dialect is lighttpd, which has its tickets raw in URLs; undefined: none is. */
  readonly lighttpd: readonly boolean[] | undefined
  /** What a ticket's own text begins with, whoever made it: digest and timestamp in hex, up to the first `!`. */
  readonly looks: RegExp
  /** By whether tickets bind an address. Undefined where there are no keys. */
  ringFor(ignoreIp: boolean): Ring | undefined
  /** Of its rings' caches. */
  stats(): CacheStats[]
}

/** What all rings of a guard have in common. */
export type Common = Omit<RingOptions, 'keys' | 'ignoreIp'>

export type KeyringOf = (keys: readonly ParsedKey[]) => Keyring

export interface Keyrings {
  readonly keyringOf: KeyringOf
  /** Of all rings' caches together. */
  stats(): CacheStats
}

/**
 * Keyrings by what is in them: V8 sets 10 GB of addresses aside for each WebAssembly memory, and has none left after some
 * 6000 rings, while a configuration may repeat its keys in each of its hosts and areas.
 */
export function keyringMaker(common: Common): Keyrings {
  const made: Keyring[] = []
  const byList = new Map<readonly ParsedKey[], Keyring>()
  function keyringOf(keys: readonly ParsedKey[]): Keyring {
    const before = byList.get(keys)
    if (before !== undefined) return before
    let keyring = made.find((one) => haveSameKeys(one.keys, keys))
    if (keyring === undefined) {
      keyring = makeKeyring(keys, common)
      made.push(keyring)
    }
    byList.set(keys, keyring)
    return keyring
  }
  return { keyringOf, stats: () => sumOf(made.flatMap((keyring) => keyring.stats())) }
}

function makeKeyring(parsed: readonly ParsedKey[], common: Common): Keyring {
  const keys = ringKeys(parsed)
  const rings = new Map<boolean, Ring>()
  const lighttpd = keys.map(({ dialect }) => dialect === 'lighttpd')
  return {
    keys: parsed,
    lighttpd: lighttpd.includes(true) ? lighttpd : undefined,
    looks: looksOf(parsed),
    ringFor(ignoreIp) {
      if (keys.length === 0) return undefined
      const ring = rings.get(ignoreIp) ?? createRing({ keys, ignoreIp, ...common })
      rings.set(ignoreIp, ring)
      return ring
    },
    stats: () => [...rings.values()].map((ring) => ring.cacheStats()),
  }
}

/** Without a key there is no digest type: the modules' own is MD5. */
function looksOf(keys: readonly ParsedKey[]): RegExp {
  const digits = keys.length === 0 ? [HEX_DIGITS.md5] : keys.map(({ digest }) => HEX_DIGITS[digest])
  const starts = [...new Set(digits)].map((count) => `[0-9a-f]{${count + 8}}`)
  return new RegExp(`^(?:${starts.join('|')})[^!\\0]*!`, 'i')
}

function haveSameKeys(some: readonly ParsedKey[], others: readonly ParsedKey[]): boolean {
  return some.length === others.length && some.every((one, i) => isSameKey(one, others[i] as ParsedKey))
}

function isSameKey(one: ParsedKey, other: ParsedKey): boolean {
  return isSameSecret(one.secret, other.secret) && besides(one) === besides(other)
}

function besides({ digest, dialect, acceptUntil, strict }: ParsedKey): string {
  return JSON.stringify([digest, dialect, acceptUntil, strict])
}

function isSameSecret(one: string | Uint8Array, other: string | Uint8Array): boolean {
  if (typeof one === 'string' || typeof other === 'string') return one === other
  return one.length === other.length && one.every((byte, i) => byte === other[i])
}
