/** Where a command writes, and how trouble is put in one line. */

import { writeSync } from 'node:fs'
import { isatty } from 'node:tty'
import { TktError } from '../errors.js'

export interface Output {
  /** What the user asked for: tickets, JSON lines, help. Bytes have been used when this returns. */
  out(text: string | Uint8Array): void
  /** What the user should know: errors, warnings, summaries. */
  err(text: string): void
  /** Hands over what is still buffered; throws the system's error where that fails. */
  flush(): void
  /** How wide the terminal is that one of the two goes to; undefined where it is none. */
  columns?(which: 'out' | 'err'): number | undefined
}

const BUFFER = 1 << 16

/** Writes all, though a pipe may take it in parts and may not be ready for the next. */
function writeAll(fd: number, text: string | Uint8Array): void {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(fd, bytes, at)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)
    }
  }
}

/** Output on two file descriptors. Writes are synchronous: a full disk is told, not swallowed by a stream. */
export function descriptors(outFd: number, errFd: number): Output {
  let pending = ''
  const flush = () => {
    const text = pending
    pending = ''
    writeAll(outFd, text)
  }
  return {
    out(text) {
      if (typeof text !== 'string') {
        flush()
        return writeAll(outFd, text)
      }
      pending += text
      if (pending.length >= BUFFER) flush()
    },
    err(text) {
      try {
        writeAll(errFd, text)
      } catch {
        // Nobody is left to tell.
      }
    },
    flush,
    columns(which) {
      // Asking process.stderr for it first would set it up even where it is no terminal. Some terminals say 0.
      return isatty(which === 'out' ? outFd : errFd) ? process.stderr.columns || 80 : undefined
    },
  }
}

export const stdio: Output = descriptors(1, 2)

const SYSTEM_ERRORS: Readonly<Record<string, string>> = {
  ENOSPC: 'no space left on the disk',
  EIO: 'input/output error',
  ENOENT: 'there is no such file',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EISDIR: 'it is a folder, not a file',
}

/** What the user has to say otherwise: with the option or the file, and the way out. */
export function misuse(message: string): TktError {
  return new TktError('ERR_TKT_OPTIONS', message)
}

/** An error in one line, for people: what failed, with which file, and the way out. */
export function explain(error: unknown): string {
  if (error instanceof TktError) return error.message
  const { code, path, syscall, message } = error as NodeJS.ErrnoException
  const reason = code === undefined ? undefined : SYSTEM_ERRORS[code]
  if (!reason) return message
  const what = path !== undefined ? path || "''" : syscall === 'write' ? 'cannot write the output' : syscall
  return `${what}: ${reason} (${code})`
}

/** The error with the file's name in it: where a folder is read, the system leaves it out. */
export function naming(file: string, error: unknown): Error {
  return Object.assign(error as Error, { path: file })
}
