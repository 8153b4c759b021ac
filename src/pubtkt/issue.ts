/** `createPubtktIssuer`: fields in, a signed cookie value out. What a ticket cannot carry is refused with its name. */

import { checkChoice, checkKeys } from '../ticket/options.js'
import type { Charset, SignatureDigest, SigningKey } from '../types.js'
import { encodeBase64 } from './base64.js'
import { fieldError, MOST_TICKET, type PubtktFields, ticketText } from './fields.js'
import type { AsyncSignatureHost, KeyFacts, SignatureHost } from './host.js'
import { asyncHost, syncHost } from './hosts.js'
import { checkWeaknesses, digestFor, placed, placedAsync } from './keys.js'
import { checkAllowed } from './weakness.js'

export interface PubtktIssuerOptions<Host = SignatureHost> {
  /** The key that signs. A weak one needs its `allow`. */
  readonly key: SigningKey
  /** Who signs. Default: `nodeSignatures()`; of the asynchronous issuer `webCryptoSignatures()`. */
  readonly signatures?: Host
  /** What a char of uid, tokens and userData stands for: a byte (default), or UTF-8. */
  readonly charset?: Charset
}

export interface PubtktIssueOptions {
  /**
   * `percent` (default): ready for a Cookie or another header, as PHP's setcookie writes it. `raw`: the ticket's own text,
   * as pubtkt_generate returns it; its `;` and `+` must be escaped before they go into a header.
   */
  readonly encoding?: 'percent' | 'raw'
}

export interface PubtktIssuer {
  /** Make a cookie value. Throws `TktError` (`ERR_TKT_FIELD`) on a field that a ticket cannot carry. */
  issue(fields: PubtktFields, options?: PubtktIssueOptions): string
}
export interface AsyncPubtktIssuer {
  issue(fields: PubtktFields, options?: PubtktIssueOptions): Promise<string>
}

/**
 * An issuer of tickets for mod_auth_pubtkt and for us. They are written as upstream's pubtkt_generate does (pubtkt.inc,
 * mod_auth_pubtkt.pm): uid, cip, validuntil, graceperiod, bauth, tokens, udata, multifactor, sig; tokens and udata always,
 * the rest where there is something to say.
 *
 * @example
 * const issuer = createPubtktIssuer({ key: { privateKey, digest: 'sha256' } })
 * const value = issuer.issue({ uid: 'alice', tokens: ['editor'], validUntil: now + 86400 })
 *
 * @throws TktError `ERR_TKT_OPTIONS` on options that make no sense, and on a weak key that is not allowed by name
 */
export function createPubtktIssuer(options: PubtktIssuerOptions): PubtktIssuer {
  const where = 'createPubtktIssuer'
  const utf8 = checkOptions(options, where)
  const host = syncHost(options.signatures, where, 'createAsyncPubtktIssuer')
  const key = placed(`${where}: key.privateKey`, () => host.privateKey(options.key.privateKey))
  const digest = checkKey(key, options.key, `${where}: key`)
  const signed = (text: string) => key.sign(digest, bytesOf(text))
  // Tried once: a digest that does not go with the key shows here, and not when somebody signs in.
  placed(`${where}: key.digest`, () => signed(''))
  return {
    issue(fields, issueOptions) {
      const encoding = checkEncoding(issueOptions)
      const text = ticketText(fields, utf8)
      return cookieValue(text, signed(text), encoding)
    },
  }
}

/** As `createPubtktIssuer`, for platforms that sign with promises. Rejects where that one throws. */
export async function createAsyncPubtktIssuer(
  options: PubtktIssuerOptions<AsyncSignatureHost>,
): Promise<AsyncPubtktIssuer> {
  const where = 'createAsyncPubtktIssuer'
  const utf8 = checkOptions(options, where)
  const host = asyncHost(options.signatures, where, 'createPubtktIssuer')
  const key = await placedAsync(`${where}: key.privateKey`, () => host.privateKey(options.key.privateKey))
  const digest = checkKey(key, options.key, `${where}: key`)
  const signed = (text: string) => key.sign(digest, bytesOf(text))
  await placedAsync(`${where}: key.digest`, () => signed(''))
  return {
    async issue(fields, issueOptions) {
      const encoding = checkEncoding(issueOptions)
      const text = ticketText(fields, utf8)
      return cookieValue(text, await signed(text), encoding)
    },
  }
}

/** Whether fields are text; the key is looked at by its host. */
function checkOptions(options: PubtktIssuerOptions<unknown>, where: string): boolean {
  checkKeys(options, ['key', 'signatures', 'charset'], where)
  checkKeys(options.key, ['privateKey', 'digest', 'allow'], `${where}: key`)
  return checkChoice(options.charset ?? 'latin1', ['latin1', 'utf8'], `${where}: charset`) === 'utf8'
}

function checkKey(facts: KeyFacts, given: SigningKey, place: string): SignatureDigest | undefined {
  const digest = digestFor(facts, given.digest, place)
  checkAllowed(facts, digest, checkWeaknesses(given.allow, place), place)
  return digest
}

function checkEncoding(options: PubtktIssueOptions = {}): 'percent' | 'raw' {
  checkKeys(options, ['encoding'], 'issue: options')
  return checkChoice(options.encoding ?? 'percent', ['percent', 'raw'], 'issue: encoding')
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0))
}

function cookieValue(text: string, signature: Uint8Array, encoding: 'percent' | 'raw'): string {
  const ticket = `${text};sig=${encodeBase64(signature)}`
  if (ticket.length > MOST_TICKET) {
    throw fieldError(`the ticket would have ${ticket.length} bytes; mod_auth_pubtkt takes ${MOST_TICKET}`)
  }
  return encoding === 'raw' ? ticket : ticket.replace(ESCAPED, percentOf)
}

/** What PHP's urlencode leaves as it is; a blank is `%20`, which every reader takes for one. */
const ESCAPED = /[^A-Za-z0-9\-_.]/g

function percentOf(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}
