/** One block of lines: read, checked, and put in words. The same in a thread and without one. */

import { readSync } from 'node:fs'
import { type Counts, createCheck, LINE_MAX, type Setup } from './verify-check.js'
import { writeRows } from './verify-json.js'
import type { BlockSizes } from './verify-ranges.js'

/** Enough lines that handing a block to a thread costs next to nothing; few enough to stay in its cache. */
export const SIZES: BlockSizes = { block: 1 << 18, longest: LINE_MAX }

/** Memory that all threads share: what goes into a block, and what comes out. */
export interface Slot {
  readonly input: Uint8Array
  output: Uint8Array
}

export function createSlot({ block, longest }: BlockSizes): Slot {
  const shared = (bytes: number) => new Uint8Array(new SharedArrayBuffer(bytes))
  return { input: shared(block + longest), output: shared(block) }
}

/** `length` bytes of the slot's input; or of an open file, to be read into it, from the position `from` on. */
export interface Job extends Slot {
  readonly length: number
  readonly file: { readonly fd: number; readonly from: number } | undefined
}

/** `rows`: what was written, in the job's `output` or in new memory. `failed`: the file could not be read. */
export interface Verified {
  readonly lines: number
  readonly accepted: number
  readonly counts: Counts
  readonly rows: Uint8Array | undefined
  readonly failed: { readonly code: string | undefined; readonly message: string } | undefined
}

/** `firstLine` is told how many lines there are, and gives the number of the first. */
export type Work = (job: Job, firstLine: (lines: number) => number) => Verified

/** With `rows` the verdicts are wanted in JSON, else only their counts. */
export function createWork(setup: Setup, rows: boolean): Work {
  const check = createCheck(setup)
  return (job, firstLine) => {
    let length: number
    try {
      length = fill(job)
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException
      firstLine(0)
      return { lines: 0, accepted: 0, counts: {}, rows: undefined, failed: { code, message } }
    }
    const verdicts = check(job.input.subarray(0, length), rows)
    const { size: lines, accepted } = verdicts
    const first = firstLine(lines)
    const written = rows ? writeRows(job.output, first, lines, verdicts.members) : undefined
    return { lines, accepted, counts: verdicts.counts(), rows: written, failed: undefined }
  }
}

/** How many bytes of the input there are: fewer where a file has been cut short since it was opened. */
function fill({ input, length, file }: Job): number {
  if (file === undefined) return length
  let at = 0
  while (at < length) {
    const read = readSync(file.fd, input, at, length - at, file.from + at)
    if (read === 0) break
    at += read
  }
  return at
}
