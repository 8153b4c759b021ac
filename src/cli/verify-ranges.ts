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

/** Milliseconds in which nothing has come, after which whoever waits for verdicts on what did come gets them. */
const PATIENCE = 100

/**
 * A stream in blocks. `next` gives whose `input` is to be filled, of `block + longest` bytes; it is not touched any more
 * once the block was handed out. Where the stream pauses, whole lines are not kept back until a block is full.
 */
export async function* blocksOf<T extends { readonly input: Uint8Array }>(
  chunks: AsyncIterable<Uint8Array>,
  next: () => Promise<T>,
  { block, longest }: BlockSizes,
  patience = PATIENCE,
): AsyncGenerator<Filled<T>> {
  const capacity = block + longest
  let owner: T | undefined
  let used = 0
  let span = 0
  /** Within the rest of a line that was cut. */
  let skipping = false
  for await (const chunk of withPauses(chunks, patience)) {
    if (chunk === PAUSE) {
      if (owner?.input.subarray(0, used).includes(10)) yield* handOut(owner)
      continue
    }
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
      const whole = owner.input.subarray(0, used).includes(10)
      if (!whole && used < capacity) continue
      skipping = !whole
      yield* handOut(owner)
    }
  }
  if (owner !== undefined) yield { owner, length: used, span }

  /** The lines that are whole, or what is there of one that is too long; the rest goes into the next block. */
  async function* handOut(full: T): AsyncGenerator<Filled<T>> {
    const end = full.input.subarray(0, used).lastIndexOf(10) + 1
    const rest = end === 0 ? new Uint8Array() : full.input.slice(end, used)
    yield { owner: full, length: used - rest.length, span: span - rest.length }
    owner = undefined
    used = span = rest.length
    if (used > 0) {
      owner = await next()
      owner.input.set(rest)
    }
  }
}

const PAUSE = Symbol('pause')

/** The chunks, and a PAUSE where the next one is not there within `patience` milliseconds. */
async function* withPauses(
  chunks: AsyncIterable<Uint8Array>,
  patience: number,
): AsyncGenerator<Uint8Array | typeof PAUSE> {
  const iterator = chunks[Symbol.asyncIterator]()
  try {
    for (;;) {
      const coming = iterator.next()
      if (await isLate(coming, patience)) yield PAUSE
      const { done, value } = await coming
      if (done) return
      yield value
    }
  } finally {
    await iterator.return?.()
  }
}

function isLate(coming: Promise<unknown>, patience: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(true), patience)
    const settled = () => {
      clearTimeout(timer)
      resolve(false)
    }
    coming.then(settled, settled)
  })
}
