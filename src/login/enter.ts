/** Somebody has proved who they are: the ticket, and the way on. Also the page that sees whether the ticket has stayed. */

import type { Answer } from '../adapters/answer.js'
import { TktError } from '../errors.js'
import type { Account } from './authenticators/authenticator.js'
import type { Asked, Desk } from './desk.js'
import { html } from './html.js'
import { seeOther } from './page.js'
import { oldTicketPage, troublePage } from './pages.js'
import { homeOf, pageUrl, type WayBack, wayBackOf } from './ways.js'

/** Chars of a cookie's name and value, beyond which browsers drop it without a word (RFC 6265bis section 5.5). */
export const COOKIE_MAX = 4096
/** The provider that somebody has come by: where to sign out, too. */
export const VIA = 'authtkt_via'

/** Somebody who has proved who they are. */
export interface Proved {
  readonly account: Account
  readonly by: string
  /** By which they did; undefined where it was elsewhere. */
  readonly password?: string
  readonly setCookies: readonly string[]
}

export function enter(desk: Desk, asked: Asked, way: WayBack, proved: Proved): Answer {
  const { account, by, setCookies } = proved
  const { messages } = desk
  const { visit, cookies } = asked
  const refuse = (cause: string, sentence: string) => {
    desk.tell({ kind: 'unavailable', by, cause })
    return troublePage(desk, 500, messages.troubleTitle, sentence, { way, setCookies })
  }
  let ticket: string
  try {
    ticket = ticketFor(desk, asked, proved)
  } catch (error) {
    if (!(error instanceof TktError)) throw error
    // Its messages name fields and options, never what is in them.
    return refuse(error.message, error.code === 'ERR_TKT_FIELD' ? messages.noTicket : messages.noAddress)
  }
  if (ticket.indexOf(';') > COOKIE_MAX)
    return refuse('the ticket is longer than browsers keep cookies', messages.noTicket)
  desk.tell({ kind: 'signed-in', by, uid: account.uid, ip: visit.ip })
  const via = desk.providers.some(({ name }) => name === by) ? cookies.set(VIA, by) : cookies.drop(VIA)
  const back = visit.dropBackCookie()
  const all = [ticket, via, ...setCookies, ...(back === undefined ? [] : [back])]
  return seeOther(pageUrl(desk, '/done', way), all)
}

function ticketFor(desk: Desk, { visit }: Asked, { account, by, password }: Proved): string {
  const { uid, tokens } = account
  // There user data can be shifted into the tokens, and a provider's people choose their own names.
  const userData = visit.dialect === 'lighttpd' ? '' : account.userData
  const fields = { uid, tokens, userData }
  if (!desk.passthru || !visit.signed || password === undefined) return visit.signIn(fields)
  try {
    const ticket = visit.signIn(fields, password)
    if (ticket.indexOf(';') <= COOKIE_MAX) return ticket
  } catch (error) {
    if (!(error instanceof TktError) || error.code !== 'ERR_TKT_FIELD') throw error
  }
  // A long password must not keep anybody out, and its length is nobody's business.
  const ticket = visit.signIn(fields)
  desk.tell({ kind: 'no-passthru', by, uid, ip: visit.ip })
  return ticket
}

/** Has the ticket stayed? Then on; a browser that does not keep cookies would only be sent here again. */
export function donePage(desk: Desk, asked: Asked): Answer {
  const { messages, page } = desk
  const way = wayBackOf(desk, asked)
  if (asked.visit.visitor === undefined) {
    return troublePage(desk, 403, messages.noCookiesTitle, messages.noTicketCookie, { way })
  }
  // One of another path or domain goes before it, and there is no end to renewals.
  if (asked.visit.visitor.due) return oldTicketPage(desk, asked)
  const url = way.url ?? homeOf(desk, asked.origin)
  if (url.startsWith(`${asked.origin}/`)) return seeOther(url)
  // A redirect would still count as the form's, and browsers hold those to its form-action, all the way.
  return page({
    title: messages.signIn,
    headers: [['Refresh', `0; url=${url}`]],
    body: html`<a class="button" href="${url}">${messages.goOn}</a>`,
  })
}
