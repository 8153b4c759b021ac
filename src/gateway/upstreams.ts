/** Connections to upstreams: one pool for each, shared by all routes that lead there and kept over reloads. */

import { type Dispatcher, Pool } from 'undici'
import type { Limits, Timeouts } from '../config/serving.js'

export interface UpstreamPool {
  readonly dispatcher: Dispatcher
  /** Scheme, host and port, or the socket: what logs and metrics call it. */
  readonly origin: string
  /** Requests that are under way or wait for a connection. */
  active: number
}

export interface UpstreamAddress {
  readonly url: string
  readonly unix?: string | undefined
}

export interface Upstreams {
  /** The pool for an URL; a new one where there is none with these timeouts and limits. */
  poolFor(address: UpstreamAddress, timeouts: Timeouts, limits: Limits): UpstreamPool
  /** Closes all other pools once their requests are over. */
  keep(used: ReadonlySet<UpstreamPool>): void
  /** Ends all of them, and the requests in them. */
  close(): Promise<void>
}

/** Milliseconds that an unused connection is kept. Most servers keep theirs longer, so that they do not hang up on us. */
const KEEP_ALIVE = 4000
const HEAD_BYTES_MAX = 65_536

export function createUpstreams(): Upstreams {
  const pools = new Map<string, UpstreamPool>()
  return {
    poolFor({ url, unix }, timeouts, limits) {
      const { origin } = new URL(url)
      const { connect, response, idle } = timeouts
      const key = [origin, unix ?? '', connect, response, idle, limits.connections].join(' ')
      const before = pools.get(key)
      if (before !== undefined) return before
      const dispatcher = new Pool(origin, {
        connections: limits.connections,
        connectTimeout: connect * 1000,
        headersTimeout: response * 1000,
        bodyTimeout: idle * 1000,
        keepAliveTimeout: KEEP_ALIVE,
        maxHeaderSize: HEAD_BYTES_MAX,
        autoSelectFamily: true,
        ...(unix !== undefined && { socketPath: unix }),
      })
      const pool = { dispatcher, origin: unix === undefined ? origin : `unix:${unix}`, active: 0 }
      pools.set(key, pool)
      return pool
    },
    keep(used) {
      for (const [key, pool] of pools) {
        if (used.has(pool)) continue
        pools.delete(key)
        // Requests that chose it before the reload go on.
        pool.dispatcher.close().catch(() => {})
      }
    },
    async close() {
      await Promise.all([...pools.values()].map(({ dispatcher }) => dispatcher.destroy()))
      pools.clear()
    },
  }
}
