/**
 * What is measured: named, deterministic sets of tickets. They are made here with `node:crypto`, straight from the
 * recipe and not by any competitor, so a competitor that gets a ticket wrong is found before it is timed.
 */
import { createHash } from 'node:crypto'
import type { Ticket, VerifyResult } from 'authtkt'

export const DIGESTS = ['md5', 'sha256', 'sha512'] as const
/** The digests of the C modules: what is measured. */
export type Digest = (typeof DIGESTS)[number]
/** Chars of hex in front of a ticket. */
export const HEX_LENGTH: Readonly<Record<Digest, number>> = { md5: 32, sha256: 64, sha512: 128 }
export const SIZES = ['small', 'typical', 'large'] as const
export type Size = (typeof SIZES)[number]
export type Case = 'valid' | 'one client' | 'old key' | 'forged' | 'garbage' | 'one char' | 'recorded'

/** One sample verifies every ticket of a workload once: no competitor can live off having seen the last one. */
export const BATCH = 256
/** Each ticket of a batch comes from a client of its own, as on a busy server; `one client` shows the other extreme. */
export const CLIENTS: readonly string[] = Array.from({ length: BATCH }, (_, i) => `192.0.2.${i}`)
const ISSUED = 1_700_000_000
export const SECRET = 'nJ3vQ8xT0aLw5sYk2RfGm7ZpHd4BcE9u'
const NEWER_SECRET = 'u9EcB4dHpZ7mGfR2kYs5wLa0Tx8Qv3Jn'

export interface Workload {
  readonly digest: Digest
  readonly size: Size | undefined
  readonly kind: Case
  readonly secrets: readonly string[]
  readonly cookies: readonly string[]
  readonly ips: readonly string[]
  readonly expected: readonly VerifyResult[]
}

/** Deterministic noise (Park-Miller); `Math.random` would make every run a different question. */
function noise(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state * 48_271) % 2_147_483_647
    return state % below
  }
}

function fieldsOf(size: Size, i: number): Ticket {
  const issuedAt = ISSUED + i
  const uid = `user${1000 + i}`
  if (size === 'small') return { uid, tokens: [], userData: '', issuedAt }
  if (size === 'typical')
    return { uid, tokens: ['editor', 'admin', 'reader1'], userData: `d=${1000 + i}0123456789`, issuedAt }
  const tokens = Array.from({ length: 25 }, (_, n) => (n < 24 ? `label${10 + n}` : 'label345'))
  return { uid, tokens, userData: `${1000 + i}`.padEnd(500, 'abcdefghij'), issuedAt }
}

/** The tickets that the issuers are asked for, and the verifiers asked about. */
export function tickets(size: Size, count = BATCH): Ticket[] {
  return Array.from({ length: count }, (_, i) => fieldsOf(size, i))
}

/** The ticket's text by the book: PROTOCOL's two digests, nothing clever. */
export function ticketText(digest: Digest, secret: string, ip: string, ticket: Ticket): string {
  const head = Buffer.alloc(8)
  head.set(ip.split('.').map(Number))
  head.writeUInt32BE(ticket.issuedAt, 4)
  const tokens = ticket.tokens.join(',')
  const body = Buffer.from([ticket.uid, tokens, ticket.userData].join('\0'), 'latin1')
  const first = createHash(digest).update(head).update(secret).update(body).digest('hex')
  const second = createHash(digest).update(first).update(secret).digest('hex')
  return `${second}${head.toString('hex', 4)}${ticket.uid}!${tokens}!${ticket.userData}`
}

/** Another hex digit somewhere in the digest, at a different place in each ticket. */
export function forge(text: string, at: number): string {
  return text.slice(0, at) + (text[at] === 'f' ? '0' : 'f') + text.slice(at + 1)
}

type Made = 'valid' | 'one client' | 'old key' | 'forged'

function made(digest: Digest, size: Size, kind: Made): Workload {
  const asked = tickets(size)
  const ips = kind === 'one client' ? asked.map(() => CLIENTS[7] as string) : CLIENTS
  const texts = asked.map((ticket, i) => ticketText(digest, SECRET, ips[i] as string, ticket))
  const sent = kind === 'forged' ? texts.map((text, i) => forge(text, (i * 7) % HEX_LENGTH[digest])) : texts
  return {
    digest,
    size,
    kind,
    secrets: kind === 'old key' ? [NEWER_SECRET, SECRET] : [SECRET],
    cookies: sent.map((text) => Buffer.from(text, 'latin1').toString('base64')),
    ips,
    expected: asked.map((ticket) =>
      kind === 'forged' ? { ok: false, reason: 'digest' } : { ok: true, ticket, keyIndex: kind === 'old key' ? 1 : 0 },
    ),
  }
}

function refused(digest: Digest, kind: 'garbage' | 'one char'): Workload {
  const next = noise(20_231_114)
  const garbage = () => String.fromCharCode(...Array.from({ length: 120 }, () => 33 + next(94)))
  const cookies = Array.from({ length: BATCH }, () => (kind === 'garbage' ? garbage() : 'x'))
  return {
    digest,
    size: undefined,
    kind,
    secrets: [SECRET],
    cookies,
    ips: CLIENTS,
    expected: cookies.map(() => ({ ok: false, reason: 'malformed' })),
  }
}

/** Every made-up workload of one digest, in the order of the table; `recorded.ts` has the rest. */
export function workloadsOf(digest: Digest, sizes: readonly Size[] = SIZES): Workload[] {
  const kinds: readonly Made[] = ['valid', 'old key', 'forged']
  return [
    ...sizes.flatMap((size) => kinds.map((kind) => made(digest, size, kind))),
    ...(sizes.includes('typical') ? [made(digest, 'typical', 'one client')] : []),
    refused(digest, 'garbage'),
    refused(digest, 'one char'),
  ]
}

/** Typical tickets under a ring of so many keys: of its first key, of its last, or of the last and forged. */
export function ringWorkload(digest: Digest, keys: number, kind: 'first' | 'last' | 'forged'): Workload {
  const own = made(digest, 'typical', kind === 'forged' ? 'forged' : 'valid')
  const others = Array.from({ length: keys - 1 }, (_, i) => `${NEWER_SECRET}${10 + i}`)
  const keyIndex = kind === 'first' ? 0 : keys - 1
  return {
    ...own,
    secrets: kind === 'first' ? [SECRET, ...others] : [...others, SECRET],
    expected: own.expected.map((one) => (one.ok ? { ...one, keyIndex } : one)),
  }
}
