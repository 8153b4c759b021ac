/** Keys as they are configured, as keys of a ring. */

import type { Key } from '../types.js'
import type { ParsedKey } from './options.js'

/** Dates become seconds. A date alone is its first moment, UTC. */
export function ringKeys(keys: readonly ParsedKey[]): Key[] {
  return keys.map(({ acceptUntil, ...key }) => ({
    ...key,
    acceptUntil: typeof acceptUntil === 'string' ? Math.floor(Date.parse(acceptUntil) / 1000) : acceptUntil,
  }))
}
