/**
 * Who answers on one server of an Apache configuration, as a list of which the first that fits counts. It is built from
 * its end, where DocumentRoot stands: rewriting comes first in Apache, then backends, aliases, folders.
 */

import type { Context } from './context.js'
import { departureOf, handlerOf, rulesOf, WHY, wholeRedirectOf } from './diversions.js'
import { type Documents, documentRoutes } from './documents.js'
import { anyPart, infoSpace, lastSpace, namePattern } from './file-spaces.js'
import { spacePlace, tell } from './nobody.js'
import {
  type Backend,
  backendRoute,
  lastFlag,
  linesOf,
  locationBackend,
  named,
  reverses,
  secondsOf,
  serverBackends,
} from './proxy-pass.js'
import { arranged, covers, within } from './routes.js'
import { type PlaceSection, readHead, type Server } from './servers.js'
import type { Content, Route } from './serving.js'
import { locationSpaces, type Space } from './spaces.js'
import type { Placed } from './stricter.js'
import type { Section } from './tree.js'
import { words } from './words.js'

const FORBIDS = /(?:^|[[,\s])(?:F|forbidden|G|gone|R=4\d\d|redirect=4\d\d)(?:[,\]\s]|$)/i

export interface Site {
  readonly context: Context
  readonly main: Server
  readonly host: Server | undefined
  /** Directory sections and .htaccess files, as they are merged. */
  readonly folders: readonly Placed[]
  readonly tls: boolean
  /** Is rewriting switched on in any section? There it is off where nobody says so. */
  readonly rewrites: boolean
  readonly documents: Documents
}

export function contentOf(site: Site): Content {
  const { context, main, host } = site
  const servers = host ? [main, host] : [main]
  const locations = servers.flatMap(({ sections }) => sections.filter(({ kind }) => kind === 'location'))
  let routes = documentRoutes(context, main, host, site.folders, site.documents)
  routes = withServerHandler(site, servers, routes)
  const places = [...site.folders, ...filesSections(site, servers)]
  for (const place of places) routes = withDeparture(site, place, withHandler(site, place, routes))
  const around = locations.map((section): Place => ({ section, spaces: locationSpaces(section) }))
  // A backend goes before a handler that is set for its paths, but not before a redirect.
  for (const place of around) routes = withHandler(site, place, routes)
  routes = withBackends(site, locations, routes)
  for (const place of around) routes = withDeparture(site, place, routes)
  routes = [...rewritten(site), ...routes]
  const reverse = [
    ...servers.flatMap(({ lines }) => reverses(lines)),
    ...locations.flatMap((at) => reverses(linesOf(at), at)),
  ]
  return { routes: arranged(routes), reverse }
}

function withServerHandler({ context }: Site, servers: readonly Server[], routes: Route[]): Route[] {
  const found = handlerOf(servers.flatMap(({ lines }) => lines))
  return found === undefined || found === 'plain'
    ? routes
    : [tell(context, found.at, { path: '/' }, found.why), ...routes]
}

interface Place {
  readonly section: Pick<PlaceSection, 'at'>
  readonly spaces: readonly Space[]
}

/** What a section hands to a program is nobody's; where it takes that back, the folders have it after all. */
function withHandler({ context }: Site, { section, spaces }: Place, routes: Route[]): Route[] {
  const handler = handlerOf(linesOf(section))
  const at = `${section.at.file}:${section.at.line}: <${section.at.name}>`
  if (handler === undefined) return routes
  const own = spaces.flatMap((space): Route[] => {
    if (handler !== 'plain') return [tell(context, handler.at, regionOf(space), handler.why)]
    return 'path' in space ? within(unhandled(routes), space.path, at) : []
  })
  return [...own, ...routes]
}

/** What a section redirects or rewrites as a whole. */
function withDeparture({ context, tls, rewrites }: Site, { section, spaces }: Place, routes: Route[]): Route[] {
  const departure = departureOf(linesOf(section), tls, rewrites)
  if (departure === undefined) return routes
  return [...spaces.map((space) => tell(context, departure.at, regionOf(space), departure.why)), ...routes]
}

/** Without what sections around hand to programs: an inner one has taken it back. */
function unhandled(routes: readonly Route[]): Route[] {
  return routes.filter(
    (route) => !(route.kind === 'nobody' && /: SetHandler$/i.test(route.at) && route.pattern === undefined),
  )
}

