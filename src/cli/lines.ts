/** Cookie values, one a line, from files or standard input; bytes above 0x7f stay one char a byte. */

import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { peekTicket } from '../ticket/peek.js'
import { misuse } from './keys.js'

/** The lines of the files in turn, or of standard input where none are named; `-` is standard input as well. */
export async function* readLines(files: readonly string[], stdin: Readable = process.stdin): AsyncGenerator<string> {
  // The message for a missing file names it, and a ticket must not be printed.
  if (files.some((file) => peekTicket(file) !== undefined)) {
    throw misuse('an argument is a cookie value, not a file: give cookie values on standard input, one a line')
  }
  for (const file of files.length === 0 ? ['-'] : files) {
    // latin1 takes every byte as it is; readline then ends a line at LF, CRLF or a lone CR.
    const input = file === '-' ? stdin.setEncoding('latin1') : createReadStream(file, 'latin1')
    const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })
    // readline does not end by itself when its input fails.
    input.once('error', () => lines.close())
    yield* lines
    if (input.errored) throw input.errored
  }
}
