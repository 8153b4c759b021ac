/**
 * How far from the metal is the engine? The whole verify of a cookie value that lies in memory, in WebAssembly and in C
 * that does the same with the same tricks (`native/`), slice by slice in turns, both on one core: on two each would sleep
 * while the other works, and be measured while its core wakes up.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { hrtime } from 'node:process'
import { instantiateSync } from '@assemblyscript/loader'
import { ENGINE } from './facts.js'
import { type Middle, middle, type Plan } from './measure.js'
import { builtOf, compileNative, NativeChild, sourceOf } from './native-child.js'
import { pin } from './processes.js'
import { DIGESTS, type Digest, SIZES, type Size, type Workload, workloadsOf } from './workloads.js'

/** Slices of a millisecond: most of them run undisturbed even on a busy machine. */
const SLICES = 40
/** So many of the largest tickets fit where the engine has room: in the ring, behind the one key. */
const TICKETS = 64
const MESSAGE = 8192
const BLOCK: Readonly<Record<Digest, number>> = { md5: 64, sha256: 64, sha512: 128 }
const VARIANTS = ['tuned', 'sha-ni', 'module'] as const
type Variant = (typeof VARIANTS)[number]

/** Nanoseconds per ticket or per block, over the rounds. */
export interface NativeRow {
  readonly name: string
  readonly wasm: Middle
  readonly native: Readonly<Partial<Record<Variant, Middle>>>
  /** WebAssembly's time to tuned C's: the rounds' ratios. */
  readonly ratio: Middle
}

export interface NativeResults {
  /** What compiled it; or why there are no rows. */
  readonly compiler?: string
  readonly missing?: string
  /** False where processes cannot be pinned. */
  readonly pinned?: boolean
  readonly rows: readonly NativeRow[]
}

type Numbers = (...numbers: number[]) => number

/** The same job on either side: nanoseconds of one operation when it is done `passes` times. */
interface Pair {
  readonly name: string
  readonly wasm: (passes: number) => number
  readonly native: (variant: Variant, passes: number) => Promise<number | undefined>
}

function compileDriver(): Uint8Array {
  const file = builtOf('driver.wasm')
  const flags = ['--runtime', 'stub', '--importMemory', '--enable', 'simd', '--optimizeLevel', '3', '--noAssert']
  // Not where asconfig.json is: its targets are the engine's.
  const cwd = dirname(file)
  execFileSync('npx', ['asc', sourceOf('driver.ts'), '--outFile', file, ...flags], { cwd, stdio: 'inherit' })
  return readFileSync(file)
}

/** The engine with one key, and the driver in its memory. */
function engineWith(driver: Uint8Array, { digest, secrets, cookies, ips }: Workload) {
  const engine = instantiateSync(readFileSync(ENGINE)).instance.exports as unknown as Record<string, Numbers> &
    Record<string, { readonly value: number }> & { memory: { buffer: ArrayBuffer } }
  const at = (name: string) => engine[name]?.value as number
  const memory = Buffer.from(engine.memory.buffer)
  const secret = secrets[0] as string
  memory.write(secret, at('RING') + at('KEY_SECRET'), 'latin1')
  const recipe = ['SEPARATED', 'HEX', 'NUL_ENDS', 'RAW', 'PERCENT', 'BASE64'].map((bit) => at(`RECIPE_${bit}`))
  const algorithm = at(digest.toUpperCase())
  const sum = recipe.reduce((a, b) => a + b)
  if (engine.loadKey?.(0, algorithm, sum, secret.length) !== 0) throw new Error('No key')

  const table = (at('RING') + at('KEY_SIZE') + 15) & ~15
  let end = table
  for (const [i, cookie] of cookies.slice(0, TICKETS).entries()) {
    memory.writeInt32LE(cookie.length, end)
    memory.set((ips[i] as string).split('.').map(Number), end + 4)
    memory.write(cookie, end + 16, 'latin1')
    end += 16 + ((cookie.length + 15) & ~15)
  }
  if (end > at('RING') + at('KEYS_MAX') * at('KEY_SIZE')) throw new Error('No room for the tickets')
  const { instance } = instantiateSync(driver, { env: { memory: engine.memory }, engine })
  const { verifyAll, digestAll } = instance.exports as unknown as Record<string, Numbers>
  return {
    verify: (passes: number) => verifyAll?.(table, TICKETS, passes, at('COOKIE'), at('ADDRESS')),
    digest: (passes: number) => digestAll?.(algorithm, MESSAGE, passes),
  }
}

