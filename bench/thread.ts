/** A worker thread of `scaling-threads.ts`: verifies tickets of its own for as long as it is told, and says how many. */
import { parentPort } from 'node:worker_threads'
import { createVerifier } from 'authtkt'
import { batchWorkload } from './batch-workloads.js'
import { sink } from './measure.js'

export interface Turn {
  readonly job: 'verify' | 'verifyMany'
  readonly milliseconds: number
}

const { keys, cookies, ips, expected } = batchWorkload('md5')
const verifier = createVerifier({ keys })

/** All tickets once. */
const JOBS = {
  verify() {
    let good = 0
    for (let i = 0; i < cookies.length; i++) if (verifier.verify(cookies[i], { ip: ips[i] }).ok) good++
    return good
  },
  verifyMany() {
    const batch = verifier.verifyMany(cookies, { ips })
    for (let i = 0; i < batch.size; i++) sink.last = batch.ticket(i)
    return batch.accepted
  },
} as const

/** Tickets per second. */
function work({ job, milliseconds }: Turn): number {
  const start = performance.now()
  let done = 0
  let now = start
  do {
    if (JOBS[job]() !== expected.length) throw new Error(`${job}: a good ticket was refused`)
    done += expected.length
    now = performance.now()
  } while (now < start + milliseconds)
  return (done / (now - start)) * 1000
}

parentPort?.on('message', (turn: Turn) => parentPort?.postMessage(work(turn)))
