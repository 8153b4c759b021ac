/** Verdicts as lines of JSON, byte for byte those of JSON.stringify, written straight into bytes. */

import type { Reason, SignedTicket, Ticket } from '../types.js'

/** A string in JSON. */
export type Quote = (text: string) => string

/** Chars that are one byte, and themselves, in JSON. */
const PLAIN = Uint8Array.from({ length: 128 }, (_, code) => Number(code >= 0x20 && code !== 0x22 && code !== 0x5c))

function isPlain(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (PLAIN[text.charCodeAt(i)] !== 1) return false
  return true
}

export function refusedMembers(reason: Reason): string {
  return `"ok":false,"reason":"${reason}"`
}

export function ticketMembers({ uid, tokens, userData, issuedAt }: Ticket, keyIndex: number, quote: Quote): string {
  return (
    `"ok":true,"uid":${quote(uid)},"tokens":[${tokens.map(quote).join()}],"userData":${quote(userData)},` +
    `"issuedAt":${issuedAt},"keyIndex":${keyIndex}`
  )
}

/** All but `bauth`: a credential is not for the terminal. */
export function signedMembers(ticket: SignedTicket, keyIndex: number, quote: Quote): string {
  const { uid, tokens, userData, validUntil, gracePeriod, clientIp, multifactor } = ticket
  return (
    `"ok":true,"uid":${quote(uid)},"tokens":[${tokens.map(quote).join()}],"userData":${quote(userData)},` +
    `"validUntil":${validUntil},"gracePeriod":${gracePeriod},"clientIp":${quote(clientIp)},` +
    `"multifactor":${multifactor},"keyIndex":${keyIndex}`
  )
}

/** Chars that are gathered before they are turned to bytes: small enough to stay in the processor's cache. */
const GATHER = 1 << 15

/**
 * Writes a line for each verdict into `output`, or into a larger one in its place, and gives what was written. Chars are
 * bytes (latin-1) in tickets, and UTF-8 in JSON; nearly all are ASCII, where both are the same.
 */
export function writeRows(
  output: Uint8Array,
  firstLine: number,
  size: number,
  members: (index: number, quote: Quote) => string,
): Uint8Array {
  let bytes = Buffer.from(output.buffer, output.byteOffset, output.length)
  let at = 0
  let text = ''
  let plain = true
  const quote: Quote = (value) => {
    if (isPlain(value)) return `"${value}"`
    plain = false
    return JSON.stringify(value)
  }
  const flush = () => {
    const most = plain ? text.length : text.length * 3
    if (at + most > bytes.length) bytes = larger(bytes, at, at + most)
    at += bytes.write(text, at, plain ? 'latin1' : 'utf8')
    text = ''
    plain = true
  }
  for (let index = 0; index < size; index++) {
    text += `{"line":${firstLine + index},${members(index, quote)}}\n`
    if (text.length > GATHER) flush()
  }
  flush()
  return bytes.subarray(0, at)
}

/** The first `used` bytes in shared memory of twice the size, or of what is needed. */
function larger(bytes: Buffer, used: number, needed: number): Buffer {
  const next = Buffer.from(new SharedArrayBuffer(Math.max(needed, 2 * bytes.length)))
  next.set(bytes.subarray(0, used))
  return next
}
