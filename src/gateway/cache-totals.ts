/** Look-ups of remembered tickets, summed up over all the guards that there have been: totals never go back. */

import { Counter, type Registry } from 'prom-client'
import type { Guard } from '../policy/decision.js'
import type { CacheStats } from '../types.js'

/** Whoever has a cache, or none. */
type Cached = Pick<Guard, 'cacheStats'>

export interface CacheTotals {
  /** Whose cache counts from now on; what the one before it has counted is kept. */
  use(guard: Cached): void
  register(registry: Registry): void
}

const HELP: Readonly<Record<keyof CacheStats, string>> = {
  hits: 'Tickets that were remembered as verified.',
  misses: 'Tickets that had to be verified.',
  evictions: 'Remembered tickets that made room for others.',
}

export function createCacheTotals(): CacheTotals {
  let before: CacheStats = { hits: 0, misses: 0, evictions: 0 }
  let current: Cached | undefined

  function sum(): CacheStats {
    const now = current?.cacheStats()
    if (now === undefined) return before
    return {
      hits: before.hits + now.hits,
      misses: before.misses + now.misses,
      evictions: before.evictions + now.evictions,
    }
  }

  return {
    use(guard) {
      before = sum()
      current = guard
    },
    register(registry) {
      for (const [name, help] of Object.entries(HELP) as [keyof CacheStats, string][]) {
        const counter = new Counter({
          name: `authtkt_ticket_cache_${name}_total`,
          help,
          registers: [],
          collect() {
            this.reset()
            this.inc(sum()[name])
          },
        })
        registry.registerMetric(counter)
      }
    },
  }
}
