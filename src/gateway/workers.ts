/**
 * Several processes that share the listeners (node:cluster). The first one serves nobody: it starts the others, again
 * if one dies, and has them all change to a new configuration, or none.
 */

import cluster, { type Worker } from 'node:cluster'
import { AggregatorRegistry } from 'prom-client'
import type { Logger } from './log.js'
import type { Prepared, Running } from './serve.js'

type ToWorker =
  | { readonly authtkt: 'prepare'; readonly id: number }
  | { readonly authtkt: 'commit' | 'discard'; readonly id: number }
  | { readonly authtkt: 'drain' }
type ToPrimary =
  | { readonly authtkt: 'started'; readonly urls: readonly string[] }
  | { readonly authtkt: 'failed'; readonly message: string }
  | { readonly authtkt: 'prepared'; readonly id: number; readonly error?: string }
  | { readonly authtkt: 'committed'; readonly id: number }

/** Milliseconds that a worker has until it listens. */
const START_MAX = 60_000
/** Milliseconds before a worker that died is replaced; one that dies at once must not keep the machine busy. */
const PAUSE = 500

export interface Team {
  readonly urls: readonly string[]
  /** All of them, or none; never throws. */
  reload(): Promise<boolean>
  drain(): Promise<void>
  metrics(): Promise<string>
}

/** Starts `count` workers, which run this same program. Throws what the first of them could not do. */
export async function startTeam(count: number, log: Logger): Promise<Team> {
  const aggregator = new AggregatorRegistry()
  let stopping = false
  let reloads = 0
  let busy: Promise<unknown> = Promise.resolve()
  /** Those that have started: others do not listen yet. */
  const ready = new Set<Worker>()
  const workers = () => [...ready].filter((worker) => worker.isConnected())

  async function replace(): Promise<void> {
    if (stopping) return
    await start(ready).catch((error: Error) => log.error({ error: error.message }, 'a worker cannot be replaced'))
  }

  cluster.on('exit', (worker, code, signal) => {
    ready.delete(worker)
    if (stopping) return
    log.error({ worker: worker.process.pid, code, signal }, 'a worker has died and is replaced')
    setTimeout(() => {
      // Not in the middle of a reload: it would begin with the old configuration, and stay there.
      busy = busy.then(replace)
    }, PAUSE)
  })

  async function prepareAll(id: number): Promise<string | undefined> {
    const answers = await Promise.all(
      workers().map((worker) =>
        ask(worker, { authtkt: 'prepare', id }, (reply) => reply.authtkt === 'prepared' && reply.id === id),
      ),
    )
    return answers.flatMap((reply) => (reply?.authtkt === 'prepared' ? (reply.error ?? []) : []))[0]
  }

  async function reloadAll(): Promise<boolean> {
    const id = ++reloads
    const error = await prepareAll(id)
    if (error !== undefined) {
      for (const worker of workers()) order(worker, { authtkt: 'discard', id })
      log.error({ error }, 'configuration refused; the one before it stays in use')
      return false
    }
    const done = (reply: ToPrimary) => reply.authtkt === 'committed' && reply.id === id
    await Promise.all(workers().map((worker) => ask(worker, { authtkt: 'commit', id }, done)))
    log.info('configuration reloaded')
    return true
  }

  async function drain(): Promise<void> {
    stopping = true
    const all = Object.values(cluster.workers ?? {}) as Worker[]
    await Promise.all(
      all.map((worker) => {
        const gone = worker.isDead() || new Promise((resolve) => worker.once('exit', resolve))
        // One that has not started does not listen.
        if (ready.has(worker)) order(worker, { authtkt: 'drain' })
        else worker.process.kill('SIGKILL')
        return gone
      }),
    )
  }

  try {
    const started = await Promise.all(Array.from({ length: count }, () => start(ready)))
    return {
      urls: started[0] ?? [],
      reload() {
        const result = busy.then(reloadAll)
        busy = result
        return result
      },
      drain,
      metrics: () => aggregator.clusterMetrics(),
    }
  } catch (error) {
    await drain()
    throw error
  }
}

/** Forks a worker, and tells of it once it listens. */
async function start(ready: Set<Worker>): Promise<readonly string[]> {
  const worker = cluster.fork()
  const late = setTimeout(() => worker.process.kill('SIGKILL'), START_MAX)
  const reply = await ask(worker, undefined, ({ authtkt }) => authtkt === 'started' || authtkt === 'failed')
  clearTimeout(late)
  if (reply?.authtkt === 'started') {
    ready.add(worker)
    return reply.urls
  }
  throw new Error(reply?.authtkt === 'failed' ? reply.message : 'serve: a worker ended before it had started')
}

/** A worker that is gone in the meantime has nothing to do any more. */
function order(worker: Worker, message: ToWorker): void {
  worker.send(message, () => {})
}

/** The first reply that fits; undefined where the worker ends without one. */
function ask(
  worker: Worker,
  message: ToWorker | undefined,
  fits: (reply: ToPrimary) => boolean,
): Promise<ToPrimary | undefined> {
  return new Promise((resolve) => {
    const end = (reply: ToPrimary | undefined) => {
      worker.off('message', listen)
      worker.off('exit', gone)
      resolve(reply)
    }
    const listen = (reply: ToPrimary) => {
      if (fits(reply)) end(reply)
    }
    const gone = () => end(undefined)
    worker.on('message', listen)
    worker.once('exit', gone)
    if (message !== undefined) order(worker, message)
  })
}

/** Serves under a first process. Resolves when that one wants it to end, or has ended itself. */
export async function workFor(starting: () => Promise<Running>): Promise<void> {
  const tell = (message: ToPrimary) => process.send?.(message)
  // Terminals and service managers signal all processes at once: the first one says when and how to end.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
  let running: Running
  try {
    running = await starting()
  } catch (error) {
    tell({ authtkt: 'failed', message: (error as Error).message })
    process.disconnect()
    return
  }
  AggregatorRegistry.setRegistries([running.metrics.registry])
  new AggregatorRegistry()
  let prepared: Prepared | undefined
  const ended = new Promise<void>((resolve) => {
    process.once('disconnect', resolve)
    process.on('message', (message: ToWorker) => {
      if (message.authtkt === 'drain') resolve()
      else if (message.authtkt === 'commit') {
        prepared?.commit()
        tell({ authtkt: 'committed', id: message.id })
      } else if (message.authtkt === 'discard') prepared?.discard().catch(() => {})
      else if (message.authtkt === 'prepare') {
        const { id } = message
        prepared = undefined
        running.prepare().then(
          (next) => {
            prepared = next
            tell({ authtkt: 'prepared', id })
          },
          (error: Error) => tell({ authtkt: 'prepared', id, error: error.message }),
        )
      }
    })
  })
  tell({ authtkt: 'started', urls: running.urls })
  await ended
  await running.drain()
  if (process.connected) process.disconnect()
}
