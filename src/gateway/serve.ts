/**
 * A gateway that runs: listeners, and the site behind them, which a reload exchanges as a whole. Whatever can go wrong
 * with a new configuration goes wrong in `prepare`, before anything has changed.
 */

import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { systemNow } from '../adapters/options.js'
import { type Content, endpointText, type Limits, type Listen, type Serving } from '../config/serving.js'
import { TktError } from '../errors.js'
import { createMatcher } from '../http/cidr.js'
import type { GuardOptions } from '../policy/options.js'
import { createAdmin } from './admin.js'
import { createForwardAuth } from './forward-auth/server.js'
import { createGateway } from './gateway.js'
import { type Certificates, type Handlers, type Listener, openListener, readCertificates } from './listener.js'
import type { Logger } from './log.js'
import type { Metrics } from './metrics.js'
import type { Pages } from './pages.js'
import { createSite, type Site } from './site.js'
import { createUpstreams, type Upstreams } from './upstreams.js'
import { createWatch } from './watch.js'

/** One reading of the configuration. */
export interface Loaded {
  readonly options: GuardOptions
  readonly serving: Serving
}

export interface ServeOptions {
  /** Reads the configuration; throws a `TktError` where it cannot be used. */
  readonly load: () => Loaded
  readonly log: Logger
  /** Made here for the site as it is now. */
  readonly createMetrics: (pools: () => Site['pools']) => Metrics
  /** Health and metrics are somebody else's matter (the first process of several). */
  readonly withoutAdmin?: boolean
  readonly accessLog?: boolean
  /** Makes the pages that one reading of the configuration asks for. */
  readonly createPages?: CreatePages
}

export type CreatePages = (loaded: Loaded) => Promise<Pages | undefined>

/** A new configuration that has passed all checks. One of the two is called, once. */
export interface Prepared {
  commit(): void
  discard(): Promise<void>
}

export interface Running {
  /** Where it listens, as people open it. */
  readonly urls: readonly string[]
  readonly warnings: readonly string[]
  readonly metrics: Metrics
  readonly serving: () => Serving
  /** @throws TktError where the new configuration cannot be used; the old one goes on */
  prepare(): Promise<Prepared>
  /** Prepares and commits, and logs how it went; never throws. */
  reload(): Promise<boolean>
  /** No new requests; resolves when those under way are over, at the latest after `timeouts.drain`. */
  drain(): Promise<void>
}

type Role = 'gateway' | 'admin' | 'forward-auth'

interface Wanted {
  readonly role: Role
  readonly listen: Listen
  readonly certificates: Certificates | undefined
}

export async function serve(options: ServeOptions): Promise<Running> {
  const { load, log } = options
  const upstreams = createUpstreams()
  const listeners = new Map<string, Listener>()
  let draining = false

  const read = () => readAll(load, upstreams, options.withoutAdmin === true, options.createPages)
  const first = await read()
  let site = first.site
  const metrics = options.createMetrics(() => site.pools)
  metrics.guardedBy(site.guard)
  const watch = createWatch({ log, metrics, accessLog: options.accessLog === true, now: systemNow })
  const gateway = createGateway({ site: () => site, watch })
  const handlers: Readonly<Record<Role, Handlers>> = {
    gateway,
    admin: {
      handle: createAdmin({
        unready: () => (draining ? 'draining' : undefined),
        metrics: () => metrics.registry.metrics(),
      }),
    },
    'forward-auth': { handle: (message, response) => checks(message, response) },
  }
  let checks = forwardAuthOf(site)

  function forwardAuthOf(current: Site) {
    return createForwardAuth({
      guard: () => current.guard,
      peers: createMatcher(current.serving.forwardAuth?.peers ?? []),
      now: systemNow,
      identity: current.identity,
      onDecision: (decision, facts) => watch.checked(decision, facts, current),
      onProblem: watch.misused,
    })
  }

  /** Opens what is not open yet. */
  async function open(wanted: readonly Wanted[], { limits, timeouts }: Serving): Promise<Map<string, Listener>> {
    const opened = new Map<string, Listener>()
    try {
      for (const { role, listen, certificates } of wanted) {
        const key = keyOf(role, listen)
        if (listeners.has(key) || opened.has(key)) continue
        opened.set(key, await openListener(listen, certificates, handlers[role], limitsOf(role, limits), timeouts))
      }
      return opened
    } catch (error) {
      await Promise.all([...opened.values()].map((listener) => listener.drain(0)))
      throw error
    }
  }

  async function prepare(): Promise<Prepared> {
    const next = await read()
    const opened = await open(next.wanted, next.site.serving).catch(async (error) => {
      await next.site.pages?.close()
      throw error
    })
    return {
      commit() {
        const before = site
        site = next.site
        metrics.guardedBy(site.guard)
        checks = forwardAuthOf(site)
        const { drain } = site.serving.timeouts
        for (const [key, listener] of opened) listeners.set(key, listener)
        const kept = new Map(next.wanted.map(({ role, listen, certificates }) => [keyOf(role, listen), certificates]))
        for (const [key, listener] of listeners) {
          if (kept.has(key)) listener.renew(kept.get(key))
          else {
            listeners.delete(key)
            listener.drain(drain).catch(() => {})
          }
        }
        upstreams.keep(site.pools)
        // Requests under way may still want them.
        setTimeout(() => before.pages?.close().catch(() => {}), drain * 1000).unref()
        metrics.reloaded(true, systemNow())
      },
      async discard() {
        await Promise.all([...opened.values()].map((listener) => listener.drain(0)))
        upstreams.keep(site.pools)
        await next.site.pages?.close()
      },
    }
  }

  for (const [key, listener] of await open(first.wanted, site.serving)) listeners.set(key, listener)
  return {
    urls: first.wanted.map(({ role, listen }) => {
      const { url } = listeners.get(keyOf(role, listen)) as Listener
      return role === 'gateway' ? url : `${url} (${role})`
    }),
    warnings: site.guard.warnings,
    metrics,
    serving: () => site.serving,
    prepare,
    async reload() {
      try {
        const prepared = await prepare()
        prepared.commit()
        log.info('configuration reloaded')
        return true
      } catch (error) {
        upstreams.keep(site.pools)
        metrics.reloaded(false, systemNow())
        log.error({ error: (error as Error).message }, 'configuration refused; the one before it stays in use')
        return false
      }
    },
    async drain() {
      draining = true
      const { drain } = site.serving.timeouts
      const isAdmin = ([key]: [string, Listener]) => key.startsWith('admin ')
      const end = (some: [string, Listener][], seconds: number) =>
        Promise.all(some.map(([, listener]) => listener.drain(seconds)))
      // Who looks whether it is ready must be able to see that it is not, to the end.
      const all = [...listeners]
      await end(
        all.filter((one) => !isAdmin(one)),
        drain,
      )
      await end(all.filter(isAdmin), 0)
      await upstreams.close()
      await site.pages?.close()
    },
  }
}

