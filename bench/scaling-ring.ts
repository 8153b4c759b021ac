/** Does the cost grow with a ring's keys as slowly as it can: not at all for a ticket of the first, by a digest a key for others? */
import { hash } from 'node:crypto'
import { OURS, ours, REFERENCE } from './baselines.js'
import { frameVerifier } from './frame.js'
import { type Plan, type Race, race } from './measure.js'
import { verifyRow } from './rows.js'
import { figure, raceSheet, type Sheet } from './sheet.js'
import { BATCH, type Digest, HEX_LENGTH, ringWorkload } from './workloads.js'

const KEYS = [1, 2, 4, 8, 16, 32, 64]
const KINDS = { first: 'first key', last: 'last key', forged: 'forged' } as const

export interface RingRow extends Race {
  readonly name: string
  readonly digest: Digest
  readonly keys: number
}

/** Ours with a ticket of the first key, of the last, and a forged one; and the last one by hand. */
export function ringResults(plan: Plan, digests: readonly Digest[]): RingRow[] {
  return digests.flatMap((digest) =>
    KEYS.map((keys) => {
      const name = keys === 1 ? '1 key' : `${keys} keys`
      process.stderr.write(`scaling with the ring, ${digest}, ${name}\n`)
      const contenders = Object.entries(KINDS).flatMap(
        ([kind, name]) =>
          verifyRow([{ ...ours(OURS, digest, false), name }], ringWorkload(digest, keys, kind as keyof typeof KINDS))
            .contenders,
      )
      const byHand = {
        name: `${REFERENCE}, last key`,
        verifier: (secrets: readonly string[]) =>
          frameVerifier(secrets, HEX_LENGTH[digest], (message) => hash(digest, message, 'hex')),
      }
      contenders.push(...verifyRow([byHand], ringWorkload(digest, keys, 'last')).contenders)
      return { name, digest, keys, ...race(contenders, byHand.name, BATCH, plan) }
    }),
  )
}

/** One for each digest; also what each further key has added up to there. */
export function ringSheets(all: readonly RingRow[]): Sheet[] {
  return [...new Set(all.map(({ digest }) => digest))].map((digest) => {
    const rows = all.filter((row) => row.digest === digest)
    const sheet = raceSheet(
      { name: `scaling-ring-${digest}`, title: `Verifying by keys in the ring, ${digest}`, corner: 'ns per ticket' },
      rows,
      { [KINDS.last]: `last key, to ${REFERENCE}` },
    )
    const forged = rows.map(({ timings }) => timings.find(({ name }) => name === KINDS.forged)?.median as number)
    return {
      ...sheet,
      columns: [...sheet.columns, { name: 'each further key, forged', unit: 'ns' }],
      rows: sheet.rows.map((row, i) => {
        const keys = rows[i]?.keys as number
        const perKey = ((forged[i] as number) - (forged[0] as number)) / (keys - 1)
        return { ...row, cells: [...row.cells, keys === 1 ? null : figure(perKey)] }
      }),
      chart: { columns: Object.values(KINDS) },
    }
  })
}
