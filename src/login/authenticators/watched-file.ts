/** A file that is read again when it changes, also when another one is put in its place. */

import { readFileSync, type Stats, statSync } from 'node:fs'
import { TktError } from '../../errors.js'

export interface WatchedOptions<T> {
  readonly file: string
  /** Makes something of it; not called again where the text is what it was. */
  readonly read: (text: string) => T
  /** What stays as it was when the file is not good any more: `users`. */
  readonly what: string
  /** What to do where it cannot be read at the start. */
  readonly fix: string
  readonly warn: (message: string) => void
  /** Milliseconds, by the clock that files are written by. */
  readonly now: () => number
}

/** How often the disk is asked, at most. */
const PAUSE = 1000
/** A file that was written to so short a time ago may be written to again and show the same time and size. */
const SETTLED = 2000

/** Gives what the file says now; throws only at once, where it cannot be read at all. */
export function watchFile<T>({ file, read, what, fix, warn, now }: WatchedOptions<T>): () => T {
  let lookedAt = now()
  let { seen, text } = firstReading(file, fix)
  let value = read(text)
  let complaint: string | undefined

  /** Once, however long it lasts. */
  function complain(message: string): void {
    if (message !== complaint) warn(`${file}: ${message}; its former ${what} stay`)
    complaint = message
  }

  function look(at: number): void {
    const stat = statSync(file)
    const settled = at - Math.max(stat.mtimeMs, stat.ctimeMs) > SETTLED
    if (settled && isSame(stat, seen)) return
    const next = readFileSync(file, 'utf8')
    // htpasswd copies its result over the old file: for a moment that is empty, or ends anywhere.
    if (next.trim() === '') complain("it is empty; fix: a line '# nobody' where that is what it is to say")
    else if (next.endsWith('\n') || settled) {
      seen = stat
      complaint = undefined
      if (next !== text) value = read(next)
      text = next
    }
  }

  return () => {
    const at = now()
    // A clock that was put back must not keep us from looking.
    if (Math.abs(at - lookedAt) < PAUSE) return value
    lookedAt = at
    try {
      look(at)
    } catch (error) {
      complain(`it cannot be read (${codeOf(error)})`)
    }
    return value
  }
}

function firstReading(file: string, fix: string): { seen: Stats; text: string } {
  try {
    return { seen: statSync(file), text: readFileSync(file, 'utf8') }
  } catch (error) {
    throw new TktError('ERR_TKT_CONFIG', `'${file}' cannot be read (${codeOf(error)}); fix: ${fix}`)
  }
}

function isSame(one: Stats, other: Stats): boolean {
  const keys = ['mtimeMs', 'ctimeMs', 'size', 'ino', 'dev'] as const
  return keys.every((key) => one[key] === other[key])
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown error'
}