/** Everything that can be known to be wrong before anything is opened. */
async function readAll(
  load: () => Loaded,
  upstreams: Upstreams,
  withoutAdmin: boolean,
  createPages: CreatePages = async () => undefined,
) {
  const loaded = load()
  const { options, serving } = loaded
  checkContent(serving)
  await findUpstreams(serving)
  const wanted = wantedListeners(serving, withoutAdmin)
  const pages = await createPages(loaded)
  try {
    return { site: createSite(options, serving, upstreams, pages), wanted }
  } catch (error) {
    await pages?.close()
    throw error
  }
}

/** Reads and checks as a start would, and starts nothing. The guard's warnings. */
export async function check(load: () => Loaded, createPages?: CreatePages): Promise<readonly string[]> {
  const upstreams = createUpstreams()
  const { site } = await readAll(load, upstreams, false, createPages)
  await upstreams.close()
  await site.pages?.close()
  return site.guard.warnings
}

/** One listener at a place is enough; with TLS it is another one. */
function keyOf(role: Role, { endpoint, tls }: Listen): string {
  return `${role} ${endpointText(endpoint)} ${tls === undefined ? 'plain' : 'tls'}`
}

function wantedListeners(serving: Serving, withoutAdmin: boolean): Wanted[] {
  const { listen, admin, forwardAuth } = serving
  const all: [Role, Listen][] = listen.map((one) => ['gateway', one])
  if (admin && !withoutAdmin) all.push(['admin', admin])
  if (forwardAuth) all.push(['forward-auth', forwardAuth.listen])
  return all.map(([role, one]) => ({ role, listen: one, certificates: readCertificates(one.tls) }))
}

/** Envoy and Traefik hand on what the client sent: as much as the gateway itself would take, and their own. */
function limitsOf(role: Role, limits: Limits): Limits {
  return role === 'gateway' ? limits : { ...limits, headBytes: 2 * limits.headBytes }
}

function contentsOf({ main, hosts }: Serving): Content[] {
  return [main, ...hosts]
}

function checkContent(serving: Serving): void {
  const content = contentsOf(serving).some(({ routes }) => routes.length > 0)
  if (content || serving.login !== undefined || (serving.listen.length === 0 && serving.forwardAuth)) return
  throw new TktError(
    'ERR_TKT_CONFIG',
    'serve: there is nothing to serve: give --upstream URL, or an upstream or a folder in the configuration (Apache: ProxyPass, DocumentRoot; lighttpd: proxy.server)',
  )
}

/** A misspelt host is found at the start; one that is down is not: it may come up. */
async function findUpstreams(serving: Serving): Promise<void> {
  const hosts = new Map<string, string>()
  for (const route of contentsOf(serving).flatMap(({ routes }) => routes)) {
    if (route.kind === 'upstream' && route.unix === undefined) hosts.set(new URL(route.url).hostname, route.at)
  }
  await Promise.all(
    [...hosts].map(async ([host, at]) => {
      if (isIP(host.replace(/^\[|\]$/g, '')) !== 0) return
      await lookup(host).catch((cause) => {
        const message = `${at}: the upstream's host '${host}' cannot be found; correct the name, or give its address`
        throw new TktError('ERR_TKT_CONFIG', message, { cause })
      })
    }),
  )
}
