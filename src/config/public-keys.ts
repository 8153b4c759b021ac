/** The public key that a file holds, found as OpenSSL finds it for mod_auth_pubtkt. */

import { createPublicKey, type KeyObject } from 'node:crypto'

const BLOCK = /^-----BEGIN ((?:RSA )?PUBLIC KEY)-----[ \t]*\r?\n[\s\S]*?^-----END \1-----/gm

export interface FoundKey {
  /** `rsa`, `dsa`, `ed25519`, `ec`, or of another kind. */
  readonly kind: string | undefined
  /** PEM, `BEGIN PUBLIC KEY`, whatever form the file has. */
  readonly text: string
}

/** The first block that is one: certificates, private keys and whatever else stands in the file are passed over. */
export function publicKeyIn(pem: string): FoundKey | undefined {
  for (const [block] of pem.matchAll(BLOCK)) {
    const key = parsed(block)
    if (key) return { kind: key.asymmetricKeyType, text: key.export({ type: 'spki', format: 'pem' }).toString() }
  }
  return undefined
}

function parsed(block: string): KeyObject | undefined {
  try {
    return createPublicKey(block)
  } catch {
    return undefined
  }
}
