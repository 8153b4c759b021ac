/** The rings of public keys of a guard: one for each list of keys, however many hosts and areas have it. */

import { TktError } from '../errors.js'
import type { AsyncSignatureHost, SignatureHost } from '../pubtkt/host.js'
import { type AsyncSignedRing, createAsyncSignedRing, createSignedRing, type SignedRing } from '../pubtkt/ring.js'
import type { CacheStats, PublicKey } from '../types.js'
import type { ParsedGuard, ParsedPublicKey } from './options.js'
import { secondsOf } from './ring-keys.js'
import type { Settings } from './settings.js'

type LongFields = Settings['longFields']
type Ring = SignedRing | AsyncSignedRing

export interface SignedRings {
  /** What its rings ask; undefined where this runtime has nothing that could check signatures. */
  readonly host: SignatureHost | AsyncSignatureHost | undefined
  /** Undefined where there are no keys. */
  ringFor(keys: readonly ParsedPublicKey[], longFields: LongFields): Ring | undefined
  /** Of all its rings' caches together. */
  stats(): CacheStats
}

const ENTRIES = 4096

/** Tickets that each ring may remember. Signed ones are, unless `cache` says otherwise: checking them is dear. */
export function entriesOf(cache: ParsedGuard['cache'], usual: boolean): number {
  if (typeof cache === 'object') return cache.entries
  return (cache ?? usual) ? ENTRIES : 0
}

/** Rings are made when they are first asked for. */
export function signedRings(host: SignatureHost | undefined, cache: ParsedGuard['cache']): SignedRings {
  const made = new Map<string, SignedRing>()
  return {
    host,
    ringFor(keys, longFields) {
      if (keys.length === 0) return undefined
      if (host === undefined)
        throw new TktError('ERR_TKT_OPTIONS', 'createGuard: signatures: nobody here can check any')
      const name = nameOf(keys, longFields)
      let ring = made.get(name)
      if (ring === undefined) {
        ring = createSignedRing({ keys: keys.map(plainKey), host, cache: entriesOf(cache, true), longFields })
        made.set(name, ring)
      }
      return ring
    },
    stats: () => sumOf([...made.values()].flatMap(({ cacheStats }) => cacheStats ?? [])),
  }
}

/** Keys of WebCrypto take their time, and areas cannot wait: all rings are made before there are any. */
export async function asyncSignedRings(
  host: AsyncSignatureHost,
  cache: ParsedGuard['cache'],
  lists: readonly (readonly ParsedPublicKey[])[],
): Promise<SignedRings> {
  const made = new Map<string, AsyncSignedRing>()
  for (const keys of lists) {
    for (const longFields of ['cut', 'refuse'] as const) {
      const name = nameOf(keys, longFields)
      if (keys.length === 0 || made.has(name)) continue
      const options = { keys: keys.map(plainKey), host, cache: entriesOf(cache, true), longFields }
      made.set(name, await createAsyncSignedRing(options))
    }
  }
  return {
    host,
    ringFor: (keys, longFields) => made.get(nameOf(keys, longFields)),
    stats: () => sumOf([...made.values()].flatMap(({ cacheStats }) => cacheStats ?? [])),
  }
}

/** What tells lists of keys apart: they are public. */
function nameOf(keys: readonly ParsedPublicKey[], longFields: LongFields): string {
  return JSON.stringify([longFields, keys])
}

function plainKey(key: ParsedPublicKey): PublicKey {
  return { ...key, acceptUntil: secondsOf(key.acceptUntil) }
}

export function sumOf(all: readonly CacheStats[]): CacheStats {
  const sum = { hits: 0, misses: 0, evictions: 0 }
  for (const { hits, misses, evictions } of all) {
    sum.hits += hits
    sum.misses += misses
    sum.evictions += evictions
  }
  return sum
}
