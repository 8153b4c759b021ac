/** `url.access-deny` and `url.access-allow` of lighttpd's mod_access: ends of paths that nobody may, or everybody must, have. */

import type { Context } from './context.js'
import type { Setting } from './lighttpd-blocks.js'
import { configError, type Place } from './notes.js'

export const DENY = 'url.access-deny'
export const ALLOW = 'url.access-allow'

/** Ends of paths, and where they are listed. */
export interface Ends extends Place {
  readonly texts: readonly string[]
}

export function endsOf(context: Context, setting: Setting): Ends {
  const { value, name } = setting
  if (value.kind !== 'list') throw configError(setting, name, 'is no list; write ( "~", ".inc" )')
  const texts = value.entries.map(({ value: end, ...place }) => {
    if (end.kind !== 'text') throw configError(place, name, 'has an entry that is no text; put it in double quotes')
    return end.text
  })
  context.notes.info(setting, `${name}: is kept here, for upstreams, too`)
  return { texts, file: setting.file, line: setting.line }
}
