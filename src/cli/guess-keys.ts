/** `peek --guess` with secrets: every dialect, digest and address is tried. */

import { DIALECTS } from '../engine/dialects.js'
import { HEX_DIGITS } from '../ticket/read.js'
import { createVerifier } from '../ticket/verify.js'
import type { Dialect, Digest, Key, Ticket, Verifier } from '../types.js'
import type { SourcedSecret } from './keys.js'

export interface Match {
  readonly dialect: Dialect
  readonly digest: Digest
  /** Index into the secrets. */
  readonly secret: number
  /** What the ticket binds; undefined where it binds none. */
  readonly ip: string | undefined
  readonly ticket: Ticket
}

const DIGESTS = Object.keys(HEX_DIGITS) as Digest[]

/** A ring of everything that one dialect could have been used with. */
interface Ring {
  readonly dialect: Dialect
  readonly keys: readonly Key[]
  readonly bound: Verifier
  readonly unbound: Verifier
}

/** Looks for the dialects that a cookie value verifies in; the first address that does counts. */
export function createTries(
  secrets: readonly SourcedSecret[],
  addresses: readonly string[],
): (cookieValue: string) => Match[] {
  const rings = (Object.keys(DIALECTS) as Dialect[]).map((dialect) => ringOf(dialect, secrets))
  // Of no address last: a ticket that binds one verifies with it alone. 0.0.0.0 as text, where a dialect has it as text.
  const tries = [...addresses, undefined, '0.0.0.0']
  return (cookieValue) =>
    rings.flatMap((ring) => {
      for (const ip of tries) {
        const match = matchOf(ring, cookieValue, ip, secrets.length)
        if (match) return [match]
      }
      return []
    })
}

function ringOf(dialect: Dialect, secrets: readonly SourcedSecret[]): Ring {
  const digests: readonly Digest[] = DIALECTS[dialect].hmac ? ['sha256'] : DIGESTS
  const keys = digests.flatMap((digest) => secrets.map(({ secret }) => ({ secret, digest, dialect })))
  const verifier = (ignoreIp: boolean) => createVerifier({ keys, ignoreIp, selfTest: false })
  return { dialect, keys, bound: verifier(false), unbound: verifier(true) }
}

function matchOf(
  { dialect, keys, bound, unbound }: Ring,
  cookieValue: string,
  ip: string | undefined,
  secrets: number,
): Match | undefined {
  const result = ip === undefined ? unbound.verify(cookieValue) : bound.verify(cookieValue, { ip })
  if (!result.ok) return undefined
  const { digest } = keys[result.keyIndex] as Key
  return { dialect, digest, secret: result.keyIndex % secrets, ip, ticket: result.ticket }
}
