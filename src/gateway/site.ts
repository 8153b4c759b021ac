/** All that one reading of the configuration comes to. A reload makes a new one; requests under way keep theirs. */

import type { Answerer, Content, Serving } from '../config/serving.js'
import { TktError } from '../errors.js'
import { createMatcher, type Matcher } from '../http/cidr.js'
import type { Guard } from '../policy/decision.js'
import { createGuard } from '../policy/guard.js'
import type { GuardOptions } from '../policy/options.js'
import type { Charset } from '../types.js'
import { type IdentityHeaders, identityHeaders } from './identity.js'
import type { Pages } from './pages.js'
import type { HeaderRules } from './request-headers.js'
import { createFinder, createReverser, type FinderRoute, type FindRoute, type Reverser } from './routes.js'
import { type Signs, signsOf } from './shadow.js'
import { serveFilesOf } from './static/alias.js'
import type { ServeFiles } from './static/files.js'
import { levelsOf, ticketRules } from './ticket-headers.js'
import type { UpstreamPool, Upstreams } from './upstreams.js'

/** Who answers, ready to be asked. */
export type Destination =
  | {
      readonly kind: 'upstream'
      readonly pool: UpstreamPool
      /** Path of its URL, which stands in front of the rest. */
      readonly base: string
      /** What it is called; undefined: what the client calls us. */
      readonly host: string | undefined
    }
  | { readonly kind: 'files'; readonly serve: ServeFiles }
  | { readonly kind: 'redirect'; readonly url: string; readonly status: number }
  | { readonly kind: 'nobody'; readonly why: string }
  | { readonly kind: 'pages'; readonly pages: Pages }

/** The main server, or a virtual host. */
export interface Place {
  readonly find: FindRoute<Destination>
  readonly reverse: Reverser
}

export interface Site {
  readonly guard: Guard
  readonly serving: Serving
  readonly charset: Charset
  readonly identity: IdentityHeaders
  readonly headers: HeaderRules
  readonly main: Place
  readonly hosts: readonly Place[]
  /** What metrics call each virtual host: its first name. */
  readonly names: readonly string[]
  readonly pools: ReadonlySet<UpstreamPool>
  readonly pages: Pages | undefined
  /** Some area has a `debug` level: what it decides is logged. */
  readonly logs: boolean
  /** Nothing is enforced: requests go on as they came. */
  readonly shadow: boolean
  readonly signs: Signs
}

/** In shadow mode the old server says who asks. */
const UNTOUCHED: IdentityHeaders = { pairs: () => [], isOurs: () => false }

/** @throws TktError `ERR_TKT_OPTIONS` on options that make no guard */
export function createSite(
  options: GuardOptions,
  serving: Serving,
  upstreams: Upstreams,
  pages: Pages | undefined = undefined,
): Site {
  const guard = createGuard(options)
  const pools = new Set<UpstreamPool>()
  const shadow = options.shadow === true
  const place = ({ routes, reverse }: Content, names: readonly string[]): Place => {
    const targets: FinderRoute<Destination>[] = routes.map((route) => {
      const destination = destinationOf(route, route.timeout, serving, upstreams)
      if (destination.kind === 'upstream') pools.add(destination.pool)
      return { path: route.path, pattern: route.kind === 'nobody' ? route.pattern : undefined, to: destination }
    })
    // In shadow mode the old server's login is the one that counts.
    if (pages !== undefined && !shadow && hasPages(pages, names)) {
      checkOpen(guard, pages, names[0], serving.login?.at)
      targets.unshift({ path: pages.path, to: { kind: 'pages', pages } })
    }
    return { find: createFinder(targets), reverse: createReverser(shadow ? [] : reverse) }
  }
  const charset = options.charset ?? 'latin1'
  const identity = identityHeaders(serving.identity, charset)
  return {
    guard,
    serving,
    charset,
    identity,
    headers: {
      identity: shadow ? UNTOUCHED : identity,
      trusts: trustedOf(options),
      forwarded: options.forwardedHeaders ?? 'x-forwarded',
      ...ticketRules(options, serving.forwardTicket || shadow),
    },
    main: place(serving.main, []),
    hosts: (options.hosts ?? []).map(({ names }, index) => place(serving.hosts[index] ?? serving.main, names)),
    names: (options.hosts ?? []).map(({ names }) => names[0] ?? ''),
    pools,
    pages,
    logs: levelsOf(options).some((level) => (level.debug ?? 0) > 0),
    shadow,
    signs: signsOf(options),
  }
}

/** Without names: the main server, which has them where all have. */
function hasPages({ hosts }: Pages, names: readonly string[]): boolean {
  return hosts === undefined || names.some((name) => hosts.includes(name.toLowerCase()))
}

/** Who is sent to sign in where nobody may come in unless signed in goes round in circles. */
function checkOpen(guard: Guard, { paths }: Pages, name = 'localhost', at = 'login'): void {
  const host = name.replace(/^\*\./, 'www.')
  for (const path of paths) {
    const request = { method: 'GET', url: path, headers: ['Host', host], ip: '127.0.0.1', now: 0 }
    const area = guard.areaOf(request)
    if (area === undefined || area.settings.require === 'granted') continue
    const message = `${at}: ${path} lies in the area ${area.name}, which asks for a user: nobody could sign in; choose another path for the login`
    throw new TktError('ERR_TKT_CONFIG', message)
  }
}

function destinationOf(
  answerer: Answerer & { readonly path: string },
  timeout: number | undefined,
  { timeouts, limits }: Serving,
  upstreams: Upstreams,
): Destination {
  switch (answerer.kind) {
    case 'files':
      return { kind: 'files', serve: serveFilesOf(answerer) }
    case 'redirect':
    case 'nobody':
      return answerer
    case 'upstream': {
      const { host, pathname } = new URL(answerer.url)
      const pool = upstreams.poolFor(answerer, { ...timeouts, response: timeout ?? timeouts.response }, limits)
      // `http://app` and `http://app/` differ for ProxyPass: the first has nothing in front of the rest.
      const base = pathname === '/' && (answerer.path === '/' || !answerer.url.endsWith('/')) ? '' : pathname
      return { kind: 'upstream', pool, base, host: answerer.preserveHost ? undefined : host }
    }
  }
}

function trustedOf({ trustedProxies = [] }: GuardOptions): Matcher {
  return trustedProxies === 'any' ? () => true : createMatcher(trustedProxies)
}

/** Requests for this host and path are answered by whom? In a virtual host that has nothing, by nobody. */
export function placeFor(site: Site, host: number | undefined): Place {
  if (host === undefined) return site.main
  const place = site.hosts[host]
  if (place === undefined) throw new TktError('ERR_TKT_OPTIONS', `gateway: there is no virtual host ${host}`)
  return place
}
