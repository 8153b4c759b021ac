/**
 * What somebody would write who has a log to check, two cores and `crypto.hash`: as many threads as are asked for, each
 * with a range of the file's bytes, read in blocks into one buffer, a line at a time to the verifier of `frame.ts`.
 * Counts by verdict on stdout, as `authtkt verify --summary` has them.
 *
 *     node log-baseline.js DIGEST THREADS FILE
 */
import { hash } from 'node:crypto'
import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { frameVerifier } from './frame.js'
import { LOG_CLIENT, LOG_NOW, LOG_TIMEOUT } from './log-input.js'
import { type Digest, HEX_LENGTH, SECRET } from './workloads.js'

const BLOCK = 1 << 18
type Counts = Record<string, number>

interface Share {
  readonly digest: Digest
  readonly file: string
  /** Lines that begin in [from, end). */
  readonly from: number
  readonly end: number
}

function countLines({ digest, file, from, end }: Share): Counts {
  const verify = frameVerifier([SECRET], HEX_LENGTH[digest], (message) => hash(digest, message, 'hex'))
  const counts: Counts = { lines: 0, ok: 0, digest: 0, expired: 0, malformed: 0, 'too-long': 0, absent: 0 }
  const fd = openSync(file, 'r')
  const buffer = Buffer.allocUnsafe(2 * BLOCK)
  let position = from
  let kept = 0
  // A line that the range begins in the middle of is the one before's.
  let skipping = from > 0
  if (skipping) position--
  for (;;) {
    const read = readSync(fd, buffer, kept, BLOCK, position)
    position += read
    const filled = kept + read
    const base = position - filled
    let at = 0
    if (skipping) {
      at = buffer.subarray(0, filled).indexOf(10) + 1
      skipping = at === 0
      if (skipping) at = filled
    }
    while (at < filled && base + at < end) {
      const found = buffer.indexOf(10, at)
      const stop = found < 0 || found >= filled ? (read === 0 ? filled : -1) : found
      if (stop < 0) break
      counts.lines = (counts.lines as number) + 1
      const name = stop === at ? 'absent' : verdictOf(buffer.latin1Slice(at, stop))
      counts[name] = (counts[name] as number) + 1
      at = stop + 1
    }
    if (read === 0 || base + at >= end) break
    kept = filled - at
    if (kept > BLOCK) throw new Error('a line that is longer than a block')
    buffer.copyWithin(0, at, filled)
  }
  closeSync(fd)
  return counts

  function verdictOf(cookieValue: string): string {
    const result = verify(cookieValue, LOG_CLIENT)
    if (!result.ok) return result.reason
    return LOG_NOW > result.ticket.issuedAt + LOG_TIMEOUT ? 'expired' : 'ok'
  }
}

async function main([digest, threads, file]: string[]): Promise<void> {
  const count = Number(threads)
  const { size } = statSync(file as string)
  const shares = Array.from({ length: count }, (_, i): Share => {
    const at = (part: number) => Math.floor((size * part) / count)
    return { digest: digest as Digest, file: file as string, from: at(i), end: at(i + 1) }
  })
  const parts = count === 1 ? shares.map(countLines) : await Promise.all(shares.map(inThread))
  const sum: Counts = {}
  for (const part of parts) for (const name of Object.keys(part)) sum[name] = (sum[name] ?? 0) + (part[name] as number)
  process.stdout.write(`${JSON.stringify(sum)}\n`)
}

function inThread(share: Share): Promise<Counts> {
  return new Promise((resolve, reject) => {
    new Worker(new URL(import.meta.url), { workerData: share }).once('message', resolve).once('error', reject)
  })
}

if (isMainThread) await main(process.argv.slice(2))
else parentPort?.postMessage(countLines(workerData))
