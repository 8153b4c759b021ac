/** Where this runtime has a SHA-256 that is faster than ours on long messages, and from which length on. */

import type { HostDigest } from './engine.js'
import { engineModule, instantiate } from './module.js'

/** Cookie values are base64: so many chars for a byte of the message. */
const CHARS_PER_BYTE = 4 / 3
/** Lengths in bytes at which both are timed. */
const SHORT = 512
const LONG = 4096
const CALLS = 8
const REPEATS = 7

type Sha256 = HostDigest['sha256']

interface Runtime {
  readonly process?: { getBuiltinModule?(name: string): unknown }
}

let measured: { readonly host: HostDigest | undefined } | undefined

/** Node's own SHA-256, from the length on at which it has been found to be faster; measured once per process (1 to 2 ms). */
export function hostDigest(): HostDigest | undefined {
  measured ??= { host: measure(nodeSha256(globalThis as Runtime)) }
  return measured.host
}

/** Node's `crypto.hash`, which knows SHA-NI; undefined where there is none. */
export function nodeSha256({ process }: Runtime): Sha256 | undefined {
  type Crypto = { hash?(name: string, message: Uint8Array, form: 'buffer'): Uint8Array }
  const crypto = process?.getBuiltinModule?.('node:crypto') as Crypto | undefined
  const hash = crypto?.hash
  return hash && ((message) => hash('sha256', message, 'buffer'))
}

/**
 * Times `sha256` against the engine's own at two lengths; what a byte and a call take gives the length at which it gets
 * ahead. Undefined where it never does.
 */
export function measure(
  sha256: Sha256 | undefined,
  clock: () => number = () => performance.now(),
): HostDigest | undefined {
  if (sha256 === undefined) return undefined
  const { memory, MESSAGE, STATE, SHA256, digest, wipe } = instantiate(engineModule())
  const state = new Uint8Array(memory.buffer, STATE.value, 32)
  digest(SHA256.value, LONG)
  const known = state.join()
  wipe()
  // Both of as many zeroes: a host that is wrong is no help.
  if (sha256(new Uint8Array(LONG)).join() !== known) return undefined
  const ours = (length: number) => () => {
    digest(SHA256.value, length)
    wipe()
  }
  const theirs = (length: number) => () => state.set(sha256(new Uint8Array(memory.buffer, MESSAGE.value, length)))
  const [oursShort, theirsShort, oursLong, theirsLong] = fastest(
    [ours(SHORT), theirs(SHORT), ours(LONG), theirs(LONG)],
    clock,
  ) as [number, number, number, number]
  const from = crossover(theirsShort - oursShort, theirsLong - oursLong)
  return from === undefined ? undefined : { from, sha256 }
}

/** Chars from which on the host is faster, by how much more it takes at SHORT and at LONG. */
export function crossover(moreAtShort: number, moreAtLong: number): number | undefined {
  if (moreAtLong >= 0) return undefined
  if (moreAtShort <= 0) return Math.ceil(SHORT * CHARS_PER_BYTE)
  const bytes = SHORT + ((LONG - SHORT) * moreAtShort) / (moreAtShort - moreAtLong)
  return Math.ceil(bytes * CHARS_PER_BYTE)
}

/** The shortest time that CALLS calls of each took, the jobs in turns. */
function fastest(jobs: readonly (() => void)[], clock: () => number): number[] {
  const best = jobs.map(() => Number.POSITIVE_INFINITY)
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    for (const [i, job] of jobs.entries()) {
      const start = clock()
      for (let call = 0; call < CALLS; call++) job()
      best[i] = Math.min(best[i] as number, clock() - start)
    }
  }
  return best
}
