/** `createGuard`: options in, once; a request in, a decision out, every time. */

import { TktError } from '../errors.js'
import { createMatcher } from '../http/cidr.js'
import { fromBytes } from '../ticket/charset.js'
import { NO_COOKIES, pass } from './answers.js'
import type { Area } from './area.js'
import { findProblems } from './check.js'
import type { Decision, Failure, Guard, GuardRequest } from './decision.js'
import { type Compat, DEFAULT_OPTIONS, profileOf, type Whole } from './defaults.js'
import { createReader, type Facts, type ReadFacts } from './facts.js'
import { judge, type Means } from './judge.js'
import { keyringMaker } from './keyrings.js'
import { createLookup, isElsewhere, surroundings } from './lookup.js'
import { type GuardOptions, parseOptions, placeOf } from './options.js'
import { siteChooser } from './sites.js'
import { cookiePlaces, visitOf } from './visit.js'
import { warningsOf } from './warnings.js'

const UNREADABLE = failure(400)
const NOT_FOUND = failure(404)
/** A path in no area where such paths are denied. */
const OUTSIDE: Decision = Object.freeze({
  kind: 'deny',
  status: 403,
  reason: 'config',
  setCookies: NO_COOKIES,
  noStore: true,
})

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
  const whole: Whole = { ...DEFAULT_OPTIONS[profileOf(options)], ...given(options) }
  const { selfTest, charset, pythonCookies } = whole
  const keyringOf = keyringMaker({ selfTest, utf8: charset === 'utf8', pythonCookies })
  const around = surroundings(options, keyringOf)
  const main = createLookup(options, undefined, around, keyringOf)
  const sites = (options.hosts ?? []).map((host, index) => {
    const keyring = host.keys === undefined ? around.keyring : keyringOf(host.keys)
    return { host, content: createLookup(options, host, { ...around, keyring, host: index }, keyringOf) }
  })
  const siteOf = siteChooser(main, sites, whole.unknownHost, compat === 'exact', options.mainPorts)
  const read = readerOf(whole)
  const refusesOdd = whole.oddPaths === 'refuse'
  const places = cookiePlaces(options)
  const means: Means = {
    uuid: () => crypto.randomUUID(),
    hex: () => Array.from(crypto.getRandomValues(new Uint8Array(16)), hexOf).join(''),
    decode: whole.charset === 'utf8' ? fromBytes : undefined,
  }

  /** What no area has to judge: requests that cannot be read, hosts and paths that are refused. */
  function place(facts: Facts): Area | Decision | undefined {
    const site = siteOf(facts)
    if (site === undefined) return UNREADABLE
    const { path, odd, url } = facts.target
    const area = site.index.find(path)
    if (isElsewhere(site, area, path, odd)) return UNREADABLE
    if (area !== undefined) return area
    return whole.default === 'pass' ? pass(url, site.host) : OUTSIDE
  }

  function readRequest(request: GuardRequest): Facts | Failure {
    // A clock that says nothing would let tickets live for ever.
    if (!isTime(request.now)) throw new TktError('ERR_TKT_OPTIONS', 'decide: now must be unix time in whole seconds')
    const facts = read(request)
    if (typeof facts !== 'string') return facts
    return facts === 'hidden' && !refusesOdd ? NOT_FOUND : UNREADABLE
  }

  function decideFor(request: GuardRequest): Decision {
    const facts = readRequest(request)
    if (isDecision(facts)) return facts
    const area = place(facts)
    return isDecision(area) ? area : judge(area as Area, facts, means)
  }

  /** Which entry of `hosts` answers, whatever is decided. */
  function hostOf(request: GuardRequest): number | undefined {
    const facts = readRequest(request)
    return isDecision(facts) ? undefined : siteOf(facts)?.host
  }

  function decide(request: GuardRequest): Decision {
    const decision = decideFor(request)
    // Nothing is enforced, not even the one spelling of the path.
    return whole.shadow ? { ...pass(request.url, hostOf(request)), shadow: decision } : decision
  }

  return {
    decide,
    decideAsync: async (request) => decide(request),
    areaOf(request) {
      const facts = readRequest(request)
      const area = isDecision(facts) ? undefined : place(facts)
      if (area === undefined || isDecision(area)) return undefined
      const { name, settings, host } = area
      return { name, settings, host }
    },
    visit(request) {
      const facts = readRequest(request)
      const area = isDecision(facts) ? undefined : place(facts)
      if (area === undefined || isDecision(area)) return undefined
      return visitOf(area, facts as Facts, means, places)
    },
    cacheStats: () => undefined,
    refusesOddPaths: refusesOdd,
    warnings: warningsOf(options, compat),
  }
}

/** Options that are there: an undefined one counts as left out. */
function given<T extends object>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as never
}

function readerOf({ trustedProxies, forwardedHeaders, pathRules }: Whole): ReadFacts {
  const anyHost = trustedProxies === 'any'
  const trusted = anyHost || trustedProxies.length === 0 ? undefined : createMatcher(trustedProxies)
  return createReader(trusted, anyHost, forwardedHeaders, pathRules)
}

function hexOf(byte: number): string {
  return byte.toString(16).padStart(2, '0')
}

/** Whole seconds that a ticket can hold: milliseconds are too many. */
function isTime(now: number): boolean {
  return Number.isInteger(now) && now >= 0 && now <= 0xffffffff
}

function failure(status: 400 | 404): Failure {
  return Object.freeze({ kind: 'error', status, reason: 'malformed', setCookies: NO_COOKIES, noStore: false })
}

function isDecision(value: object | undefined): value is Decision {
  return value !== undefined && (value as Partial<Decision>).kind !== undefined
}
