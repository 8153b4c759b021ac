/** Tickets of the real issuers, ours and the twin's: one shape for what they are made of and what is read in them. */

import type { Random } from '../../native-fixtures/random.mjs'
import { createIssuer, createVerifier, type Dialect, type Digest, type Encoding } from '../../src/index.js'
import { referenceTicket } from './reference.js'

/** What a ticket is made of, as text; the drivers want `wire` of it. */
export interface Made {
  readonly dialect: Dialect
  readonly digest: Digest
  readonly secret: string
  /** Empty: the ticket binds none. */
  readonly ip: string
  readonly issuedAt: number
  readonly uid: string
  readonly tokens: readonly string[]
  readonly userData: string
}

export interface Fields {
  readonly uid: string
  readonly tokens: string
  readonly userData: string
  readonly issuedAt: number
}

export const ROUNDS = 200

/** Put the number of a failed run into AUTHTKT_SEED to see the same tickets again. */
export const seed = Number(process.env.AUTHTKT_SEED ?? Date.now() % 2 ** 32)

/** The option of a test that needs something this machine may lack. */
export const unless = (missing: string | undefined) => ({ skip: missing ? `skipped: ${missing}` : false })

/** Text as the fixtures have it: its UTF-8 bytes, one char each. */
export const utf8 = (text: string) => Buffer.from(text).toString('latin1')

export function wire({ digest, secret, ip, issuedAt, uid, tokens, userData }: Made) {
  const fields = { uid: utf8(uid), tokens: utf8(tokens.join(',')), userData: utf8(userData) }
  return { digest, secret: utf8(secret), ip, issuedAt, ...fields }
}

export function fieldsOf({ uid, tokens, userData, issuedAt }: Made): Fields {
  return { uid, tokens: tokens.join(','), userData, issuedAt }
}

/** What a driver read, as text. */
export function textOf(read: Fields | undefined): Fields | undefined {
  const text = (bytes: string) => Buffer.from(bytes, 'latin1').toString()
  return (
    read && { uid: text(read.uid), tokens: text(read.tokens), userData: text(read.userData), issuedAt: read.issuedAt }
  )
}

/** What our verifier reads; undefined where it refuses. */
export function ourReading(made: Made, value: string | undefined, charset: 'utf8' | 'latin1' = 'utf8') {
  const { dialect, digest, secret, ip } = made
  const verifier = createVerifier({ keys: [{ dialect, digest, secret }], ignoreIp: ip === '', charset })
  const result = verifier.verify(value, { ip: ip || undefined })
  if (!result.ok) return undefined
  const { uid, tokens, userData, issuedAt } = result.ticket
  return { uid, tokens: tokens.join(','), userData, issuedAt }
}

/** Our cookie value for it; `encoding` left out: the dialect's own. */
export function ourTicket(made: Made, encoding?: Encoding, charset: 'utf8' | 'latin1' = 'utf8'): string {
  const { dialect, digest, secret, ip, issuedAt, uid, tokens, userData } = made
  const issuer = createIssuer({ keys: [{ dialect, digest, secret }], ignoreIp: ip === '', charset })
  return issuer.issue({ uid, tokens, userData }, { ip: ip || undefined, now: issuedAt, ...(encoding && { encoding }) })
}

/** The twin's text for it, in the short form that most issuers write. */
export function twinTicket(made: Made, short = true): string {
  const { secret, ip, uid, tokens, userData } = wire(made)
  const ipv6Text = ip.includes(':')
  const address = ipv6Text ? Buffer.from(ip) : Buffer.from((ip || '0.0.0.0').split('.').map(Number))
  const { dialect, digest, issuedAt } = made
  const key = { dialect, digest, secret: Buffer.from(secret, 'latin1') }
  return referenceTicket({ ...key, address, ipv6Text, issuedAt, uid, tokens, userData, short })
}

const HEX = '0123456789abcdef'

/** A good ticket's text, each time with one thing changed that its digest covers. */
export function spoilt(ticket: string, digestLength: number, random: Random): Record<string, string> {
  const other = (at: number) => {
    const digit = HEX[(HEX.indexOf(ticket.charAt(at).toLowerCase()) + 1 + random.int(15)) % 16]
    return ticket.slice(0, at) + digit + ticket.slice(at + 1)
  }
  const fields = digestLength + 8
  const bang = ticket.indexOf('!', fields)
  return {
    'a digit of the digest': other(random.int(digestLength)),
    'a digit of the time': other(digestLength + random.int(8)),
    'a longer uid': `${ticket.slice(0, bang)}x${ticket.slice(bang)}`,
    'a char before the uid': `${ticket.slice(0, fields)}x${ticket.slice(fields)}`,
    'longer user data': `${ticket}x`,
    'another field': `${ticket.slice(0, bang)}!x${ticket.slice(bang)}`,
    'no separator': ticket.slice(0, bang),
  }
}
