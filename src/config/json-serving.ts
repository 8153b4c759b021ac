/** Our own configuration's answers: who serves what, and the gateway's own part. */

import { placeOf } from '../policy/options.js'
import { fail, isObject, type Reading } from './json.js'
import { areaOf, type ContentParts, hostOf, topOf } from './json-parts.js'
import { loginOf } from './login.js'
import { PROGRAMS } from './programs.js'
import { covers, joinable, patternOf, reverseOf, slashNote } from './routes.js'
import { fromFolder } from './secret-references.js'
import {
  type Answerer,
  type Content,
  type Endpoint,
  IDENTITY_NAMES,
  LIMITS,
  type Listen,
  NO_SERVING,
  parseEndpoint,
  parseUpstream,
  type Route,
  type Serving,
  TIMEOUTS,
} from './serving.js'
import type { GatewayInput, RouteInput } from './serving-schema.js'

type Path = readonly PropertyKey[]
type Values = Readonly<Record<string, unknown>>

const INDEX = ['index.html']
const LOOPBACK = ['127.0.0.0/8', '::1']

/** Reads them off the whole configuration, whose guard part has been checked. */
export function servingOf(reading: Reading, whole: Values): Serving {
  const { gateway = {}, login, ...parts } = topOf(reading, whole)
  const main = levelOf(reading, parts, whole.areas, [])
  const hosts = entries(whole.hosts).map(([host, index]) => {
    const { fallback = true, ...own } = hostOf(reading, host, ['hosts', index])
    const content = levelOf(reading, own, host.areas, ['hosts', index])
    return fallback ? goingOn(content, main, own.reverse !== undefined) : content
  })
  return {
    ...gatewayOf(reading, gateway),
    main,
    hosts,
    login: login && loginOf(reading, login, ['login'], atOf(reading, ['login'])),
  }
}

function entries(list: unknown): [entry: Values, index: number][] {
  if (!Array.isArray(list)) return []
  return list.flatMap((entry: unknown, index) => (isObject(entry) ? [[entry, index] as [Values, number]] : []))
}

/** A host's own answers, and the main server's for other paths. */
export function goingOn(own: Content, main: Content, ownReverse: boolean): Content {
  if (own.routes.some((route) => route.path === '/' && patternOf(route) === undefined)) return own
  const more = main.routes.filter(
    (route) => !own.routes.some((one) => patternOf(one) === undefined && covers(one.path, route.path)),
  )
  return {
    routes: [...own.routes, ...more],
    reverse: ownReverse ? own.reverse : [...own.reverse, ...main.reverse],
  }
}

/** Routes, areas and the answer for the whole; patterns first, then the longest path. */
function levelOf(reading: Reading, parts: ContentParts, areas: unknown, path: Path): Content {
  const routes = (parts.routes ?? []).map((route, index) => routeOf(reading, route, [...path, 'routes', index]))
  for (const [area, index] of entries(areas)) {
    const at = [...path, 'areas', index]
    const own = areaOf(reading, area, at)
    if (own !== undefined) routes.push(answerOf(reading, own, area.path as string, at))
  }
  if (parts.upstream !== undefined || parts.files !== undefined) routes.push(answerOf(reading, parts, '/', path))
  const seen = new Map<string, string>()
  for (const route of routes.filter((one) => patternOf(one) === undefined)) {
    const before = seen.get(route.path)
    if (before !== undefined)
      fail(reading, path, `'${route.path}' has two answers, at ${before} and ${route.at}; take one out`)
    seen.set(route.path, route.at)
  }
  const plain = routes.filter((one) => patternOf(one) === undefined).sort((a, b) => b.path.length - a.path.length)
  const all = [...routes.filter((one) => patternOf(one) !== undefined), ...plain]
  return { routes: all, reverse: parts.reverse ?? reverseOf(all) }
}

/** `upstream` or `files` outside of routes. */
function answerOf(reading: Reading, { upstream, files }: ContentParts, path: string, at: Path): Route {
  if (upstream !== undefined && files !== undefined)
    fail(reading, [...at, 'files'], 'give upstream or files, one of them')
  const key = [...at, upstream === undefined ? 'files' : 'upstream']
  return routeOf(reading, upstream === undefined ? { path, files } : { path, upstream }, key)
}

