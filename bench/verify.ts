/**
 * Is `verify` faster than the best that can be done on Node without us, whatever the ticket and whatever the verdict? And
 * `issue`? What does the work around the digests cost?
 */
import { competitorsFor, OURS, OURS_LAZY, REFERENCE } from './baselines.js'
import { type Race, race } from './measure.js'
import { type Overhead, overhead } from './overhead.js'
import type { Ask } from './part.js'
import { recorded } from './recorded.js'
import { issueRow, type Row, verifyRow } from './rows.js'
import { figure, raceSheet, type Sheet } from './sheet.js'
import { BATCH, type Case, type Digest, type Size, workloadsOf } from './workloads.js'

export interface VerifyResults {
  /** `verify sha256 typical valid`, `issue md5 small`, ... */
  readonly rows: readonly (Race & { readonly name: string })[]
  readonly overheads: readonly Overhead[]
}

/** What is left of a digest to time, once all its competitors have been found right. */
interface Prepared {
  readonly rows: readonly Row[]
  readonly overheads: (ask: Ask) => readonly Overhead[]
}

async function prepare(digest: Digest, sizes: readonly Size[]): Promise<Prepared> {
  const competitors = await competitorsFor(digest)
  const verifies = [...workloadsOf(digest, sizes), recorded(digest)].map((workload) => ({
    workload,
    row: verifyRow(competitors, workload),
  }))
  const issues = sizes.map((size) => issueRow(competitors, digest, size))
  const overheads = ({ plan }: Ask) =>
    sizes.map((size) => {
      const find = (kind: Case) => verifies.find(({ workload }) => workload.size === size && workload.kind === kind)
      const [valid, forged] = [find('valid'), find('forged')]
      const [plain, lazy] = [OURS, OURS_LAZY].map((name) => valid?.row.contenders.find((one) => one.name === name))
      if (!valid || !forged || !plain || !lazy) throw new Error(`No row for ${digest} ${size}`)
      return overhead(valid.workload, forged.workload, { plain, lazy }, plan)
    })
  return { rows: [...verifies.map(({ row }) => row), ...issues], overheads }
}

export async function verifyResults(ask: Ask): Promise<VerifyResults> {
  const { plan, digests, sizes } = ask
  const prepared = await Promise.all(digests.map((digest) => prepare(digest, sizes)))
  const all = prepared.flatMap(({ rows }) => rows)
  const rows = all.map(({ name, contenders }, i) => {
    process.stderr.write(`${i + 1}/${all.length} ${name}\n`)
    return { name, ...race(contenders, REFERENCE, BATCH, plan) }
  })
  return { rows, overheads: prepared.flatMap((digest) => digest.overheads(ask)) }
}

const RATIOS = { [OURS]: `${OURS} to ${REFERENCE}`, [OURS_LAZY]: `${OURS_LAZY} to ${REFERENCE}` }
const CHARTED = ['valid', 'old key', 'forged']

/** A forged ticket that costs what a valid one costs (1.00) tells an attacker nothing. */
function overheadSheet(overheads: readonly Overhead[]): Sheet {
  return {
    name: 'overhead',
    title: 'What verifying costs besides hashing',
    corner: 'ns per ticket',
    columns: [
      { name: 'hashing alone', unit: 'ns' },
      { name: 'outside hashing: in WASM', unit: 'ns' },
      { name: 'with lazyTicket', unit: 'ns' },
      { name: 'with the fields read', unit: 'ns' },
      { name: 'forged to valid, in WASM', unit: 'x', digits: 3 },
    ],
    rows: overheads.map(({ digest, size, hashing, wasm, lazy, plain, forgedToValid }) => ({
      name: `${digest} ${size}`,
      cells: [
        figure(hashing.median, hashing.mad),
        ...[wasm, lazy, plain].map(({ more, moreMad }) => figure(more, moreMad)),
        figure(1 / forgedToValid.ratio, forgedToValid.ratioMad),
      ],
    })),
  }
}

export function verifyTables({ rows, overheads }: VerifyResults): Sheet[] {
  const digests = [...new Set(overheads.map(({ digest }) => digest))]
  const corner = 'ns per ticket'
  return [
    ...digests.map((digest) => {
      const own = rows.filter(({ name }) => name.startsWith(`verify ${digest} `))
      const charted = own.filter(({ name }) => name.includes('typical') && CHARTED.some((kind) => name.endsWith(kind)))
      const chart = charted.length > 0 ? { rows: charted.map(({ name }) => name) } : undefined
      const title = `Verifying tickets, ${digest}`
      return raceSheet({ name: `verify-${digest}`, title, corner, chart }, own, RATIOS)
    }),
    raceSheet(
      { name: 'issue', title: 'Issuing tickets', corner },
      rows.filter(({ name }) => name.startsWith('issue ')),
      { [OURS]: RATIOS[OURS] as string },
    ),
    overheadSheet(overheads),
  ]
}
