/** The figures that no row of the table shows: what verifying costs besides hashing. */
import { readFileSync } from 'node:fs'
import { instantiateSync } from '@assemblyscript/loader'
import { ENGINE } from './facts.js'
import { type Contender, type Plan, race, sink, type Timing } from './measure.js'
import type { Digest } from './workloads.js'
import { BATCH, HEX_LENGTH, type Size, type Workload } from './workloads.js'

/** Measured in turns; what each of them takes on top of hashing (`more`) is within a round. */
export interface Overhead {
  readonly digest: Digest
  readonly size: Size | undefined
  /** The engine hashing as many bytes, and doing nothing else. */
  readonly hashing: Timing
  /** The engine's `verify`. */
  readonly wasm: Timing
  /** Through our public API, with `lazyTicket` and without. */
  readonly lazy: Timing
  readonly plain: Timing
  /** `ratio`: how many times as fast a forged ticket is, inside WASM, as a valid one. */
  readonly forgedToValid: Pick<Timing, 'ratio' | 'ratioMad'>
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
    { name: 'hashing', sample: hashingAlone(valid) },
    { name: 'wasm', sample: insideWasm(valid, 1) },
    { name: 'lazy', sample: lazy.sample },
    { name: 'plain', sample: plain.sample },
  ]
  const { timings } = race(contenders, 'hashing', BATCH, plan)
  const of = (name: string) => timings.find((timing) => timing.name === name) as Timing
  const verdicts = [
    { name: 'valid', sample: insideWasm(valid, 1) },
    { name: 'forged', sample: insideWasm(forged, -1) },
  ]
  const forgedToValid = race(verdicts, 'valid', BATCH, plan).timings.find(({ name }) => name === 'forged') as Timing
  return {
    digest: valid.digest,
    size: valid.size,
    hashing: of('hashing'),
    wasm: of('wasm'),
    lazy: of('lazy'),
    plain: of('plain'),
    forgedToValid,
  }
}
