/** The only user of the engine's exports: views, ring loading, strings in and out. Nothing here knows policy. */

import { TktError } from '../errors.js'
import type { Digest, Encoding } from '../types.js'
import type { EngineExports } from './exports.js'
import { engineModule, instantiate } from './module.js'
import { type ReadText, textReader, writeText } from './text.js'

/** A dialect's digest recipe and what it reads, as facts; the engine takes them as one number. */
export interface Recipe {
  /** The address is hashed as text; else as 4 or 16 bytes. */
  readonly addressText: boolean
  /** A NUL stands between the hashed fields. */
  readonly separated: boolean
  /** An IPv6 address is hashed as text, and with it the timestamp in decimal digits, in place of their bytes. */
  readonly ipv6Text: boolean
  /** The first digest enters the second as hex; else raw. */
  readonly hex: boolean
  /** One HMAC in place of the two digests, its raw bytes in front of the timestamp. SHA-256 only. */
  readonly hmac: boolean
  /** Upper-case digests are read, too. */
  readonly anyCase: boolean
  /** A NUL ends the ticket; else such a ticket is malformed. */
  readonly nulEnds: boolean
  /** The ticket has the uid percent-escaped; hashed is what it reads. */
  readonly uidQuoted: boolean
  /** The ticket has its fields in the cipher of contrib/auth_ticket.inc.php; hashed is what they read. */
  readonly shifted: boolean
  /** The ticket has its user data in base64; hashed is what it reads. */
  readonly dataBase64: boolean
  /** `b'...'` around base64 is read, too: what str() makes of Python's bytes. */
  readonly pythonBytes: boolean
  /** What is read from a cookie. */
  readonly encodings: readonly Encoding[]
}

/** The client address in the forms that recipes hash. */
export interface BoundAddress {
  /** 4 or 16 bytes, network order. */
  readonly bytes: Uint8Array
  readonly text: string
}

/** Indexes into `Engine.fields`: byte addresses for `Engine.text`, and the timestamp. */
export const START = 0
export const UID = 1
export const UID_END = 2
export const TOKENS = 3
export const TOKENS_END = 4
export const DATA = 5
export const DATA_END = 6
export const TIMESTAMP = 7

/** Answers of `Engine.verify` and `Engine.peek` that are no match. */
export const MALFORMED = 0
export const MISMATCH = -1
export const TOO_LONG = -2

/** Where the client address of the tickets is set. */
export interface AddressTarget {
  /** Sets the client address for the calls that follow. */
  useAddress(address: BoundAddress): void
  /** The bytes of an IPv4 address, as a 32-bit number. Where some key hashes its text, `useText` goes with it. */
  useIPv4(address: number): void
  /** The text of an address, for the calls that follow. */
  useText(text: string): void
}

/** The host's own SHA-256, for messages so long that it is faster than ours. */
export interface HostDigest {
  /** Chars of a cookie value from which on it is. */
  readonly from: number
  /** The message's 32 raw bytes. */
  readonly sha256: (message: Uint8Array) => Uint8Array
}

export interface Engine extends AddressTarget {
  /** Longest cookie value, secret (bytes) and ring (keys). */
  readonly limits: { readonly cookie: number; readonly secret: number; readonly keys: number }
  /** What the last `verify` or `peek` found; see START and its siblings. Gone after `wipe`. */
  readonly fields: Uint32Array
  /** The bytes [from, end) of the memory, one char a byte. */
  readonly text: ReadText
  /** Has long messages digested by the host, where all keys follow mod_auth_tkt's recipe or mod_authn_tkt's with SHA-256. */
  useHostDigest(host: HostDigest): void
  /** Appends a key to the ring. */
  loadKey(secret: Uint8Array, digest: Digest, recipe: Recipe): void
  /** The loaded keys' bytes, for another module with the same ring. They are secret. */
  readonly ring: () => { readonly keys: number; readonly bytes: Uint8Array }
  /** 1 + the index of the key that made the ticket, or MALFORMED, MISMATCH, TOO_LONG. Follow a match with `wipe`. */
  verify(cookieValue: string): number
  /** 1, MALFORMED or TOO_LONG. Checks nothing. Follow with `wipe`. */
  peek(cookieValue: string): number
  /** The finished cookie value for `uid!tokens!data`; undefined where it would be too long or a char is above 0xFF. */
  seal(fields: string, timestamp: number, encoding: Encoding): string | undefined
  /** Clears what the last call left to be read. */
  wipe(): void
}

const QUOTE = 0x22

/** What "ignore IP" hashes: four zero bytes in mod_auth_tkt's recipe, no text in mod_authn_tkt's. */
export const UNBOUND: BoundAddress = { bytes: new Uint8Array(4), text: '' }

