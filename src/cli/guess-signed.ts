/** `peek --guess` for signed tickets: what the signature's length speaks for, and which public key and digest it is of. */

import { nodeSignatures } from '../pubtkt/node-signatures.js'
import { peekSignedTicket } from '../pubtkt/peek.js'
import { createSignedRing } from '../pubtkt/ring.js'
import { weaknessesOf } from '../pubtkt/weakness.js'
import type { SignatureDigest, Weakness } from '../types.js'
import type { GuessedLine } from './guess.js'
import { unwrap } from './guess-text.js'
import type { SourcedPem } from './key-files.js'
import { SIGNATURE_DIGESTS } from './signed-keys.js'

/** One of `guesses` in a line of output: others script against these names. */
interface SignedRow {
  readonly module: 'mod_auth_pubtkt'
  readonly key: string
  readonly digest?: SignatureDigest | undefined
  readonly verified: boolean
  readonly why: string
}

export interface SignedMatch {
  readonly key: SourcedPem
  /** What the key is, such as `rsa 2048`. */
  readonly kind: string
  readonly digest: SignatureDigest | undefined
  readonly weak: readonly Weakness[]
}

export type SignedTries = (cookieValue: string) => SignedMatch | undefined

const ALL: readonly Weakness[] = ['sha1', 'dsa', 'short-rsa']

/** Tries each key with each digest. */
export function createSignedTries(keys: readonly SourcedPem[]): SignedTries {
  const host = nodeSignatures() as NonNullable<ReturnType<typeof nodeSignatures>>
  const rings = keys.map((key) => {
    const facts = host.publicKey(key.pem)
    const digests = facts.kind === 'ed25519' ? [undefined] : SIGNATURE_DIGESTS
    const ring = createSignedRing({
      keys: digests.map((digest) => ({ publicKey: key.pem, digest, allow: ALL })),
      host,
      cache: 0,
      longFields: 'cut',
    })
    return { key, facts, digests, ring }
  })
  return (cookieValue) => {
    const text = cookieValue.replace(/"$/, '').replace(/^"/, '')
    for (const { key, facts, digests, ring } of rings) {
      const checked = ring.check(text, 0)
      if (!checked.ok) continue
      const digest = digests[checked.keyIndex]
      return { key, kind: kindOf(facts), digest, weak: weaknessesOf(facts, digest) }
    }
    return undefined
  }
}

function kindOf({ kind, bits }: { readonly kind: string; readonly bits: number }): string {
  return kind === 'rsa' || kind === 'dsa' ? `${kind} ${bits}` : kind
}

/** Undefined where the value is no signed ticket. `tries` is left out where there are no public keys. */
export function guessSigned(
  line: number,
  cookieValue: string,
  mustVerify: boolean,
  tries: SignedTries | undefined,
): GuessedLine | undefined {
  const claimed = peekSignedTicket(cookieValue)
  if (claimed === undefined) return undefined
  const match = tries?.(cookieValue)
  const guesses = match ? [matchRow(match)] : shapeRows(cookieValue)
  const row = {
    line,
    ...claimed,
    verified: match !== undefined,
    guesses,
    ...(match && { configuration: configurationOf(match) }),
  }
  return { good: !mustVerify || match !== undefined, row }
}

function matchRow({ key, kind, digest }: SignedMatch): SignedRow {
  const why = `made with the private key that belongs to ${key.name}`
  return { module: 'mod_auth_pubtkt', key: kind, ...(digest && { digest }), verified: true, why }
}

/** What a configuration of ours says for such tickets; the key by its place. */
function configurationOf({ key, digest, weak }: SignedMatch): object {
  const entry = {
    publicKey: { file: key.name },
    ...(digest && { digest }),
    ...(weak.length > 0 && { allow: weak }),
  }
  return { authType: 'mod_auth_pubtkt', publicKeys: [entry] }
}

/** Signatures of RSA are as long as the key, of Ed25519 64 bytes; those of the others are DER. */
function shapeRows(cookieValue: string): SignedRow[] {
  const [, base64 = ''] = /;sig=([A-Za-z0-9+/ ]*)/.exec(unwrap(cookieValue).text) ?? []
  const signature = Buffer.from(base64.replaceAll(' ', '+'), 'base64')
  const digest = 'the digest is seen with the public key alone (--public-key-file); SHA-1 unless TKTAuthDigest says so'
  return keysFor(signature).map((key) => ({
    module: 'mod_auth_pubtkt',
    key,
    verified: false,
    why: `a signature of ${signature.length} bytes: ${key}; ${key === 'ed25519' ? 'which Apache does not know' : digest}`,
  }))
}

function keysFor(signature: Uint8Array): string[] {
  const { length } = signature
  if (length >= 96 && length % 8 === 0) return [`rsa ${length * 8}`]
  if (length === 64) return ['ed25519']
  if (signature[0] !== 0x30 || signature[1] !== length - 2) return []
  // Two numbers of 20 bytes, or of 28 or 32, some of them with a zero in front.
  if (length <= 48) return ['dsa 1024']
  return length <= 64 ? ['dsa 2048'] : ['dsa 2048', 'ecdsa']
}
