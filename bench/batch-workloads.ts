/**
 * Batches: many different tickets, each from a client of its own, as strings or as the lines of one buffer. Mixed sizes
 * and dialects take turns ticket by ticket: whoever wants equal ones side by side has to sort them.
 */
import { createIssuer, type Key, type Reason, type Ticket } from 'authtkt'
import { DIALECT_RING } from './dialects.js'
import { CLIENTS, type Digest, forge, HEX_LENGTH, SECRET, SIZES, type Size, tickets, ticketText } from './workloads.js'

/** A call of `verifyMany` gets as many tickets; a batch's garbage still fits into V8's young space (`allocation.ts`). */
export const MANY = 512

export interface BatchWorkload {
  readonly keys: readonly Key[]
  readonly cookies: readonly string[]
  readonly ips: readonly string[]
  /** One cookie value a line. */
  readonly lines: Buffer
  /** The ticket, or why it is refused. */
  readonly expected: readonly (Ticket | Reason)[]
  /** What `crypto.hash` by hand can read: one digest, in mod_auth_tkt's recipe. */
  readonly digest: Digest | undefined
}

const clientOf = (i: number): string => CLIENTS[i % CLIENTS.length] as string

interface Made {
  readonly cookie: string
  readonly expected: Ticket | Reason
}

function made(digest: Digest, size: Size, i: number, forged: boolean): Made {
  const ticket = ALL[size][i] as Ticket
  const text = ticketText(digest, SECRET, clientOf(i), ticket)
  const sent = forged ? forge(text, (i * 7) % HEX_LENGTH[digest]) : text
  return { cookie: Buffer.from(sent, 'latin1').toString('base64'), expected: forged ? 'digest' : ticket }
}
const ALL = Object.fromEntries(SIZES.map((size) => [size, tickets(size, MANY)])) as Record<Size, Ticket[]>

function batchOf(keys: readonly Key[], digest: Digest | undefined, make: (i: number) => Made): BatchWorkload {
  const all = Array.from({ length: MANY }, (_, i) => make(i))
  const cookies = all.map(({ cookie }) => cookie)
  return {
    keys,
    cookies,
    ips: cookies.map((_, i) => clientOf(i)),
    lines: Buffer.from(`${cookies.join('\n')}\n`, 'latin1'),
    expected: all.map(({ expected }) => expected),
    digest,
  }
}

const plain = (digest: Digest, sizes: readonly Size[], forged = (_: number) => false): BatchWorkload =>
  batchOf([{ secret: SECRET, digest }], digest, (i) => made(digest, sizes[i % sizes.length] as Size, i, forged(i)))

/** Tickets of four dialects, MD5 each, in a ring of as many keys. */
function dialects(): BatchWorkload {
  const issuers = DIALECT_RING.map((key) => createIssuer({ keys: [key], allowShiftableFields: true }))
  return batchOf(DIALECT_RING, undefined, (i) => {
    const ticket = ALL.typical[i] as Ticket
    const { uid, tokens, userData, issuedAt } = ticket
    const issuer = issuers[i % issuers.length] as (typeof issuers)[number]
    const cookie = issuer.issue({ uid, tokens, userData }, { ip: clientOf(i), now: issuedAt, encoding: 'base64' })
    return { cookie, expected: ticket }
  })
}

const WORKLOADS: Readonly<Record<string, () => BatchWorkload>> = {
  md5: () => plain('md5', ['typical']),
  sha256: () => plain('sha256', ['typical']),
  sha512: () => plain('sha512', ['typical']),
  'md5, mixed sizes': () => plain('md5', SIZES),
  'sha256, mixed sizes': () => plain('sha256', SIZES),
  'md5, one in ten forged': () => plain('md5', ['typical'], (i) => i % 10 === 9),
  'four dialects': dialects,
}

export const BATCH_ROWS: readonly string[] = Object.keys(WORKLOADS)

export function batchWorkload(name: string): BatchWorkload {
  const make = WORKLOADS[name]
  if (!make) throw new Error(`No batch is called ${name}`)
  return make()
}