function nanoseconds(operations: number, expected: number | undefined, work: () => number | undefined): number {
  const before = hrtime.bigint()
  const answer = work()
  const after = hrtime.bigint()
  if (expected !== undefined && answer !== expected) throw new Error('The engine is wrong')
  return Number(after - before) / operations
}

/** Tells the child the same tickets, and forged ones that it has to refuse. */
async function load(child: NativeChild, valid: Workload, forged: Workload): Promise<void> {
  child.tell(`key ${valid.digest} ${valid.secrets[0]}`)
  for (const [good, { cookies, ips }] of [
    [1, valid],
    [0, forged],
  ] as const) {
    for (const [i, cookie] of cookies.slice(0, TICKETS).entries()) child.tell(`ticket ${good} ${ips[i]} ${cookie}`)
  }
  const answer = await child.ask('check')
  if (answer !== 'good') throw new Error(`The native program judges a ticket wrongly: ${answer}`)
}

/** As many passes as fill `ms`. */
async function passesFor(
  ms: number,
  pass: (passes: number) => number | Promise<number | undefined>,
  operations: number,
) {
  const ns = (await pass(1)) ?? 1
  return Math.max(1, Math.round((ms * 1e6) / (ns * operations)))
}

async function raceNative(pair: Pair, operations: number, plan: Plan): Promise<NativeRow> {
  // Until TurboFan has been there.
  pair.wasm(await passesFor(plan.warmup, pair.wasm, operations))
  const slice = plan.time / SLICES
  const wasmPasses = await passesFor(slice, pair.wasm, operations)
  const native = new Map<Variant, { passes: number; times: number[] }>()
  for (const variant of VARIANTS) {
    const one = (passes: number) => pair.native(variant, passes)
    if ((await one(1)) !== undefined)
      native.set(variant, { passes: await passesFor(slice, one, operations), times: [] })
  }
  const wasm: number[] = []
  for (let round = 0; round < plan.rounds * SLICES; round++) {
    const turns = [
      async () => void wasm.push(pair.wasm(wasmPasses)),
      ...[...native].map(([variant, { passes, times }]) => async () => {
        times.push((await pair.native(variant, passes)) as number)
      }),
    ]
    for (let i = 0; i < turns.length; i++) await turns[(i + round) % turns.length]?.()
  }
  const tuned = native.get('tuned')?.times ?? []
  return {
    name: pair.name,
    wasm: middle(wasm),
    native: Object.fromEntries([...native].map(([variant, { times }]) => [variant, middle(times)])),
    ratio: middle(wasm.map((ns, i) => ns / (tuned[i] ?? Number.NaN))),
  }
}

export async function nativeResults(
  plan: Plan,
  digests: readonly Digest[] = DIGESTS,
  sizes: readonly Size[] = SIZES,
): Promise<NativeResults> {
  const compiled = compileNative()
  if ('missing' in compiled) return { missing: compiled.missing, rows: [] }
  const driver = compileDriver()
  const child = new NativeChild(compiled.program)
  const pinned = pin(process.pid, 0)
  const rows: NativeRow[] = []
  for (const digest of digests) {
    const workloads = workloadsOf(digest, sizes)
    for (const size of sizes) {
      const [valid, forged] = (['valid', 'forged'] as const).map((kind) =>
        workloads.find((one) => one.size === size && one.kind === kind),
      )
      if (!valid || !forged) throw new Error(`No tickets for ${digest} ${size}`)
      process.stderr.write(`native, ${digest} ${size}\n`)
      await load(child, valid, forged)
      const engine = engineWith(driver, valid)
      const wasm = (passes: number) => nanoseconds(passes * TICKETS, 0, () => engine.verify(passes))
      const native = (variant: Variant, passes: number) => child.time('verify', variant, passes)
      rows.push(await raceNative({ name: `${digest} ${size}`, wasm, native }, TICKETS, plan))
      if (size !== sizes.at(-1)) continue
      const blocks = MESSAGE / BLOCK[digest]
      rows.push(
        await raceNative(
          {
            name: `${digest}, a block of ${BLOCK[digest]} bytes`,
            wasm: (passes) => nanoseconds(passes * blocks, undefined, () => engine.digest(passes)),
            native: (variant, passes) => child.time('blocks', variant, passes),
          },
          blocks,
          plan,
        ),
      )
    }
  }
  child.end()
  return { compiler: compiled.compiler, pinned, rows }
}
