/** A request's signed ticket: found, checked, and what it has for Authorization made ready. */

import { nextValue, type Search, skipHeader, startSearch } from '../http/signed-cookie.js'
import type { AsyncSignedRing, Checked, SignedRing } from '../pubtkt/ring.js'
import type { Reason, SignedTicket } from '../types.js'
import type { Area, Signing } from './area.js'
import { replacesAuthorization } from './basic.js'
import type { Facts } from './facts.js'

export interface FoundSigned {
  readonly ticket: Readonly<SignedTicket>
  readonly keyIndex: number
  /** What the ticket has for Authorization, in base64; undefined: nothing; null: something that cannot be opened. */
  readonly basic: string | undefined | null
}

/** The request's good ticket, or why there is none. Clocks and addresses are not looked at. */
export function findSigned(area: Area, signing: Signing, facts: Facts): FoundSigned | Reason {
  const ring = signing.ring as SignedRing
  const search = startSearch()
  let reason: Reason = 'absent'
  for (;;) {
    const value = nextValue(signing.places, search, facts.cookies, facts.flat)
    if (value === undefined) return reason
    const checked = ring.check(value, facts.request.now)
    if (checked.ok) {
      const { ticket, keyIndex, plain } = checked
      if (!plain && area.settings.strictFields) return 'malformed'
      return { ticket, keyIndex, basic: opens(area, ticket, facts) ? signing.open?.(ticket.bauth) : undefined }
    }
    reason = checked.reason
    if (!goesOn(checked, search)) return reason
  }
}

/** The same where both the signature and what is encrypted take their time. */
export async function findSignedLater(area: Area, signing: Signing, facts: Facts): Promise<FoundSigned | Reason> {
  const ring = signing.ring as AsyncSignedRing
  const search = startSearch()
  let reason: Reason = 'absent'
  for (;;) {
    const value = nextValue(signing.places, search, facts.cookies, facts.flat)
    if (value === undefined) return reason
    const checked = await ring.check(value, facts.request.now)
    if (checked.ok) {
      const { ticket, keyIndex, plain } = checked
      if (!plain && area.settings.strictFields) return 'malformed'
      return {
        ticket,
        keyIndex,
        basic: opens(area, ticket, facts) ? await signing.openLater?.(ticket.bauth) : undefined,
      }
    }
    reason = checked.reason
    if (!goesOn(checked, search)) return reason
  }
}

/** A bad escape: the next of these cookies, or the next header. A cookie too short for a ticket: the next header. */
function goesOn({ search: where }: Extract<Checked, { ok: false }>, search: Search): boolean {
  if (where === 'elsewhere' && search.cookie) skipHeader(search)
  else if (where !== 'next') return false
  return true
}

function opens({ settings }: Area, { bauth }: Readonly<SignedTicket>, facts: Facts): boolean {
  return settings.passthruBasicAuth && bauth !== '' && replacesAuthorization(facts, settings)
}
