/** `createVerifier`: one engine, one ring, one call per cookie value. */

import { DIALECTS, type DialectFacts, recipeOf } from '../engine/dialects.js'
import { type Engine, isBent, MISMATCH, TIMESTAMP, TOO_LONG, UID } from '../engine/engine.js'
import { TktError } from '../errors.js'
import type { CacheStats, Reason, Verifier, VerifierOptions, VerifyContext, VerifyResult } from '../types.js'
import { addressTextOf, binder } from './address.js'
import { createTicketCache } from './cache.js'
import { engineFor, testFor, useHostDigest } from './engines.js'
import { meaningOf } from './meaning.js'
import {
  checkCache,
  checkChoice,
  checkFlag,
  checkKeys,
  checkPrefix,
  checkTime,
  checkTimeout,
  forgetSecrets,
  type ResolvedKey,
  resolveKeys,
} from './options.js'
import { decodeFields, LazyMatch, readFields } from './read.js'
import { again, isDoubtful, isPlain, type Rules, remember, type Verified } from './verified.js'
import { type Terms, verifyManyOn } from './verify-many.js'

const OPTIONS = [
  'keys',
  'ignoreIp',
  'timeout',
  'charset',
  'lazyTicket',
  'ipv6Prefix',
  'selfTest',
  'cache',
  'hostDigest',
]

/** No shorter text is a ticket: MD5 in hex, the timestamp, one separator. */
const SHORTEST = 41

/**
 * A ticket begins with a hex digit: as it is, behind a quote, escaped, or as base64 writes it (0-9 as M N O, A-F as Q R,
 * a-f as Y Z). Two thirds of all garbage end here, for a tenth of what a look inside costs.
 */
const BEGINNINGS = new Set([...'0123456789abcdefABCDEF"%MNOQRYZ'].map((char) => char.charCodeAt(0)))
const MAY_BEGIN = Uint8Array.from({ length: 128 }, (_, code) => Number(BEGINNINGS.has(code)))

/**
 * A verifier for tickets made with any key of the ring.
 *
 * @example
 * const verifier = createVerifier({ keys: [{ secret, digest: 'sha256' }] })
 * const result = verifier.verify(cookieValue, { ip: '192.0.2.7', now })
 * if (result.ok) console.log(result.ticket.uid)
 *
 * @throws TktError `ERR_TKT_OPTIONS` on options that make no sense, `ERR_TKT_ENGINE` when the self-test fails
 */
export function createVerifier(options: VerifierOptions): Verifier {
  const { verify, cacheStats, terms } = verifierOn(engineFor(options?.keys), options)
  return { verify, verifyMany: verifyManyOn(terms, verify), cacheStats }
}

/** `rules` need a time in the context. */
export type RuledVerify = (value: string | undefined, context?: VerifyContext, rules?: Rules) => VerifyResult

/** What only guards ask for. */
export interface Ruled {
  /** Strict lists are text, not bytes. */
  readonly strictText: boolean
  /** See `recipeOf`. */
  readonly pythonCookies: boolean
}

const NO_LOOK_UPS: CacheStats = { hits: 0, misses: 0, evictions: 0 }

