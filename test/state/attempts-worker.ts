/** A worker of a node:cluster that begins and ends attempts as its first process says. */

import cluster from 'node:cluster'
import { writeFileSync } from 'node:fs'
import type { Attempt, Counted } from '../../src/state/attempts.js'
import { clusterAttempts } from '../../src/state/cluster-attempts.js'

/** `order` tells it from what is tested, which goes the same way. */
export type Order =
  /** Counts from here on with nothing of its own counted yet. */
  | { readonly order: 'make'; readonly id: number; readonly patience?: number }
  | { readonly order: 'begin'; readonly id: number; readonly attempt: Attempt; readonly times: number }
  | { readonly order: 'succeed'; readonly id: number; readonly forget: readonly Counted[] }
  /** Has the channel closed while `times` wait for an answer, begins as many again, and writes all waits into `file`. */
  | { readonly order: 'leave'; readonly attempt: Attempt; readonly times: number; readonly file: string }
  | { readonly order: 'stop'; readonly id: number }

export interface Done {
  readonly done: number
  readonly waits: readonly number[]
  readonly alone: number
}

let alone = 0
let attempts = clusterAttempts()
/** The one that was begun last. */
let last: Attempt = { counted: [], now: 0 }

function begin(attempt: Attempt, times: number): Promise<number[]> {
  last = attempt
  return Promise.all(Array.from({ length: times }, () => attempts.begin(attempt)))
}

async function carryOut(order: Order): Promise<void> {
  if (order.order === 'leave') {
    const waiting = begin(order.attempt, order.times)
    // The other way out, process.disconnect(), ends a worker at once.
    cluster.worker?.disconnect()
    const waits = [...(await waiting), ...(await begin(order.attempt, order.times))]
    writeFileSync(order.file, JSON.stringify({ waits, alone }))
    return
  }
  let waits: number[] = []
  if (order.order === 'begin') waits = await begin(order.attempt, order.times)
  else if (order.order === 'succeed') await attempts.succeed(last, order.forget)
  else attempts.stop()
  if (order.order === 'make') {
    attempts.stop()
    alone = 0
    attempts = clusterAttempts({ ...order, onAlone: () => alone++ })
  }
  process.send?.({ done: order.id, waits, alone } satisfies Done)
}

process.on('message', (message: Order | null) => {
  if (typeof message === 'object' && message !== null && 'order' in message) carryOut(message)
})
process.send?.('ready')
