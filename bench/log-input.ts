/** A log of cookie values to verify: made here with `node:crypto`, as the other workloads, and with known verdicts. */
import { closeSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Digest, SECRET, ticketText } from './workloads.js'

export const LOG_CLIENT = '192.0.2.7'
export const LOG_NOW = 1_700_000_000
/** Seconds. */
export const LOG_TIMEOUT = 7200
/** Distinct lines; a longer log has them again and again, which nobody gains from who has no cache. */
export const DISTINCT = 100_000

export type LogCounts = Readonly<Record<string, number>>

export interface Log {
  readonly file: string
  readonly lines: number
  readonly bytes: number
  readonly counts: LogCounts
  remove(): void
}

/** Of a hundred lines, which are not good: 5 forged, 3 run out, 2 broken, 1 empty, and 1 in 1000 far too long. */
function lineOf(digest: Digest, i: number): readonly [reason: string, line: string] {
  const issuedAt = LOG_NOW - (i % 100 < 3 ? LOG_TIMEOUT + 1 + (i % 1000) : i % LOG_TIMEOUT)
  const ticket = {
    uid: `user${1000 + (i % 9000)}`,
    tokens: ['editor', 'admin', 'reader1'],
    userData: `d=${10_000 + (i % 90_000)}${'0123456789'.slice(0, 9)}`,
    issuedAt,
  }
  if (i % 1000 === 500) return ['too-long', 'M'.repeat(9000)]
  const kind = i % 100
  if (kind === 10) return ['absent', '']
  if (kind === 11) return ['malformed', '192.0.2.7 - - "GET / HTTP/1.1" 200 5120']
  if (kind === 12) return ['malformed', 'deleted']
  const text = ticketText(digest, SECRET, LOG_CLIENT, ticket)
  const base64 = (one: string) => Buffer.from(one, 'latin1').toString('base64')
  if (kind >= 20 && kind < 25) return ['digest', base64((text[0] === 'f' ? '0' : 'f') + text.slice(1))]
  return [kind < 3 ? 'expired' : 'ok', base64(text)]
}

/** Writes a log of `lines` (a multiple of `DISTINCT`) into a folder of its own, if the disk has room for it. */
export function writeLog(digest: Digest, lines: number): Log {
  const times = lines / DISTINCT
  const all = Array.from({ length: DISTINCT }, (_, i) => lineOf(digest, i))
  const part = Buffer.from(`${all.map(([, line]) => line).join('\n')}\n`, 'latin1')
  const bytes = part.length * times
  const { bavail, bsize } = statfsSync(tmpdir())
  // Twice: others write as well.
  if (bavail * bsize < 2 * bytes) throw new Error(`${tmpdir()}: a log of ${bytes} bytes needs twice as much room`)
  const counts: Record<string, number> = {}
  for (const [reason] of all) counts[reason] = (counts[reason] ?? 0) + times
  const folder = mkdtempSync(join(tmpdir(), 'authtkt-log-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  const file = join(folder, 'log')
  try {
    const fd = openSync(file, 'w')
    for (let i = 0; i < times; i++) {
      for (let at = 0; at < part.length; ) at += writeSync(fd, part, at)
    }
    closeSync(fd)
  } catch (error) {
    remove()
    throw error
  }
  return { file, lines, bytes, counts, remove }
}
