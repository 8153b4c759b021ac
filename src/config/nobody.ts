/** Paths that nobody answers here: what Apache would run, send elsewhere or ask for in ways that are not done here. */

import type { Context } from './context.js'
import type { Place } from './notes.js'
import { translatePattern } from './patterns.js'
import type { Route } from './serving.js'

type Region = { readonly path: string; readonly pattern?: string }

/** The route, and a warning where it comes from. */
export function tell(context: Context, at: Place & { readonly name: string }, region: Region, why: string): Route {
  context.notes.warn(at, `${at.name}: ${why}; until then requests there are answered 501`)
  return { kind: 'nobody', why, ...region, at: `${at.file}:${at.line}: ${at.name}` }
}

/** What an expression matches; everything where it cannot be translated. */
export function spacePlace(
  context: Context,
  at: Place & { readonly name: string },
  given: { readonly path: string } | { readonly regex: string },
): Region {
  if ('path' in given) return given
  // What matches everything hides all that comes behind it.
  if (/^\^?(?:\.|\/?|(?:\/\??)?(?:\.\*|\(\.\*\))\$?)$/.test(given.regex)) return { path: '/' }
  try {
    return { path: '/', pattern: translatePattern(given.regex, at, at.name) }
  } catch {
    context.notes.warn(at, `${at.name}: its expression is not understood here and counts for all paths`)
    return { path: '/' }
  }
}
