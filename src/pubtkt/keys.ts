/** The keys of a ring, checked: each ready for use, with what it needs. Messages name the key's place and never the key. */

import { TktError } from '../errors.js'
import { checkChoice, checkKeys, checkTime } from '../ticket/options.js'
import type { PublicKey, SignatureDigest, SigningKey, Weakness } from '../types.js'
import type { AsyncSignatureHost, AsyncVerifyingKey, KeyFacts, SignatureHost, VerifyingKey } from './host.js'

export const DIGESTS: readonly SignatureDigest[] = ['sha1', 'sha224', 'sha256', 'sha384', 'sha512']
const WEAKNESSES: readonly Weakness[] = ['sha1', 'dsa', 'short-rsa']
const MOST_KEYS = 64

/** One key of a ring. */
export interface RingKey<Key extends KeyFacts = KeyFacts> {
  readonly key: Key
  /** Undefined for Ed25519 only. */
  readonly digest: SignatureDigest | undefined
  /** Unix time; Infinity where there is no end. */
  readonly acceptUntil: number
  readonly allow: readonly Weakness[]
}

/** `where` names the list, such as `publicKeys`. */
export function ringKeys(keys: unknown, host: SignatureHost, where: string): RingKey<VerifyingKey>[] {
  return checkList(keys, where).map((given, index) => {
    const place = `${where}[${index}]`
    const shape = checkPublicKey(given, place)
    const key = placed(`${place}.publicKey`, () => host.publicKey(given.publicKey))
    return { ...shape, key, digest: digestFor(key, given.digest, place) }
  })
}

/** As `ringKeys`; each key is tried once, so that a digest that the host does not know shows here. */
export async function asyncRingKeys(
  keys: unknown,
  host: AsyncSignatureHost,
  where: string,
): Promise<RingKey<AsyncVerifyingKey>[]> {
  const jobs = checkList(keys, where).map(async (given, index) => {
    const place = `${where}[${index}]`
    const shape = checkPublicKey(given, place)
    const key = await placedAsync(`${place}.publicKey`, () => host.publicKey(given.publicKey))
    const digest = digestFor(key, given.digest, place)
    await placedAsync(`${place}.digest`, () => key.verify(digest, new Uint8Array(1), new Uint8Array(1)))
    return { ...shape, key, digest }
  })
  return Promise.all(jobs)
}

function checkList(keys: unknown, where: string): PublicKey[] {
  if (!Array.isArray(keys) || keys.length === 0) throw fail(`${where} must be an array with at least one key`)
  if (keys.length > MOST_KEYS) throw fail(`${where}: a ring holds at most ${MOST_KEYS} keys`)
  return keys
}

function checkPublicKey(key: PublicKey, place: string): Pick<RingKey, 'acceptUntil' | 'allow'> {
  checkKeys(key, ['publicKey', 'digest', 'acceptUntil', 'allow'], place)
  const acceptUntil =
    key.acceptUntil === undefined ? Number.POSITIVE_INFINITY : checkTime(key.acceptUntil, `${place}.acceptUntil`)
  return { acceptUntil, allow: checkWeaknesses(key.allow, place) }
}

/** The list `allow` of a key. */
export function checkWeaknesses(allow: SigningKey['allow'], place: string): readonly Weakness[] {
  if (allow === undefined) return []
  if (!Array.isArray(allow)) throw fail(`${place}.allow must be an array`)
  return allow.map((weakness, index) => checkChoice(weakness, WEAKNESSES, `${place}.allow[${index}]`))
}

/** A digest that suits the key: Ed25519 has none to choose, all others need one. */
export function digestFor(facts: KeyFacts, digest: unknown, place: string): SignatureDigest | undefined {
  if (facts.kind !== 'ed25519') {
    if (digest !== undefined) return checkChoice(digest, DIGESTS, `${place}.digest`)
    throw fail(`${place}.digest is missing: one of ${DIGESTS.join(', ')} (mod_auth_pubtkt takes sha1 if not told)`)
  }
  if (digest === undefined) return undefined
  throw fail(`${place}.digest: an Ed25519 key has no digest to choose; leave it out`)
}

/** What `read` gives; an error of its own with the place in front. */
export function placed<T>(place: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw withPlace(place, error)
  }
}

export async function placedAsync<T>(place: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    throw withPlace(place, error)
  }
}

/** What a platform says of a key stays with it: it may repeat the key. */
function withPlace(place: string, error: unknown): TktError {
  return fail(error instanceof TktError ? `${place}: ${error.message}` : `${place} cannot be used with this key`)
}

function fail(message: string): TktError {
  return new TktError('ERR_TKT_OPTIONS', message)
}
