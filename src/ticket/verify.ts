/** `createVerifier`: one engine, one ring, one call per cookie value. */

import { DIALECTS } from '../engine/dialects.js'
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
import { bindAddress, UNBOUND } from './address.js'
import { fromBytes } from './charset.js'
import { checkChoice, checkKeys, checkTime, checkTimeout, resolveKeys } from './options.js'
import { splitTokens } from './tokens.js'

const OPTIONS = ['keys', 'ignoreIp', 'timeout', 'charset', 'selfTest']

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

/** As `createVerifier`, on an engine with an empty ring. */
export function verifierOn(engine: Engine, options: VerifierOptions): Verifier {
  checkKeys(options, OPTIONS, 'createVerifier')
  const keys = resolveKeys(options.keys, engine.limits, 'createVerifier')
  const timeout = checkTimeout(options.timeout, 'createVerifier: timeout')
  const utf8 = checkChoice(options.charset ?? 'latin1', ['latin1', 'utf8'], 'createVerifier: charset') === 'utf8'
  const bindsAddress = options.ignoreIp !== true
  if (options.selfTest !== false) selfTest(keys)
  for (const key of keys) engine.loadKey(key.secret, key.digest, DIALECTS[key.dialect])
  const { fields, text } = engine
  let boundIp: string | undefined
  engine.useAddress(UNBOUND)

  /** Points the engine at the client's address; most calls of a connection come with the same one. */
  function bind(ip: string | undefined): boolean {
    if (ip !== undefined && ip === boundIp) return true
    const address = bindAddress(ip)
    if (!address) return false
    engine.useAddress(address)
    boundIp = ip
    return true
  }

  /** Reads the fields of the match out of the engine's memory, which keeps nothing. */
  function readTicket(): Ticket {
    const uid = fields[UID] as number
    const payload = text(uid, fields[DATA_END] as number)
    const ticket = {
      uid: payload.slice(0, (fields[UID_END] as number) - uid),
      tokens: splitTokens(payload.slice((fields[TOKENS] as number) - uid, (fields[TOKENS_END] as number) - uid)),
      userData: payload.slice((fields[DATA] as number) - uid),
      issuedAt: fields[TIMESTAMP] as number,
    }
    engine.wipe()
    return ticket
  }

  function verify(cookieValue: string | undefined, context: VerifyContext = {}): VerifyResult {
    if (cookieValue === undefined || cookieValue === '') return refuse('absent')
    if (typeof cookieValue !== 'string') return refuse('malformed')
    const now = timeout === 0 ? 0 : checkTime(context.now, 'verify: now')
    if (bindsAddress && !bind(context.ip)) return refuse('address')
    const status = engine.verify(cookieValue)
    if (status <= 0) return refuse(reasonOf(status))
    const ticket = readTicket()
    if (timeout !== 0 && now > ticket.issuedAt + timeout) return refuse('expired')
    return { ok: true, ticket: utf8 ? decoded(ticket) : ticket, keyIndex: status - 1 }
  }

  return { verify }
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

function decoded(ticket: Ticket): Ticket {
  const { uid, tokens, userData, issuedAt } = ticket
  return { uid: fromBytes(uid), tokens: tokens.map(fromBytes), userData: fromBytes(userData), issuedAt }
}
