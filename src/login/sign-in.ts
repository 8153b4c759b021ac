/** The page that people are sent to: the form, or who they are; in the words that fit why they were sent. */

import type { Answer } from '../adapters/answer.js'
import { parseAddress } from '../http/address.js'
import { argument } from './back.js'
import type { Asked, Desk } from './desk.js'
import { fill } from './fill.js'
import { type FormOptions, formPage, troublePage, unauthPage, visitorPage } from './pages.js'
import { renew } from './renew.js'
import { wayBackOf } from './ways.js'

/**
 * The conventions of mod_auth_tkt's login scripts: `?timeout=1`, `?post=1` (or `?posttimeout=1`), `?unauth=1`; and for
 * mod_auth_pubtkt `?multifactor=1`, and the `ip=` that the module itself adds. Who is sent for a new ticket needs no word.
 */
export async function signInPage(desk: Desk, asked: Asked): Promise<Answer> {
  const { messages } = desk
  const { visitor, query } = asked.visit
  const way = wayBackOf(desk, asked)
  const says = (name: string) => (argument(query, name) ?? '0') !== '0'
  if (visitor !== undefined && !says('other')) {
    // No password would help, and whoever came would only be sent here again.
    if (says('multifactor')) return troublePage(desk, 403, messages.unauthTitle, messages.multifactor)
    if (says('unauth')) return unauthPage(desk, asked, visitor, way)
    if (!visitor.due || asked.asksOnly) return visitorPage(desk, asked, visitor, way)
    const answer = await renew(desk, asked, way, visitor)
    if (answer !== undefined) return answer
  }
  return formPage(desk, asked, way, reasonOf(desk, asked, says))
}

/** Why somebody has been sent, as far as the query says. */
function reasonOf({ messages }: Desk, asked: Asked, says: (name: string) => boolean): FormOptions {
  if (says('unauth')) return { message: messages.unauth }
  if (says('post') || says('posttimeout')) return { message: messages.postTimeout }
  const other = parseAddress(argument(asked.visit.query, 'ip') ?? '')?.text
  if (other !== undefined) return { message: badIp(other, asked, messages) }
  return says('timeout') || asked.visit.visitor?.due ? { message: messages.timeout, kind: 'status' } : {}
}

/** A page behind another proxy, or one that is asked over IPv6, may see another address. */
function badIp(other: string, { visit }: Asked, { badIp, badIpOther }: Desk['messages']): string {
  const ip = parseAddress(visit.ip ?? '')?.text ?? other
  return fill(ip === other ? badIp : badIpOther, { ip, other })
}
