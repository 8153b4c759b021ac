/** Which engine a ring wants: few keys are tried in turn, many of them several at once. */

import { batchModule } from '../engine/batch.js'
import { createEngine, type Engine } from '../engine/engine.js'
import { hostDigest } from '../engine/host-digest.js'
import { selfTest } from '../engine/self-test.js'
import type { Dialect, Digest } from '../types.js'

/** Keys that the wide engine tries in turn as well, and keys behind them that are worth its lanes. */
const NEAR = 2
const FEWEST = 3
const LANES: readonly Digest[] = ['md5', 'sha256']
const PLAIN: readonly Dialect[] = ['apache', 'lighttpd', 'yola']

interface RingKey {
  readonly digest: Digest
  readonly dialect?: Dialect | undefined
}

/** Whether lanes pay for this ring. `keys` may be anything yet: it is checked later, on the engine that this chooses. */
function isWide(keys: unknown): boolean {
  if (!Array.isArray(keys)) return false
  const far: (RingKey | null | undefined)[] = keys.slice(NEAR)
  return LANES.some((digest) => {
    const laned = far.filter((key) => key?.digest === digest && PLAIN.includes(key.dialect ?? 'apache'))
    return laned.length >= FEWEST
  })
}

/** An engine for these keys, with an empty ring. */
export function engineFor(keys: unknown): Engine {
  return isWide(keys) ? createEngine(batchModule()) : createEngine()
}

const passedWide = new Set<string>()

/** Asks the known answers of the engine that these keys have. */
export function testFor(keys: readonly (RingKey & { readonly dialect: Dialect })[]): void {
  if (isWide(keys)) selfTest(keys, () => createEngine(batchModule()), passedWide)
  else selfTest(keys)
}

/** Has the host digest long tickets, where it is faster and these keys are of its kind. */
export function useHostDigest(engine: Engine, keys: readonly RingKey[]): void {
  const host = keys.every(({ digest }) => digest === 'sha256') ? hostDigest() : undefined
  if (host !== undefined) engine.useHostDigest(host)
}
