/** What signatures need of the platform: node:crypto answers at once, WebCrypto with promises. Shapes only. */

import type { SignatureDigest } from '../types.js'

export type KeyKind = 'rsa' | 'dsa' | 'ed25519' | 'ecdsa'

/** What is known of a key without using it. */
export interface KeyFacts {
  readonly kind: KeyKind
  /** Of the modulus or the group. */
  readonly bits: number
}

/** A public key, ready for use. `digest` is undefined for Ed25519. ECDSA signatures are in DER, as OpenSSL writes them. */
export interface VerifyingKey extends KeyFacts {
  verify(digest: SignatureDigest | undefined, signed: Uint8Array, signature: Uint8Array): boolean
}
export interface AsyncVerifyingKey extends KeyFacts {
  verify(digest: SignatureDigest | undefined, signed: Uint8Array, signature: Uint8Array): Promise<boolean>
}

/** A private key, ready for use. */
export interface PrivateKey extends KeyFacts {
  sign(digest: SignatureDigest | undefined, text: Uint8Array): Uint8Array
}
export interface AsyncPrivateKey extends KeyFacts {
  sign(digest: SignatureDigest | undefined, text: Uint8Array): Promise<Uint8Array>
}

/** AES-128-CBC without padding: key and iv have 16 bytes, `text` a multiple of 16. */
export type Cipher = (key: Uint8Array, iv: Uint8Array, text: Uint8Array) => Uint8Array
export type AsyncCipher = (key: Uint8Array, iv: Uint8Array, text: Uint8Array) => Promise<Uint8Array>

/** Keys come as PEM. What is none, or of a kind that nobody here knows, is a TktError `ERR_TKT_OPTIONS` that never repeats it. */
export interface SignatureHost {
  readonly async: false
  publicKey(pem: string): VerifyingKey
  privateKey(pem: string): PrivateKey
  readonly encrypt: Cipher
  readonly decrypt: Cipher
}
export interface AsyncSignatureHost {
  readonly async: true
  publicKey(pem: string): Promise<AsyncVerifyingKey>
  privateKey(pem: string): Promise<AsyncPrivateKey>
  readonly encrypt: AsyncCipher
  readonly decrypt: AsyncCipher
}
