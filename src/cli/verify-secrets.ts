/** Secrets on their way to threads: in memory that all of them share, so that there is one copy to wipe. */

import type { Key } from '../types.js'
import type { Setup } from './verify-check.js'

/** The setup with its secrets in shared memory; `wipe` takes them out of there. */
export function shareSecrets(setup: Setup): { readonly setup: Setup; readonly wipe: () => void } {
  if (setup.kind !== 'keyed') return { setup, wipe() {} }
  const secrets: Uint8Array[] = []
  const share = (key: Key): Key => {
    const bytes = typeof key.secret === 'string' ? Buffer.from(key.secret) : key.secret
    const secret = new Uint8Array(new SharedArrayBuffer(bytes.length))
    secret.set(bytes)
    if (bytes !== key.secret) bytes.fill(0)
    secrets.push(secret)
    return { ...key, secret }
  }
  const shared = { ...setup, verifier: { ...setup.verifier, keys: setup.verifier.keys.map(share) } }
  return {
    setup: shared,
    wipe() {
      for (const secret of secrets) secret.fill(0)
    },
  }
}

/** Wipes the secrets themselves; of those that are strings nobody can. */
export function wipeSecrets(setup: Setup): void {
  if (setup.kind !== 'keyed') return
  for (const { secret } of setup.verifier.keys) if (typeof secret !== 'string') secret.fill(0)
}
