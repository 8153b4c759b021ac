/** Signed tickets that no issuer would make: any text, signed as it stands. Strings are bytes. */
import { sign } from 'node:crypto'

/** @import { KeyPair } from './signing-keys.mjs' */

/** @typedef {'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512'} SignatureDigest */

/** The signature in base64. @param {string} text @param {Pick<KeyPair, 'kind' | 'privateKey'>} pair @param {SignatureDigest} digest */
export const signatureOf = (text, { kind, privateKey }, digest) =>
  sign(kind === 'ed25519' ? null : digest, Buffer.from(text, 'latin1'), privateKey).toString('base64')

/** @param {string} text @param {Pick<KeyPair, 'kind' | 'privateKey'>} pair @param {SignatureDigest} digest */
export const forgeSigned = (text, pair, digest) => `${text};sig=${signatureOf(text, pair, digest)}`

/** As PHP's urlencode and rawurlencode write bytes. @param {string} text @param {'+' | '%20'} [space] */
export const escapedForCookie = (text, space = '%20') =>
  text.replace(/[^A-Za-z0-9_.-]/g, (char) =>
    char === ' ' ? space : `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  )
