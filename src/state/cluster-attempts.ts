/**
 * Attempts shared by the processes of a node:cluster: the first one counts, the others ask it. One that gets no answer
 * counts for itself: to refuse would lock everybody out, not to count would let everything pass.
 */

import cluster, { type Worker } from 'node:cluster'
import { randomUUID } from 'node:crypto'
import { TktError } from '../errors.js'
import type { Attempt, Attempts, Counted } from './attempts.js'
import { createMemoryAttempts, type MemoryAttemptsOptions } from './memory-attempts.js'

/** The gateway's own messages go the same way: all of them say in `authtkt` what they are. */
interface Question {
  readonly authtkt: 'attempt'
  readonly id: string
  readonly attempt: Attempt
  /** Absent where the attempt begins; there where it was a good one. */
  readonly forget?: readonly Counted[]
}

interface Reply {
  readonly authtkt: 'attempt-counted'
  readonly id: string
  /** Absent where the first process could not count. */
  readonly wait?: number
}

export interface ClusterAttemptsOptions extends MemoryAttemptsOptions {
  /** Milliseconds that the first process has for an answer; default 2000. */
  readonly patience?: number
  /** Told of each attempt that is counted here alone, for logs and metrics; nothing is called by default. */
  readonly onAlone?: () => void
}

export interface ClusterAttempts extends Attempts {
  /** Listens no more, and answers from now on without the first process. */
  stop(): void
}

/**
 * In the first process: counts for its workers. Gives what stops it.
 *
 * @example
 * const stop = serveAttempts(createMemoryAttempts())
 */
export function serveAttempts(attempts: Attempts): () => void {
  const listen = (worker: Worker, message: unknown) => {
    if (!isA<Question>(message, 'attempt')) return
    const { id, attempt, forget } = message
    const reply = (answer: Pick<Reply, 'wait'>) => {
      const counted: Reply = { authtkt: 'attempt-counted', id, ...answer }
      // A worker that is gone in the meantime wants no answer any more.
      worker.send(counted, () => {})
    }
    const done = forget ? attempts.succeed(attempt, forget).then(() => 0) : attempts.begin(attempt)
    done.then(
      (wait) => reply({ wait }),
      () => reply({}),
    )
  }
  cluster.on('message', listen)
  return () => {
    cluster.off('message', listen)
  }
}

/**
 * In a worker: has the first process count. Where that one does not answer in time, cannot count or is gone, and in a
 * process that is no worker, attempts are counted in this process's memory: N workers then let N times as many pass.
 * Make one for a process and keep it.
 *
 * @example
 * const attempts = cluster.isWorker ? clusterAttempts() : createMemoryAttempts()
 */
export function clusterAttempts(options: ClusterAttemptsOptions = {}): ClusterAttempts {
  const { patience = 2000, onAlone, ...memory } = options
  if (!Number.isSafeInteger(patience) || patience < 1) {
    throw new TktError('ERR_TKT_OPTIONS', 'patience: give whole milliseconds, 1 or more')
  }
  const own = createMemoryAttempts(memory)
  /** Begun for want of an answer here: they have to end here, too. */
  const alone = new WeakSet<Attempt>()
  const { ask, stop } = askFirst(patience)
  return {
    async begin(attempt) {
      const wait = await ask({ attempt })
      if (wait !== undefined) return wait
      alone.add(attempt)
      onAlone?.()
      return own.begin(attempt)
    },
    async succeed(attempt, forget) {
      await own.succeed(alone.has(attempt) ? attempt : { ...attempt, counted: [] }, forget)
      // Also where it has begun here: messages arrive in order, so one that was answered too late is counted there.
      await ask({ attempt, forget })
    },
    stop,
  }
}

/** `ask` gives undefined where there is no answer, or none in time. */
function askFirst(patience: number) {
  const waiting = new Map<string, (wait?: number) => void>()
  // A channel alone is no cluster: whoever else started this process would never answer.
  let connected = cluster.isWorker && process.connected
  const listen = (message: unknown) => {
    if (isA<Reply>(message, 'attempt-counted')) waiting.get(message.id)?.(message.wait)
  }
  const stop = () => {
    connected = false
    process.off('message', listen)
    process.off('disconnect', stop)
    for (const end of waiting.values()) end()
  }
  if (connected) {
    process.on('message', listen)
    process.once('disconnect', stop)
  }

  function ask(what: Pick<Question, 'attempt' | 'forget'>): Promise<number | undefined> {
    return new Promise((resolve) => {
      if (!connected) return resolve(undefined)
      const id = randomUUID()
      const late = setTimeout(() => end(), patience)
      const end = (wait?: number) => {
        clearTimeout(late)
        waiting.delete(id)
        resolve(wait)
      }
      waiting.set(id, end)
      const question: Question = { authtkt: 'attempt', id, ...what }
      // A channel that closes while this is sent says so by its event.
      process.send?.(question, undefined, undefined, () => {})
    })
  }

  return { ask, stop }
}

function isA<T extends Question | Reply>(message: unknown, authtkt: T['authtkt']): message is T {
  return typeof message === 'object' && message !== null && 'authtkt' in message && message.authtkt === authtkt
}
