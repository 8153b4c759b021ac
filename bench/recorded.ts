/**
 * Tickets as the Perl, Python, PHP and Ruby issuers printed them, taken as they are: raw and base64, short and long,
 * most of them good and some not. The recording says what the issuer was asked for, which a ticket cannot always carry
 * (`!` in a uid), so the verdict to expect is worked out here, by the book and slowly.
 */
import { readFileSync } from 'node:fs'
import { isIPv4 } from 'node:net'
import type { VerifyResult } from 'authtkt'
import type { Digest } from './workloads.js'
import { HEX_LENGTH, ticketText, type Workload } from './workloads.js'

interface Row {
  readonly digest: string
  readonly secret: string
  readonly ip: string
  readonly ticket?: string
}

function verdict(digest: Digest, secret: string, ip: string, cookieValue: string): VerifyResult {
  const value = cookieValue.replace(/^"|"$/g, '')
  const text = value.includes('!') ? value : Buffer.from(value, 'base64').toString('latin1')
  const shape = new RegExp(`^(.{${HEX_LENGTH[digest]}})([0-9a-f]{8})([^!]*)!(?:([^!]*)!)?(.*)$`, 'is')
  const [, hex, timestamp = '', uid = '', tokens = '', userData = ''] = shape.exec(text) ?? []
  if (hex === undefined) return { ok: false, reason: 'malformed' }
  // The C module's error value for an address: no ticket can bind it.
  if (ip === '255.255.255.255') return { ok: false, reason: 'address' }
  const issuedAt = Number.parseInt(timestamp, 16)
  const ticket = { uid, tokens: tokens === '' ? [] : tokens.split(','), userData, issuedAt }
  if (!ticketText(digest, secret, ip, ticket).startsWith(hex)) return { ok: false, reason: 'digest' }
  return { ok: true, ticket, keyIndex: 0 }
}

export function recorded(digest: Digest): Workload {
  const file = new URL('../../native-fixtures/recorded/issuers.json', import.meta.url)
  const { vectors } = JSON.parse(readFileSync(file, 'utf8')) as { vectors: Row[] }
  // The baselines know IPv4 only, as the C module does.
  const rows = vectors.filter((row) => row.digest.toLowerCase() === digest && isIPv4(row.ip))
  const asked = rows.flatMap(({ ticket, ip, secret }) => (ticket === undefined ? [] : [{ ticket, ip, secret }]))
  const secret = asked[0]?.secret ?? ''
  if (asked.some((row) => row.secret !== secret)) throw new Error(`${file.pathname}: one secret expected`)
  return {
    digest,
    size: undefined,
    kind: 'recorded',
    secrets: [secret],
    cookies: asked.map((row) => row.ticket),
    ips: asked.map((row) => row.ip),
    expected: asked.map((row) => verdict(digest, secret, row.ip, row.ticket)),
  }
}
