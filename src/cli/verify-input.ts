/** Files and standard input as blocks, one input in the order that they were named in. */

import { closeSync, createReadStream, openSync, readSync, statSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { naming } from './output.js'
import type { Slot } from './verify-block.js'
import { type BlockSizes, blocksOf, type ReadAt, rangesOf } from './verify-ranges.js'
import type { Block } from './verify-threads.js'

/** Bytes that are read to find a line end. */
const LOOK = 4096

/** The size of what has one; and whether that is all. Files that are not there are told of when it is their turn. */
export function sizeOf(files: readonly string[]): { readonly bytes: number; readonly whole: boolean } {
  const sizes = files.map((file) => (file === '-' ? 0 : fileSize(statSync(file, { throwIfNoEntry: false }))))
  return { bytes: sizes.reduce((sum, size) => sum + size, 0), whole: !sizes.includes(0) }
}

/** 0 for what is to be read as a stream: pipes and devices; files of /proc, too, have no size. */
function fileSize(found: { isFile(): boolean; size: number } | undefined): number {
  return found?.isFile() ? found.size : 0
}

/** All blocks; `next` gives the slot for each. Throws the system's errors with the file's name in them. */
export async function* blocksOfAll(
  files: readonly string[],
  stdin: Readable,
  next: () => Promise<Slot>,
  sizes: BlockSizes,
): AsyncGenerator<Block> {
  for (const file of files) {
    const name = file === '-' ? 'standard input' : file
    const size = file === '-' ? 0 : named(file, () => fileSize(statSync(file)))
    if (size > 0) yield* blocksOfFile(file, size, next, sizes)
    else {
      const input = file === '-' ? stdin : createReadStream(file, { highWaterMark: sizes.block })
      for await (const { owner: slot, length, span } of blocksOf(chunksOf(name, input), next, sizes)) {
        yield { slot, length, span, name, file: undefined, done() {} }
      }
    }
  }
}

/** Ranges, to be read by whoever verifies them. What is appended to the file from now on is not looked at. */
async function* blocksOfFile(
  name: string,
  size: number,
  next: () => Promise<Slot>,
  sizes: BlockSizes,
): AsyncGenerator<Block> {
  const fd = named(name, () => openSync(name, 'r'))
  /** Blocks that still read it, and this one who cuts it up. */
  let users = 1
  const done = () => {
    if (--users === 0) closeSync(fd)
  }
  const look = Buffer.alloc(LOOK)
  const read: ReadAt = (position) =>
    look.subarray(
      0,
      named(name, () => readSync(fd, look, 0, LOOK, position)),
    )
  try {
    for (const { from, end, next: behind } of rangesOf(size, read, sizes)) {
      const slot = await next()
      users++
      yield { slot, length: end - from, span: behind - from, name, file: { fd, from }, done }
    }
  } finally {
    done()
  }
}

function named<T>(name: string, call: () => T): T {
  try {
    return call()
  } catch (error) {
    throw naming(name, error)
  }
}

async function* chunksOf(name: string, input: Readable): AsyncGenerator<Uint8Array> {
  try {
    yield* input
  } catch (error) {
    throw naming(name, error)
  }
}
