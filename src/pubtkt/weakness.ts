/** What keys are weak by, and the one place that says how weak is too weak. */

import { TktError } from '../errors.js'
import type { SignatureDigest, Weakness } from '../types.js'
import type { KeyFacts } from './host.js'

const LEAST_RSA_BITS = 2048

const WHY: Readonly<Record<Weakness, string>> = {
  sha1: 'signatures over SHA-1 can be forged where an attacker chooses what is signed',
  dsa: 'DSA is withdrawn (FIPS 186-5), and one bad random number of the signer gives its key away',
  'short-rsa': `RSA of less than ${LEAST_RSA_BITS} bits can be broken by who has the means`,
}

/** What speaks against a key with this digest; SHA-1 counts under every kind that has a digest. */
export function weaknessesOf({ kind, bits }: KeyFacts, digest: SignatureDigest | undefined): Weakness[] {
  const found: Weakness[] = []
  if (digest === 'sha1') found.push('sha1')
  if (kind === 'dsa') found.push('dsa')
  if (kind === 'rsa' && bits < LEAST_RSA_BITS) found.push('short-rsa')
  return found
}

/** What is to be said of a key whose weaknesses are not all in `allow`, with the way out; undefined: nothing. */
export function weaknessText(
  facts: KeyFacts,
  digest: SignatureDigest | undefined,
  allow: readonly Weakness[] = [],
): string | undefined {
  const left = weaknessesOf(facts, digest).filter((weakness) => !allow.includes(weakness))
  if (left.length === 0) return undefined
  const list = [...new Set([...allow, ...left])].map((weakness) => `'${weakness}'`).join(', ')
  return `${left.map((weakness) => WHY[weakness]).join('; ')}; to use this key all the same: allow: [${list}]`
}

/** Throws `ERR_TKT_OPTIONS` where a key is weak by something that is not in `allow`; `where` names the key. */
export function checkAllowed(
  facts: KeyFacts,
  digest: SignatureDigest | undefined,
  allow: readonly Weakness[] | undefined,
  where: string,
): void {
  const text = weaknessText(facts, digest, allow)
  if (text !== undefined) throw new TktError('ERR_TKT_OPTIONS', `${where}: ${text}`)
}
