/** Signatures and AES by node:crypto, which answers at once: on Node, Bun and Deno. */

import type { SignatureDigest } from '../types.js'
import type { KeyFacts, PrivateKey, SignatureHost, VerifyingKey } from './host.js'
import { notAKey, notTaken } from './kinds.js'
import { pemOf, privateBlock, publicDer } from './pem.js'

/** What is used of node:crypto; its own types belong to a platform. */
interface NodeCrypto {
  createPublicKey(key: { key: Uint8Array; format: 'der'; type: 'spki' }): KeyObject
  createPrivateKey(key: { key: string; format: 'pem' }): KeyObject
  createVerify(digest: string): {
    update(text: Uint8Array): { verify(key: KeyObject, signature: Uint8Array): boolean }
  }
  sign(digest: string | null, text: Uint8Array, key: KeyObject): Uint8Array
  verify(digest: null, text: Uint8Array, key: KeyObject, signature: Uint8Array): boolean
  createCipheriv: NewCipher
  createDecipheriv: NewCipher
}
interface KeyObject {
  readonly asymmetricKeyType?: string
  readonly asymmetricKeyDetails?: { readonly modulusLength?: number; readonly namedCurve?: string }
}
type NewCipher = (
  name: string,
  key: Uint8Array,
  iv: Uint8Array,
) => { setAutoPadding(on: boolean): { update(text: Uint8Array): Uint8Array } }

interface Runtime {
  readonly process?: { getBuiltinModule?(name: string): unknown }
}

/**
 * What checks and makes signatures where there is a node:crypto; undefined where there is none (browsers, workers at
 * the edge: `webCryptoSignatures` is for them). RSA is PKCS#1 v1.5; DSA and ECDSA are DER.
 *
 * @example
 * const verifier = createPubtktVerifier({ keys, signatures: nodeSignatures() })
 */
export function nodeSignatures(runtime: object = globalThis): SignatureHost | undefined {
  const crypto = (runtime as Runtime).process?.getBuiltinModule?.('node:crypto') as NodeCrypto | undefined
  if (crypto === undefined) return undefined
  return {
    async: false,
    publicKey: (pem) => publicKey(crypto, pem),
    privateKey: (pem) => privateKey(crypto, pem),
    encrypt: (key, iv, text) => crypto.createCipheriv('aes-128-cbc', key, iv).setAutoPadding(false).update(text),
    decrypt: (key, iv, text) => crypto.createDecipheriv('aes-128-cbc', key, iv).setAutoPadding(false).update(text),
  }
}

function publicKey(crypto: NodeCrypto, pem: string): VerifyingKey {
  const der = publicDer(pem)
  // Parsed once: from PEM each time, a signature takes six times as long.
  const key = attempt('public', () => crypto.createPublicKey({ key: der, format: 'der', type: 'spki' }))
  return {
    ...factsOf(key),
    verify(digest, signed, signature) {
      try {
        // With a digest createVerify is the faster way by some percent; Ed25519 knows only the other.
        if (digest === undefined) return crypto.verify(null, signed, key, signature)
        return crypto.createVerify(digest).update(signed).verify(key, signature)
      } catch {
        // What OpenSSL has against a signature is no more than that it is a bad one.
        return false
      }
    },
  }
}

function privateKey(crypto: NodeCrypto, pem: string): PrivateKey {
  const block = privateBlock(pem)
  const key = attempt('private', () => crypto.createPrivateKey({ key: pemOf(block), format: 'pem' }))
  const sign = (digest: SignatureDigest | undefined, text: Uint8Array) => crypto.sign(digest ?? null, text, key)
  return { ...factsOf(key), sign }
}

function attempt(which: 'public' | 'private', read: () => KeyObject): KeyObject {
  try {
    return read()
  } catch {
    throw notAKey(which)
  }
}

function factsOf({ asymmetricKeyType: kind = 'unknown', asymmetricKeyDetails: details = {} }: KeyObject): KeyFacts {
  if (kind === 'rsa' || kind === 'dsa') return { kind, bits: details.modulusLength ?? 0 }
  if (kind === 'ed25519') return { kind, bits: 256 }
  if (kind === 'ec' && details.namedCurve === 'prime256v1') return { kind: 'ecdsa', bits: 256 }
  throw notTaken(details.namedCurve ? `${kind} ${details.namedCurve}` : kind)
}
