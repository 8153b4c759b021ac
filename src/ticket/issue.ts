/** `createIssuer`: fields in, cookie value out. What a ticket cannot carry safely is refused with its name. */

import { DIALECTS } from '../engine/dialects.js'
import { createEngine, type Engine } from '../engine/engine.js'
import { selfTest } from '../engine/self-test.js'
import { TktError } from '../errors.js'
import type { Encoding, IssueContext, IssueFields, Issuer, IssuerOptions } from '../types.js'
import { bindAddress, UNBOUND } from './address.js'
import { toBytes } from './charset.js'
import { checkChoice, checkKeys, checkTime, resolveKeys } from './options.js'
import { joinTokens } from './tokens.js'

const OPTIONS = ['keys', 'ignoreIp', 'charset', 'selfTest']
const ENCODINGS: readonly Encoding[] = ['base64', 'raw', 'percent']
// biome-ignore lint/suspicious/noControlCharactersInRegex: control bytes are what it looks for
const CONTROL = /[\0-\x1f\x7f]/
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
  const keys = resolveKeys(options.keys, engine.limits, 'createIssuer')
  const utf8 = checkChoice(options.charset ?? 'latin1', ['latin1', 'utf8'], 'createIssuer: charset') === 'utf8'
  const bindsAddress = options.ignoreIp !== true
  if (options.selfTest !== false) selfTest(keys)
  const [key] = keys as [(typeof keys)[number]]
  engine.loadKey(key.secret, key.digest, DIALECTS[key.dialect])

  function issue(fields: IssueFields, context: IssueContext): string {
    checkKeys(fields, ['uid', 'tokens', 'userData'], 'issue: fields')
    const now = checkTime(context.now, 'issue: now')
    const encoding = checkChoice(context.encoding ?? 'base64', ENCODINGS, 'issue: encoding')
    const encode = utf8 ? toBytes : (text: string) => text
    const uid = encode(checkUid(fields.uid))
    const tokens = encode(joinTokens((fields.tokens ?? []).map(checkToken)))
    const userData = encode(checkText(fields.userData ?? '', 'userData', ''))
    const text = `${uid}!${tokens}!${userData}`
    if (WIDE.test(text)) throw fieldError("a field has a char above U+00FF; charset: 'utf8' would carry it")
    if (encoding === 'raw' && /[;"]|\s$/.test(text)) {
      throw fieldError("a raw cookie value cannot carry `;`, `\"` or white space at its end; encoding: 'base64' can")
    }
    const address = bindsAddress ? bindAddress(context.ip) : UNBOUND
    if (!address) throw new TktError('ERR_TKT_OPTIONS', 'issue: ip must be an IPv4 or IPv6 address, or set ignoreIp')
    engine.useAddress(address)
    const value = engine.seal(text, now, encoding)
    if (value === undefined) throw fieldError(`the cookie value would be longer than ${engine.limits.cookie} bytes`)
    return value
  }

  return { issue }
}

function fieldError(message: string): TktError {
  return new TktError('ERR_TKT_FIELD', `issue: ${message}`)
}

/** A field's text without control bytes and without any char of `separators`. */
function checkText(value: unknown, field: string, separators: string): string {
  if (typeof value !== 'string') throw fieldError(`${field} must be a string`)
  if (CONTROL.test(value)) throw fieldError(`${field} must not contain control bytes`)
  for (const separator of separators) {
    if (value.includes(separator)) throw fieldError(`${field} must not contain \`${separator}\``)
  }
  return value
}

function checkUid(uid: unknown): string {
  if (uid === '') throw fieldError('uid is empty')
  return checkText(uid, 'uid', '!')
}

function checkToken(token: unknown, index: number): string {
  if (token === '') throw fieldError(`tokens[${index}] is empty`)
  return checkText(token, `tokens[${index}]`, '!,')
}
