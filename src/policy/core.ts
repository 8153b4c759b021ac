/** What guards are made of, whether they answer at once or have to wait: areas found, requests read. */

import { TktError } from '../errors.js'
import { createMatcher } from '../http/cidr.js'
import { fromBytes } from '../ticket/charset.js'
import { checkCache } from '../ticket/options.js'
import type { CacheStats } from '../types.js'
import type { Means } from './admit.js'
import { NO_COOKIES, pass } from './answers.js'
import type { Area } from './area.js'
import type { AreaInfo, Decision, Failure, GuardRequest } from './decision.js'
import { type Compat, DEFAULT_OPTIONS, profileOf, type Whole } from './defaults.js'
import { createReader, type Facts, type ReadFacts } from './facts.js'
import { judge } from './judge.js'
import { keyringMaker } from './keyrings.js'
import { createLookup, isElsewhere, surroundings } from './lookup.js'
import type { ParsedGuard } from './options.js'
import { type SignedRings, sumOf } from './signed-rings.js'
import { siteChooser } from './sites.js'
import { type CookiePlaces, cookiePlaces } from './visit.js'

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

/** An area that has to judge, and what it needs to. */
export interface Case {
  readonly area: Area
  readonly facts: Facts
}

export interface Core {
  readonly means: Means
  readonly places: CookiePlaces
  readonly refusesOddPaths: boolean
  /** Who judges a request; or the decision, where it cannot be read or falls in no area. */
  caseOf(request: GuardRequest): Case | Decision
  /** What is decided, where nothing has to be waited for. Not by way of `caseOf`, whose pair it would only take apart. */
  decide(request: GuardRequest): Decision
  /** With `shadow`, what was decided is only told. */
  shadowed(request: GuardRequest, decision: Decision): Decision
  areaOf(request: GuardRequest): AreaInfo | undefined
  cacheStats(): CacheStats | undefined
}

export function createCore(options: ParsedGuard, signed: SignedRings): Core {
  const compat: Compat = options.compat ?? 'hardened'
  const whole: Whole = { ...DEFAULT_OPTIONS[profileOf(options)], ...given(options) }
  const { selfTest, hostDigest, charset, pythonCookies } = whole
  const cache = checkCache(options.cache, false, 'cache')
  const keyrings = keyringMaker({ selfTest, hostDigest, utf8: charset === 'utf8', pythonCookies, cache })
  const around = surroundings(options, keyrings.keyringOf, signed)
  const main = createLookup(options, undefined, around, keyrings.keyringOf)
  const sites = (options.hosts ?? []).map((host, index) => {
    const keyring = host.keys === undefined ? around.keyring : keyrings.keyringOf(host.keys)
    return { host, content: createLookup(options, host, { ...around, keyring, host: index }, keyrings.keyringOf) }
  })
  const siteOf = siteChooser(main, sites, whole.unknownHost, compat === 'exact', options.mainPorts)
  const read = readerOf(whole)
  const refusesOdd = whole.oddPaths === 'refuse'
  const means: Means = {
    uuid: () => crypto.randomUUID(),
    hex: () => Array.from(crypto.getRandomValues(new Uint8Array(16)), hexOf).join(''),
    decode: whole.charset === 'utf8' ? fromBytes : undefined,
  }

  /** What no area has to judge: requests that cannot be read, hosts and paths that are refused. */
  function place(facts: Facts): Area | Decision {
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

  function caseOf(request: GuardRequest): Case | Decision {
    const facts = readRequest(request)
    if (isDecision(facts)) return facts
    const area = place(facts)
    return isDecision(area) ? area : { area, facts }
  }

  function decide(request: GuardRequest): Decision {
    const facts = readRequest(request)
    if (isDecision(facts)) return facts
    const area = place(facts)
    return isDecision(area) ? area : judge(area, facts, means)
  }

  /** Which entry of `hosts` answers, whatever is decided. */
  function hostOf(request: GuardRequest): number | undefined {
    const facts = readRequest(request)
    return isDecision(facts) ? undefined : siteOf(facts)?.host
  }

  return {
    means,
    places: cookiePlaces(options),
    refusesOddPaths: refusesOdd,
    caseOf,
    decide,
    // Nothing is enforced, not even the one spelling of the path.
    shadowed: (request, decision) =>
      whole.shadow ? { ...pass(request.url, hostOf(request)), shadow: decision } : decision,
    areaOf(request) {
      const found = caseOf(request)
      if (isDecision(found)) return undefined
      const { name, settings, host, signing } = found.area
      return { name, settings, host, ...(signing && { publicKeys: signing.publicKeys }) }
    },
    cacheStats: () => (options.cache === false ? undefined : sumOf([signed.stats(), keyrings.stats()])),
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

export function isDecision(value: object): value is Decision {
  return (value as Partial<Decision>).kind !== undefined
}
