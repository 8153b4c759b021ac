/** TKTAuthSecret, TKTAuthSecretOld and TKTAuthDigestType as a ring of keys. */

import type { GuardOptions } from '../policy/options.js'
import type { Context } from './context.js'
import type { SecretAt } from './draft.js'
import type { Place } from './notes.js'
import type { Server } from './servers.js'

export type KeyOptions = NonNullable<GuardOptions['keys']>[number]
export type PublicKeyOptions = NonNullable<GuardOptions['publicKeys']>[number]
/** Where a key stands: on a line of an Apache configuration, or of lighttpd's, or in a file of its own. */
export interface KeySource extends Place {
  /** The configuration that the line is a part of, itself or included; and the option that the secret is. */
  readonly lighttpd?: { readonly main: string; readonly option: 'secret' | 'secret-old' }
}

/** Where the secret of each key, each public key and each key of bauth stands. */
export type KeySources = ReadonlyMap<KeyOptions | PublicKeyOptions | Uint8Array, KeySource>
/** The same while it is being found out. */
export type FoundSources = Map<KeyOptions | PublicKeyOptions | Uint8Array, KeySource>

/**
 * The ring of a host, or of the main server: a host inherits the secret, the old secret and the digest each on its own.
 * No secret, no ring: the guard then answers 500 where a user is needed, as the module does.
 */
export function ringOf(context: Context, main: Server, host: Server | undefined, sources: FoundSources): KeyOptions[] {
  const outer = main.draft.keys ?? {}
  const own = host?.draft.keys ?? {}
  const digest = own.digest ?? outer.digest ?? 'md5'
  const secret = own.secret ?? outer.secret
  if (!secret) return []
  const old = own.old ?? (own.secret && outer.old ? inherited(context, host as Server, outer.old) : outer.old)
  return [secret, ...(old ? [old] : [])].map(({ secret: bytes, file, line }) => {
    const key: KeyOptions = { secret: bytes, digest }
    sources.set(key, { file, line })
    return key
  })
}

/** A8: the main server's old secret where the host has a secret of its own. */
function inherited(context: Context, host: Server, old: SecretAt): SecretAt | undefined {
  if (!context.inheritOldSecret) return undefined
  context.notes.warn(
    host.at as Place,
    `<VirtualHost>: has a secret of its own and still accepts the main server's TKTAuthSecretOld (line ${old.line}), as the module does`,
  )
  return old
}
