/** Guards of signed tickets, and tickets for them, that say only what a test is about. */

import type { Decision, Guard } from '../../src/policy/decision.js'
import { createGuard } from '../../src/policy/guard.js'
import type { AreaOptions, GuardOptions } from '../../src/policy/options.js'
import type { PubtktFields } from '../../src/pubtkt/fields.js'
import { createPubtktIssuer } from '../../src/pubtkt/issue.js'
import type { SignatureDigest } from '../../src/types.js'
import { type PairName, pairOf, signingKeyOf } from '../helpers/signing-keys.js'
import { type Asked, LOGIN, NOW, requestOf } from './guards.js'

export interface Signed extends Partial<PubtktFields> {
  readonly by?: PairName
  readonly digest?: SignatureDigest
}

/** Alice's, for an hour, from anywhere. */
export function signedTicket({ by = 'ed25519', digest, ...fields }: Signed = {}): string {
  const issuer = createPubtktIssuer({ key: signingKeyOf(by, digest) })
  return issuer.issue({ uid: 'alice', validUntil: NOW + 3600, ...fields })
}

export const PUBLIC_KEY = () => ({ publicKey: pairOf('ed25519').publicKey })
export const OTHER_KEY = () => ({ publicKey: pairOf('otherEd25519').publicKey })

/** Everything is one area, and asks for tickets of one key. */
export function signedGuard(options: GuardOptions = {}): Guard {
  return createGuard({
    module: 'mod_auth_pubtkt',
    publicKeys: [PUBLIC_KEY()],
    loginUrl: LOGIN,
    areas: [{ path: '/' }],
    ...options,
  })
}

/** What a guard decides of who brings this ticket. */
export function decideSigned(
  area: AreaOptions,
  ticket: Signed | string,
  asked: Asked = {},
  options: GuardOptions = {},
): Decision {
  const guard = signedGuard({ ...options, areas: [{ path: '/', authType: 'mod_auth_pubtkt', ...area }] })
  const value = typeof ticket === 'string' ? ticket : signedTicket(ticket)
  return guard.decide(requestOf({ ticket: value, cookieName: 'auth_pubtkt', ...asked }))
}
