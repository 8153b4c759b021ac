/** The text of a signed ticket, and what it can carry. */

import { TktError } from '../errors.js'
import { parseAddress } from '../http/address.js'
import { isWellFormed, toBytes } from '../ticket/charset.js'
import { joinTokens } from '../ticket/tokens.js'
import { MOST_TEXT, MOST_UID } from './read.js'

/** Bytes of a whole ticket, `sig` and all (MAX_TICKET_SIZE). */
export const MOST_TICKET = 1024
const MOST_TIME = 0xffffffff

// biome-ignore-start lint/suspicious/noControlCharactersInRegex: control bytes are what they look for
const CONTROL = /[\0-\x1f\x7f]/
const WIDE = /[^\0-\xff]/
// biome-ignore-end lint/suspicious/noControlCharactersInRegex: end
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/

/** What a ticket is to say. Texts have no `;` and no control bytes: `;` ends a field, and nothing escapes it. */
export interface PubtktFields {
  /** 1 to 64 bytes. */
  readonly uid: string
  /** Labels without `,`; 255 bytes in all, commas included. */
  readonly tokens?: readonly string[]
  /** Up to 255 bytes. */
  readonly userData?: string
  /** The client's address, IPv4 or IPv6; left out: the ticket is good from anywhere. */
  readonly clientIp?: string | undefined
  /** Unix time in whole seconds up to which the ticket is good, 1 to 2^32 - 1. */
  readonly validUntil: number
  /** Unix time (not a duration) from which it wants a refresh; 0 or left out: never. */
  readonly gracePeriod?: number
  /** Signed in with more than a password. */
  readonly multifactor?: boolean
  /** Base64, as `sealBauth` or `plainBauth` gives it; up to 255 bytes. A credential. */
  readonly bauth?: string | undefined
}

const NAMES = ['uid', 'tokens', 'userData', 'clientIp', 'validUntil', 'gracePeriod', 'multifactor', 'bauth']

/** What gets signed, one char a byte: fields in the order of upstream's pubtkt_generate. Throws `ERR_TKT_FIELD`. */
export function ticketText(fields: PubtktFields, utf8: boolean): string {
  if (typeof fields !== 'object' || fields === null) throw fieldError('fields must be an object')
  const odd = Object.keys(fields).find((name) => !NAMES.includes(name))
  if (odd !== undefined) throw fieldError(`there is no field '${odd}'; the fields are ${NAMES.join(', ')}`)
  const { uid, tokens = [], userData = '', clientIp, bauth, validUntil, gracePeriod = 0, multifactor = false } = fields
  if (uid === '') throw fieldError('uid is empty')
  if (!Array.isArray(tokens)) throw fieldError('tokens must be an array of strings')
  if (typeof multifactor !== 'boolean') throw fieldError('multifactor must be true or false')
  const labels = tokens.map((label, index) => labelOf(label, `tokens[${index}]`, utf8))
  return [
    `uid=${short(textOf(uid, 'uid', utf8), 'uid', MOST_UID)}`,
    ...(clientIp === undefined ? [] : [`cip=${addressOf(clientIp)}`]),
    `validuntil=${timeOf(validUntil, 'validUntil', 1)}`,
    ...(gracePeriod === 0 ? [] : [`graceperiod=${timeOf(gracePeriod, 'gracePeriod', 0)}`]),
    ...(bauth === undefined ? [] : [`bauth=${base64Of(bauth)}`]),
    `tokens=${short(joinTokens(labels), 'tokens', MOST_TEXT)}`,
    `udata=${short(textOf(userData, 'userData', utf8), 'userData', MOST_TEXT)}`,
    ...(multifactor ? ['multifactor=1'] : []),
  ].join(';')
}

function labelOf(label: unknown, name: string, utf8: boolean): string {
  const text = textOf(label, name, utf8)
  if (text === '') throw fieldError(`${name} is empty`)
  if (text.includes(',')) throw fieldError(`${name} must not contain \`,\``)
  return text
}

/** A field's bytes. */
function textOf(value: unknown, name: string, utf8: boolean): string {
  if (typeof value !== 'string') throw fieldError(`${name} must be a string`)
  if (value.includes(';')) throw fieldError(`${name} must not contain \`;\``)
  if (CONTROL.test(value)) throw fieldError(`${name} must not contain control bytes`)
  if (!utf8 && WIDE.test(value)) {
    throw fieldError(`${name} has a char above U+00FF; charset: 'utf8' would carry it`)
  }
  if (!isWellFormed(value)) throw fieldError(`${name} has half of a surrogate pair, which UTF-8 cannot carry`)
  return utf8 ? toBytes(value) : value
}

/** What the module would cut without a word is refused. */
function short(bytes: string, name: string, most: number): string {
  if (bytes.length <= most) return bytes
  throw fieldError(`${name} has ${bytes.length} bytes; mod_auth_pubtkt keeps ${most}`)
}

/** In the one form that Apache writes addresses in: the module compares texts. */
function addressOf(value: unknown): string {
  const address = typeof value === 'string' ? parseAddress(value) : undefined
  if (address === undefined) throw fieldError('clientIp must be an IPv4 or IPv6 address')
  return address.text
}

function timeOf(value: unknown, name: string, least: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= MOST_TIME) return value
  throw fieldError(`${name} must be unix time in whole seconds, ${least} to 2^32 - 1`)
}

function base64Of(value: unknown): string {
  if (typeof value !== 'string' || !BASE64.test(value)) throw fieldError('bauth must be base64')
  return short(value, 'bauth', MOST_TEXT)
}

export function fieldError(message: string): TktError {
  return new TktError('ERR_TKT_FIELD', `issue: ${message}`)
}
