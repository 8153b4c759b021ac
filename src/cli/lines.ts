/** Cookie values, one a line, from files or standard input; bytes above 0x7f stay one char a byte. */

import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { naming } from './output.js'

/** Far beyond every cookie value: what is behind it cannot change the verdict, and must not fill the memory. */
const LINE_MAX = 1 << 16

/** The lines of the files in turn, or of standard input where none are named; `-` is standard input as well. */
export async function* readLines(
  files: readonly string[],
  stdin: Readable = process.stdin,
  longest = LINE_MAX,
): AsyncGenerator<string> {
  for (const file of files.length === 0 ? ['-'] : files) {
    // latin1 takes every byte as it is.
    const input = file === '-' ? stdin.setEncoding('latin1') : createReadStream(file, 'latin1')
    try {
      yield* linesOf(input, longest)
    } catch (error) {
      throw naming(file === '-' ? 'standard input' : file, error)
    }
  }
}

/** Lines end at LF or CRLF, the last one also at the end. Not readline: it keeps a line of any length. */
async function* linesOf(input: AsyncIterable<string>, longest: number): AsyncGenerator<string> {
  let rest = ''
  for await (const chunk of input) {
    const lines = (rest + chunk).split('\n')
    rest = (lines.pop() as string).slice(0, longest)
    for (const line of lines) yield withoutCr(line)
  }
  if (rest !== '') yield withoutCr(rest)
}

function withoutCr(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line
}
