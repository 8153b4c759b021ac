/** The rings of public keys of a guard: one for each list of keys, however many hosts and areas have it. */

import { TktError } from '../errors.js'
import type { AsyncSignatureHost, SignatureHost } from '../pubtkt/host.js'
import { createPubtktIssuer, type PubtktIssuer } from '../pubtkt/issue.js'
import { type AsyncSignedRing, createAsyncSignedRing, createSignedRing, type SignedRing } from '../pubtkt/ring.js'
import { checkCache } from '../ticket/options.js'
import type { CacheStats, PublicKey, Weakness } from '../types.js'
import type { ParsedGuard, ParsedPublicKey, ParsedSigningKey } from './options.js'
import { secondsOf } from './ring-keys.js'
import type { Settings } from './settings.js'

type LongFields = Settings['longFields']
type Ring = SignedRing | AsyncSignedRing

export interface SignedRings {
  /** What its rings ask; undefined where this runtime has nothing that could check signatures. */
  readonly host: SignatureHost | AsyncSignatureHost | undefined
  /** Undefined where there are no keys. */
  ringFor(keys: readonly ParsedPublicKey[], longFields: LongFields): Ring | undefined
  /** Whoever signs in gets their tickets from it. Guards that wait for signatures have none. */
  issuerFor(key: ParsedSigningKey): PubtktIssuer | undefined
  /**
   * Whether a ticket of `keys[keyIndex]` may be made anew with the private key: not if that opened places to it that it
   * does not open itself.
   */
  mayRenew(keys: readonly ParsedPublicKey[], keyIndex: number, signingKey: ParsedSigningKey, now: number): boolean
  /** Of all its rings' caches together. */
  stats(): CacheStats
}

/** How weak a key may be was decided when the options were checked. */
const ALL: readonly Weakness[] = ['sha1', 'dsa', 'short-rsa']

/** Rings are made when they are first asked for. */
export function signedRings(options: ParsedGuard, host: SignatureHost | undefined): SignedRings {
  const lists = listsOf(options)
  const rings = new Map<string, SignedRing>()
  const issuers = new Map<ParsedSigningKey, PubtktIssuer>()
  const probes = new Map<ParsedSigningKey, string>()

  function issuerFor(key: ParsedSigningKey): PubtktIssuer | undefined {
    if (host === undefined) return undefined
    const issuer = issuers.get(key) ?? createPubtktIssuer({ key: { ...key, allow: ALL }, signatures: host })
    issuers.set(key, issuer)
    return issuer
  }

  function ringFor(keys: readonly ParsedPublicKey[], longFields: LongFields): SignedRing | undefined {
    if (keys.length === 0) return undefined
    if (host === undefined) throw new TktError('ERR_TKT_OPTIONS', 'createGuard: signatures: nobody here can check any')
    const name = nameOf(keys, longFields)
    let ring = rings.get(name)
    if (ring === undefined) {
      const cache = checkCache(options.cache, true, 'cache')
      ring = createSignedRing({ keys: keys.map(plainKey), host, cache, longFields })
      rings.set(name, ring)
    }
    return ring
  }

  /** Which key of the list, if any, is the private key's public half: what that signs tells. */
  function ownIndex(keys: readonly ParsedPublicKey[], signingKey: ParsedSigningKey, now: number): number {
    const probe = probes.get(signingKey) ?? issuerFor(signingKey)?.issue({ uid: 'probe', validUntil: 1 }) ?? ''
    probes.set(signingKey, probe)
    const checked = ringFor(keys, 'refuse')?.check(probe, now)
    return checked?.ok ? checked.keyIndex : -1
  }

  return {
    host,
    issuerFor,
    ringFor,
    mayRenew(keys, keyIndex, signingKey, now) {
      if (ownIndex(keys, signingKey, now) === keyIndex) return true
      const key = keys[keyIndex] as ParsedPublicKey
      const opened = lists.filter((list) => ownIndex(list, signingKey, now) >= 0)
      return opened.every((list) => list.some((other) => isSameKey(other, key, now)))
    },
    stats: () => sumOf([...rings.values()].flatMap(({ cacheStats }) => cacheStats ?? [])),
  }
}

/** Keys of WebCrypto take their time, and areas cannot wait: all rings are made before there are any. */
export async function asyncSignedRings(options: ParsedGuard, host: AsyncSignatureHost): Promise<SignedRings> {
  const rings = new Map<string, AsyncSignedRing>()
  const cache = checkCache(options.cache, true, 'cache')
  for (const keys of listsOf(options)) {
    for (const longFields of ['cut', 'refuse'] as const) {
      const name = nameOf(keys, longFields)
      if (keys.length === 0 || rings.has(name)) continue
      rings.set(name, await createAsyncSignedRing({ keys: keys.map(plainKey), host, cache, longFields }))
    }
  }
  return {
    host,
    issuerFor: () => undefined,
    mayRenew: () => false,
    ringFor: (keys, longFields) => rings.get(nameOf(keys, longFields)),
    stats: () => sumOf([...rings.values()].flatMap(({ cacheStats }) => cacheStats ?? [])),
  }
}

/** All lists of public keys, at whatever level. */
function listsOf(options: ParsedGuard): (readonly ParsedPublicKey[])[] {
  const { areas = [], hosts = [] } = options
  const levels = [options, ...areas, ...hosts, ...hosts.flatMap((host) => host.areas ?? [])]
  return levels.flatMap(({ publicKeys }) => (publicKeys === undefined ? [] : [publicKeys]))
}

/** Whether both check the same tickets, as long as the first one counts. */
function isSameKey(one: ParsedPublicKey, other: ParsedPublicKey, now: number): boolean {
  const text = ({ publicKey }: ParsedPublicKey) => publicKey.replace(/\s+/g, '')
  const accepted = now <= (secondsOf(one.acceptUntil) ?? Number.POSITIVE_INFINITY)
  return accepted && one.digest === other.digest && text(one) === text(other)
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
