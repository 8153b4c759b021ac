/** Metrics for Prometheus: decisions by reason, hits per key, latency, upstream errors. */

import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Decision, Guard } from '../policy/decision.js'
import { createCacheTotals } from './cache-totals.js'
import type { UpstreamFailure } from './failures.js'
import type { UpstreamPool } from './upstreams.js'

export interface Metrics {
  readonly registry: Registry
  /** `host`: what the virtual host is called; empty for the main server. */
  decided(decision: Decision, host: string, now: number): void
  /** Seconds from a request's head to the end of its answer. */
  took(seconds: number): void
  failed(failure: UpstreamFailure, origin: string): void
  reloaded(ok: boolean, now: number): void
  /** Whose cache counts from now on; what the guard before it has counted is kept. */
  guardedBy(guard: Pick<Guard, 'cacheStats'>): void
  compared(outcome: string): void
  /** `by`: who was asked; `outcome`: `signed-in`, or why not. */
  signedIn(by: string, outcome: string): void
}

const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** Tickets that one key has accepted: how many, and when the last. */
interface Hits {
  count: number
  /** Unix time in seconds. */
  last: number
}

/** Counts in plain maps, and labelled only when somebody asks: a counter with labels costs a microsecond a request. */
class Tally {
  readonly #counts = new Map<string, { readonly labels: Record<string, string>; count: number }>()

  add(key: string, labels: () => Record<string, string>): void {
    const entry = this.#counts.get(key)
    if (entry === undefined) this.#counts.set(key, { labels: labels(), count: 1 })
    else entry.count++
  }

  /** `aggregator`: what several processes come to together. */
  counter(
    registry: Registry,
    name: string,
    help: string,
    labelNames: string[],
    aggregator: 'sum' | 'max' = 'sum',
  ): void {
    const tally = this
    registry.registerMetric(
      new Counter({
        name,
        help,
        labelNames,
        aggregator,
        registers: [],
        collect() {
          this.reset()
          for (const { labels, count } of tally.#counts.values()) this.inc(labels, count)
        },
      }),
    )
  }
}

/** `pools`: the upstreams of the site as it is when somebody asks. */
export function createMetrics(pools: () => Iterable<UpstreamPool>, registry = new Registry()): Metrics {
  const decisions = new Tally()
  /** By host and key: asked about nearly every request, so no key is put together for it. */
  const hits = new Map<string, (Hits | undefined)[]>()
  const failures = new Tally()
  const reloads = new Tally()
  const comparisons = new Tally()
  const logins = new Tally()
  const caches = createCacheTotals()
  let lastReload = 0
  decisions.counter(registry, 'authtkt_decisions_total', 'Decisions of the guard.', ['kind', 'reason'])
  const eachKey = (tell: (labels: { host: string; key: number }, hits: Hits) => void) => {
    for (const [host, keys] of hits) {
      for (const [key, known] of keys.entries()) if (known !== undefined) tell({ host, key }, known)
    }
  }
  registry.registerMetric(
    new Counter({
      name: 'authtkt_key_hits_total',
      help: 'Tickets accepted by each key of the ring; 0 is the newest.',
      labelNames: ['host', 'key'],
      registers: [],
      collect() {
        this.reset()
        eachKey((labels, { count }) => this.inc(labels, count))
      },
    }),
  )
  failures.counter(registry, 'authtkt_upstream_errors_total', 'Requests that an upstream did not answer.', [
    'upstream',
    'cause',
  ])
  reloads.counter(registry, 'authtkt_reloads_total', 'Reloads of the configuration.', ['outcome'], 'max')
  comparisons.counter(registry, 'authtkt_shadow_total', 'Decisions compared with the old server (shadow mode).', [
    'outcome',
  ])
  logins.counter(registry, 'authtkt_logins_total', 'Sign-ins, and tries that were none.', ['by', 'outcome'])
  caches.register(registry)
  registry.registerMetric(
    new Gauge({
      name: 'authtkt_key_last_hit_timestamp_seconds',
      help: 'When each key last accepted a ticket.',
      labelNames: ['host', 'key'],
      registers: [],
      aggregator: 'max',
      collect() {
        eachKey((labels, { last }) => this.set(labels, last))
      },
    }),
  )
  registry.registerMetric(
    new Gauge({
      name: 'authtkt_config_last_reload_timestamp_seconds',
      help: 'When the configuration in use was read; 0: at the start.',
      registers: [],
      aggregator: 'max',
      collect() {
        this.set(lastReload)
      },
    }),
  )
  registry.registerMetric(
    new Gauge({
      name: 'authtkt_upstream_active_requests',
      help: 'Requests under way or waiting for a connection.',
      labelNames: ['upstream'],
      registers: [],
      collect() {
        this.reset()
        for (const { origin, active } of pools()) this.inc({ upstream: origin }, active)
      },
    }),
  )
  function newcomer(host: string): (Hits | undefined)[] {
    const keys: (Hits | undefined)[] = []
    hits.set(host, keys)
    return keys
  }

  const latency = new Histogram({
    name: 'authtkt_request_duration_seconds',
    help: "From a request's head to the end of its answer.",
    buckets: BUCKETS,
    registers: [registry],
  })

  return {
    registry,
    decided(decision, host, now) {
      const judged = decision.kind === 'pass' ? (decision.shadow ?? decision) : decision
      const reason = judged.kind === 'allow' || judged.kind === 'pass' ? '' : judged.reason
      decisions.add(judged.kind + reason, () => ({ kind: judged.kind, reason }))
      if (judged.kind !== 'allow' || judged.keyIndex === undefined) return
      const keys = hits.get(host) ?? newcomer(host)
      const known = keys[judged.keyIndex]
      if (known === undefined) keys[judged.keyIndex] = { count: 1, last: now }
      else {
        known.count++
        known.last = now
      }
    },
    took: (seconds) => latency.observe(seconds),
    failed: ({ cause }, origin) => failures.add(`${cause} ${origin}`, () => ({ upstream: origin, cause })),
    reloaded(ok, now) {
      const outcome = ok ? 'done' : 'refused'
      reloads.add(outcome, () => ({ outcome }))
      if (ok) lastReload = now
    },
    guardedBy: caches.use,
    compared: (outcome) => comparisons.add(outcome, () => ({ outcome })),
    signedIn: (by, outcome) => logins.add(`${outcome} ${by}`, () => ({ by, outcome })),
  }
}
