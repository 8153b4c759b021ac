/** PEM (RFC 7468) to DER. Errors tell what was found by its label, never by its text. */

import { TktError } from '../errors.js'
import { PRIVATE_BLOCK, PUBLIC_BLOCK, privateTrouble, publicTrouble } from './key-trouble.js'

export interface Block {
  readonly label: string
  readonly der: Uint8Array<ArrayBuffer>
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/**
 * The SubjectPublicKeyInfo of a text with `BEGIN PUBLIC KEY`, the one form that mod_auth_pubtkt reads
 * (PEM_read_PUBKEY in `setup_pubkey`). Text around it is skipped, as there; a private key beside it is not.
 */
export function publicDer(pem: unknown): Uint8Array<ArrayBuffer> {
  return blockOf(pem, 'public', PUBLIC_BLOCK, publicTrouble).der
}

/** The first private key of a text, in PKCS#8 or in one of the older forms. */
export function privateBlock(pem: unknown): Block {
  return blockOf(pem, 'private', PRIVATE_BLOCK, privateTrouble)
}

/** The block as PEM again, alone. */
export function pemOf({ label, der }: Block): string {
  const text = btoa(Array.from(der, (byte) => String.fromCharCode(byte)).join(''))
  const lines = text.match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}

/** A body that is no base64 is empty. `troubleOf`: what speaks against the text; if nothing does, it has such a block. */
function blockOf(pem: unknown, which: string, block: RegExp, troubleOf: (text: string) => string | undefined): Block {
  if (typeof pem !== 'string') throw fail(`the ${which} key must be a string with PEM text`)
  const trouble = troubleOf(pem)
  if (trouble !== undefined) throw fail(trouble)
  const [, label, body] = block.exec(pem) as unknown as [string, string, string]
  const text = body.replace(/\s+/g, '')
  const der = BASE64.test(text) ? Uint8Array.from(atob(text), (char) => char.charCodeAt(0)) : new Uint8Array(0)
  return { label, der }
}

function fail(message: string): TktError {
  return new TktError('ERR_TKT_OPTIONS', message)
}
