/** The Authorization header that goes on with a request in place of the client's own. A credential: not for logs. */

import type { Allow, Pass } from '../policy/decision.js'

/** What a header can carry. */
const CARRIED = /^[\t\x20-\x7e\x80-\xff]*$/

/** The header's value; null: none may go on; undefined: the client's, if it has one. */
export function authorizationOf(decision: Allow | Pass): string | null | undefined {
  const value = decision.authorization
  // What stands in a ticket need not fit in a header; cut in two it would be another header, so none goes on.
  return typeof value === 'string' && !CARRIED.test(value) ? null : value
}

/** Only its case differs between spellings: no other name is folded into this one by CGI-style software. */
export function isAuthorization(name: string): boolean {
  return name.length === 13 && name.toLowerCase() === 'authorization'
}
