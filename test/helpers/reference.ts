/** The recipes once more, plainly, on node:crypto: an oracle for lengths that no recording has. */

import { hash } from 'node:crypto'
import type { Dialect, Digest } from '../../src/types.js'

export interface Ingredients {
  readonly dialect: Dialect
  readonly digest: Digest
  readonly secret: Uint8Array
  /** 4 or 16 bytes for apache, the text's bytes for lighttpd. */
  readonly address: Uint8Array
  readonly issuedAt: number
  readonly uid: string
  readonly tokens: string
  readonly userData: string
}

/** The ticket's text, one char a byte, with both separators. */
export function referenceTicket(of: Ingredients): string {
  const time = Buffer.alloc(4)
  time.writeUInt32BE(of.issuedAt)
  const between = of.dialect === 'apache' ? '\0' : ''
  const fields = Buffer.from([of.uid, of.tokens, of.userData].join(between), 'latin1')
  const first = hash(of.digest, Buffer.concat([of.address, time, of.secret, fields]), 'buffer')
  const inner = of.dialect === 'apache' ? Buffer.from(first.toString('hex')) : first
  const second = hash(of.digest, Buffer.concat([inner, of.secret]), 'hex')
  return `${second}${time.toString('hex')}${of.uid}!${of.tokens}!${of.userData}`
}

/** A ticket's text in the form that the C modules send. */
export function base64(ticket: string): string {
  return Buffer.from(ticket, 'latin1').toString('base64')
}
