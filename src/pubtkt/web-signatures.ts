/** Signatures and AES by WebCrypto, which answers with promises: in browsers, workers at the edge, everywhere else. */

import { TktError } from '../errors.js'
import type { SignatureDigest } from '../types.js'
import { derSignature, rawSignature } from './der.js'
import type { AsyncPrivateKey, AsyncSignatureHost, AsyncVerifyingKey, KeyFacts } from './host.js'
import { privateFacts, publicFacts } from './key-facts.js'
import { notAKey } from './kinds.js'
import { privateBlock, publicDer } from './pem.js'

type Subtle = typeof crypto.subtle
type CryptoKey = Awaited<ReturnType<Subtle['importKey']>>
type Algorithm = Parameters<Subtle['importKey']>[2]
type Bytes = Uint8Array<ArrayBuffer>
type Use = 'verify' | 'sign'

const HASHES: Readonly<Record<Exclude<SignatureDigest, 'sha224'>, string>> = {
  sha1: 'SHA-1',
  sha256: 'SHA-256',
  sha384: 'SHA-384',
  sha512: 'SHA-512',
}

/**
 * What checks and makes signatures where there is no node:crypto, or where nothing may block. There is neither DSA nor
 * SHA-224 in WebCrypto, and Ed25519 is missing in some of its implementations (Chrome before 137; Node 20 calls it
 * experimental): such keys are refused with `ERR_TKT_OPTIONS` when a verifier or issuer is made of them. Private keys
 * must be PKCS#8 (`BEGIN PRIVATE KEY`).
 *
 * @example
 * const verifier = await createAsyncPubtktVerifier({ keys, signatures: webCryptoSignatures() })
 */
export function webCryptoSignatures(subtle: Subtle = crypto.subtle): AsyncSignatureHost {
  return {
    async: true,
    publicKey: (pem) => publicKey(subtle, pem),
    privateKey: (pem) => privateKey(subtle, pem),
    encrypt: (key, iv, text) => encrypt(subtle, key, iv, text),
    decrypt: (key, iv, text) => decrypt(subtle, key, iv, text),
  }
}

async function publicKey(subtle: Subtle, pem: string): Promise<AsyncVerifyingKey> {
  const der = publicDer(pem)
  const facts = publicFacts(der)
  const keyFor = await importer(subtle, facts, der, 'verify')
  return {
    ...facts,
    async verify(digest, signed, signature) {
      // Before the first await: they may be views of what the next request overwrites.
      const text = Uint8Array.from(signed)
      const bytes = facts.kind === 'ecdsa' ? rawSignature(signature) : Uint8Array.from(signature)
      const key = await keyFor(digest)
      return bytes !== undefined && subtle.verify(use(facts, digest), key, bytes, text)
    },
  }
}

async function privateKey(subtle: Subtle, pem: string): Promise<AsyncPrivateKey> {
  const { label, der } = privateBlock(pem)
  if (label !== 'PRIVATE KEY') {
    throw fail(`WebCrypto reads private keys in PKCS#8 only, not \`BEGIN ${label}\`: \`openssl pkey\` writes it`)
  }
  const facts = privateFacts(der)
  const keyFor = await importer(subtle, facts, der, 'sign')
  return {
    ...facts,
    async sign(digest, text) {
      const bytes = Uint8Array.from(text)
      const signature = new Uint8Array(await subtle.sign(use(facts, digest), await keyFor(digest), bytes))
      return facts.kind === 'ecdsa' ? derSignature(signature) : signature
    },
  }
}

/**
 * Imports the key for a digest when it is first asked for: WebCrypto ties an RSA key to one. It is tried at once, so that
 * a bad key is found when it is given.
 */
async function importer(subtle: Subtle, facts: KeyFacts, der: Bytes, usage: Use) {
  if (facts.kind === 'dsa') throw fail('there is no DSA in WebCrypto: use nodeSignatures(), or a key of another kind')
  const format = usage === 'verify' ? 'spki' : 'pkcs8'
  const first = facts.kind === 'ed25519' ? undefined : 'sha256'
  const kept = new Map<SignatureDigest | undefined, Promise<CryptoKey>>()
  const importFor = (digest: SignatureDigest | undefined) =>
    subtle.importKey(format, der, use(facts, digest), false, [usage])
  const attempt = importFor(first).catch((error: unknown) => {
    const missing = error instanceof Error && error.name === 'NotSupportedError'
    throw missing ? fail(`this WebCrypto knows no ${facts.kind}`) : notAKey(usage === 'verify' ? 'public' : 'private')
  })
  await attempt
  kept.set(first, attempt)
  return async (digest: SignatureDigest | undefined): Promise<CryptoKey> => {
    const known = kept.get(digest)
    if (known !== undefined) return known
    const key = importFor(digest)
    kept.set(digest, key)
    return key
  }
}

/** The algorithm of a key with a digest, for importing and for using. */
function use({ kind }: KeyFacts, digest: SignatureDigest | undefined): Algorithm & { name: string } {
  if (digest === undefined) return { name: 'Ed25519' }
  if (digest === 'sha224') throw fail('there is no SHA-224 in WebCrypto: use nodeSignatures(), or another digest')
  const hash = HASHES[digest]
  return kind === 'rsa' ? { name: 'RSASSA-PKCS1-v1_5', hash } : { name: 'ECDSA', namedCurve: 'P-256', hash }
}

/** WebCrypto pads always: the block that it adds is left out. */
async function encrypt(subtle: Subtle, key: Uint8Array, iv: Uint8Array, text: Uint8Array): Promise<Bytes> {
  const aes = await subtle.importKey('raw', Uint8Array.from(key), 'AES-CBC', false, ['encrypt'])
  const parameters = { name: 'AES-CBC', iv: Uint8Array.from(iv) }
  return new Uint8Array(await subtle.encrypt(parameters, aes, Uint8Array.from(text))).slice(0, text.length)
}

/** WebCrypto wants to find padding: it gets a block of it, which is an empty text encrypted behind the last block. */
async function decrypt(subtle: Subtle, key: Uint8Array, iv: Uint8Array, text: Uint8Array): Promise<Bytes> {
  const aes = await subtle.importKey('raw', Uint8Array.from(key), 'AES-CBC', false, ['encrypt', 'decrypt'])
  const last = Uint8Array.from(text.length === 0 ? iv : text.subarray(-16))
  const padding = new Uint8Array(await subtle.encrypt({ name: 'AES-CBC', iv: last }, aes, new Uint8Array(0)))
  const whole = Uint8Array.of(...text, ...padding)
  return new Uint8Array(await subtle.decrypt({ name: 'AES-CBC', iv: Uint8Array.from(iv) }, aes, whole))
}

function fail(message: string): TktError {
  return new TktError('ERR_TKT_OPTIONS', message)
}
