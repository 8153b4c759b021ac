/** What `verify` does with public keys: tickets of mod_auth_pubtkt are checked. */

import type { ConfiguredKeys } from './configured-keys.js'
import { clock } from './keys.js'
import { misuse } from './output.js'
import { configuredPublicKeys, givenPublicKeys } from './signed-keys.js'
import type { VerifyOptions } from './verify.js'
import type { Setup } from './verify-check.js'

export function signedSetup(options: VerifyOptions, configured: ConfiguredKeys | undefined): Setup {
  if (options.timeout !== undefined) {
    throw misuse('--timeout: a signed ticket says itself how long it is good for; leave it out')
  }
  if (options.ip !== undefined && options.ignoreIp) throw misuse('--ip and --ignore-ip: give one of them')
  const keys =
    configured === undefined
      ? givenPublicKeys(options.publicKeyFile ?? [], options.digest, options)
      : configuredPublicKeys(configured)
  const { ip, ignoreIp = false, now = clock() } = options
  return { kind: 'signed', keys, ip, ignoreIp, now }
}
