/** `createIssuer`: fields in, cookie value out. What a ticket cannot carry safely is refused with its name. */

import { DIALECTS } from '../engine/dialects.js'
import { createEngine, type Engine } from '../engine/engine.js'
import { selfTest } from '../engine/self-test.js'
import { TktError } from '../errors.js'
import type { Encoding, IssueContext, IssueFields, Issuer, IssuerOptions } from '../types.js'
import { addressTextOf, binder } from './address.js'
import { isWellFormed, toBytes } from './charset.js'
import { fieldError, joinFields, splitText } from './fields.js'
import { checkChoice, checkFlag, checkKeys, checkPrefix, checkTime, forgetSecrets, resolveKeys } from './options.js'
import { type Strict, strictFault } from './strict.js'
import { writeUid } from './userid-types.js'

const OPTIONS = ['keys', 'ignoreIp', 'charset', 'ipv6Prefix', 'allowShiftableFields', 'selfTest']
const CONTEXT = ['ip', 'now', 'encoding']
const ENCODINGS: readonly Encoding[] = ['base64', 'raw', 'percent', 'quoted']
const WIDE = /[^\0-\xff]/

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
  const ignoreIp = checkFlag(options.ignoreIp, false, 'createIssuer: ignoreIp')
  const utf8 = checkChoice(options.charset ?? 'latin1', ['latin1', 'utf8'], 'createIssuer: charset') === 'utf8'
  const keys = resolveKeys(options.keys, engine.limits, 'createIssuer', utf8)
  const ipv6Prefix = checkPrefix(options.ipv6Prefix, 'createIssuer: ipv6Prefix')
  if (checkFlag(options.selfTest, true, 'createIssuer: selfTest')) selfTest(keys)
  const [key] = keys as [(typeof keys)[number]]
  const dialect = DIALECTS[key.dialect]
  const allowed = checkFlag(options.allowShiftableFields, false, 'createIssuer: allowShiftableFields')
  if (!dialect.separated && key.strict === undefined && !allowed) throw shiftable()
  engine.loadKey(key.secret, key.digest, dialect)
  forgetSecrets(keys)
  const bind = binder(engine, { ignoreIp, text: addressTextOf([dialect]), ipv6Prefix })

  function issue(fields: IssueFields, context: IssueContext): string {
    checkKeys(context, CONTEXT, 'issue: context')
    const now = checkTime(context.now, 'issue: now')
    const encoding = context.encoding ?? dialect.issues
    if (context.encoding !== undefined) checkChoice(encoding, ENCODINGS, 'issue: encoding')
    const joined = joinFields(fields, dialect)
    if (joined.length > engine.limits.cookie) throw tooLong(engine)
    if (utf8 && !isWellFormed(joined))
      throw fieldError('a field has half of a surrogate pair, which UTF-8 cannot carry')
    const bytes = utf8 ? toBytes(joined) : joined
    if (key.strict !== undefined) checkStrict(key.strict, bytes, dialect.separated)
    const text = dialect.useridTypes ? withUidType(bytes) : bytes
    if (text === undefined) throw fieldError('uid must be a whole number, as userData says userid_type:int')
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

function withUidType(text: string): string | undefined {
  const { uid, userData } = splitText(text)
  const written = writeUid(uid, userData)
  return written === undefined ? undefined : written + text.slice(uid.length)
}

function checkStrict(strict: Strict, text: string, separated: boolean): void {
  const fault = strictFault(strict, splitText(text), separated)
  if (fault === 'unlisted') throw fieldError("the key's strict list does not have this uid with these tokens")
  if (fault === 'shiftable') {
    throw fieldError(
      'the bytes of this lighttpd ticket are a ticket of other rights, too; the dialect apache has no such',
    )
  }
}

function shiftable(): TktError {
  return new TktError(
    'ERR_TKT_OPTIONS',
    "createIssuer: keys[0].dialect: fields of lighttpd tickets can be shifted, so that one user's ticket reads as another's; give the key a strict list, use the dialect apache, or set allowShiftableFields",
  )
}

function tooLong({ limits }: Engine): TktError {
  return fieldError(`the fields are too long for a cookie value of ${limits.cookie} bytes`)
}
