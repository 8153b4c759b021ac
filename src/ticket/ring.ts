/** Checking tickets and renewing them with one ring: what the guard needs of the engine. */

import { DIALECTS } from '../engine/dialects.js'
import { createEngine } from '../engine/engine.js'
import type { CacheStats, Dialect, Key, Ticket } from '../types.js'
import { addressTextOf, binder } from './address.js'
import { engineFor } from './engines.js'
import { forgetSecrets, resolveKeys } from './options.js'
import { strictFault } from './strict.js'
import { joinTokens } from './tokens.js'
import { writeUid } from './userid-types.js'
import { type RuledVerify, verifierOn } from './verify.js'

export interface Ring {
  /** Of the newest key. */
  readonly dialect: Dialect
  /** Tickets of the newest key cannot have user data with a `!`. */
  readonly plainData: boolean
  /** With `rules`, what they forbid is refused, too: the future first, then the fields. */
  readonly verify: RuledVerify
  /** All 0 without a cache. */
  readonly cacheStats: () => CacheStats
  /**
   * A cookie value, in the encoding of the dialect's original, with these fields, made with the newest key. Takes whatever
   * a ticket may hold. `terse`: without the second separator where there are no tokens, as mod_authn_tkt writes it.
   * Undefined where no address can be bound, the value would be too long, the key's strict list is against it, or a uid
   * that another dialect can have (with a `!`) would read as uid and tokens.
   */
  renew(fields: RenewFields, ip: string | undefined, issuedAt: number, terse: boolean): string | undefined
}

/** Bytes, one a char. */
export type RenewFields = Pick<Ticket, 'uid' | 'userData'> & { readonly tokens: readonly string[] }

export interface RingOptions {
  readonly keys: readonly Key[]
  readonly ignoreIp: boolean
  readonly selfTest: boolean
  /** Long tickets may be digested by the host; default true. */
  readonly hostDigest?: boolean
  /** Strict lists are text, not bytes. */
  readonly utf8?: boolean
  /** mod_auth_tkt's tickets are read in the octal escapes of Python's cookies, too; default true. */
  readonly pythonCookies?: boolean
  /** Verified tickets to remember: 0, or from 2 up; default 0. */
  readonly cache?: number
}

/** Two engines: one remembers the address that it is pointed at, and renewing must not turn it elsewhere. */
export function createRing(options: RingOptions): Ring {
  const {
    keys,
    ignoreIp,
    selfTest,
    hostDigest = true,
    utf8 = false,
    pythonCookies = true,
    cache: entries = 0,
  } = options
  const cache = entries > 0 && { entries }
  const ruled = { strictText: utf8, pythonCookies }
  const { verify, cacheStats } = verifierOn(engineFor(keys), { keys, ignoreIp, selfTest, hostDigest, cache }, ruled)
  const engine = createEngine()
  const resolved = resolveKeys(keys, engine.limits, 'createGuard', utf8)
  const [key] = resolved as [(typeof resolved)[number]]
  const dialect = DIALECTS[key.dialect]
  engine.loadKey(key.secret, key.digest, dialect)
  forgetSecrets(resolved)
  const bind = binder(engine, { ignoreIp, text: addressTextOf([dialect]), ipv6Prefix: 128 })
  return {
    dialect: key.dialect,
    plainData: dialect.plainData,
    verify,
    cacheStats,
    renew(fields, ip, issuedAt, terse) {
      if (key.strict !== undefined && strictFault(key.strict, fields, dialect.separated)) return undefined
      const { userData } = fields
      const uid = dialect.useridTypes ? writeUid(fields.uid, userData) : fields.uid
      const tokens = joinTokens(fields.tokens)
      if (uid === undefined || uid.includes('!')) return undefined
      // With a `!` in the data, one separator would turn the data in front of it into tokens.
      const between = terse && tokens === '' && !userData.includes('!') ? '!' : `!${tokens}!`
      const text = uid + between + userData
      return text.includes('\0') || !bind(ip) ? undefined : engine.seal(text, issuedAt, dialect.issues)
    },
  }
}
