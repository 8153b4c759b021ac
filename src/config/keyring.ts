/** TKTAuthSecret, TKTAuthSecretOld and TKTAuthDigestType as a ring of keys. */

import type { GuardOptions } from '../policy/options.js'
import type { Context } from './context.js'
import type { SecretAt } from './draft.js'
import type { Place } from './notes.js'
import type { Server } from './servers.js'

export type KeyOptions = NonNullable<GuardOptions['keys']>[number]
/** Where a secret stands: on a line of an Apache configuration, or of lighttpd's. */
export interface KeySource extends Place {
  /** The configuration that the line is a part of, itself or included; and the option that the secret is. */
  readonly lighttpd?: { readonly main: string; readonly option: 'secret' | 'secret-old' }
}

/** Where the secret of each key stands. */
export type KeySources = ReadonlyMap<KeyOptions, KeySource>

/**
 * The ring of a host, or of the main server: a host inherits the secret, the old secret and the digest each on its own.
 * No secret, no ring: the guard then answers 500 where a user is needed, as the module does.
 */
export function ringOf(
  context: Context,
  main: Server,
  host: Server | undefined,
  sources: Map<KeyOptions, Place>,
): KeyOptions[] {
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
