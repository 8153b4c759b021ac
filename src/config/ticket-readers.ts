/** Who reads a directive whose name begins with TKTAuth: that depends on the module that it is of. */

import type { Context } from './context.js'
import { PLAIN_READERS, type Reader } from './directives.js'
import { SIGNED_READERS } from './signed-directives.js'

/** The reader of a directive for tickets; undefined for other names, and for what only the other module has. */
export function ticketReader({ tickets }: Context, name: string): Reader | undefined {
  const readers = tickets.module === 'mod_auth_pubtkt' ? SIGNED_READERS : PLAIN_READERS
  const [, plain] = /^tktauth(.*)$/.exec(name.toLowerCase()) ?? []
  return plain !== undefined && Object.hasOwn(readers, plain) ? readers[plain] : undefined
}
