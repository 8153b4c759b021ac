/** What `verify` does with public keys: tickets of mod_auth_pubtkt are checked. */

import { peekSignedTicket } from '../pubtkt/peek.js'
import { createPubtktVerifier } from '../pubtkt/verify.js'
import type { ConfiguredKeys } from './configured-keys.js'
import { clock } from './keys.js'
import { misuse } from './output.js'
import { configuredPublicKeys, givenPublicKeys } from './signed-keys.js'
import type { CheckValue, VerifyOptions } from './verify.js'

export function signedCheck(options: VerifyOptions, configured: ConfiguredKeys | undefined): CheckValue {
  if (options.timeout !== undefined) {
    throw misuse('--timeout: a signed ticket says itself how long it is good for; leave it out')
  }
  if (options.ip !== undefined && options.ignoreIp) throw misuse('--ip and --ignore-ip: give one of them')
  const keys =
    configured === undefined
      ? givenPublicKeys(options.publicKeyFile ?? [], options.digest, options)
      : configuredPublicKeys(configured)
  const verifier = createPubtktVerifier({ keys, cache: false })
  const { ip, ignoreIp, now = clock() } = options
  // The address in the ticket is as genuine as the rest of it.
  const addressFor = ignoreIp ? (cookieValue: string) => peekSignedTicket(cookieValue)?.clientIp : () => ip
  return (cookieValue) => {
    const result = verifier.verify(cookieValue, { ip: addressFor(cookieValue), now })
    if (!result.ok) return result
    // A credential is not for the terminal.
    const { bauth: _, ...fields } = result.ticket
    return { ok: true, fields: { ...fields, keyIndex: result.keyIndex } }
  }
}
