/** A cookie of the right name that is no ticket of the kind asked for: what it looks like, and who has to change what. */

import { findCookie } from '../http/cookie.js'
import { flatHeaders, headerOf } from '../http/headers.js'
import type { AreaInfo, GuardRequest } from '../policy/decision.js'
import { peekSignedTicket } from '../pubtkt/peek.js'
import { peekTicket } from '../ticket/peek.js'

export function shapeAdvice(request: GuardRequest, { settings, publicKeys }: AreaInfo): string[] {
  const { cookieName } = settings
  const value = findCookie(headerOf(flatHeaders(request.headers), 'cookie'), cookieName)?.replace(/^"|"$/g, '')
  if (value === undefined) return []
  if (publicKeys === undefined) {
    if (peekSignedTicket(value) === undefined) return []
    return [
      `cookie ${cookieName} has a signed ticket: set AuthType mod_auth_pubtkt (authType), with its TKTAuthPublicKey (publicKeys)`,
    ]
  }
  const sent = `cookie ${cookieName}`
  if (isBase64(value)) return [`${sent} has its ticket in base64: have the login percent-encode it instead`]
  if (/^uid=/.test(value) && !value.includes('sig=')) {
    return [`${sent} ends at the first ; of its ticket: have the login percent-encode it`]
  }
  if (/^uid(?:=|%3d)/i.test(value)) {
    return [`${sent} has a ticket that is cut off, has a field that cannot be read, or is longer than the module takes`]
  }
  return peekTicket(value) === undefined
    ? []
    : [`${sent} has a ticket of mod_auth_tkt, made with a secret: here signed ones are asked for`]
}

function isBase64(value: string): boolean {
  const text = value.replace(/%(2b|2f|3d)/gi, (code) => decodeURIComponent(code))
  if (!/^[A-Za-z0-9+/_-]+=*$/.test(text)) return false
  // As it was signed, a plus of its signature is no blank.
  return peekSignedTicket(Buffer.from(text, 'base64').toString('latin1').replaceAll('+', '%2B')) !== undefined
}
