/** All lines of an input, verified on as many threads as it is worth. */

import type { Readable } from 'node:stream'
import { naming } from './output.js'
import { createWork, SIZES, type Verified } from './verify-block.js'
import type { Setup } from './verify-check.js'
import { blocksOfAll, sizeOf } from './verify-input.js'
import type { BlockSizes } from './verify-ranges.js'
import { wipeSecrets } from './verify-secrets.js'
import { alone, type Crew, startThreads, type Take } from './verify-threads.js'

/** Bytes of input from which on threads are worth their start: one does as many meanwhile. A signature costs a hundred digests. */
const WORTH = { keyed: 64 << 20, signed: 1 << 16 } as const

export interface RunOptions {
  readonly setup: Setup
  /** The verdicts are wanted in JSON, else only their counts. */
  readonly rows: boolean
  /** 1: no threads besides this one. */
  readonly threads: number
  readonly stdin?: Readable
  /** What tests have smaller. */
  readonly sizes?: BlockSizes
  readonly worth?: number
  readonly script?: URL
}

/**
 * Hands over what came of each block, in order; `span` is how many bytes of input it was. Errors are thrown when all that
 * was read before them has been handed over. Wipes the setup's secrets.
 */
export async function verifyInput(
  files: readonly string[],
  options: RunOptions,
  handOver: (verified: Verified, span: number) => void,
): Promise<void> {
  const { setup, rows, threads, stdin = process.stdin, sizes = SIZES, worth = WORTH[setup.kind], script } = options
  let lines = 0
  const number = (more: number) => {
    lines += more
    return lines - more + 1
  }
  const take: Take = ({ name, span }, verified) => {
    const { failed } = verified
    if (failed !== undefined) {
      throw naming(name, Object.assign(new Error(failed.message), { code: failed.code, syscall: 'read' }))
    }
    handOver(verified, span)
  }
  const known = sizeOf(files).bytes
  let seen = 0
  let threaded = false
  let crew: Crew = alone(createWork(setup, rows), number, sizes, take)
  const next = () => {
    if (!threaded && threads > 1 && Math.max(known, seen) >= worth) {
      threaded = true
      crew = startThreads({ threads, setup, rows, firstLine: lines + 1, sizes, script }, take)
      wipeSecrets(setup)
    }
    return crew.slot()
  }
  try {
    for await (const block of blocksOfAll(files, stdin, next, sizes)) {
      seen += block.span
      crew.send(block)
    }
    await crew.end()
  } catch (error) {
    // What was read before it comes first; where that cannot be written, this is what there is to say.
    await crew.end()
    throw error
  } finally {
    wipeSecrets(setup)
    await crew.close()
  }
}
