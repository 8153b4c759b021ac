/** Signing out: here, on every domain that a ticket cookie may lie in, and, for who wants, at the provider. */

import type { Answer } from '../adapters/answer.js'
import type { Asked, Desk } from './desk.js'
import { VIA } from './enter.js'
import { checkForm, FIELD } from './forms.js'
import { seeOther } from './page.js'
import { askSignOutPage, signedOutPage, troublePage } from './pages.js'

/** `?done`: it has been done. A link alone signs nobody out: any site could have it. */
export async function signOutPage(desk: Desk, asked: Asked): Promise<Answer> {
  if (asked.visit.visitor !== undefined || asked.visit.query !== 'done') return askSignOutPage(desk, asked)
  const provider = desk.providers.find(({ name }) => name === asked.cookies.find(VIA))
  if (provider === undefined) return signedOutPage(desk, undefined)
  const next = desk.url ?? asked.origin + desk.path
  return signedOutPage(desk, { label: provider.label, url: await provider.signOutUrl?.(next) })
}

export async function signOut(desk: Desk, asked: Asked): Promise<Answer> {
  const { messages } = desk
  const form = await asked.form()
  const verdict = checkForm(form?.get(FIELD) ?? '', asked.cookies, desk.secrets, asked.now)
  // However long the page was open: who wants to leave may leave.
  if (!asked.own || verdict === 'foreign') return troublePage(desk, 403, messages.signOut, messages.foreignForm)
  if (verdict === 'no-cookie') return troublePage(desk, 403, messages.noCookiesTitle, messages.noFormCookie)
  desk.tell({ kind: 'signed-out', ip: asked.visit.ip })
  // What applications let browsers keep would come back with the back button.
  return seeOther(`${desk.path}/logout?done`, asked.visit.signOut(), [['Clear-Site-Data', '"cache"']])
}
