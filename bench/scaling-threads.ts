/** Do two threads verify twice as much as one? Each has a verifier and tickets of its own; one thread and two take turns. */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { type Middle, middle } from './measure.js'
import type { Ask } from './part.js'
import { figure, type Sheet } from './sheet.js'
import type { Turn } from './thread.js'

const THREADS = 2
const PLANS = {
  full: { rounds: 15, milliseconds: 300 },
  quick: { rounds: 5, milliseconds: 150 },
  smoke: { rounds: 1, milliseconds: 5 },
} as const
const JOBS = ['verify', 'verifyMany'] as const

export interface ThreadRow {
  readonly job: Turn['job']
  /** Millions of tickets per second, all threads together. */
  readonly one: Middle
  readonly both: Middle
  /** Two threads to one, within a round. */
  readonly factor: Middle
}

async function turn(workers: readonly Worker[], asked: Turn): Promise<number> {
  const answers = await Promise.all(
    workers.map(async (worker) => {
      worker.postMessage(asked)
      const [perSecond] = (await once(worker, 'message')) as [number]
      return perSecond
    }),
  )
  return answers.reduce((a, b) => a + b)
}

export async function threadResults({ effort }: Ask): Promise<ThreadRow[]> {
  const { rounds, milliseconds } = PLANS[effort]
  const workers = Array.from({ length: THREADS }, () => new Worker(new URL('thread.js', import.meta.url)))
  try {
    const rows: ThreadRow[] = []
    for (const job of JOBS) {
      process.stderr.write(`scaling with threads, ${job}\n`)
      await turn(workers, { job, milliseconds })
      const taken: { one: number; both: number }[] = []
      for (let round = 0; round < rounds; round++) {
        // Not always the same one alone, nor always first.
        const alone = async () => turn([workers[round % THREADS] as Worker], { job, milliseconds })
        const together = async () => turn(workers, { job, milliseconds })
        if (round % 2 === 0) taken.push({ one: await alone(), both: await together() })
        else {
          const both = await together()
          taken.push({ one: await alone(), both })
        }
      }
      rows.push({
        job,
        one: middle(taken.map(({ one }) => one)),
        both: middle(taken.map(({ both }) => both)),
        factor: middle(taken.map(({ one, both }) => both / one)),
      })
    }
    return rows
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()))
  }
}

export function threadSheet(rows: readonly ThreadRow[]): Sheet {
  return {
    name: 'scaling-threads',
    title: 'One thread and two',
    corner: 'tickets per second; md5 typical, fields read',
    columns: [
      { name: 'one thread', unit: 'per second' },
      { name: 'two threads', unit: 'per second' },
      { name: 'factor', unit: 'x' },
    ],
    rows: rows.map(({ job, one, both, factor }) => ({
      name: job,
      cells: [one, both, factor].map(({ median, mad }) => figure(median, mad)),
    })),
  }
}
