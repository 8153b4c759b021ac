/** STAND-IN until part ENGINE's cache is merged. */
import type { CacheStats } from '../types.js'
export function createTicketCache<T>(entries: number) {
  const kept = new Map<string, T>()
  const stats = { hits: 0, misses: 0, evictions: 0 }
  return {
    get(value: string, _bound: string | undefined): T | undefined {
      const found = kept.get(value)
      if (found === undefined) stats.misses++
      else stats.hits++
      return found
    },
    set(value: string, _bound: string | undefined, entry: T): void {
      if (kept.size >= entries) {
        kept.clear()
        stats.evictions++
      }
      kept.set(value, entry)
    },
    stats: stats as CacheStats,
  }
}