/** As `createVerifier`, on an engine with an empty ring. Unless it is `ruled`, nothing but value and context counts. */
export function verifierOn(
  engine: Engine,
  options: VerifierOptions,
  ruled?: Ruled,
): { verify: RuledVerify; cacheStats: () => CacheStats; terms: Terms } {
  checkKeys(options, OPTIONS, 'createVerifier')
  const timeout = checkTimeout(options.timeout, 'createVerifier: timeout')
  const utf8 = checkChoice(options.charset ?? 'latin1', ['latin1', 'utf8'], 'createVerifier: charset') === 'utf8'
  const keys = resolveKeys(options.keys, engine.limits, 'createVerifier', ruled?.strictText ?? utf8)
  const ignoreIp = checkFlag(options.ignoreIp, false, 'createVerifier: ignoreIp')
  const entries = checkCache(options.cache, false, 'createVerifier: cache')
  const cache = entries === 0 ? undefined : createTicketCache<Verified>(entries)
  // A cache has to read the fields, once for all who ask.
  const lazy = checkFlag(options.lazyTicket, false, 'createVerifier: lazyTicket') && cache === undefined
  const proven = checkFlag(options.selfTest, true, 'createVerifier: selfTest')
  if (proven) testFor(keys)
  if (checkFlag(options.hostDigest, true, 'createVerifier: hostDigest')) useHostDigest(engine, keys)
  for (const { secret, digest, dialect } of keys) {
    engine.loadKey(secret, digest, recipeOf(dialect, ruled?.pythonCookies ?? true))
  }
  forgetSecrets(keys)
  const recipes = keys.map((key) => DIALECTS[key.dialect])
  const anyStart = recipes.some(({ hmac }) => hmac)
  const ipv6Prefix = checkPrefix(options.ipv6Prefix, 'createVerifier: ipv6Prefix')
  const binding = { ignoreIp, text: addressTextOf(recipes), ipv6Prefix }
  const bind = binder(engine, binding)
  const { fields } = engine
  const ends = keys.some((key) => key.acceptUntil !== Number.POSITIVE_INFINITY)
  // Fields that mean something else than they say, or that a list must have.
  const judged = keys.map(({ strict }, index) => strict !== undefined || (recipes[index] as DialectFacts).useridTypes)
  const bent = recipes.map(isBent)
  const needsNow = timeout !== 0 || ends

  const bytes = new Uint8Array(fields.buffer)

  /** What the rules have against the ticket that was found. */
  function objection({ clockSkew, strictFields, guestEmpty }: Rules, now: number): Reason | undefined {
    if (clockSkew !== null && (fields[TIMESTAMP] as number) > now + clockSkew) return 'future'
    return strictFields && !isPlain(engine, bytes, guestEmpty) ? 'malformed' : undefined
  }

  /** Whether a ticket that was found good at another time still is. */
  function holds(known: Verified, now: number, rules: Rules | undefined, ruleNow: number): boolean {
    if (ends && now > (keys[known.keyIndex] as ResolvedKey).acceptUntil) return false
    if (timeout !== 0 && now > known.ticket.issuedAt + timeout) return false
    return ruled === undefined || rules === undefined || !isDoubtful(known, rules, ruleNow)
  }

  function verify(cookieValue: string | undefined, context?: VerifyContext, rules?: Rules): VerifyResult {
    if (cookieValue === undefined || cookieValue === '') return refuse('absent')
    if (typeof cookieValue !== 'string' || cookieValue.length < SHORTEST) return refuse('malformed')
    if (!anyStart && MAY_BEGIN[cookieValue.charCodeAt(0)] !== 1) return refuse('malformed')
    const now = needsNow ? checkTime(context?.now, 'verify: now') : 0
    // All that a digest is bound to but the keys, which are this verifier's own.
    const bound = ignoreIp ? undefined : context?.ip
    if (cache !== undefined) {
      const known = cache.get(cookieValue, bound)
      if (known !== undefined && holds(known, now, rules, context?.now as number)) return again(known)
    }
    if (!bind(bound)) return refuse('address')
    const status = engine.verify(cookieValue)
    if (status <= 0) return refuse(reasonOf(status))
    const keyIndex = status - 1
    if (ends && now > (keys[keyIndex] as ResolvedKey).acceptUntil) {
      engine.wipe()
      return refuse('digest')
    }
    const issuedAt = fields[TIMESTAMP] as number
    if (timeout !== 0 && now > issuedAt + timeout) {
      engine.wipe()
      return refuse('expired')
    }
    if (ruled !== undefined && rules !== undefined) {
      const reason = objection(rules, context?.now as number)
      if (reason !== undefined) {
        engine.wipe()
        return refuse(reason)
      }
    }
    if (lazy && !judged[keyIndex] && !bent[keyIndex]) {
      engine.wipe()
      return new LazyMatch(keyIndex, cookieValue, (keys[keyIndex] as ResolvedKey).digest, issuedAt, utf8)
    }
    let ticket = readFields(engine, fields[UID] as number, issuedAt)
    const plain = cache !== undefined && isPlain(engine, bytes, false)
    engine.wipe()
    if (judged[keyIndex]) {
      const meant = meaningOf(ticket, keys[keyIndex] as ResolvedKey, ruled && rules)
      if (typeof meant === 'string') return refuse(meant)
      ticket = meant
    }
    if (utf8) ticket = decodeFields(ticket)
    cache?.set(cookieValue, bound, remember(ticket, keyIndex, plain))
    return { ok: true, ticket, keyIndex }
  }

  const terms = { engine, keys, judged, timeout, needsNow, utf8, binding, proven }
  return { verify, cacheStats: () => ({ ...(cache?.stats ?? NO_LOOK_UPS) }), terms }
}

function refuse(reason: Reason): VerifyResult {
  return { ok: false, reason }
}

function reasonOf(status: number): Reason {
  if (status === MISMATCH) return 'digest'
  if (status === TOO_LONG) return 'too-long'
  if (status === 0) return 'malformed'
  throw new TktError('ERR_TKT_ENGINE', `the engine answered ${status} to a verify`)
}
