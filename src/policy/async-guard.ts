/** `createAsyncGuard`: a guard where signatures are checked by WebCrypto, which answers with promises. */

import { TktError } from '../errors.js'
import { findProblems } from './check.js'
import { createCore, isDecision } from './core.js'
import type { AsyncGuard, Decision } from './decision.js'
import type { Compat } from './defaults.js'
import { refuse } from './guard.js'
import { judge } from './judge.js'
import { keyProblems, readKeysLater, weakKeys } from './key-problems.js'
import { type GuardOptions, parseOptions } from './options.js'
import { asyncSignedRings } from './signed-rings.js'
import { findSignedLater } from './signed-ticket.js'
import { warningsOf } from './warnings.js'

/**
 * A guard for runtimes without node:crypto (browsers, workers at the edge). It has `decideAsync` and no `decide`, and
 * signs nobody in.
 *
 * @example
 * const guard = await createAsyncGuard({
 *   module: 'mod_auth_pubtkt',
 *   publicKeys: [{ publicKey, digest: 'sha256' }],
 *   signatures: webCryptoSignatures(),
 *   loginUrl: 'https://login.example.com/login',
 *   areas: [{ path: '/' }],
 * })
 *
 * @throws TktError `ERR_TKT_OPTIONS`, as a rejection, on the first option that makes no sense, with its place
 */
export async function createAsyncGuard(input: GuardOptions): Promise<AsyncGuard> {
  const options = parseOptions(input, 'createAsyncGuard')
  const compat: Compat = options.compat ?? 'hardened'
  const { signatures: host } = options
  if (!host?.async) {
    throw new TktError(
      'ERR_TKT_OPTIONS',
      'createAsyncGuard: signatures: give webCryptoSignatures(); or use createGuard',
    )
  }
  refuse('createAsyncGuard', findProblems(options, compat))
  const keys = await readKeysLater(options, host)
  refuse('createAsyncGuard', keyProblems(keys, compat))
  const rings = await asyncSignedRings(options, host)
  const { means, refusesOddPaths, caseOf, shadowed, areaOf, cacheStats } = createCore(options, rings)
  return {
    async decideAsync(request): Promise<Decision> {
      const found = caseOf(request)
      if (isDecision(found)) return shadowed(request, found)
      const { area, facts } = found
      const signed = area.signing?.ring === undefined ? undefined : await findSignedLater(area, area.signing, facts)
      return shadowed(request, judge(area, facts, means, signed))
    },
    areaOf,
    cacheStats,
    refusesOddPaths,
    warnings: warningsOf(options, compat, weakKeys(keys)),
  }
}
