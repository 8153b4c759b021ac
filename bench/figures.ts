/** The figures that no row of the table shows: start-up, and what verifying costs besides hashing. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { instantiateSync } from '@assemblyscript/loader'
import type { Digest } from 'authtkt'
import { ENGINE } from './facts.js'
import { type Contender, median, type Plan, race, sink } from './measure.js'
import { BATCH, HEX_LENGTH, type Size, type Workload } from './workloads.js'

const PROCESSES = 15

export interface StartUp {
  readonly digest: Digest
  /** Milliseconds: importing the package, the first verifier with its self-test, each further verifier. */
  readonly load: number
  readonly first: number
  readonly further: number
}

/** Nanoseconds per ticket through our public API, the three measured in turns. */
export interface Overhead {
  readonly digest: Digest
  readonly size: Size | undefined
  readonly valid: number
  readonly forged: number
  readonly hashing: number
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

interface Constant {
  readonly value: number
}

interface Engine {
  digest(algorithm: number, length: number): number
  readonly MD5: Constant
  readonly SHA256: Constant
  readonly SHA512: Constant
}

/** The engine hashing as many bytes as the two messages of a ticket have, and doing nothing else. */
function hashingAlone({ digest, secrets, expected }: Workload): () => void {
  const [known] = expected
  if (!known?.ok) throw new Error('Only a valid ticket has its digests computed')
  const { uid, tokens, userData } = known.ticket
  const secret = Buffer.byteLength(secrets[0] ?? '')
  const first = 8 + secret + `${uid}!${tokens.join(',')}!${userData}`.length
  const second = HEX_LENGTH[digest] + secret

  const engine = instantiateSync(readFileSync(ENGINE)).instance.exports as unknown as Engine
  const algorithm = { md5: engine.MD5, sha256: engine.SHA256, sha512: engine.SHA512 }[digest].value
  if (engine.digest(algorithm, first) !== HEX_LENGTH[digest] / 2) throw new Error('The engine does not hash')
  return () => {
    for (let i = 0; i < BATCH; i++) sink.last = engine.digest(algorithm, first) + engine.digest(algorithm, second)
  }
}

export function overhead(workload: Workload, valid: Contender, forged: Contender, plan: Plan): Overhead {
  const contenders = [
    { name: 'valid', sample: valid.sample },
    { name: 'forged', sample: forged.sample },
    { name: 'hashing', sample: hashingAlone(workload) },
  ]
  const medians = race(contenders, 'valid', BATCH, plan).timings.map((timing) => timing.median)
  const [validNs = Number.NaN, forgedNs = Number.NaN, hashing = Number.NaN] = medians
  return { digest: workload.digest, size: workload.size, valid: validNs, forged: forgedNs, hashing }
}
