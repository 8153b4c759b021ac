/** Input in blocks: every line is whole in one of them, and none is read twice or left out. */

import { Readable } from 'node:stream'
import fc from 'fast-check'
import t from 'tap'
import { type BlockSizes, blocksOf, rangesOf } from '../../src/cli/verify-ranges.js'

interface Piece {
  readonly text: string
  readonly span: number
}

function rangesIn(bytes: Buffer, sizes: BlockSizes, look: number): Piece[] {
  const read = (position: number) => bytes.subarray(position, position + look)
  return [...rangesOf(bytes.length, read, sizes)].map(({ from, end, next }) => ({
    text: bytes.toString('latin1', from, end),
    span: next - from,
  }))
}

async function blocksIn(chunks: readonly Buffer[], sizes: BlockSizes): Promise<Piece[]> {
  const buffer = { input: new Uint8Array(sizes.block + sizes.longest) }
  const pieces: Piece[] = []
  const stream = Readable.from(chunks, { objectMode: true })
  for await (const { owner, length, span } of blocksOf(stream, async () => buffer, sizes)) {
    pieces.push({ text: Buffer.from(owner.input).toString('latin1', 0, length), span })
    // Whoever is done with a block may use its memory for the next.
    owner.input.fill(0x2a)
  }
  return pieces
}

/** The lines of a text, each cut after `longest` chars; a piece's long lines may be a little longer. */
function linesOf(text: string, longest: number): string[] {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines.map((line) => line.slice(0, longest))
}

const allLines = (pieces: readonly Piece[], longest: number) => pieces.flatMap(({ text }) => linesOf(text, longest))

const line = fc.oneof(
  { weight: 6, arbitrary: fc.string({ maxLength: 12, unit: fc.constantFrom('a', 'b', '\r', '\xff') }) },
  { weight: 1, arbitrary: fc.nat({ max: 200 }).map((length) => 'x'.repeat(length)) },
)
const input = fc
  .tuple(fc.array(line, { maxLength: 40 }), fc.boolean())
  .map(([lines, ended]) => lines.join('\n') + (ended && lines.length > 0 ? '\n' : ''))
const sizes = fc.record({ block: fc.integer({ min: 1, max: 64 }), longest: fc.integer({ min: 1, max: 64 }) })

t.test('a file in ranges, whatever their size', async (t) => {
  const law = fc.property(input, sizes, fc.integer({ min: 1, max: 32 }), (text, sizes, look) => {
    const pieces = rangesIn(Buffer.from(text, 'latin1'), sizes, look)
    t.strictSame(allLines(pieces, sizes.longest), linesOf(text, sizes.longest))
    t.equal(
      pieces.reduce((sum, { span }) => sum + span, 0),
      text.length,
    )
    for (const piece of pieces) if (piece.text.length > sizes.block + sizes.longest) t.fail('larger than a buffer')
  })
  t.doesNotThrow(() => fc.assert(law, { numRuns: 300 }))
})

t.test('a stream in blocks, whatever its chunks', async (t) => {
  const cuts = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 10 })
  const law = fc.asyncProperty(input, sizes, cuts, async (text, sizes, cuts) => {
    const bytes = Buffer.from(text, 'latin1')
    const chunks: Buffer[] = []
    for (let at = 0, i = 0; at < bytes.length; i++) {
      const length = cuts[i % cuts.length] as number
      chunks.push(bytes.subarray(at, at + length))
      at += length
    }
    const pieces = await blocksIn(chunks, sizes)
    t.strictSame(allLines(pieces, sizes.longest), linesOf(text, sizes.longest))
    const seen = pieces.reduce((sum, { span }) => sum + span, 0)
    t.ok(seen <= text.length, 'no byte counts twice')
    // What is skipped behind the last block belongs to none.
    if (!text.endsWith('x')) t.ok(seen >= text.length - 200)
  })
  await t.resolves(fc.assert(law, { numRuns: 300 }))
})

t.test('a file that has become shorter since its size was asked for', async (t) => {
  const read = () => new Uint8Array()
  const ranges = [...rangesOf(100, read, { block: 40, longest: 10 })]
  t.strictSame(ranges, [
    { from: 0, end: 40, next: 40 },
    { from: 40, end: 80, next: 80 },
    { from: 80, end: 100, next: 100 },
  ])
})

t.test('a stream that pauses: what is whole does not wait for a full block', async (t) => {
  const buffer = { input: new Uint8Array(64 + 64) }
  let more = (_: string) => {}
  async function* slowly() {
    yield Buffer.from('one\ntwo\nthr')
    yield Buffer.from(await new Promise<string>((resolve) => (more = resolve)))
    yield Buffer.from(await new Promise<string>((resolve) => (more = resolve)))
  }
  const seen: string[] = []
  const later = ['ee\n', 'no end']
  for await (const { owner, length } of blocksOf(slowly(), async () => buffer, { block: 64, longest: 64 }, 5)) {
    seen.push(Buffer.from(owner.input).toString('latin1', 0, length))
    // Only what was asked for has come: nothing more would, if the first lines were kept back.
    more(later.shift() as string)
  }
  t.same(seen, ['one\ntwo\n', 'three\n', 'no end'])
})

t.test('a stream that fails, or is not wanted any more, is closed', async (t) => {
  let closed = 0
  async function* failing() {
    try {
      yield Buffer.from('one\n')
      throw new Error('broken')
    } finally {
      closed++
    }
  }
  const buffer = { input: new Uint8Array(8) }
  const sizes = { block: 4, longest: 4 }
  await t.rejects(async () => {
    for await (const _ of blocksOf(failing(), async () => buffer, sizes));
  }, /broken/)
  for await (const _ of blocksOf(failing(), async () => buffer, sizes)) break
  t.equal(closed, 2)
})
