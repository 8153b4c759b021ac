/** Which keys are taken, and how they are called where they are not. */

import { TktError } from '../errors.js'

const TAKEN = 'RSA, DSA, Ed25519 and ECDSA P-256 are taken'

/** A key that is well-formed, and of a kind that signs no tickets. */
export function notTaken(kind: string): TktError {
  return new TktError('ERR_TKT_OPTIONS', `a key of the kind ${kind} cannot be used: ${TAKEN}`)
}

/** A key that the platform, or DER, makes nothing of. What it says of it may repeat the key: no `cause`. */
export function notAKey(which: 'public' | 'private'): TktError {
  return new TktError('ERR_TKT_OPTIONS', `the ${which} key cannot be read: ${TAKEN}`)
}
