/** A batch module with keys, and tickets put into it by hand. */

import { type Batch, createBatch, RECORD_WORDS, STATUS } from '../../src/engine/batch.js'
import { DIALECTS } from '../../src/engine/dialects.js'
import { type BoundAddress, createEngine } from '../../src/engine/engine.js'
import type { Dialect, Digest } from '../../src/types.js'

export interface RingKey {
  readonly secret: Uint8Array
  readonly digest: Digest
  readonly dialect: Dialect
}

export function batchWith(module: WebAssembly.Module, keys: readonly RingKey[], address: BoundAddress): Batch {
  const engine = createEngine()
  for (const { secret, digest, dialect } of keys) engine.loadKey(secret, digest, DIALECTS[dialect])
  const batch = createBatch(engine, module)
  batch.place(0)
  batch.useAddress(address)
  return batch
}

/** Puts the values in and checks them; the statuses. Nothing is wiped yet. */
export function statusesOf(batch: Batch, values: readonly string[]): number[] {
  batch.write(values.join(''))
  let at = 0
  for (const [i, value] of values.entries()) {
    batch.starts[i] = at
    batch.lengths[i] = value.length
    at += value.length
  }
  batch.verify(values.length, false, 0)
  return values.map((_, i) => batch.records[i * RECORD_WORDS + STATUS] as number)
}
