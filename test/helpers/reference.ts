/** The recipes once more, plainly, on node:crypto: an oracle for lengths that no recording has. */

import { createHmac, hash } from 'node:crypto'
import type { Dialect, Digest } from '../../src/types.js'

export interface Ingredients {
  readonly dialect: Dialect
  readonly digest: Digest
  readonly secret: Uint8Array
  /** 4 or 16 bytes; the text's bytes for lighttpd (none: ignored), and for pyramid where the client has an IPv6 address. */
  readonly address: Uint8Array
  /** Pyramid alone: `address` is an IPv6 address's text. */
  readonly ipv6Text?: boolean
  readonly issuedAt: number
  readonly uid: string
  readonly tokens: string
  readonly userData: string
  /** Without the second separator where there are no tokens, as most issuers write it. Default: always both. */
  readonly short?: boolean
}

/** The ticket's text, one char a byte. */
export function referenceTicket(of: Ingredients): string {
  const time = of.issuedAt.toString(16).padStart(8, '0')
  const { uid, tokens, userData } = writtenFields(of)
  const labels = of.short && tokens === '' ? '' : `${tokens}!`
  return `${digestOf(of)}${time}${uid}!${labels}${userData}`
}

function digestOf(of: Ingredients): string {
  const between = of.dialect === 'lighttpd' ? '' : '\0'
  const fields = bytes([of.uid, of.tokens, of.userData].join(between))
  const head = Buffer.concat([of.address, of.ipv6Text ? bytes(`${of.issuedAt}`) : packed(of.issuedAt)])
  if (of.dialect === 'plone') {
    const whole = Buffer.concat([head, fields])
    return createHmac('sha256', of.secret).update(whole).digest().toString('latin1')
  }
  const first = hash(of.digest, Buffer.concat([head, of.secret, fields]), 'buffer')
  const inner = of.dialect === 'lighttpd' ? first : bytes(first.toString('hex'))
  return hash(of.digest, Buffer.concat([inner, of.secret]), 'hex')
}

/** What stands in the ticket for the fields that were hashed. */
function writtenFields({ dialect, secret, issuedAt, uid, tokens, userData }: Ingredients) {
  const plain = { uid, tokens, userData }
  switch (dialect) {
    case 'paste':
    case 'pyramid':
    case 'repoze':
      return { ...plain, uid: urlQuoted(uid) }
    case 'php-contrib': {
      const key = hash('md5', Buffer.concat([bytes(`${issuedAt}`), secret]), 'hex')
      return { uid: shifted(uid, key, 0), tokens: shifted(tokens, key, 4), userData: shifted(userData, key, 8) }
    }
    case 'passport-authtkt':
      return { ...plain, userData: base64(userData) }
    default:
      return plain
  }
}

/** As Python's urllib.parse.quote writes it. */
export function urlQuoted(text: string): string {
  return text.replace(/[^\w.~/-]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)
}

/** What the PHP issuer's cipher moves about; other bytes stay. */
const LETTERS = ' abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.:'

/** Each letter moves on by seven times a hex digit of the key. `key`: md5 of the decimal time and the secret, as hex. */
function shifted(text: string, key: string, offset: number): string {
  const move = (char: string, at: number) => {
    const place = LETTERS.indexOf(char)
    if (place === -1) return char
    const digit = Number.parseInt(key.charAt((offset + at) % key.length), 16)
    return LETTERS.charAt((place + digit * 7) % LETTERS.length)
  }
  return Array.from(text, move).join('')
}

/** 32 bits, big endian. */
function packed(issuedAt: number): Buffer {
  const time = Buffer.alloc(4)
  time.writeUInt32BE(issuedAt)
  return time
}

const bytes = (text: string) => Buffer.from(text, 'latin1')

/** A ticket's text in the form that the C modules send. */
export function base64(ticket: string): string {
  return Buffer.from(ticket, 'latin1').toString('base64')
}

/** A ticket's text as WebOb (Pyramid) puts it into a header: in quotes, with octal escapes, only where it must be. */
export function cookieQuoted(ticket: string): string {
  if (/^[\w!#$%&'()*+./:<=>?@[\]^`{|}~-]*$/.test(ticket)) return ticket
  const octal = (char: string) => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`
  return `"${ticket.replace(/[^\w!#$%&'()*+./:<=>?@[\]^`{|}~ -]/g, octal)}"`
}
