/** Input in blocks that end at a line end: a file as ranges of its bytes, a stream in buffers. */

/** Bytes of a block; and those of a line that are kept beyond, where one does not end in it. */
export interface BlockSizes {
  readonly block: number
  readonly longest: number
}

/** A block of a file: its lines are in [from, end), and the next one begins at `next`, behind the rest of a long line. */
export interface Range {
  readonly from: number
  readonly end: number
  readonly next: number
}

/** Reads some bytes of a file from `position` on; none at its end. Good until the next read. */
export type ReadAt = (position: number) => Uint8Array

/**
 * The first `size` bytes of a file in ranges. Only what is behind a range is read, up to the next line end, so that
 * whoever gets a range reads it once. A line that goes on for more than `longest` bytes is cut.
 */
export function* rangesOf(size: number, read: ReadAt, { block, longest }: BlockSizes): Generator<Range> {
  for (let from = 0; from < size; ) {
    const next = from + block >= size ? size : Math.min(size, behindLineEnd(from + block - 1, read))
    yield { from, end: Math.min(next, from + block + longest), next }
    from = next
  }
}

/** The place behind the first line end from `position` on, or behind all that there is. */
function behindLineEnd(position: number, read: ReadAt): number {
  for (;;) {
    const bytes = read(position)
    const found = bytes.indexOf(10)
    if (found >= 0) return position + found + 1
    if (bytes.length === 0) return position + 1
    position += bytes.length
  }
}

/** A block in the first `length` bytes of a buffer, and how much of the stream it stands for. */
export interface Filled<T> {
  readonly owner: T
  readonly length: number
  readonly span: number
}

/**
 * A stream in blocks. `next` gives whose `input` is to be filled, of `block + longest` bytes; it is not touched any more
 * once the block was handed out.
 */
export async function* blocksOf<T extends { readonly input: Uint8Array }>(
  chunks: AsyncIterable<Uint8Array>,
  next: () => Promise<T>,
  { block, longest }: BlockSizes,
): AsyncGenerator<Filled<T>> {
  const capacity = block + longest
  let owner: T | undefined
  let used = 0
  let span = 0
  /** Within the rest of a line that was cut. */
  let skipping = false
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; ) {
      if (skipping) {
        const found = chunk.indexOf(10, at)
        skipping = found < 0
        const behind = skipping ? chunk.length : found + 1
        span += behind - at
        at = behind
        continue
      }
      owner ??= await next()
      const part = chunk.subarray(at, at + capacity - used)
      owner.input.set(part, used)
      used += part.length
      span += part.length
      at += part.length
      if (used < block) continue
      const end = owner.input.subarray(0, used).lastIndexOf(10) + 1
      if (end === 0 && used < capacity) continue
      skipping = end === 0
      const rest = skipping ? new Uint8Array() : owner.input.slice(end, used)
      yield { owner, length: used - rest.length, span: span - rest.length }
      owner = undefined
      used = span = rest.length
      if (used > 0) {
        owner = await next()
        owner.input.set(rest)
      }
    }
  }
  if (owner !== undefined) yield { owner, length: used, span }
}
