/** `"tokens" => ( "/path" => ( "label", ... ), ... )` of mod_authn_tkt. */

import type { AreaSettings } from './draft.js'
import type { Entry } from './lighttpd-values.js'
import { configError } from './notes.js'

type TokenPaths = NonNullable<AreaSettings['tokenPaths']>

/** In the order of the text: the first prefix that fits decides. An empty list asks for none. */
export function tokenPathsOf({ value, file, line }: Entry): TokenPaths {
  if (value.kind !== 'list') throw shapeError({ file, line })
  return value.entries.map(({ key, value: labels, ...place }) => {
    if (key === undefined || labels.kind !== 'list') throw shapeError(place)
    const tokens = labels.entries.map(({ key: odd, value: label, ...at }) => {
      if (odd !== undefined || label.kind !== 'text') throw shapeError(at)
      return label.text
    })
    return { path: key, tokens }
  })
}

function shapeError(place: { readonly file: string; readonly line: number }) {
  return configError(place, 'tokens', 'needs paths with lists of labels; write ( "/path" => ( "label" ) )')
}
