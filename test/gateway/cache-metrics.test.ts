/** Totals of the ticket cache: what Prometheus is told, before and after a reload. */

import t from 'tap'
import { createMetrics } from '../../src/gateway/metrics.js'
import type { CacheStats } from '../../src/types.js'

t.test('totals go on over reloads', async (t) => {
  const { registry, guardedBy } = createMetrics(() => [])
  const totals = async () => {
    const read = async (name: string) =>
      (await registry.getSingleMetric(`authtkt_ticket_cache_${name}_total`)?.get())?.values[0]?.value
    return [await read('hits'), await read('misses'), await read('evictions')]
  }
  const guard = (stats: CacheStats | undefined) => ({ cacheStats: () => stats })
  t.strictSame(await totals(), [0, 0, 0], 'before there is a guard')
  const first = { hits: 5, misses: 3, evictions: 1 }
  guardedBy(guard(first))
  t.strictSame(await totals(), [5, 3, 1])
  first.hits = 7
  t.strictSame(await totals(), [7, 3, 1], 'counted when somebody asks')
  t.strictSame(await totals(), [7, 3, 1], 'and once')
  guardedBy(guard({ hits: 0, misses: 1, evictions: 0 }))
  t.strictSame(await totals(), [7, 4, 1], 'another guard begins anew, the totals do not')
  guardedBy(guard(undefined))
  t.strictSame(await totals(), [7, 4, 1], 'one without a cache')
  guardedBy(guard({ hits: 1, misses: 0, evictions: 0 }))
  t.strictSame(await totals(), [8, 4, 1])
})
