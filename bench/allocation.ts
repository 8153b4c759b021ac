/**
 * Bytes that a job leaves on the heap. Young garbage is collected, the heap is read, a batch runs, the heap is read
 * again: a batch fits into V8's young half-space (1 MB at the least), so nothing is collected in between. The median
 * of many batches, less that of batches that do nothing: reading the heap allocates, too. WebAssembly's memory and
 * what the optimising compilers allocate elsewhere do not count.
 */
import { collect, median } from './measure.js'

const BATCHES = 101

function used(sample: () => void, count: number): number {
  const batches = Array.from({ length: count }, () => {
    collect({ type: 'minor' })
    const before = process.memoryUsage().heapUsed
    sample()
    return process.memoryUsage().heapUsed - before
  })
  return median(batches)
}

/** Bytes per operation of a warmed-up sample that does the job `operations` times. */
export function bytesPer(operations: number, sample: () => void, batches = BATCHES): number {
  return (used(sample, batches) - used(() => {}, batches)) / operations
}
