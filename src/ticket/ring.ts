/** Checking tickets and renewing them with one ring: what the guard needs of the engine. */

import { DIALECTS } from '../engine/dialects.js'
import { createEngine } from '../engine/engine.js'
import type { Dialect, Key } from '../types.js'
import { addressTextOf, binder } from './address.js'
import { splitText } from './fields.js'
import { forgetSecrets, resolveKeys } from './options.js'
import { strictFault } from './strict.js'
import { writeUid } from './userid-types.js'
import { type RuledVerify, verifierOn } from './verify.js'

export interface Ring {
  /** Of the newest key. */
  readonly dialect: Dialect
  /** Tickets of the newest key cannot have user data with a `!`. */
  readonly plainData: boolean
  /** With `rules`, what they forbid is refused, too: the future first, then the fields. */
  readonly verify: RuledVerify
  /**
   * A cookie value, in the encoding of the dialect's original, for a ticket's own text `uid!tokens!data` (or `uid!data`),
   * made with the newest key. Takes whatever a ticket may hold. Undefined where no address can be bound, the value would be
   * too long, or the key's strict list is against it.
   */
  renew(fields: string, ip: string | undefined, issuedAt: number): string | undefined
}

export interface RingOptions {
  readonly keys: readonly Key[]
  readonly ignoreIp: boolean
  readonly selfTest: boolean
  /** Strict lists are text, not bytes. */
  readonly utf8?: boolean
  /** mod_auth_tkt's tickets are read in the octal escapes of Python's cookies, too; default true. */
  readonly pythonCookies?: boolean
}

/** Two engines: one remembers the address that it is pointed at, and renewing must not turn it elsewhere. */
export function createRing({ keys, ignoreIp, selfTest, utf8 = false, pythonCookies = true }: RingOptions): Ring {
  const { verify } = verifierOn(createEngine(), { keys, ignoreIp, selfTest }, { strictText: utf8, pythonCookies })
  const engine = createEngine()
  const resolved = resolveKeys(keys, engine.limits, 'createGuard', utf8)
  const [key] = resolved as [(typeof resolved)[number]]
  const dialect = DIALECTS[key.dialect]
  engine.loadKey(key.secret, key.digest, dialect)
  forgetSecrets(resolved)
  const bind = binder(engine, ignoreIp, addressTextOf([dialect]))
  return {
    dialect: key.dialect,
    plainData: dialect.plainData,
    verify,
    renew(fields, ip, issuedAt) {
      if (key.strict !== undefined && strictFault(key.strict, splitText(fields), dialect.separated)) return undefined
      const text = dialect.useridTypes ? writeUid(fields) : fields
      if (text === undefined || !bind(ip)) return undefined
      return engine.seal(text, issuedAt, dialect.issues)
    },
  }
}
