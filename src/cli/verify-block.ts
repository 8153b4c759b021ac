/** One block of lines: read, checked, and put in words. The same in a thread and without one. */

import { readSync } from 'node:fs'
import { type Counts, createCheck, LINE_MAX, type Setup } from './verify-check.js'
import { writeRows } from './verify-json.js'
import type { BlockSizes } from './verify-ranges.js'

/** Enough lines that handing a block to a thread costs next to nothing. */
export const SIZES: BlockSizes = { block: 1 << 20, longest: LINE_MAX }

/** Memory for what goes into a block, and for what comes out. */
export interface Slot {
  readonly input: Uint8Array
  output: Uint8Array
}

/** `shared`: memory that all threads share. */
export function createSlot({ block, longest }: BlockSizes, shared: boolean): Slot {
  const memory = (bytes: number) => new Uint8Array(shared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes))
  return { input: memory(block + longest), output: memory(block) }
}

/** `length` bytes of the slot's input; or of an open file, from the position `from` on. */
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
  // Files are read into memory of this thread's own: V8 is slow to copy out of shared memory, a tenth of the time of a log.
  let own = new Uint8Array()
  return (job, firstLine) => {
    let lines: Uint8Array
    try {
      if (job.file !== undefined && own.length < job.length) own = new Uint8Array(job.input.length)
      lines = job.file === undefined ? job.input.subarray(0, job.length) : read(job.file, own.subarray(0, job.length))
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException
      firstLine(0)
      return { lines: 0, accepted: 0, counts: {}, rows: undefined, failed: { code, message } }
    }
    const verdicts = check(lines, rows)
    const { size, accepted } = verdicts
    const first = firstLine(size)
    const written = rows ? writeRows(job.output, first, size, verdicts.members) : undefined
    return { lines: size, accepted, counts: verdicts.counts(), rows: written, failed: undefined }
  }
}

/** What there is of the file's bytes: fewer where it has been cut short since it was opened. */
function read({ fd, from }: NonNullable<Job['file']>, into: Uint8Array): Uint8Array {
  let at = 0
  while (at < into.length) {
    const more = readSync(fd, into, at, into.length - at, from + at)
    if (more === 0) break
    at += more
  }
  return into.subarray(0, at)
}