function routeOf(reading: Reading, route: RouteInput, at: Path): Route {
  const { path, timeout } = route
  const place = atOf(reading, at)
  return { ...answererOf(reading, route, at), path, at: place, ...(timeout === undefined ? {} : { timeout }) }
}

function answererOf(reading: Reading, route: RouteInput, at: Path): Answerer {
  const { path, files, nobody, pattern, forbidden } = route
  if (nobody !== undefined)
    return {
      kind: 'nobody',
      why: nobody,
      ...(pattern === undefined ? {} : { pattern }),
      ...(forbidden && { forbidden }),
    }
  if (route.redirect !== undefined) return { kind: 'redirect', url: route.redirect, status: route.status ?? 302 }
  if (files !== undefined) {
    const { index = INDEX, programs = PROGRAMS } = route
    return { kind: 'files', folder: fromFolder(reading.file, files), index, programs }
  }
  const { url: text, unix } = parseUpstream(route.upstream as string) as NonNullable<ReturnType<typeof parseUpstream>>
  const url = joinable(path, text)
  const uneven = slashNote(path, url)
  if (uneven !== undefined) {
    reading.notes.warn({ file: reading.file, line: reading.positions.lineOf(at) }, `${placeOf(at)}: ${uneven}`)
  }
  const socket = unix === undefined ? {} : { unix: fromFolder(reading.file, unix) }
  return { kind: 'upstream', url, ...socket, preserveHost: route.preserveHost ?? true }
}

function atOf(reading: Reading, path: Path): string {
  return `${reading.file}:${reading.positions.lineOf(path)}: ${placeOf(path)}`
}

function gatewayOf(reading: Reading, gateway: GatewayInput): Omit<Serving, 'main' | 'hosts' | 'login'> {
  const { listen = [], admin, forwardAuth, identity = {}, timeouts, limits } = gateway
  const { forwardTicket = NO_SERVING.forwardTicket, workers = NO_SERVING.workers } = gateway
  const list = Array.isArray(listen)
  const names = (given: string | string[] | undefined, usual: readonly string[]) =>
    given === undefined ? usual : typeof given === 'string' ? [given] : given
  return {
    listen: (list ? listen : [listen]).map((one, index) =>
      listenOf(reading, one, ['gateway', 'listen', ...(list ? [index] : [])]),
    ),
    admin: admin === undefined ? undefined : listenOf(reading, admin, ['gateway', 'admin']),
    forwardAuth: forwardAuth && {
      listen: listenOf(reading, forwardAuth.listen, ['gateway', 'forwardAuth', 'listen']),
      peers: forwardAuth.peers ?? LOOPBACK,
    },
    identity: {
      uid: names(identity.uid, IDENTITY_NAMES.uid),
      tokens: names(identity.tokens, IDENTITY_NAMES.tokens),
      userData: names(identity.userData, IDENTITY_NAMES.userData),
    },
    forwardTicket,
    timeouts: Object.assign({}, TIMEOUTS, timeouts),
    limits: Object.assign({}, LIMITS, limits),
    workers,
  }
}

type ListenInput = Exclude<NonNullable<GatewayInput['listen']>, unknown[]>

function listenOf(reading: Reading, given: ListenInput, path: Path): Listen {
  const { address, tls } = typeof given === 'string' ? { address: given, tls: undefined } : given
  const certificates = tls === undefined || Array.isArray(tls) ? tls : [tls]
  return {
    endpoint: endpointOf(reading, address),
    tls: certificates?.map(({ names = [], cert, key }, index) => ({
      names: names.map((name) => name.toLowerCase()),
      certFile: fromFolder(reading.file, cert),
      keyFile: fromFolder(reading.file, key),
      at: atOf(reading, [...path, 'tls', ...(Array.isArray(tls) ? [index] : [])]),
    })),
    at: atOf(reading, path),
  }
}

function endpointOf(reading: Reading, text: string): Endpoint {
  const endpoint = parseEndpoint(text) as Endpoint
  return 'unix' in endpoint ? { unix: fromFolder(reading.file, endpoint.unix) } : endpoint
}
