/** TKTAuthTimeout and TKTAuthCookieExpires: lengths of time as the module's own loop adds them up. */

import type { Context } from './context.js'
import { configError } from './notes.js'
import type { Directive } from './tree.js'

/** M is 30 days and y is 365. */
const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86400, w: 604800, M: 2592000, y: 31536000 }
const MAX = 2 ** 31 - 2

/**
 * The seconds after one more directive. An argument that begins and ends with a digit *replaces* what stood before it,
 * whatever is between; any other adds its first number times the unit of its last letter.
 */
export function addDurations(
  context: Context,
  at: Directive,
  given: readonly string[],
  before: number | undefined,
): number {
  let seconds = before
  for (const text of given) {
    if (/^\d(?:[\s\S]*\d)?$/.test(text)) {
      checkBareDigits(context, at, text, seconds)
      seconds = leadingNumber(text)
    } else {
      seconds = (seconds ?? 0) + leadingNumber(text) * unitOf(at, text)
    }
    if (seconds > MAX) throw configError(at, at.name, 'is longer than 68 years; give less, or 0 for no limit')
  }
  return seconds as number
}

function unitOf(at: Directive, text: string): number {
  const unit = /^\d[\s\S]*([A-Za-z])$/.exec(text)?.[1]
  const seconds = unit !== undefined && Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined
  if (seconds === undefined) {
    throw configError(at, at.name, `'${text}' is no length of time; give a number and one of s m h d w M y, such as 2h`)
  }
  return seconds
}

function checkBareDigits(context: Context, at: Directive, text: string, before: number | undefined): void {
  const plain = /^\d+$/.test(text)
  if (plain && before === undefined) return
  const what = plain
    ? `'${text}' replaces what stands before it`
    : `'${text}' ends in a digit and counts as ${leadingNumber(text)} s`
  if (context.bareDigits === 'refuse') throw configError(at, at.name, `${what}; give every number a unit, such as 30s`)
  context.notes.warn(at, `${at.name}: ${what}, as in the module; give every number a unit`)
}

/** The digits at the start, as C's atoi reads them. */
function leadingNumber(text: string): number {
  return Number.parseInt(text, 10)
}
