/** `openUserData` and `sealUserData`: the encrypted user data of yola's auth_tkt. */

import { TktError } from '../errors.js'
import type { OpenedUserData, UserDataOptions } from '../types.js'
import { fieldError } from './fields.js'
import { checkKeys, secretBytes } from './options.js'
import { cipherOfb, deflate, deriveKeys, inflate, joined } from './user-data-cipher.js'

const IV = 16
const SALT = 32
/** HMAC-SHA256 in hex, behind the JSON text. */
const MAC = 64
/** No cookie value is longer, so no user data is. */
const LONGEST_TEXT = 8192
/** Plain bytes: eight times what a text has room for, were nothing compressed. */
const LONGEST_DATA = 65536
const LONGEST_SECRET = 1024

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/
const HEX = /^[0-9a-f]{64}$/

/**
 * Reads encrypted user data of a ticket that `verify` has let in; `secret` is the payload secret. Bad data is a value,
 * never an exception: `digest` says that another secret made it, or that somebody has changed what it says.
 *
 * @example
 * const opened = await openUserData(result.ticket.userData, { secret })
 * if (opened.ok) console.log(opened.data.name)
 *
 * @throws TktError `ERR_TKT_OPTIONS` on options that make no sense
 */
export async function openUserData(userData: string, options: UserDataOptions): Promise<OpenedUserData> {
  const secret = secretOf(options, 'openUserData')
  const bytes = fromBase64(userData)
  if (bytes === undefined || bytes.length <= IV + SALT) return refuse('malformed')
  const iv = bytes.slice(0, IV)
  const salt = bytes.slice(IV, IV + SALT)
  const keys = await deriveKeys(secret, salt)
  // Another secret's key stream leaves noise, which is no zlib stream.
  const plain = await inflate(await cipherOfb(bytes.slice(IV + SALT), keys.cipher, iv), LONGEST_DATA)
  if (plain === undefined || plain.length < MAC) return refuse('digest')
  const json = plain.slice(0, -MAC)
  const mac = fromHex(new TextDecoder('latin1').decode(plain.slice(-MAC)))
  // The platform compares in constant time.
  const genuine = mac && (await crypto.subtle.verify('HMAC', keys.mac, mac, joined(json, iv, salt)))
  return genuine ? parse(json) : refuse('digest')
}

/**
 * Encrypts an object as user data that yola's auth_tkt reads, and `openUserData`. Whoever sees the ticket sees no more
 * than its length.
 *
 * @throws TktError `ERR_TKT_FIELD` on what JSON cannot say or a ticket cannot carry, `ERR_TKT_OPTIONS` as above
 */
export async function sealUserData(data: Record<string, unknown>, options: UserDataOptions): Promise<string> {
  const random = (length: number) => crypto.getRandomValues(new Uint8Array(length))
  return sealWith(data, options, random(IV), random(SALT))
}

/** As `sealUserData`, with what it draws by chance. */
export async function sealWith(
  data: Record<string, unknown>,
  options: UserDataOptions,
  iv: Uint8Array,
  salt: Uint8Array,
): Promise<string> {
  const secret = secretOf(options, 'sealUserData')
  const json = new TextEncoder().encode(textOf(data))
  if (json.length + MAC > LONGEST_DATA) throw tooLong()
  const keys = await deriveKeys(secret, Uint8Array.from(salt))
  const mac = new Uint8Array(await crypto.subtle.sign('HMAC', keys.mac, joined(json, iv, salt)))
  const plain = joined(json, new TextEncoder().encode(toHex(mac)))
  const sealed = await cipherOfb(await deflate(plain), keys.cipher, Uint8Array.from(iv))
  const text = toBase64(joined(iv, salt, sealed))
  if (text.length > LONGEST_TEXT) throw tooLong()
  return text
}

function refuse(reason: 'malformed' | 'digest'): OpenedUserData {
  return { ok: false, reason }
}

/** Genuine, and still no object where whoever sealed it wrote something else, such as Python's NaN. */
function parse(json: Uint8Array): OpenedUserData {
  try {
    const data: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(json))
    return isObject(data) ? { ok: true, data } : refuse('malformed')
  } catch {
    return refuse('malformed')
  }
}

function isObject(data: unknown): data is Record<string, unknown> {
  return typeof data === 'object' && data !== null && !Array.isArray(data)
}

function secretOf(options: UserDataOptions, where: string): Uint8Array<ArrayBuffer> {
  checkKeys(options, ['secret'], where)
  const secret = secretBytes(options.secret, `${where}: secret`)
  if (secret.length >= 1 && secret.length <= LONGEST_SECRET) return secret
  throw new TktError('ERR_TKT_OPTIONS', `${where}: secret must have 1 to ${LONGEST_SECRET} bytes`)
}

function textOf(data: unknown): string {
  if (!isObject(data)) throw fieldError('user data to seal must be an object')
  let text: string | undefined
  try {
    text = JSON.stringify(data)
  } catch {
    // A cycle or a bigint; what JSON says of it may repeat the data.
  }
  // `toJSON` may have made something else of it.
  if (!text?.startsWith('{')) throw fieldError('user data to seal must be an object that JSON can say')
  return text
}

function tooLong() {
  return fieldError('the user data to seal is too long for a ticket')
}

/** Undefined where the text is not what base64 writes: one spelling for each text, so that none can be varied. */
function fromBase64(text: unknown): Uint8Array<ArrayBuffer> | undefined {
  if (typeof text !== 'string' || text.length > LONGEST_TEXT || !BASE64.test(text)) return undefined
  const bytes = atob(text)
  return btoa(bytes) === text ? Uint8Array.from(bytes, (char) => char.charCodeAt(0)) : undefined
}

function toBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
}

function fromHex(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!HEX.test(text)) return undefined
  return Uint8Array.from(text.match(/../g) as string[], (pair) => Number.parseInt(pair, 16))
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
