/** Checks of what the public functions are given. Misuse throws here, once; the calls that follow trust it. */

import { DIALECTS } from '../engine/dialects.js'
import type { Engine } from '../engine/engine.js'
import { TktError } from '../errors.js'
import type { Dialect, Digest, Key } from '../types.js'
import { isWellFormed, toBytes } from './charset.js'
import { type Strict, strictOf } from './strict.js'

const DIGESTS: readonly Digest[] = ['md5', 'sha1', 'sha256', 'sha512']
const MAX_TIME = 0xffffffff
/** Tickets that a cache remembers where no number is given: some 4 MB of them. */
export const CACHE_ENTRIES = 4096
const MOST_ENTRIES = 1_048_576

export interface ResolvedKey {
  readonly secret: Uint8Array
  readonly digest: Digest
  readonly dialect: Dialect
  /** Unix time; Infinity where there is no end. */
  readonly acceptUntil: number
  /** Who may have which tokens, as bytes; undefined: anybody any. */
  readonly strict: Strict | undefined
}

function fail(message: string): never {
  throw new TktError('ERR_TKT_OPTIONS', message)
}

/** Refuses anything but an object with the `known` keys; `where` names the function or the element. */
export function checkKeys(options: object, known: readonly string[], where: string): void {
  if (typeof options !== 'object' || options === null) fail(`${where}: needs an object`)
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) fail(`${where}: there is no option '${name}'; the options are ${known.join(', ')}`)
  }
}

/** A boolean; `usual` where none is given. */
export function checkFlag(value: unknown, usual: boolean, where: string): boolean {
  if (value !== undefined && typeof value !== 'boolean') fail(`${where} must be true or false`)
  return value ?? usual
}

/** One of `values`, or an error that lists them. */
export function checkChoice<T extends string>(value: unknown, values: readonly T[], where: string): T {
  const found = values.find((one) => one === value)
  return found ?? fail(`${where} must be one of ${values.join(', ')}`)
}

/** Whole seconds that a ticket's 32 bits can hold. */
export function checkTime(value: unknown, where: string): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > MAX_TIME) {
    fail(`${where} must be unix time in whole seconds, 0 to 2^32 - 1`)
  }
  return value
}

/** Seconds, whole and not negative; 0 where none are given. */
export function checkTimeout(value: unknown, where: string): number {
  if (value === undefined) return 0
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) {
    fail(`${where} must be whole seconds, 0 for no limit`)
  }
  return value
}

/** Places of a cache of verified tickets; 0 for none, and where nothing is said, `usual` tells whether there is one. */
export function checkCache(value: unknown, usual: boolean, where: string): number {
  if (typeof value === 'boolean' || value === undefined) return (value ?? usual) ? CACHE_ENTRIES : 0
  checkKeys(value as object, ['entries'], where)
  const { entries } = value as { entries?: unknown }
  if (typeof entries !== 'number' || !Number.isInteger(entries) || entries < 2 || entries > MOST_ENTRIES) {
    fail(`${where}.entries must be a whole number from 2 to ${MOST_ENTRIES}`)
  }
  return entries
}

/** Bits of an IPv6 address, 1 to 128; 128 where none are given. */
export function checkPrefix(value: unknown, where: string): number {
  if (value === undefined) return 128
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > 128) {
    fail(`${where} must be a number of bits, 1 to 128`)
  }
  return value
}

/** A copy of the secret's bytes: what the caller does with its own later is no concern of ours. */
export function secretBytes(secret: unknown, where: string): Uint8Array<ArrayBuffer> {
  if (secret instanceof Uint8Array) return Uint8Array.from(secret)
  if (typeof secret !== 'string') fail(`${where} must be a string or a Uint8Array`)
  if (!isWellFormed(secret)) fail(`${where} has half of a surrogate pair; give such a secret as a Uint8Array`)
  return new TextEncoder().encode(secret)
}

/** Wipes our copies, once the engine has its own. */
export function forgetSecrets(keys: readonly ResolvedKey[]): void {
  for (const { secret } of keys) secret.fill(0)
}

/** Checks the ring and turns secrets and, with `utf8`, names to bytes. Messages name the place in the ring, never the secret. */
export function resolveKeys(keys: unknown, limits: Engine['limits'], where: string, utf8 = false): ResolvedKey[] {
  if (!Array.isArray(keys) || keys.length === 0) fail(`${where}: keys must be an array with at least one key`)
  if (keys.length > limits.keys) fail(`${where}: a ring holds at most ${limits.keys} keys`)
  return Array.from(keys, (key: Key, index) => {
    const place = `${where}: keys[${index}]`
    checkKeys(key, ['secret', 'digest', 'dialect', 'acceptUntil', 'strict'], place)
    const digest = checkChoice(key.digest, DIGESTS, `${place}.digest`)
    const dialect = checkChoice(key.dialect ?? 'apache', Object.keys(DIALECTS) as Dialect[], `${place}.dialect`)
    if (DIALECTS[dialect].hmac && digest !== 'sha256') fail(`${place}.digest must be sha256 in the dialect ${dialect}`)
    const acceptUntil =
      key.acceptUntil === undefined ? Number.POSITIVE_INFINITY : checkTime(key.acceptUntil, `${place}.acceptUntil`)
    const secret = secretBytes(key.secret, `${place}.secret`)
    if (secret.length === 0) fail(`${place}.secret is empty`)
    if (secret.length > limits.secret) fail(`${place}.secret is longer than ${limits.secret} bytes`)
    const strict = key.strict === undefined ? undefined : checkStrict(key.strict, `${place}.strict`, utf8)
    return { secret, digest, dialect, acceptUntil, strict }
  })
}

function checkStrict(list: unknown, where: string, utf8: boolean): Strict {
  if (typeof list !== 'object' || list === null || Array.isArray(list))
    fail(`${where} must be an object: uid to tokens`)
  for (const [uid, tokens] of Object.entries(list)) {
    if (uid === '') fail(`${where} has an empty uid`)
    if (!Array.isArray(tokens) || tokens.some((token) => typeof token !== 'string' || token === '')) {
      fail(`${where}: each uid needs a list of tokens, which may be empty`)
    }
  }
  return strictOf(list as Record<string, string[]>, utf8 ? toBytes : undefined)
}
