/** Does the cost grow with a ticket's length, and no faster? Cookie values of 100 chars up to the longest there are. */
import { hash } from 'node:crypto'
import type { Ticket } from 'authtkt'
import { OURS, OURS_LAZY, ours, REFERENCE } from './baselines.js'
import { frameVerifier } from './frame.js'
import { type Plan, type Race, race } from './measure.js'
import { verifyRow } from './rows.js'
import { figure, raceSheet, type Sheet } from './sheet.js'
import { BATCH, CLIENTS, type Digest, HEX_LENGTH, SECRET, ticketText, type Workload } from './workloads.js'

/** Chars of base64; those too short for a digest are left out. */
const LENGTHS = [100, 200, 400, 800, 1600, 3200, 6400, 8192]
/** Fewer than elsewhere: 256 of the longest would not stay in the caches, and be a question of their own. */
const TICKETS = 32
const ISSUED = 1_700_000_000

/** Tickets whose cookie values have as many chars, all of it user data but what must be there; or none. */
function workload(digest: Digest, length: number): Workload | undefined {
  const asked = Array.from({ length: TICKETS }, (_, i): Ticket => {
    const rest = Math.floor(length / 4) * 3 - HEX_LENGTH[digest] - 8 - 'user10!a!'.length
    return { uid: `user${10 + i}`, tokens: ['a'], userData: 'x'.repeat(Math.max(0, rest)), issuedAt: ISSUED + i }
  })
  const cookies = asked.map((ticket, i) =>
    Buffer.from(ticketText(digest, SECRET, CLIENTS[i] as string, ticket), 'latin1').toString('base64'),
  )
  if (cookies.some((cookie) => cookie.length !== length)) return undefined
  const expected = asked.map((ticket) => ({ ok: true, ticket, keyIndex: 0 }) as const)
  return {
    digest,
    size: undefined,
    kind: 'valid',
    secrets: [SECRET],
    cookies,
    ips: CLIENTS.slice(0, TICKETS),
    expected,
  }
}

export interface LengthRow extends Race {
  readonly name: string
  readonly digest: Digest
  readonly length: number
}

export function lengthResults(plan: Plan, digests: readonly Digest[]): LengthRow[] {
  return digests.flatMap((digest) => {
    const byHand = {
      name: REFERENCE,
      verifier: (secrets: readonly string[]) =>
        frameVerifier(secrets, HEX_LENGTH[digest], (message) => hash(digest, message, 'hex')),
    }
    const competitors = [ours(OURS, digest, false), ours(OURS_LAZY, digest, true), byHand]
    return LENGTHS.flatMap((length) => {
      const own = workload(digest, length)
      if (!own) return []
      process.stderr.write(`scaling with length, ${digest} ${length}\n`)
      const { contenders } = verifyRow(competitors, own)
      return { name: `${length} chars`, digest, length, ...race(contenders, REFERENCE, BATCH, plan) }
    })
  })
}

/** One for each digest; by char as well. */
export function lengthSheets(all: readonly LengthRow[]): Sheet[] {
  return [...new Set(all.map(({ digest }) => digest))].map((digest) => {
    const rows = all.filter((row) => row.digest === digest)
    const sheet = raceSheet(
      { name: `scaling-length-${digest}`, title: `Verifying by length, ${digest}`, corner: 'ns per ticket' },
      rows,
      { [OURS]: `${OURS} to ${REFERENCE}`, [OURS_LAZY]: `${OURS_LAZY} to ${REFERENCE}` },
    )
    const names = sheet.columns.flatMap(({ name, unit }) => (unit === 'ns' ? [name] : []))
    return {
      ...sheet,
      columns: [
        ...sheet.columns,
        ...names.map((name) => ({ name: `${name}, per char`, unit: 'ns', digits: 2 }) as const),
      ],
      rows: sheet.rows.map((row, i) => {
        const length = rows[i]?.length as number
        const more = names.map((_, column) => {
          const cell = row.cells[column]
          return cell ? figure(cell.value / length, cell.mad === undefined ? undefined : cell.mad / length) : null
        })
        return { ...row, cells: [...row.cells, ...more] }
      }),
      chart: { columns: names },
    }
  })
}
