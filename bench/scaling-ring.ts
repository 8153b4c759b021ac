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
  readonly keys: number
}

/** Ours with a ticket of the first key, of the last, and a forged one; and the last one by hand. */
export function ringResults(plan: Plan, digests: readonly Digest[]): RingRow[] {
  return digests.flatMap((digest) =>
    KEYS.map((keys) => {
      const name = `${digest}, ${keys === 1 ? '1 key' : `${keys} keys`}`
      process.stderr.write(`scaling with the ring, ${name}\n`)
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
      return { name, keys, ...race(contenders, byHand.name, BATCH, plan) }
    }),
  )
}

export function ringSheet(rows: readonly RingRow[]): Sheet {
  const sheet = raceSheet({ name: 'scaling-ring', title: 'Cost by keys in the ring', corner: 'ns per ticket' }, rows, {
    [KINDS.last]: `last key, to ${REFERENCE}`,
  })
  /** What each further key has added up to here. */
  const perKey = rows.map(({ keys, timings, name }) => {
    const alone = rows.find((row) => row.keys === 1 && row.name.split(',')[0] === name.split(',')[0])
    const [own, one] = [timings, alone?.timings ?? []].map((all) => all.find((timing) => timing.name === KINDS.forged))
    return keys === 1 || !own || !one ? null : figure((own.median - one.median) / (keys - 1))
  })
  return {
    ...sheet,
    columns: [...sheet.columns, { name: 'each further key, forged', unit: 'ns' }],
    rows: sheet.rows.map((row, i) => ({ ...row, cells: [...row.cells, perKey[i] ?? null] })),
    chart: { columns: Object.values(KINDS) },
  }
}
