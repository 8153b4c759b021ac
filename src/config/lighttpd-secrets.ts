/** The secrets of a lighttpd configuration, with their places: for texts that refer to them. */

import { type ApacheConfigOptions, createContext } from './context.js'
import { OPTS } from './lighttpd-options.js'
import { parseLighttpd } from './lighttpd-parser.js'
import type { Place } from './notes.js'

export function secretsIn(
  text: string,
  options: ApacheConfigOptions,
  option: 'secret' | 'secret-old',
): (Place & { readonly text: string })[] {
  // Nothing but values is asked for: what other programs would print is left out.
  const context = createContext({ ...options, allowSkipped: ['include_shell'] })
  return parseLighttpd(context, text).flatMap(({ settings }) => {
    const value = settings.get(OPTS)?.value
    if (value?.kind !== 'list') return []
    return value.entries.flatMap(({ key, value: secret, file, line }) =>
      key === option && secret.kind === 'text' ? [{ text: secret.text, file, line }] : [],
    )
  })
}
