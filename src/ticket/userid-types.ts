/**
 * Pyramid's `userid_type:` in the user data: how a uid that need not be text is written in the ticket
 * (AuthTktCookieHelper.userid_type_decoders). What the user data says stays in it.
 */

import type { Ticket } from '../types.js'

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
    const uid = BASE64.test(ticket.uid) ? atob(ticket.uid) : '\0'
    // No other dialect has uids with a NUL, which ends one there.
    return uid.includes('\0') ? undefined : { ...ticket, uid }
  }
  return type === 'int' && !/^-?\d+$/.test(ticket.uid) ? undefined : ticket
}

/** A uid of bytes as the ticket has it under the type that the data names; undefined where it cannot be written so. */
export function writeUid(uid: string, userData: string): string | undefined {
  const type = typeOf(userData)
  if (type === 'int' && !/^-?\d+$/.test(uid)) return undefined
  return (type === 'b64unicode' || type === 'b64str') && !/[^\0-\xff]/.test(uid) ? btoa(uid) : uid
}
