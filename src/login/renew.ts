/** A signed ticket past its grace period, and the next one, without a password. */

import type { Answer } from '../adapters/answer.js'
import type { Renewal, Visitor } from '../policy/visit.js'
import type { Asked, Desk } from './desk.js'
import { COOKIE_MAX } from './enter.js'
import { seeOther } from './page.js'
import { pageUrl, type WayBack } from './ways.js'

/** Seconds until somebody comes again whom nobody could say anything about. */
const LATER = 60
/** Who renews where nobody could be asked. */
const TICKET = 'ticket'

/** Undefined where it must not be made anew: then who they are has to be proved again. */
export async function renew(desk: Desk, asked: Asked, way: WayBack, { uid }: Visitor): Promise<Answer | undefined> {
  const { ip } = asked.visit
  const refused = (by: string, reason: 'unknown' | 'ticket') => {
    desk.tell({ kind: 'not-renewed', by, reason, uid, ip })
    return undefined
  }
  const made = (renewal: Renewal, kind: 'renewed' | 'put-off', by: string) => {
    const ticket = asked.visit.refresh(renewal)
    if (ticket === undefined || ticket.indexOf(';') > COOKIE_MAX) return refused(TICKET, 'ticket')
    desk.tell({ kind, by, uid, ip })
    return seeOther(pageUrl(desk, '/done', way), [ticket])
  }
  // Whose ticket is not ours to renew must not have us ask for names either.
  if (!asked.visit.mayRefresh()) return refused(TICKET, 'ticket')
  const standing = await desk.lookUp(uid)
  switch (standing.kind) {
    case 'known':
      return made({ account: standing.account }, 'renewed', standing.by)
    case 'unasked':
      return made({}, 'renewed', TICKET)
    case 'unknown':
      return refused(standing.by, 'unknown')
    case 'unavailable':
      for (const { by, cause } of standing.causes) desk.tell({ kind: 'unavailable', by, cause })
      return made({ putOff: LATER }, 'put-off', standing.causes.map(({ by }) => by).join())
  }
}
