/** A7: three settings of mod_auth_tkt that a section with any of its directives does not inherit. */

import type { AreaOptions } from '../policy/options.js'
import type { Context } from './context.js'
import type { Place } from './notes.js'
import type { Server } from './servers.js'

/** The module's own values, which such a section falls back to. */
const RESET = { cookieName: 'auth_tkt', backArgName: 'back', timeoutRefresh: 0.5 } as const
const DIRECTIVES = {
  cookieName: 'TKTAuthCookieName',
  backArgName: 'TKTAuthBackArgName',
  timeoutRefresh: 'TKTAuthTimeoutRefresh',
}

type Inherit = (at: Place & { readonly name: string }, area: AreaOptions) => AreaOptions

/** Fills in what the section does not inherit; areas must come in the order in which they are merged. */
export function inheritance(context: Context, servers: readonly Server[]): Inherit {
  if (context.inheritAll) return (_at, area) => area
  const outer: AreaOptions[] = servers.map(({ draft }) => draft.settings)
  return (at, area) => {
    const whole: AreaOptions = { ...area }
    for (const key of ['cookieName', 'backArgName', 'timeoutRefresh'] as const) {
      if (area[key] !== undefined) continue
      Object.assign(whole, { [key]: RESET[key] })
      const around = outer.findLast((other) => other[key] !== undefined && mayHold(other, area))
      if (around && around[key] !== RESET[key]) {
        const { name = 'the server level' } = around
        context.notes.warn(
          at,
          `<${at.name}>: does not inherit ${DIRECTIVES[key]} of ${name}, as in the module; set it here`,
        )
      }
    }
    outer.push(whole)
    return whole
  }
}

/** Can a path of `inner` lie in the area? Of expressions nobody knows; the server level holds all. */
function mayHold({ path }: AreaOptions, inner: AreaOptions): boolean {
  if (path === undefined || inner.path === undefined) return true
  const length = path.endsWith('/') ? path.length - 1 : path.length
  const end = inner.path[length]
  return (
    (end === undefined || end === '/') && inner.path.length >= length && inner.path.startsWith(path.slice(0, length))
  )
}
