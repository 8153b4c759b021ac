/** Telling page loads from the requests of scripts, which cannot follow a redirect to a sign-in page. */

import { headerOf } from '../http/headers.js'
import type { Reason } from '../types.js'
import type { Problem } from './decision.js'
import type { Settings } from './settings.js'

/** Whether a program asks. Looks at the headers that the setting names, the surest first. */
export function isScript(flat: readonly string[], problemFor: Settings['problemFor']): boolean {
  if (problemFor.length === 0) return false
  if (problemFor.includes('sec-fetch-mode')) {
    const mode = headerOf(flat, 'sec-fetch-mode')
    if (mode !== undefined) return mode !== 'navigate' && mode !== 'nested-navigate'
    // No browser loads a page with an upgrade.
    if (headerOf(flat, 'upgrade')?.toLowerCase() === 'websocket') return true
  }
  if (problemFor.includes('x-requested-with') && headerOf(flat, 'x-requested-with') !== undefined) return true
  if (!problemFor.includes('accept')) return false
  const accept = headerOf(flat, 'accept')?.toLowerCase()
  // `*/*` is what curl and old browsers say, too: they can follow a redirect.
  return accept !== undefined && !/\btext\/html\b|\bapplication\/xhtml\+xml\b|\*\/\*|\btext\/\*/.test(accept)
}

/** The answer for a program (RFC 9457): nothing in it says why a ticket was refused. */
export function problemOf(reason: Reason, login: string | null): Problem {
  const status = reason === 'tokens' || reason === 'insecure' || reason === 'user' ? 403 : 401
  const title = status === 401 ? 'Sign-in required' : 'Not allowed'
  return { type: 'about:blank', title, status, ...(login === null || status === 403 ? {} : { login }) }
}
