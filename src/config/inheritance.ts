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
  // mod_auth_pubtkt inherits everything.
  if (context.inheritAll || context.tickets.module === 'mod_auth_pubtkt') return (_at, area) => area
  const levels: AreaOptions[] = servers.map(({ draft }) => draft.settings)
  const outer = createOuter()
  return (at, area) => {
    const whole: AreaOptions = { ...area }
    for (const key of ['cookieName', 'backArgName', 'timeoutRefresh'] as const) {
      if (area[key] !== undefined) continue
      Object.assign(whole, { [key]: RESET[key] })
      const around = outer.around(area) ?? levels.findLast((level) => level[key] !== undefined)
      if (around && around[key] !== RESET[key]) {
        const { name = 'the server level' } = around
        context.notes.warn(
          at,
          `<${at.name}>: does not inherit ${DIRECTIVES[key]} of ${name}, as in the module; set it here`,
        )
      }
    }
    outer.add(whole)
    return whole
  }
}

/**
 * The areas so far, to be asked for the last that can hold another. Of expressions nobody knows what they hold. By
 * path, because a configuration may have thousands of sections. All of them have all three settings.
 */
function createOuter(): { add(area: AreaOptions): void; around(inner: AreaOptions): AreaOptions | undefined } {
  const order = new Map<AreaOptions, number>()
  const byPath = new Map<string, AreaOptions>()
  const lengths = new Set<number>()
  let last: AreaOptions | undefined
  let lastPattern: AreaOptions | undefined
  return {
    add(area) {
      order.set(area, order.size)
      last = area
      if (area.path === undefined) lastPattern = area
      else {
        const path = area.path.replace(/\/$/, '')
        byPath.set(path, area)
        lengths.add(path.length)
      }
    },
    around({ path }) {
      if (path === undefined) return last
      let found = lastPattern
      for (const length of lengths) {
        if (length > path.length || (length < path.length && path[length] !== '/')) continue
        const area = byPath.get(path.slice(0, length))
        if (area && (order.get(area) as number) > (found ? (order.get(found) as number) : -1)) found = area
      }
      return found
    },
  }
}