/** An engine with an empty ring and no client address. `module`: another build of assembly/, for tests and other hosts. */
export function createEngine(module: WebAssembly.Module = engineModule()): Engine {
  const exports = instantiate(module)
  const { verify, peek, seal, wipe } = exports
  const memory = exports.memory.buffer
  const region = (at: WebAssembly.Global, length: number) => new Uint8Array(memory, at.value, length)
  const limits = {
    cookie: exports.COOKIE_MAX.value,
    secret: exports.SECRET_MAX.value,
    keys: exports.KEYS_MAX.value,
  }
  const cookie = region(exports.COOKIE, limits.cookie)
  const sealFields = region(exports.SEAL_FIELDS, exports.SEAL_FIELDS_MAX.value)
  const address = region(exports.ADDRESS, 16)
  const addressText = region(exports.ADDRESS_TEXT, exports.ADDRESS_TEXT_MAX.value)
  const cookieAt = exports.COOKIE.value
  const forms = encodingNumbers(exports)
  const text = textReader(memory)
  const state = region(exports.STATE, 32)
  const messageAt = exports.MESSAGE.value
  let keyCount = 0
  let onlySha256 = true
  let host: HostDigest | undefined
  let addressLength = 0
  let addressTextLength = 0

  function write(cookieValue: string): number {
    if (cookieValue.length > limits.cookie) return TOO_LONG
    return writeText(cookie, cookieValue)
  }

  /** `verify` in pieces: see assembly/long.ts. */
  function verifyLong(length: number, sha256: HostDigest['sha256']): number {
    const open = exports.openLong(length)
    if (open !== 1) return open
    let status = MALFORMED
    try {
      for (let index = 0; index < keyCount && status <= 0; index++) {
        const size = exports.longMessage(index, addressLength, addressTextLength)
        if (size === 0) continue
        state.set(sha256(new Uint8Array(memory, messageAt, size)))
        status = exports.concludeLong() === 1 ? index + 1 : MISMATCH
      }
    } finally {
      exports.closeLong(status)
    }
    return status
  }

  function useAddress(bound: BoundAddress): void {
    address.set(bound.bytes)
    addressLength = bound.bytes.length
    useText(bound.text)
  }

  function useIPv4(number: number): void {
    address[0] = number >>> 24
    address[1] = number >>> 16
    address[2] = number >>> 8
    address[3] = number
    addressLength = 4
  }

  function useText(text: string): void {
    addressTextLength = writeText(addressText, text)
  }

  useAddress(UNBOUND)
  return {
    limits,
    fields: new Uint32Array(memory, exports.FIELDS.value, 8),
    text,
    loadKey(secret, digest, recipe) {
      if (keyCount === limits.keys || secret.length > limits.secret) {
        throw new TktError('ERR_TKT_ENGINE', `the engine has no room for key ${keyCount}`)
      }
      const at = exports.RING.value + keyCount * exports.KEY_SIZE.value + exports.KEY_SECRET.value
      new Uint8Array(memory, at, limits.secret).set(secret)
      const status = exports.loadKey(
        keyCount,
        digestNumber(exports, digest),
        recipeNumber(exports, recipe),
        secret.length,
      )
      if (status !== 0) throw new TktError('ERR_TKT_ENGINE', `the engine refuses key ${keyCount}`)
      keyCount++
      onlySha256 &&= digest === 'sha256' && !isBent(recipe)
    },
    useHostDigest(digest) {
      host = digest
    },
    ring: () => ({ keys: keyCount, bytes: region(exports.RING, keyCount * exports.KEY_SIZE.value) }),
    useAddress,
    useIPv4,
    useText,
    verify(cookieValue) {
      const length = write(cookieValue)
      if (length < 0) return length === TOO_LONG ? TOO_LONG : MALFORMED
      // Quotes may have escapes in them, which are tried both ways.
      if (host !== undefined && onlySha256 && length >= host.from && cookie[0] !== QUOTE) {
        return verifyLong(length, host.sha256)
      }
      return verify(length, addressLength, addressTextLength)
    },
    peek(cookieValue) {
      const length = write(cookieValue)
      if (length < 0) return length === TOO_LONG ? TOO_LONG : MALFORMED
      return peek(length)
    },
    seal(fields, timestamp, encoding) {
      if (fields.length > sealFields.length) return undefined
      const length = writeText(sealFields, fields)
      if (length < 0) return undefined
      const written = seal(length, timestamp, addressLength, addressTextLength, forms[encoding])
      if (written === TOO_LONG) return undefined
      if (written <= 0)
        throw new TktError('ERR_TKT_ENGINE', 'the engine refused to seal: no key, or fields out of shape')
      const cookieValue = text(cookieAt, cookieAt + written)
      wipe()
      return cookieValue
    },
    wipe,
  }
}

/** Whether tickets of this recipe cannot be digested as they stand. */
export function isBent({ uidQuoted, shifted, dataBase64, ipv6Text, hmac }: Recipe): boolean {
  return uidQuoted || shifted || dataBase64 || ipv6Text || hmac
}

function digestNumber(exports: EngineExports, digest: Digest): number {
  return { md5: exports.MD5, sha1: exports.SHA1, sha256: exports.SHA256, sha512: exports.SHA512 }[digest].value
}

function encodingNumbers(exports: EngineExports): Record<Encoding, number> {
  return {
    raw: exports.RECIPE_RAW.value,
    percent: exports.RECIPE_PERCENT.value,
    base64: exports.RECIPE_BASE64.value,
    quoted: exports.RECIPE_QUOTED.value,
  }
}

/** The recipe as the sum of bits that `loadKey` takes. */
export function recipeNumber(exports: EngineExports, recipe: Recipe): number {
  const forms = encodingNumbers(exports)
  let number = 0
  if (recipe.addressText) number |= exports.RECIPE_ADDRESS_TEXT.value
  if (recipe.separated) number |= exports.RECIPE_SEPARATED.value
  if (recipe.hex) number |= exports.RECIPE_HEX.value
  if (recipe.anyCase) number |= exports.RECIPE_ANY_CASE.value
  if (recipe.nulEnds) number |= exports.RECIPE_NUL_ENDS.value
  if (recipe.ipv6Text) number |= exports.RECIPE_IPV6_TEXT.value
  if (recipe.hmac) number |= exports.RECIPE_HMAC.value
  if (recipe.uidQuoted) number |= exports.RECIPE_UID_QUOTED.value
  if (recipe.shifted) number |= exports.RECIPE_SHIFTED.value
  if (recipe.dataBase64) number |= exports.RECIPE_DATA_BASE64.value
  if (recipe.pythonBytes) number |= exports.RECIPE_BYTES.value
  for (const encoding of recipe.encodings) number |= forms[encoding]
  return number
}
