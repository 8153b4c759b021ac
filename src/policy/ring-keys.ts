/** Keys as they are configured, as keys of a ring. */

import type { Key } from '../types.js'
import type { ParsedKey } from './options.js'

export function ringKeys(keys: readonly ParsedKey[]): Key[] {
  return keys.map((key) => ({ ...key, acceptUntil: secondsOf(key.acceptUntil) }))
}

/** Dates become seconds. A date alone is its first moment, UTC. */
export function secondsOf(date: number | string | undefined): number | undefined {
  return typeof date === 'string' ? Math.floor(Date.parse(date) / 1000) : date
}
