/** What Prometheus is told of keys: hits and last hits, by host and key, whichever came first. */

import t from 'tap'
import { createMetrics } from '../../src/gateway/metrics.js'
import type { Decision } from '../../src/policy/decision.js'

const identity = { uid: 'alice', tokens: [], userData: '', guest: false }
const allow = (keyIndex: number | undefined): Decision => ({
  kind: 'allow',
  identity,
  keyIndex,
  url: '/',
  setCookies: [],
  noStore: false,
})

t.test('hits of keys', async (t) => {
  const metrics = createMetrics(() => [])
  const lines = async (name: string) =>
    (await metrics.registry.getSingleMetricAsString(name)).split('\n').filter((line) => line.startsWith(name))
  t.same(await lines('authtkt_key_hits_total'), [], 'none without a ticket')
  metrics.decided(allow(2), '', 1000)
  metrics.decided(allow(0), 'www.example.com', 1001)
  metrics.decided(allow(2), '', 1002)
  metrics.decided(allow(undefined), '', 1003)
  metrics.decided({ kind: 'pass', url: '/', shadow: allow(0) }, '', 1004)
  metrics.decided({ kind: 'pass', url: '/' }, '', 1005)
  const hits = [
    'authtkt_key_hits_total{host="",key="0"} 1',
    'authtkt_key_hits_total{host="",key="2"} 2',
    'authtkt_key_hits_total{host="www.example.com",key="0"} 1',
  ]
  t.same((await lines('authtkt_key_hits_total')).sort(), hits)
  t.same((await lines('authtkt_key_hits_total')).sort(), hits, 'and again')
  const last = (await lines('authtkt_key_last_hit_timestamp_seconds')).sort()
  t.same(
    last.map((line) => line.replace(/^[^{]+/, '')),
    ['{host="",key="0"} 1004', '{host="",key="2"} 1002', '{host="www.example.com",key="0"} 1001'],
  )
  t.same((await lines('authtkt_decisions_total')).sort(), [
    'authtkt_decisions_total{kind="allow",reason=""} 5',
    'authtkt_decisions_total{kind="pass",reason=""} 1',
  ])
})
