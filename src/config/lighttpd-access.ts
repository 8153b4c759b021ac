/** `url.access-deny` and `url.access-allow` of lighttpd's mod_access: ends of paths that nobody may, or everybody must, have. */

import type { Context } from './context.js'
import type { Setting } from './lighttpd-blocks.js'
import { configError } from './notes.js'

export const DENY = 'url.access-deny'
export const ALLOW = 'url.access-allow'

/** The ends, all texts. */
export function endsOf(context: Context, setting: Setting): string[] {
  const { value, name } = setting
  if (value.kind !== 'list') throw configError(setting, name, 'is no list; write ( "~", ".inc" )')
  const ends = value.entries.map(({ value: end, ...place }) => {
    if (end.kind !== 'text') throw configError(place, name, 'has an entry that is no text; put it in double quotes')
    return end.text
  })
  context.notes.info(setting, `${name}: is kept here, for upstreams, too`)
  return ends
}
