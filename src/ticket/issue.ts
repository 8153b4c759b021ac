/** `createIssuer`: fields in, cookie value out. What a ticket cannot carry safely is refused with its name. */

import { DIALECTS } from '../engine/dialects.js'
import { createEngine, type Engine } from '../engine/engine.js'
import { selfTest } from '../engine/self-test.js'
import { TktError } from '../errors.js'
import type { Encoding, IssueContext, IssueFields, Issuer, IssuerOptions } from '../types.js'
import { binder } from './address.js'
import { isWellFormed, toBytes } from './charset.js'
import { fieldError, joinFields } from './fields.js'
import { checkChoice, checkFlag, checkKeys, checkPrefix, checkTime, forgetSecrets, resolveKeys } from './options.js'

const OPTIONS = ['keys', 'ignoreIp', 'charset', 'ipv6Prefix', 'selfTest']
const CONTEXT = ['ip', 'now', 'encoding']
const ENCODINGS: readonly Encoding[] = ['base64', 'raw', 'percent']
const WIDE = /[\u0100-\uffff]/

/**
 * An issuer that seals with the first key of the ring. It always writes both separators, as the C modules do.
 *
 * @example
 * const issuer = createIssuer({ keys: [{ secret, digest: 'sha256' }] })
 * const value = issuer.issue({ uid: 'alice', tokens: ['editor'] }, { ip: '192.0.2.7', now })
 *
 * @throws TktError `ERR_TKT_OPTIONS` on options that make no sense, `ERR_TKT_ENGINE` when the self-test fails
 */
export function createIssuer(options: IssuerOptions): Issuer {
  return issuerOn(createEngine(), options)
}

/** As `createIssuer`, on an engine with an empty ring. */
export function issuerOn(engine: Engine, options: IssuerOptions): Issuer {
  checkKeys(options, OPTIONS, 'createIssuer')
  const keys = resolveKeys(options.keys, engine.limits, 'createIssuer')
  const ignoreIp = checkFlag(options.ignoreIp, false, 'createIssuer: ignoreIp')
  const utf8 = checkChoice(options.charset ?? 'latin1', ['latin1', 'utf8'], 'createIssuer: charset') === 'utf8'
  const ipv6Prefix = checkPrefix(options.ipv6Prefix, 'createIssuer: ipv6Prefix')
  if (checkFlag(options.selfTest, true, 'createIssuer: selfTest')) selfTest(keys)
  const [key] = keys as [(typeof keys)[number]]
  engine.loadKey(key.secret, key.digest, DIALECTS[key.dialect])
  forgetSecrets(keys)
  const bind = binder(engine, ignoreIp, DIALECTS[key.dialect].addressText, ipv6Prefix)

  function issue(fields: IssueFields, context: IssueContext): string {
    checkKeys(context, CONTEXT, 'issue: context')
    const now = checkTime(context.now, 'issue: now')
    const encoding = context.encoding ?? 'base64'
    if (encoding !== 'base64') checkChoice(encoding, ENCODINGS, 'issue: encoding')
    const joined = joinFields(fields)
    if (joined.length > engine.limits.cookie) throw tooLong(engine)
    if (utf8 && !isWellFormed(joined))
      throw fieldError('a field has half of a surrogate pair, which UTF-8 cannot carry')
    const text = utf8 ? toBytes(joined) : joined
    if (encoding === 'raw' && /[;"]| $/.test(text)) {
      throw fieldError("a raw cookie value cannot carry `;`, `\"` or a space at its end; encoding: 'base64' can")
    }
    if (!bind(context.ip)) {
      throw new TktError('ERR_TKT_OPTIONS', 'issue: ip must be an IPv4 or IPv6 address, or set ignoreIp')
    }
    const value = engine.seal(text, now, encoding)
    if (value !== undefined) return value
    if (WIDE.test(text)) throw fieldError("a field has a char above U+00FF; charset: 'utf8' would carry it")
    throw tooLong(engine)
  }

  return { issue }
}

function tooLong({ limits }: Engine): TktError {
  return fieldError(`the fields are too long for a cookie value of ${limits.cookie} bytes`)
}
