/** PEM (RFC 7468) to DER. Errors name the label that was found, never the text. */

import { TktError } from '../errors.js'

export interface Block {
  readonly label: string
  readonly der: Uint8Array<ArrayBuffer>
}

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----([\s\S]*?)-----END \1-----/g
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

const PRIVATE_LABELS: readonly string[] = ['PRIVATE KEY', 'RSA PRIVATE KEY', 'DSA PRIVATE KEY', 'EC PRIVATE KEY']

/**
 * The SubjectPublicKeyInfo of a text with `BEGIN PUBLIC KEY`, the one form that mod_auth_pubtkt reads
 * (PEM_read_PUBKEY in `setup_pubkey`). Text around it is skipped, as there; a private key beside it is not.
 */
export function publicDer(pem: unknown): Uint8Array<ArrayBuffer> {
  const blocks = blocksOf(pem, 'public')
  if (blocks.some(({ label }) => label.endsWith('PRIVATE KEY'))) {
    throw fail(
      'the public key is a private key, which no verifier may have: give what `openssl pkey -pubout` makes of it',
    )
  }
  const found = blocks.find(({ label }) => label === 'PUBLIC KEY')
  if (found) return found.der
  throw wrongLabel(blocks, 'public', 'BEGIN PUBLIC KEY', 'openssl pkey -pubin -pubout')
}

/** The first private key of a text, in PKCS#8 or in one of the older forms. */
export function privateBlock(pem: unknown): Block {
  const blocks = blocksOf(pem, 'private')
  const found = blocks.find(({ label }) => PRIVATE_LABELS.includes(label))
  if (blocks.some(({ label }) => label === 'ENCRYPTED PRIVATE KEY') || (found && found.der.length === 0)) {
    throw fail('the private key is encrypted: give it as `openssl pkey` writes it, and keep the file from others')
  }
  if (found) return found
  throw wrongLabel(blocks, 'private', 'BEGIN PRIVATE KEY', 'openssl pkey')
}

/** The block as PEM again, alone. */
export function pemOf({ label, der }: Block): string {
  const text = btoa(Array.from(der, (byte) => String.fromCharCode(byte)).join(''))
  const lines = text.match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}

/** A body that is no base64 is empty: the old encrypted forms have header lines there. */
function blocksOf(pem: unknown, which: string): Block[] {
  if (typeof pem !== 'string') throw fail(`the ${which} key must be a string with PEM text`)
  return [...pem.matchAll(BLOCK)].map(([, label, body]) => {
    const text = (body as string).replace(/\s+/g, '')
    const der = BASE64.test(text) ? Uint8Array.from(atob(text), (char) => char.charCodeAt(0)) : new Uint8Array(0)
    return { label: label as string, der }
  })
}

function wrongLabel(blocks: readonly Block[], which: string, wanted: string, command: string): TktError {
  const [first] = blocks
  const found = first ? `\`BEGIN ${first.label}\`` : 'no complete PEM block'
  return fail(`the ${which} key must be PEM with \`${wanted}\`, and has ${found}: \`${command}\` writes that`)
}

function fail(message: string): TktError {
  return new TktError('ERR_TKT_OPTIONS', message)
}
