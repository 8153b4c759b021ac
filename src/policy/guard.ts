/** `createGuard`: options in, once; a request in, a decision out, every time. */

import { TktError } from '../errors.js'
import { createMatcher } from '../http/cidr.js'
import { lenientPath } from '../http/target.js'
import { fromBytes } from '../ticket/charset.js'
import { createRing, type Ring } from '../ticket/ring.js'
import { NO_COOKIES } from './answers.js'
import { type Area, makeArea, mergeSettings, nameOf } from './area.js'
import { type AreaIndex, createAreaIndex } from './areas.js'
import { findProblems } from './check.js'
import type { Decision, Failure, Guard, GuardRequest } from './decision.js'
import { type Compat, DEFAULT_OPTIONS, DEFAULT_SETTINGS, type Whole } from './defaults.js'
import { createReader, type Facts, type ReadFacts } from './facts.js'
import { judge, type Means } from './judge.js'
import { type GuardOptions, type ParsedGuard, type ParsedHost, parseOptions, placeOf } from './options.js'
import { ringKeys } from './ring-keys.js'
import { siteChooser } from './sites.js'
import { warningsOf } from './warnings.js'

/** The areas of one server. */
interface Areas {
  readonly index: AreaIndex<Area>
  /** The same as lenient software would find them; undefined where that does not matter. */
  readonly lenient: AreaIndex<Area> | undefined
}

/** What the guard makes of a request before any area is asked. */
type Place = { readonly facts: Facts; readonly area: Area | undefined } | Failure

/**
 * A guard for a server's areas.
 *
 * @example
 * const guard = createGuard({
 *   keys: [{ secret, digest: 'sha256' }],
 *   loginUrl: 'https://login.example.com/login',
 *   areas: [{ path: '/' }, { path: '/public', require: 'granted' }],
 * })
 * const decision = guard.decide({ method, url, headers: request.rawHeaders, ip, now })
 *
 * @throws TktError `ERR_TKT_OPTIONS` on the first option that makes no sense, with its place
 */
export function createGuard(input: GuardOptions): Guard {
  const options = parseOptions(input)
  const compat: Compat = options.compat ?? 'hardened'
  const [problem] = findProblems(options, compat)
  if (problem) throw new TktError('ERR_TKT_OPTIONS', `createGuard: ${placeOf(problem.path)}: ${problem.message}`)
  const whole: Whole = { ...DEFAULT_OPTIONS[compat], ...given(options) }
  const main = areasOf(options, undefined, compat)
  const sites = (options.hosts ?? []).map((host) => ({ host, content: areasOf(options, host, compat) }))
  const siteOf = siteChooser(main, sites, whole.unknownHost, compat === 'exact')
  const read = readerOf(whole.trustedProxies, whole.forwardedHeaders)
  const refusesOdd = whole.oddPaths === 'refuse'
  const means: Means = {
    uuid: () => crypto.randomUUID(),
    decode: whole.charset === 'utf8' ? fromBytes : undefined,
  }

  function locate(request: GuardRequest): Place {
    // A clock that says nothing would let tickets live for ever.
    if (!(request.now >= 0)) throw new TktError('ERR_TKT_OPTIONS', 'decide: now must be unix time in whole seconds')
    const facts = read(request)
    if (typeof facts === 'string') return failure(facts === 'hidden' && !refusesOdd ? 404 : 400)
    const site = siteOf(facts)
    if (site === undefined) return failure(400)
    const { path } = facts.target
    const area = site.index.find(path)
    if (refusesOdd && isOdd(site, area, path)) return failure(400)
    return { facts, area }
  }

  function decideFor(request: GuardRequest): Decision {
    const place = locate(request)
    if ('kind' in place) return place
    const { facts, area } = place
    if (area !== undefined) return judge(area, facts, means)
    if (whole.default === 'pass') return { kind: 'pass', url: facts.target.url }
    return { kind: 'deny', status: 403, reason: 'config', setCookies: NO_COOKIES, noStore: true }
  }

  function decide(request: GuardRequest): Decision {
    const decision = decideFor(request)
    if (!whole.shadow || decision.kind === 'pass') return decision
    return { kind: 'pass', url: 'url' in decision ? decision.url : request.url, shadow: decision }
  }

  return {
    decide,
    decideAsync: async (request) => decide(request),
    areaOf(request) {
      const place = locate(request)
      return 'kind' in place ? undefined : place.area?.name
    },
    warnings: warningsOf(options, compat),
  }
}

/** Options that are there: an undefined one counts as left out. */
function given<T extends object>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as never
}

/** The areas of a host or, without one, of the main server. */
function areasOf(options: ParsedGuard, host: ParsedHost | undefined, compat: Compat): Areas {
  const areas = host?.areas ?? options.areas ?? []
  const keys = ringKeys(host?.keys ?? options.keys ?? [])
  const rings = new Map<boolean, Ring>()
  const ringFor = (ignoreIp: boolean): Ring | undefined => {
    if (keys.length === 0) return undefined
    let ring = rings.get(ignoreIp)
    if (!ring) rings.set(ignoreIp, (ring = createRing({ keys, ignoreIp, selfTest: options.selfTest ?? true })))
    return ring
  }
  const made = new Map<string, Area>()
  const merge = (matching: readonly number[]): Area => {
    const key = matching.join()
    let area = made.get(key)
    if (!area) {
      const layers = matching.map((index) => areas[index] as (typeof areas)[number])
      const settings = mergeSettings(DEFAULT_SETTINGS[compat], [options, host ?? {}, ...layers], compat)
      const deepest = matching.at(-1) as number
      if (settings.require !== 'granted' && keys.length === 0 && compat === 'hardened') {
        throw new TktError(
          'ERR_TKT_OPTIONS',
          `createGuard: keys: area ${nameOf(layers.at(-1) ?? {})} needs a key; add one`,
        )
      }
      area = makeArea(nameOf(areas[deepest] as (typeof areas)[number]), settings, compat, ringFor)
      if (made.size < 65536) made.set(key, area)
    }
    return area
  }
  const order = options.order ?? DEFAULT_OPTIONS[compat].order
  const index = createAreaIndex(areas, order, false, merge)
  index.warm()
  const oddPaths = options.oddPaths ?? DEFAULT_OPTIONS[compat].oddPaths
  return { index, lenient: oddPaths === 'refuse' ? createAreaIndex(areas, order, true, merge) : undefined }
}

/** Whether other software may take the path for one of another area. */
function isOdd({ lenient }: Areas, area: Area | undefined, path: string): boolean {
  if (lenient === undefined) return false
  const read = lenientPath(path)
  if (read === undefined) return false
  return path.includes('\\') || lenient.find(read) !== area
}

function readerOf(trusted: 'any' | readonly string[], kind: 'x-forwarded' | 'forwarded' | 'both'): ReadFacts {
  if (trusted === 'any') return createReader(undefined, true, kind)
  return createReader(trusted.length === 0 ? undefined : createMatcher(trusted), false, kind)
}

function failure(status: 400 | 404): Failure {
  return { kind: 'error', status, reason: 'malformed', setCookies: NO_COOKIES, noStore: false }
}
