/** `${NAME}` in the lines of a configuration: what Define and the environment say, and what is done where neither does. */

import type { Context } from './context.js'
import { matters } from './guarding.js'
import { isKnown } from './known.js'
import { configError, type Place } from './notes.js'
import { expand, splitName } from './words.js'

/** The line with its variables replaced; one that is only looked at keeps them. */
export function expanded(context: Context, text: string, place: Place, live: boolean): string {
  if (!live) return text
  const lookup = (name: string) => context.defines.get(name) ?? context.environment(name)
  const missing: string[] = []
  const whole = expand(text, lookup, (name) => void missing.push(name))
  const [first] = missing
  if (first !== undefined) complain(context, place, splitName(whole)[0], first)
  return whole
}

/** A variable that nothing defines: Apache leaves the text as it is. Where that may be a secret, it is not told. */
function complain(context: Context, place: Place, directive: string, variable: string): void {
  const name = directive.replace(/^</, '')
  const secret = /^TKT/i.test(name) && (/Secret|BasicKey/i.test(name) || !isKnown(name))
  if (secret || /^(?:Un)?Define$/i.test(name)) {
    context.notes.warn(place, `${name}: a variable in it is not defined and stands as it is`)
    return
  }
  const taken = matters({ ...place, name, text: '' }) && !/^LoadModule$/i.test(name)
  if (taken || directive.startsWith('<')) {
    throw configError(
      place,
      directive,
      `\${${variable}} is not defined; add a Define line, or set it in the environment`,
    )
  }
  context.notes.warn(place, `${directive}: \${${variable}} is not defined and stands as it is`)
}
