/** The gateway, from a configuration to a process that runs until it is told to stop. */

import cluster from 'node:cluster'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import type { Files } from '../config/files.js'
import { loadConfig, loadLogin } from '../config/load.js'
import type { LoginConfig } from '../config/login.js'
import { createAdmin } from '../gateway/admin.js'
import { type Changes, createChanges } from '../gateway/changes.js'
import { openListener } from '../gateway/listener.js'
import { createLog, type Logger } from '../gateway/log.js'
import { createMetrics, type Metrics } from '../gateway/metrics.js'
import { check, type Loaded, type Running, serve } from '../gateway/serve.js'
import { startTeam, workFor } from '../gateway/workers.js'
import { createGuard } from '../policy/guard.js'
import { clusterAttempts, serveAttempts } from '../state/cluster-attempts.js'
import { createMemoryAttempts } from '../state/memory-attempts.js'
import { readerOptions, showNotes } from './configuration.js'
import { withLogin } from './login-area.js'
import { pagesMaker } from './login-pages.js'
import type { Output } from './output.js'
import type { ServeFlags } from './serve.js'
import { withOverrides } from './serving.js'

/** Milliseconds that a reload has when the process is told to stop. */
const RELOAD_MAX = 5000
/** Milliseconds between two looks at the files. */
const WATCH = 1000

export async function runServe(flags: ServeFlags, output: Output): Promise<void> {
  const changes = createChanges()
  const log = createLog(flags.logLevel)
  // The first process tells what it reads; the others read the same.
  const quiet = { current: cluster.isWorker }
  const load = (): Loaded => loadAll(flags, changes, quiet.current ? undefined : output)
  if (cluster.isWorker) return workFor(() => start(flags, load, log))
  if (flags.check) {
    const createPages = pagesMaker({ attempts: createMemoryAttempts(), log, metrics: () => undefined })
    for (const warning of await check(load, createPages)) output.err(`authtkt: warning: ${warning}\n`)
    output.out('ok\n')
    return
  }
  const { serving } = load()
  quiet.current = true
  if (serving.workers > 1) await serveWithWorkers(serving.workers, load, changes, flags, log, output)
  else await serveAlone(load, changes, flags, log, output)
}

function start(flags: ServeFlags, load: () => Loaded, log: Logger): Promise<Running> {
  let metrics: Metrics | undefined
  const onAlone = () => log.warn('the first process does not answer: tries to sign in are counted in this one alone')
  const attempts = cluster.isWorker ? clusterAttempts({ onAlone }) : createMemoryAttempts()
  return serve({
    load,
    log,
    createMetrics(pools) {
      metrics = createMetrics(pools)
      return metrics
    },
    accessLog: flags.accessLog === true,
    withoutAdmin: cluster.isWorker,
    createPages: pagesMaker({ attempts, log, metrics: () => metrics }),
  })
}

async function serveAlone(load: () => Loaded, changes: Changes, flags: ServeFlags, log: Logger, output: Output) {
  const running = await start(flags, load, log)
  for (const warning of running.warnings) output.err(`authtkt: warning: ${warning}\n`)
  announce(running.urls, output)
  await untilStopped(() => running.reload(), changes, flags)
  log.info('stopping')
  await running.drain()
}

async function serveWithWorkers(
  workers: number,
  load: () => Loaded,
  changes: Changes,
  flags: ServeFlags,
  log: Logger,
  output: Output,
) {
  const { options, serving } = load()
  for (const warning of createGuard(options).warnings) output.err(`authtkt: warning: ${warning}\n`)
  const unserve = serveAttempts(createMemoryAttempts())
  const team = await startTeam(workers, log)
  let draining = false
  const { admin, limits, timeouts } = serving
  const handle = createAdmin({ unready: () => (draining ? 'draining' : undefined), metrics: () => team.metrics() })
  const listener = admin && (await openListener(admin, undefined, { handle }, limits, timeouts))
  announce([...team.urls, ...(listener ? [`${listener.url} (admin)`] : [])], output)
  const reload = async () => {
    const done = await team.reload()
    // What is read now is what is watched from now on.
    try {
      load()
    } catch {
      // The workers have said why.
    }
    return done
  }
  await untilStopped(reload, changes, flags)
  log.info('stopping')
  draining = true
  // Last, so that whoever asks can see it.
  await team.drain()
  await listener?.drain(0)
  unserve()
}

/** SIGHUP or another file: a reload, one after the other. SIGTERM or SIGINT: the end. */
async function untilStopped(reload: () => Promise<unknown>, changes: Changes, flags: ServeFlags): Promise<void> {
  const stop = new AbortController()
  let reloading: Promise<unknown> = Promise.resolve()
  const again = () => {
    reloading = reloading.then(reload)
  }
  const end = () => stop.abort()
  process.on('SIGHUP', again)
  process.once('SIGTERM', end)
  process.once('SIGINT', end)
  const unwatch = flags.watch ? changes.watch(WATCH, again) : undefined
  if (!stop.signal.aborted) await once(stop.signal, 'abort')
  unwatch?.()
  process.off('SIGHUP', again)
  process.off('SIGTERM', end)
  process.off('SIGINT', end)
  // One that hangs must not keep the process.
  await Promise.race([reloading, delay(RELOAD_MAX, undefined, { ref: false })])
}

function loadLoginFile({ login }: ServeFlags, files: Files, output: Output | undefined): LoginConfig {
  const { config, notes } = loadLogin(login as string, { files, environment: process.env })
  if (output) showNotes(notes, output)
  return config
}

function announce(urls: readonly string[], output: Output): void {
  for (const url of urls) output.err(`authtkt: listening on ${url}\n`)
}

function loadAll(flags: ServeFlags, changes: Changes, output: Output | undefined): Loaded {
  changes.restart()
  const { files } = changes
  const config = loadConfig(flags.config, { ...readerOptions(flags), files })
  if (output) showNotes(config.notes, output)
  const serving =
    flags.login === undefined ? config.serving : { ...config.serving, login: loadLoginFile(flags, files, output) }
  const loaded = withLogin(withOverrides({ options: config.options, serving }, flags))
  if (output && loaded.options.shadow && loaded.serving.login) {
    output.err("authtkt: warning: login: rests in shadow mode, where the old server's counts\n")
  }
  const certificates = loaded.serving.listen.flatMap(({ tls = [] }) => tls)
  changes.also(certificates.flatMap(({ certFile, keyFile }) => [certFile, keyFile]))
  return loaded
}
