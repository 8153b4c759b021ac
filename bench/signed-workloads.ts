/** Signed tickets, made by node:crypto straight from the recipe and not by any competitor, with keys of this run alone. */
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import type { PublicKey, Weakness } from 'authtkt'

export const SIGNED_KINDS = ['rsa', 'dsa', 'ed25519', 'ecdsa'] as const
export type SignedKind = (typeof SIGNED_KINDS)[number]

export const VALID_UNTIL = 1_800_000_000
export const SIGNED_NOW = 1_700_003_000
export const SIGNED_CLIENT = '127.0.0.1'

export interface SignedSite {
  readonly kind: SignedKind
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
  /** As guards and verifiers take it. */
  readonly key: PublicKey & { readonly acceptUntil?: undefined; readonly allow: Weakness[] }
  /** Undefined for Ed25519. */
  readonly digest: 'sha256' | undefined
}

function pairOf(kind: SignedKind) {
  if (kind === 'rsa') return generateKeyPairSync('rsa', { modulusLength: 2048 })
  if (kind === 'dsa') return generateKeyPairSync('dsa', { modulusLength: 2048, divisorLength: 256 })
  if (kind === 'ed25519') return generateKeyPairSync('ed25519')
  return generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
}

export function signedSite(kind: SignedKind): SignedSite {
  const { publicKey, privateKey } = pairOf(kind)
  const digest = kind === 'ed25519' ? undefined : 'sha256'
  const pem = publicKey.export({ type: 'spki', format: 'pem' }) as string
  return { kind, publicKey, privateKey, digest, key: { publicKey: pem, digest, allow: kind === 'dsa' ? ['dsa'] : [] } }
}

export const uidOf = (i: number): string => `user${10_000 + i}`

/** As PHP's pubtkt_generate writes it, ready for a cookie. `forged`: one char of the uid is another one's. */
export function signedTicket({ privateKey, digest }: SignedSite, i: number, forged = false): string {
  const text = `uid=${uidOf(i)};cip=${SIGNED_CLIENT};validuntil=${VALID_UNTIL};tokens=editor,admin,reader1;udata=d=${10_000 + i}0123456789`
  const signature = sign(digest ?? null, Buffer.from(text, 'latin1'), privateKey).toString('base64')
  const sent = forged ? text.replace(uidOf(i), uidOf(i + 1)) : text
  return encodeURIComponent(`${sent};sig=${signature}`)
}
