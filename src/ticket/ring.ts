/** Checking tickets and renewing them with one ring: what the guard needs of the engine. */

import { DIALECTS } from '../engine/dialects.js'
import { createEngine } from '../engine/engine.js'
import type { Dialect, Key } from '../types.js'
import { binder } from './address.js'
import { forgetSecrets, resolveKeys } from './options.js'
import { type RuledVerify, verifierOn } from './verify.js'

export interface Ring {
  /** Of the newest key. */
  readonly dialect: Dialect
  /** With `rules`, what they forbid is refused, too: the future first, then the fields. */
  readonly verify: RuledVerify
  /**
   * A base64 cookie value for a ticket's own text `uid!tokens!data`, made with the newest key. Takes whatever a ticket
   * may hold. Undefined where no address can be bound or the value would be too long.
   */
  renew(fields: string, ip: string | undefined, issuedAt: number): string | undefined
}

export interface RingOptions {
  readonly keys: readonly Key[]
  readonly ignoreIp: boolean
  readonly selfTest: boolean
}

/** Two engines: one remembers the address that it is pointed at, and renewing must not turn it elsewhere. */
export function createRing({ keys, ignoreIp, selfTest }: RingOptions): Ring {
  const { verify } = verifierOn(createEngine(), { keys, ignoreIp, selfTest }, true)
  const engine = createEngine()
  const resolved = resolveKeys(keys, engine.limits, 'createGuard')
  const [key] = resolved as [(typeof resolved)[number]]
  engine.loadKey(key.secret, key.digest, DIALECTS[key.dialect])
  forgetSecrets(resolved)
  const bind = binder(engine, ignoreIp, DIALECTS[key.dialect].addressText)
  return {
    dialect: key.dialect,
    verify,
    renew: (fields, ip, issuedAt) => (bind(ip) ? engine.seal(fields, issuedAt, 'base64') : undefined),
  }
}
