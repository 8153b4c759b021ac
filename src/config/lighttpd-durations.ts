/** Durations of mod_authn_tkt, as its convert_to_seconds reads them. */

import type { Context } from './context.js'
import { configError, type Place } from './notes.js'

/** M is 30 days and y is 365. */
const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86400, w: 604800, M: 2592000, y: 31536000 }
const NUMBER_MAX = 65535
const MAX = 2 ** 31 - 1

/** One number and one unit; what stands behind the unit is passed over there. */
export function readDuration(context: Context, at: Place, name: string, text: string): number {
  const [, digits, unit = 's', rest] = /^(\d+)(?:([smhdwMy])([\s\S]*))?$/.exec(text) ?? []
  if (digits === undefined) {
    throw configError(at, name, 'is no length of time; give a number and one of s m h d w M y, such as 2h')
  }
  const number = Number(digits)
  const seconds = number * (UNITS[unit] as number)
  if (number > NUMBER_MAX) {
    const fix =
      seconds % 3600 === 0 && seconds / 3600 <= NUMBER_MAX ? `such as ${seconds / 3600}h` : 'such as 24h or 30d'
    throw configError(at, name, `has a number above 65535, and lighttpd does not start so; give a longer unit, ${fix}`)
  }
  if (seconds > MAX) throw configError(at, name, 'is longer than 68 years; give less, or 0 for no limit')
  if (rest) context.notes.warn(at, `${name}: only its first number and unit count, as in the module: ${digits}${unit}`)
  return seconds
}