function regionOf(space: Space): { readonly path: string; readonly pattern?: string } {
  if ('path' in space) return space
  return { path: '/', pattern: (space as { readonly pattern: string }).pattern }
}

/** Files sections of the servers and of folders. What a path ends with does not say which part is the file. */
function filesSections({ folders }: Site, servers: readonly Server[]): Place[] {
  const outer = servers.flatMap(({ sections }) => sections.filter(({ kind }) => kind === 'files'))
  return [
    ...outer.map((section) => ({ section, spaces: [{ pattern: anyPart(namePattern(section)) }] })),
    ...folders.flatMap(({ section, spaces }) =>
      section.content.files.map((file) => ({
        section: { at: file },
        spaces: spaces.flatMap((space) => fileSpaces(file, space)),
      })),
    ),
  ]
}

function fileSpaces(file: Section, space: Space): Space[] {
  const name = namePattern(readHead(file))
  const last = lastSpace(space, name)
  return 'file' in last ? [{ pattern: anyPart(name) }] : [last, infoSpace(space, name)]
}

/** Backends of Locations come before those of servers, of several the last one; a host's own before the main server's. */
function withBackends(site: Site, locations: readonly PlaceSection[], folders: Route[]): Route[] {
  const { context, main, host } = site
  const timeout = timeoutOf(host) ?? timeoutOf(main)
  const ofServers = (host ? [host, main] : [main]).flatMap((server) => serverBackends(context, server))
  const ofLocations = locations.flatMap((section) => locationBackend(section) ?? []).reverse()
  const backends = [...ofLocations, ...ofServers]
  const preserve = preserving(site, locations, backends)
  const routesOf = (backend: Backend): Route[] => {
    const { at, space, regex, target } = backend
    const place = `${at.file}:${at.line}: ${at.name}`
    if (target === undefined && !regex) return within(folders, space.path, place)
    return [backendRoute(context, backend, { preserveHost: preserve(space.path), timeout })]
  }
  return [...backends.flatMap(routesOf), ...folders]
}

function timeoutOf(server: Server | undefined): number | undefined {
  const at = named(server?.lines ?? [], 'proxytimeout').at(-1)
  return at && secondsOf(words(at.text)[0] ?? '')
}

/** ProxyPreserveHost as it holds for a whole path: of a section that holds for a part of it, nobody can say. */
function preserving({ context, main, host }: Site, locations: readonly PlaceSection[], backends: readonly Backend[]) {
  const general = lastFlag(host?.lines ?? [], 'proxypreservehost') ?? lastFlag(main.lines, 'proxypreservehost') ?? false
  const special = locations.flatMap((section) => {
    const value = lastFlag(linesOf(section), 'proxypreservehost')
    const [space] = locationSpaces(section)
    if (value === undefined || space === undefined) return []
    const path = 'path' in space ? space.path : undefined
    if (path === undefined || !backends.some((one) => covers(path, one.space.path))) {
      const fix = 'ProxyPreserveHost counts for backends that begin in the section; give it a ProxyPass of its own'
      context.notes.warn(section.at, `<${section.at.name}>: ${fix}`)
    }
    return [{ path, value }]
  })
  return (asked: string): boolean =>
    special.findLast(({ path }) => path !== undefined && covers(path, asked))?.value ?? general
}

/** Rules of the server itself, which nothing goes before. A host has its own only. */
function rewritten({ context, main, host, tls }: Site): Route[] {
  const { lines } = host ?? main
  const engine = named(main.lines, 'rewriteengine').at(-1)
  const on = engine !== undefined && !/^"?off/i.test(engine.text)
  return rulesOf(lines, tls, on).map((at) => {
    const [pattern = ''] = words(at.text)
    const flags = words(at.text)[2] ?? ''
    const redirect = wholeRedirectOf(at)
    if (redirect !== undefined) return redirect
    // What a negated expression does not match is everything else.
    const regex = pattern.startsWith('!')
      ? ''
      : `${/(?:^|[[,\s])(?:NC|nocase)(?:[,\]\s]|$)/i.test(flags) ? '(?i)' : ''}${pattern}`
    const route = tell(context, at, spacePlace(context, at, { regex }), WHY.rewritten)
    return FORBIDS.test(flags) ? { ...route, forbidden: true } : route
  })
}
