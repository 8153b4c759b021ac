/** Key pairs of every kind, made when first asked for: there is no private key in the repository. */

import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import type { SignatureDigest, Weakness } from '../../src/types.js'

export interface Pair {
  readonly publicKey: string
  readonly privateKey: string
}

const pair = ({ publicKey, privateKey }: { publicKey: KeyObject; privateKey: KeyObject }): Pair => ({
  publicKey: publicKey.export({ type: 'spki', format: 'pem' }) as string,
  privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
})

const MAKERS = {
  rsa: () => pair(generateKeyPairSync('rsa', { modulusLength: 2048 })),
  otherRsa: () => pair(generateKeyPairSync('rsa', { modulusLength: 2048 })),
  rsa1024: () => pair(generateKeyPairSync('rsa', { modulusLength: 1024 })),
  dsa: () => pair(generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 })),
  ed25519: () => pair(generateKeyPairSync('ed25519')),
  otherEd25519: () => pair(generateKeyPairSync('ed25519')),
  ecdsa: () => pair(generateKeyPairSync('ec', { namedCurve: 'prime256v1' })),
}
export type PairName = keyof typeof MAKERS

const made = new Map<PairName, Pair>()

export function pairOf(name: PairName): Pair {
  const known = made.get(name) ?? MAKERS[name]()
  made.set(name, known)
  return known
}

export const ALL_WEAK: readonly Weakness[] = ['sha1', 'dsa', 'short-rsa']
export const DIGESTS: readonly SignatureDigest[] = ['sha1', 'sha224', 'sha256', 'sha384', 'sha512']

/** Every kind with every digest that it goes with. */
export const KINDS: readonly (readonly [PairName, SignatureDigest | undefined])[] = [
  ...(['rsa', 'rsa1024', 'dsa', 'ecdsa'] as const).flatMap((name) => DIGESTS.map((digest) => [name, digest] as const)),
  ['ed25519', undefined],
]

/** A key of a ring, whatever it is weak by. */
export function publicKeyOf(name: PairName, digest: SignatureDigest | undefined) {
  return { publicKey: pairOf(name).publicKey, digest, allow: ALL_WEAK }
}

export function signingKeyOf(name: PairName, digest: SignatureDigest | undefined) {
  return { privateKey: pairOf(name).privateKey, digest, allow: ALL_WEAK }
}
