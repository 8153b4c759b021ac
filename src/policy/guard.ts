/** `createGuard`: options in, once; a request in, a decision out, every time. */

import { TktError } from '../errors.js'
import { findProblems } from './check.js'
import { createCore, isDecision } from './core.js'
import type { Decision, Guard, GuardRequest } from './decision.js'
import type { Compat } from './defaults.js'
import { keyProblems, readKeys, syncHost, weakKeys } from './key-problems.js'
import { type GuardOptions, type OptionIssue, parseOptions, placeOf } from './options.js'
import { signedRings } from './signed-rings.js'
import { visitOf } from './visit.js'
import { warningsOf } from './warnings.js'

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
  refuse('createGuard', findProblems(options, compat))
  const host = syncHost(options)
  const keys = readKeys(options)
  refuse('createGuard', keyProblems(keys, compat))
  const core = createCore(options, signedRings(options, host))
  const { means, places, refusesOddPaths, caseOf, shadowed, areaOf, cacheStats } = core
  const decide = (request: GuardRequest): Decision => shadowed(request, core.decide(request))

  return {
    decide,
    decideAsync: async (request) => decide(request),
    areaOf,
    visit(request) {
      const found = caseOf(request)
      return isDecision(found) ? undefined : visitOf(found.area, found.facts, means, places)
    },
    cacheStats,
    refusesOddPaths,
    warnings: warningsOf(options, compat, weakKeys(keys)),
  }
}

/** The first problem is an error. */
export function refuse(name: string, [problem]: readonly OptionIssue[]): void {
  if (problem) throw new TktError('ERR_TKT_OPTIONS', `${name}: ${placeOf(problem.path)}: ${problem.message}`)
}
