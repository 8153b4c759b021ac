/** Files with the keys of signed tickets, as users have them. */

import { writeFileSync } from 'node:fs'
import type { Test } from 'tap'
import { pairOf } from '../helpers/signing-keys.js'
import { type Answer, folder } from './command.js'

/** Files with every kind of key, `NAME` and `NAME.pub`; private ones are their owner's only. */
export function keys(t: Test): (name: string) => string {
  const at = folder(t)
  for (const name of ['rsa', 'otherRsa', 'rsa1024', 'dsa', 'ed25519', 'ecdsa'] as const) {
    writeFileSync(at(name), pairOf(name).privateKey, { mode: 0o600 })
    writeFileSync(at(`${name}.pub`), pairOf(name).publicKey)
  }
  return at
}

/** No line of a private key may be in an answer. */
export function isClean(t: Test, { out, err }: Answer): void {
  for (const name of ['rsa', 'otherRsa', 'rsa1024', 'dsa', 'ed25519', 'ecdsa'] as const) {
    const [, line = ''] = pairOf(name).privateKey.split('\n')
    t.notOk((out + err).includes(line), `nothing of the private key ${name}`)
  }
}
