/**
 * Is `verify` faster than the best that can be done on Node without us, whatever the ticket and whatever the verdict?
 * What do a guard's decisions cost on top of it (`guard.ts`), what does a server pay for them (`http.ts`), and what a
 * gateway (`gateway.ts`)? And the same of signed tickets (`signed.ts`, `signed-servers.ts`).
 *
 *     npm run bench -- [--part verify]... [--quick] [--digest md5]... [--size typical]... [--json FILE] [--markdown]
 *
 * Every competitor must first give the right answer to every ticket; then the rows are timed. Exit 1 on a wrong answer
 * or where the clock was too coarse for a figure, 2 on misuse.
 */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { competitorsFor, OURS, OURS_LAZY, REFERENCE } from './baselines.js'
import { dialectResults } from './dialects.js'
import { facts } from './facts.js'
import { type Overhead, overhead, startUp } from './figures.js'
import { GATEWAY_FULL, GATEWAY_QUICK, gatewayResults } from './gateway.js'
import { guardResults } from './guard.js'
import { HTTP_FULL, HTTP_QUICK, httpResults } from './http.js'
import { FULL, type Plan, QUICK, race } from './measure.js'
import { nativeResults } from './native.js'
import { recorded } from './recorded.js'
import { report, type VerifyResults } from './report.js'
import { issueRow, type Row, verifyRow } from './rows.js'
import { signedResults } from './signed.js'
import { SIGNED_FULL, SIGNED_QUICK, signedServerResults } from './signed-servers.js'
import type { Digest } from './workloads.js'
import { BATCH, type Case, DIGESTS, SIZES, type Size, workloadsOf } from './workloads.js'

const PARTS = ['verify', 'native', 'dialects', 'guard', 'http', 'gateway', 'signed', 'signed-servers'] as const
type Part = (typeof PARTS)[number]

interface Options {
  readonly parts: readonly Part[]
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
      part: { type: 'string', multiple: true },
      quick: { type: 'boolean', default: false },
      digest: { type: 'string', multiple: true },
      size: { type: 'string', multiple: true },
      json: { type: 'string', default: fileURLToPath(new URL('results.json', import.meta.url)) },
      markdown: { type: 'boolean', default: false },
    },
  })
  const { part, quick, digest, size, json, markdown } = values
  const plan = quick ? QUICK : FULL
  return { parts: oneOf(PARTS, part), plan, digests: oneOf(DIGESTS, digest), sizes: oneOf(SIZES, size), json, markdown }
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

async function verifyResults({ plan, digests, sizes }: Options): Promise<VerifyResults> {
  const prepared = await Promise.all(digests.map((digest) => prepare(digest, sizes)))
  const names = prepared.flatMap(({ rows }) => rows)
  const rows = names.map(({ name, contenders }, i) => {
    process.stderr.write(`${i + 1}/${names.length} ${name}\n`)
    return { name, ...race(contenders, REFERENCE, BATCH, plan) }
  })
  const overheads = prepared.flatMap((digest) => digest.overheads(plan))
  return { rows, overheads, startUps: digests.map(startUp) }
}

async function main(options: Options): Promise<void> {
  const { parts, plan, json, markdown } = options
  const verify = parts.includes('verify') ? await verifyResults(options) : undefined
  const native = parts.includes('native') ? await nativeResults(plan, options.digests, options.sizes) : undefined
  const dialects = parts.includes('dialects') ? dialectResults(plan) : undefined
  const guard = parts.includes('guard') ? guardResults(plan) : undefined
  const signed = parts.includes('signed') ? signedResults(plan) : undefined
  // Last, as it pins this process to one core.
  const http = parts.includes('http') ? await httpResults(plan === QUICK ? HTTP_QUICK : HTTP_FULL) : undefined
  const gateway = parts.includes('gateway')
    ? await gatewayResults(plan === QUICK ? GATEWAY_QUICK : GATEWAY_FULL)
    : undefined
  const signedServers = parts.includes('signed-servers')
    ? await signedServerResults(plan === QUICK ? SIGNED_QUICK : SIGNED_FULL)
    : undefined
  const results = { facts: facts(), plan, ...verify, native, dialects, guard, http, gateway, signed, signedServers }
  writeFileSync(json, `${JSON.stringify(results, undefined, 2)}\n`)
  process.stdout.write(`${report(results, markdown)}\n`)

  const rings = dialects ? [{ name: 'dialects', warnings: dialects.warnings }] : []
  for (const { name, warnings } of [
    ...(verify?.rows ?? []),
    ...rings,
    ...(guard?.rows ?? []),
    ...(signed?.rows ?? []),
  ]) {
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
