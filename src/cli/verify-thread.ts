/** What a thread does: blocks in, verdicts out, until it is ended. */

import { createWork, type Job, type Verified } from './verify-block.js'
import type { Counts, Setup } from './verify-check.js'

/** What a thread is started with. */
export interface ThreadData {
  readonly setup: Setup
  readonly rows: boolean
  readonly turns: Turns
}

export interface ThreadJob extends Job {
  readonly id: number
}

/** The first message has no `id`: the keys have been loaded. */
export type ThreadReply = { readonly id: undefined } | (Verified & { readonly id: number; readonly counts: Counts })

/**
 * Who numbers the lines of which block is passed from thread to thread: block `id` may when all before it have been
 * counted. The first word is the id of that block, the second double the number of its first line.
 */
export type Turns = SharedArrayBuffer

export function createTurns(firstLine: number): Turns {
  const turns = new SharedArrayBuffer(16)
  new Float64Array(turns)[1] = firstLine
  return turns
}

/** Waits for the turn of block `id`, and passes it on. Blocks are begun in order, so the one before it is at work. */
export function takeTurn(turns: Turns, id: number, lines: number): number {
  const turn = new Int32Array(turns, 0, 1)
  const line = new Float64Array(turns, 8, 1)
  const mine = id | 0
  for (let now = Atomics.load(turn, 0); now !== mine; now = Atomics.load(turn, 0)) Atomics.wait(turn, 0, now)
  const first = line[0] as number
  line[0] = first + lines
  Atomics.store(turn, 0, (mine + 1) | 0)
  Atomics.notify(turn, 0)
  return first
}

interface Port {
  on(event: 'message', listener: (job: ThreadJob) => void): unknown
  postMessage(reply: ThreadReply): void
}

export function serveBlocks(port: Port, { setup, rows, turns }: ThreadData): void {
  const work = createWork(setup, rows)
  port.on('message', (job) => {
    const { id } = job
    // Counts alone have no order.
    port.postMessage({ id, ...work(job, (lines) => (rows ? takeTurn(turns, id, lines) : 0)) })
  })
  port.postMessage({ id: undefined })
}
