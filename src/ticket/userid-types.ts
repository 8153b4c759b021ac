/**
 * Pyramid's `userid_type:` in the user data: how a uid that need not be text is written in the ticket
 * (AuthTktCookieHelper.userid_type_decoders). What the user data says stays in it.
 */

import type { Ticket } from '../types.js'
import { splitText } from './fields.js'
import { joinTokens } from './tokens.js'

const MARK = 'userid_type:'
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** The last type that the data names counts, as in Pyramid; parts are separated by `|`. */
function typeOf(userData: string): string | undefined {
  if (!userData.includes(MARK)) return undefined
  const part = userData.split('|').findLast((text) => text.startsWith(MARK))
  return part?.slice(MARK.length)
}

/** The ticket with its uid as it was meant, one char a byte; undefined where it is not written as its type says. */
export function readUid(ticket: Ticket): Ticket | undefined {
  const type = typeOf(ticket.userData)
  if (type === 'b64unicode' || type === 'b64str') {
    return BASE64.test(ticket.uid) ? { ...ticket, uid: atob(ticket.uid) } : undefined
  }
  return type === 'int' && !/^-?\d+$/.test(ticket.uid) ? undefined : ticket
}

/** A ticket's text of bytes `uid!tokens!data` with its uid written as the data says; undefined where it cannot be. */
export function writeUid(text: string): string | undefined {
  const { uid, tokens, userData } = splitText(text)
  const type = typeOf(userData)
  if (type === 'int' && !/^-?\d+$/.test(uid)) return undefined
  if ((type !== 'b64unicode' && type !== 'b64str') || /[^\0-\xff]/.test(uid)) return text
  return `${btoa(uid)}!${joinTokens(tokens)}!${userData}`
}
