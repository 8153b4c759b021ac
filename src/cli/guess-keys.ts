/** `peek --guess` with secrets: every dialect, digest and address is tried. */

import { DIALECTS } from '../engine/dialects.js'
import { HEX_DIGITS } from '../ticket/read.js'
import { createVerifier } from '../ticket/verify.js'
import type { Dialect, Digest, Ticket, Verifier } from '../types.js'
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

/** All secrets as keys of one dialect and digest. */
interface Ring {
  readonly dialect: Dialect
  readonly digest: Digest
  readonly bound: Verifier
  readonly unbound: Verifier
}

/** Looks for the dialects that a cookie value verifies in; the first address that does counts. */
export function createTries(
  secrets: readonly SourcedSecret[],
  addresses: readonly string[],
): (cookieValue: string) => Match[] {
  // A ring for each digest: one for all of a dialect would hold a quarter of the secrets.
  const rings = (Object.keys(DIALECTS) as Dialect[]).flatMap((dialect) =>
    DIGESTS.filter((digest) => digest === 'sha256' || !DIALECTS[dialect].hmac).map((digest) =>
      ringOf(dialect, digest, secrets),
    ),
  )
  // Of no address last: a ticket that binds one verifies with it alone. 0.0.0.0 as text, where a dialect has it as text.
  const tries = [...addresses, undefined, '0.0.0.0']
  return (cookieValue) =>
    rings.flatMap((ring) => {
      for (const ip of tries) {
        const match = matchOf(ring, cookieValue, ip)
        if (match) return [match]
      }
      return []
    })
}

function ringOf(dialect: Dialect, digest: Digest, secrets: readonly SourcedSecret[]): Ring {
  const keys = secrets.map(({ secret }) => ({ secret, digest, dialect }))
  const verifier = (ignoreIp: boolean) => createVerifier({ keys, ignoreIp, selfTest: false })
  return { dialect, digest, bound: verifier(false), unbound: verifier(true) }
}

function matchOf(
  { dialect, digest, bound, unbound }: Ring,
  cookieValue: string,
  ip: string | undefined,
): Match | undefined {
  const result = ip === undefined ? unbound.verify(cookieValue) : bound.verify(cookieValue, { ip })
  return result.ok ? { dialect, digest, secret: result.keyIndex, ip, ticket: result.ticket } : undefined
}
