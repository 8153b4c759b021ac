/** The Authorization header that goes on to the application in place of a password that nobody asked for. */

import { headerOf } from '../http/headers.js'
import type { Facts } from './facts.js'
import type { Settings } from './settings.js'
import type { FoundSigned } from './signed-ticket.js'

/** What a header can carry behind `Basic `: bytes above ASCII as well, but nothing that ends a line. */
const CARRIED = /^[\t\x20-\x7e\x80-\xff]*$/
/** `uid:password` as text: bytes above ASCII may be of any charset. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be in it
const CREDENTIALS = /^[^\0-\x1f\x7f:]*:[^\0-\x1f\x7f]*$/

/** Whether the area has something to say about the request's Authorization: a client's own may have precedence. */
export function replacesAuthorization({ flat }: Facts, settings: Settings): boolean {
  const { fakeBasicAuth, passthruBasicAuth, clientAuthorization } = settings
  if (!fakeBasicAuth && !passthruBasicAuth) return false
  return clientAuthorization === 'replace' || headerOf(flat, 'authorization') === undefined
}

/** Whether nobody's Authorization goes on but the guard's, not even where nobody is asked. */
export function keepsOut({ fakeBasicAuth, passthruBasicAuth, clientAuthorization }: Settings): boolean {
  return clientAuthorization === 'replace' && (fakeBasicAuth || passthruBasicAuth)
}

/** As `Allow` has it; `broken` where a ticket brings what cannot be opened, or is no text for a header. */
export function authorizationOf(
  { ticket, basic }: FoundSigned,
  facts: Facts,
  settings: Settings,
): { readonly header: string | null | undefined } | 'broken' {
  if (!replacesAuthorization(facts, settings)) return { header: undefined }
  if (settings.passthruBasicAuth && basic !== undefined) {
    return basic !== null && isGood(basic, settings) ? { header: `Basic ${basic}` } : 'broken'
  }
  if (settings.fakeBasicAuth) {
    // Behind the first colon everything is password: another user's name would be left.
    if (settings.passthruText === 'checked' && ticket.uid.includes(':')) return 'broken'
    return { header: `Basic ${btoa(`${ticket.uid}:password`)}` }
  }
  return { header: settings.clientAuthorization === 'replace' ? null : undefined }
}

function isGood(basic: string, { passthruText }: Settings): boolean {
  if (!CARRIED.test(basic)) return false
  return passthruText === 'any' || CREDENTIALS.test(decoded(basic))
}

function decoded(basic: string): string {
  try {
    return atob(basic)
  } catch {
    return ''
  }
}
