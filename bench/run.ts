/**
 * Is `verify` faster than the best that can be done on Node without us, whatever the ticket and whatever the verdict?
 *
 *     npm run bench -- [--quick] [--digest md5]... [--size typical]... [--json FILE] [--markdown]
 *
 * Every competitor must first give the right answer to every ticket; then the rows are timed. Exit 1 on a wrong answer
 * or where the clock was too coarse for a figure, 2 on misuse.
 */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Digest } from 'authtkt'
import { competitorsFor, OURS, OURS_LAZY, REFERENCE } from './baselines.js'
import { facts } from './facts.js'
import { type Overhead, overhead, startUp } from './figures.js'
import { FULL, type Plan, QUICK, race } from './measure.js'
import { recorded } from './recorded.js'
import { report } from './report.js'
import { issueRow, type Row, verifyRow } from './rows.js'
import { BATCH, type Case, DIGESTS, SIZES, type Size, workloadsOf } from './workloads.js'

interface Options {
  readonly plan: Plan
  readonly digests: readonly Digest[]
  readonly sizes: readonly Size[]
  readonly json: string
  readonly markdown: boolean
}

function oneOf<T extends string>(known: readonly T[], asked: readonly string[] = known): readonly T[] {
  const stranger = asked.find((name) => !known.some((other) => other === name))
  if (stranger !== undefined) throw new Error(`${stranger}: expected one of ${known.join(', ')}`)
  return known.filter((name) => asked.includes(name))
}

function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      digest: { type: 'string', multiple: true },
      size: { type: 'string', multiple: true },
      json: { type: 'string', default: fileURLToPath(new URL('results.json', import.meta.url)) },
      markdown: { type: 'boolean', default: false },
    },
  })
  const { quick, digest, size, json, markdown } = values
  return { plan: quick ? QUICK : FULL, digests: oneOf(DIGESTS, digest), sizes: oneOf(SIZES, size), json, markdown }
}

/** What is left of a digest to time, once all its competitors have been found right. */
interface Prepared {
  readonly rows: readonly Row[]
  readonly overheads: (plan: Plan) => readonly Overhead[]
}

async function prepare(digest: Digest, sizes: readonly Size[]): Promise<Prepared> {
  const competitors = await competitorsFor(digest)
  const verifies = [...workloadsOf(digest, sizes), recorded(digest)].map((workload) => ({
    workload,
    row: verifyRow(competitors, workload),
  }))
  const issues = sizes.map((size) => issueRow(competitors, digest, size))
  const overheads = (plan: Plan) =>
    sizes.map((size) => {
      const find = (kind: Case) => verifies.find(({ workload }) => workload.size === size && workload.kind === kind)
      const [valid, forged] = [find('valid'), find('forged')]
      const [plain, lazy] = [OURS, OURS_LAZY].map((name) => valid?.row.contenders.find((one) => one.name === name))
      if (!valid || !forged || !plain || !lazy) throw new Error(`No row for ${digest} ${size}`)
      return overhead(valid.workload, forged.workload, { plain, lazy }, plan)
    })
  return { rows: [...verifies.map(({ row }) => row), ...issues], overheads }
}

async function main({ plan, digests, sizes, json, markdown }: Options): Promise<void> {
  const prepared = await Promise.all(digests.map((digest) => prepare(digest, sizes)))
  const names = prepared.flatMap(({ rows }) => rows)
  const rows = names.map(({ name, contenders }, i) => {
    process.stderr.write(`${i + 1}/${names.length} ${name}\n`)
    return { name, ...race(contenders, REFERENCE, BATCH, plan) }
  })
  const overheads = prepared.flatMap((digest) => digest.overheads(plan))
  const results = { facts: facts(), plan, rows, overheads, startUps: digests.map(startUp) }
  writeFileSync(json, `${JSON.stringify(results, undefined, 2)}\n`)
  process.stdout.write(`${report(results, markdown)}\n`)

  for (const { name, warnings } of rows) {
    for (const warning of warnings) process.stderr.write(`THE CLOCK IS TOO COARSE for ${name}: ${warning}\n`)
    if (warnings.length > 0) process.exitCode = 1
  }
}

function misuse(error: unknown): never {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  process.exit(2)
}

let options: Options
try {
  options = readOptions()
} catch (error) {
  misuse(error)
}
await main(options)
