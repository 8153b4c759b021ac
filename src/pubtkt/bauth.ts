/** The field `bauth`: a user's name and password for Authorization: Basic, plain or under AES-128-CBC. */

import { TktError } from '../errors.js'
import { isWellFormed } from '../ticket/charset.js'
import { decodeBase64, encodeBase64 } from './base64.js'
import type { AsyncSignatureHost, SignatureHost } from './host.js'
import { asyncHost, syncHost } from './hosts.js'

const BLOCK = 16
/** mod_auth_pubtkt keeps 255 bytes of the field: that many of base64 hold 11 blocks and no twelfth. */
const LONGEST = 10 * BLOCK
const LONGEST_PLAIN = 189

type Bytes = Uint8Array<ArrayBuffer>

/** What goes behind `Basic `, or undefined where the module answers 500. */
export type Opened = string | undefined

/**
 * What Authorization: Basic gets of a ticket's `bauth` (auth_pubtkt_check in mod_auth_pubtkt.c): decoded, decrypted
 * with the 16 bytes of `key` and the initialisation vector in front, and in base64 again up to the first NUL. Text that
 * has no room for a block is handed on as it is; undefined where it is no whole number of blocks (500 there). A wrong
 * key goes unnoticed: CBC says nothing of whether the text is genuine. `key`: TKTAuthPassthruBasicKey, a string counts as
 * UTF-8. `signatures`: `nodeSignatures()` where left out.
 */
export function openBauth(bauth: string, key: string | Uint8Array, signatures?: SignatureHost): Opened {
  const host = syncHost(signatures, 'openBauth', 'openBauthAsync')
  const aes = aesKey(key, 'openBauth: key')
  const sealed = sealedOf(bauth)
  return typeof sealed === 'object' ? textOf(host.decrypt(aes, sealed.iv, sealed.text)) : sealed
}

/** As `openBauth`, with WebCrypto. */
export async function openBauthAsync(
  bauth: string,
  key: string | Uint8Array,
  signatures?: AsyncSignatureHost,
): Promise<Opened> {
  const host = asyncHost(signatures, 'openBauthAsync', 'openBauth')
  const aes = aesKey(key, 'openBauthAsync: key')
  const sealed = sealedOf(bauth)
  return typeof sealed === 'object' ? textOf(await host.decrypt(aes, sealed.iv, sealed.text)) : sealed
}

function sealedOf(bauth: string): { iv: Bytes; text: Bytes } | Opened {
  const bytes = decodeBase64(bauth)
  if (bytes.length <= BLOCK) return bauth
  return bytes.length % BLOCK === 0 ? { iv: bytes.slice(0, BLOCK), text: bytes.slice(BLOCK) } : undefined
}

function textOf(plain: Uint8Array): string {
  const end = plain.indexOf(0)
  return encodeBase64(end < 0 ? plain : plain.subarray(0, end))
}

/** Who is to be signed in elsewhere, too. Both are text, and travel as UTF-8 (RFC 7617). */
export interface Credentials {
  /** Without `:`. */
  readonly uid: string
  readonly password: string
}

/**
 * `bauth` that anybody who sees the ticket can read: base64 of `uid:password` (pubtkt_generate in pubtkt.inc).
 *
 * @throws TktError `ERR_TKT_FIELD` on a name with a colon, on NUL, and where the field has no room: 189 bytes in all
 */
export function plainBauth(credentials: Credentials): string {
  return encodeBase64(bytesOf(credentials, LONGEST_PLAIN))
}

/**
 * `bauth` that only servers with the AES key can read (pubtkt_encrypt_bauth in pubtkt.inc): 16 bytes of `iv`, then
 * `uid:password` in zero-padded blocks, all in base64. `key` as in `openBauth`; `iv` must be fresh random bytes, and is so
 * where left out.
 *
 * @throws TktError `ERR_TKT_FIELD` as `plainBauth`, with 160 bytes in all; `ERR_TKT_OPTIONS` on another key's length
 */
export function sealBauth(
  credentials: Credentials,
  key: string | Uint8Array,
  signatures?: SignatureHost,
  iv: Uint8Array = freshIv(),
): string {
  const host = syncHost(signatures, 'sealBauth', 'sealBauthAsync')
  const text = blocksOf(credentials)
  return encodeBase64(Uint8Array.of(...iv, ...host.encrypt(aesKey(key, 'sealBauth: key'), iv, text)))
}

/** As `sealBauth`, with WebCrypto. */
export async function sealBauthAsync(
  credentials: Credentials,
  key: string | Uint8Array,
  signatures?: AsyncSignatureHost,
  iv: Uint8Array = freshIv(),
): Promise<string> {
  const host = asyncHost(signatures, 'sealBauthAsync', 'sealBauth')
  const text = blocksOf(credentials)
  return encodeBase64(Uint8Array.of(...iv, ...(await host.encrypt(aesKey(key, 'sealBauthAsync: key'), iv, text))))
}

/** The 16 bytes of an AES key; `where` names it. */
export function aesKey(key: unknown, where: string): Uint8Array {
  const bytes = typeof key === 'string' ? new TextEncoder().encode(key) : key
  if (bytes instanceof Uint8Array && bytes.length === BLOCK) return bytes
  throw new TktError('ERR_TKT_OPTIONS', `${where} must have ${BLOCK} bytes, or be a string of so many in UTF-8`)
}

function freshIv(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(BLOCK))
}

function blocksOf(credentials: Credentials): Bytes {
  const text = bytesOf(credentials, LONGEST)
  const blocks = new Uint8Array(Math.ceil(text.length / BLOCK) * BLOCK)
  blocks.set(text)
  return blocks
}

function bytesOf({ uid, password }: Credentials, most: number): Bytes {
  if (typeof uid !== 'string' || uid === '' || uid.includes(':')) {
    throw fieldError('uid must be a string that is not empty and has no `:`')
  }
  if (typeof password !== 'string') throw fieldError('password must be a string')
  const text = `${uid}:${password}`
  if (text.includes('\0') || !isWellFormed(text)) {
    throw fieldError('uid and password must have no NUL and no half of a surrogate pair')
  }
  const bytes = new TextEncoder().encode(text)
  if (bytes.length <= most) return bytes
  throw fieldError(`uid and password have ${bytes.length - 1} bytes together; a ticket has room for ${most - 1}`)
}

function fieldError(message: string): TktError {
  return new TktError('ERR_TKT_FIELD', `bauth: ${message}`)
}
