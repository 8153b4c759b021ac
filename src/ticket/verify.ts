/** `createVerifier`: one engine, one ring, one call per cookie value. */

import { DIALECTS, type DialectFacts, recipeOf } from '../engine/dialects.js'
import {
  createEngine,
  DATA,
  DATA_END,
  type Engine,
  MISMATCH,
  TIMESTAMP,
  TOKENS,
  TOKENS_END,
  TOO_LONG,
  UID,
  UID_END,
} from '../engine/engine.js'
import { selfTest } from '../engine/self-test.js'
import { TktError } from '../errors.js'
import type { Reason, Ticket, Verifier, VerifierOptions, VerifyContext, VerifyResult } from '../types.js'
import { addressTextOf, binder } from './address.js'
import {
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
import { decodeFields, hasControl, LazyMatch, readFields } from './read.js'
import { isAmbiguous, isListed } from './strict.js'
import { readUid } from './userid-types.js'

const OPTIONS = ['keys', 'ignoreIp', 'timeout', 'charset', 'lazyTicket', 'ipv6Prefix', 'selfTest']

/** No shorter text is a ticket: MD5 in hex, the timestamp, one separator. */
const SHORTEST = 41

/**
 * A ticket begins with a hex digit: as it is, behind a quote, escaped, or as base64 writes it (0-9 as M N O, A-F as Q R,
 * a-f as Y Z). Two thirds of all garbage end here, for a tenth of what a look inside costs.
 */
const BEGINNINGS = new Set([...'0123456789abcdefABCDEF"%MNOQRYZ'].map((char) => char.charCodeAt(0)))
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
const CONTROL = /[\0-\x1f\x7f]/
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
  return verifierOn(createEngine(), options)
}

/** What a guard asks of a ticket besides a good digest; its settings have these names. */
export interface Rules {
  /** Seconds that it may lie in the future; null: any number. */
  readonly clockSkew: number | null
  /** No control bytes, no empty uid but with `guestEmpty`. */
  readonly strictFields: boolean
  readonly guestEmpty: boolean
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

/** As `createVerifier`, on an engine with an empty ring. Unless it is `ruled`, nothing but value and context counts. */
export function verifierOn(engine: Engine, options: VerifierOptions, ruled?: Ruled): { verify: RuledVerify } {
  checkKeys(options, OPTIONS, 'createVerifier')
  const timeout = checkTimeout(options.timeout, 'createVerifier: timeout')
  const utf8 = checkChoice(options.charset ?? 'latin1', ['latin1', 'utf8'], 'createVerifier: charset') === 'utf8'
  const keys = resolveKeys(options.keys, engine.limits, 'createVerifier', ruled?.strictText ?? utf8)
  const ignoreIp = checkFlag(options.ignoreIp, false, 'createVerifier: ignoreIp')
  const lazy = checkFlag(options.lazyTicket, false, 'createVerifier: lazyTicket')
  if (checkFlag(options.selfTest, true, 'createVerifier: selfTest')) selfTest(keys)
  for (const { secret, digest, dialect } of keys) {
    engine.loadKey(secret, digest, recipeOf(dialect, ruled?.pythonCookies ?? true))
  }
  forgetSecrets(keys)
  const recipes = keys.map((key) => DIALECTS[key.dialect])
  const anyStart = recipes.some(({ hmac }) => hmac)
  const ipv6Prefix = checkPrefix(options.ipv6Prefix, 'createVerifier: ipv6Prefix')
  const bind = binder(engine, ignoreIp, addressTextOf(recipes), ipv6Prefix)
  const { fields } = engine
  const ends = keys.some((key) => key.acceptUntil !== Number.POSITIVE_INFINITY)
  // Fields that mean something else than they say, or that a list must have.
  const judged = keys.map(({ strict }, index) => strict !== undefined || (recipes[index] as DialectFacts).useridTypes)
  const bent = recipes.map((recipe) => recipe.uidQuoted || recipe.shifted || recipe.dataBase64 || recipe.hmac)
  const needsNow = timeout !== 0 || ends

  const bytes = new Uint8Array(fields.buffer)
  const among = (from: number, end: number) => hasControl(bytes, fields[from] as number, fields[end] as number)

  /** What the rules have against the ticket that was found. In the engine's bytes: nothing has been read for it yet. */
  function objection({ clockSkew, strictFields, guestEmpty }: Rules, now: number): Reason | undefined {
    if (clockSkew !== null && (fields[TIMESTAMP] as number) > now + clockSkew) return 'future'
    if (!strictFields) return undefined
    if (fields[UID] === fields[UID_END] && !guestEmpty) return 'malformed'
    return among(UID, UID_END) || among(TOKENS, TOKENS_END) || among(DATA, DATA_END) ? 'malformed' : undefined
  }

  function verify(cookieValue: string | undefined, context?: VerifyContext, rules?: Rules): VerifyResult {
    if (cookieValue === undefined || cookieValue === '') return refuse('absent')
    if (typeof cookieValue !== 'string' || cookieValue.length < SHORTEST) return refuse('malformed')
    if (!anyStart && MAY_BEGIN[cookieValue.charCodeAt(0)] !== 1) return refuse('malformed')
    const now = needsNow ? checkTime(context?.now, 'verify: now') : 0
    if (!bind(context?.ip)) return refuse('address')
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
    engine.wipe()
    if (judged[keyIndex]) {
      const meant = meaningOf(ticket, keys[keyIndex] as ResolvedKey, ruled && rules)
      if (typeof meant === 'string') return refuse(meant)
      ticket = meant
    }
    return { ok: true, ticket: utf8 ? decodeFields(ticket) : ticket, keyIndex }
  }

  return { verify }
}

/** The ticket with the uid that is meant, if the rules and the key's list have nothing against it. */
function meaningOf(read: Ticket, { dialect, strict }: ResolvedKey, rules: Rules | undefined): Ticket | Reason {
  const { useridTypes, separated } = DIALECTS[dialect]
  const ticket = useridTypes ? readUid(read) : read
  if (ticket === undefined) return 'malformed'
  // The engine's bytes have been looked at, but a uid in base64 may hold anything.
  if (rules?.strictFields && (CONTROL.test(ticket.uid) || (ticket.uid === '' && !rules.guestEmpty))) return 'malformed'
  if (strict === undefined) return ticket
  return isListed(strict, ticket) && (separated || !isAmbiguous(strict, ticket)) ? ticket : 'user'
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
