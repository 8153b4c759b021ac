/** The figures that no row of the table shows: start-up, and what verifying costs besides hashing. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { instantiateSync } from '@assemblyscript/loader'
import { ENGINE } from './facts.js'
import { type Contender, median, type Plan, race, sink, type Timing } from './measure.js'
import type { Digest } from './workloads.js'
import { BATCH, HEX_LENGTH, type Size, type Workload } from './workloads.js'

const PROCESSES = 15

export interface StartUp {
  readonly digest: Digest
  /** Milliseconds: importing the package, the first verifier with its self-test, each further verifier. */
  readonly load: number
  readonly first: number
  readonly further: number
}

/** Nanoseconds per ticket, measured in turns: through our public API, the engine hashing alone, the engine's `verify`. */
export interface Overhead {
  readonly digest: Digest
  readonly size: Size | undefined
  readonly plain: number
  readonly lazy: number
  readonly hashing: number
  readonly wasm: number
  /** What a forged ticket costs inside WASM, a valid one being 1: the median of the rounds' ratios. */
  readonly forgedToValid: number
}

export function startUp(digest: Digest): StartUp {
  const script = fileURLToPath(new URL('startup.js', import.meta.url))
  const runs = Array.from({ length: PROCESSES }, () => {
    const line = execFileSync(process.execPath, [script, digest], { encoding: 'utf8' })
    return JSON.parse(line) as Omit<StartUp, 'digest'>
  })
  const middle = (pick: keyof Omit<StartUp, 'digest'>) => median(runs.map((run) => run[pick]))
  return { digest, load: middle('load'), first: middle('first'), further: middle('further') }
}

type Engine = Record<'digest' | 'verify' | 'loadKey', (...numbers: number[]) => number> &
  Record<string, { readonly value: number }> & { wipe(): void; memory: { buffer: ArrayBuffer } }

function engine(): Engine {
  return instantiateSync(readFileSync(ENGINE)).instance.exports as unknown as Engine
}

/** The engine hashing as many bytes as the two messages of a ticket have, and doing nothing else. */
function hashingAlone({ digest, secrets, expected }: Workload): () => void {
  const [known] = expected
  if (!known?.ok) throw new Error('Only a valid ticket has its digests computed')
  const { uid, tokens, userData } = known.ticket
  const secret = Buffer.byteLength(secrets[0] ?? '')
  const first = 8 + secret + `${uid}!${tokens.join(',')}!${userData}`.length
  const second = HEX_LENGTH[digest] + secret

  const exports = engine()
  const algorithm = exports[digest.toUpperCase()]?.value as number
  if (exports.digest(algorithm, first) !== HEX_LENGTH[digest] / 2) throw new Error('The engine does not hash')
  return () => {
    for (let i = 0; i < BATCH; i++) sink.last = exports.digest(algorithm, first) + exports.digest(algorithm, second)
  }
}

/** The engine's `verify` on bytes that only have to be copied to its memory: what the host adds is left out. */
function insideWasm({ digest, secrets, cookies, ips }: Workload, status: number): () => void {
  const exports = engine()
  const at = (name: string) => exports[name]?.value as number
  const memory = new Uint8Array(exports.memory.buffer)
  const secret = Buffer.from(secrets[0] as string)
  memory.set(secret, at('RING') + at('KEY_SECRET'))
  const recipe = ['SEPARATED', 'HEX', 'NUL_ENDS', 'RAW', 'PERCENT', 'BASE64'].map((bit) => at(`RECIPE_${bit}`))
  const sum = recipe.reduce((a, b) => a + b)
  if (exports.loadKey(0, at(digest.toUpperCase()), sum, secret.length) !== 0) throw new Error('No key')
  memory.set((ips[0] as string).split('.').map(Number), at('ADDRESS'))
  const bytes = Buffer.from(cookies[0] as string)
  const cookie = at('COOKIE')
  const { verify, wipe } = exports
  const once = () => {
    memory.set(bytes, cookie)
    const answer = verify(bytes.length, 4, 0)
    wipe()
    return answer
  }
  if (once() !== status) throw new Error('The engine is wrong')
  return () => {
    for (let i = 0; i < BATCH; i++) sink.last = once()
  }
}

export interface Verifies {
  readonly plain: Contender
  readonly lazy: Contender
}

export function overhead(valid: Workload, forged: Workload, { plain, lazy }: Verifies, plan: Plan): Overhead {
  const contenders = [
    { name: 'plain', sample: plain.sample },
    { name: 'lazy', sample: lazy.sample },
    { name: 'hashing', sample: hashingAlone(valid) },
    { name: 'wasm forged', sample: insideWasm(forged, -1) },
    { name: 'wasm valid', sample: insideWasm(valid, 1) },
  ]
  const { timings } = race(contenders, 'wasm valid', BATCH, plan)
  const of = (name: string) => timings.find((timing) => timing.name === name) as Timing
  return {
    digest: valid.digest,
    size: valid.size,
    plain: of('plain').median,
    lazy: of('lazy').median,
    hashing: of('hashing').median,
    wasm: of('wasm valid').median,
    forgedToValid: 1 / of('wasm forged').ratio,
  }
}
