import t from 'tap'
import { isWide, textReader, textWriter, writeText } from '../../src/engine/text.js'

t.test('writes one char a byte, and nothing where a char is wider', async (t) => {
  const bytes = new Uint8Array(64)
  t.equal(writeText(bytes, 'plain'), 5)
  t.same(Buffer.from(bytes.subarray(0, 6)).toString('latin1'), 'plain\0')
  t.equal(writeText(bytes, 'él\xff\0'), 4)
  t.same([...bytes.subarray(0, 8)], [0xe9, 0x6c, 0xff, 0, 0, 0, 0, 0], 'no rest of the UTF-8 that was tried')
  bytes.fill(0)
  for (const wide of ['a\u0141', '\u0161', 'x\ud800', '\u{1f511}']) {
    t.equal(writeText(bytes, wide), -1)
    t.ok(
      bytes.every((byte) => byte === 0),
      'nothing is left',
    )
  }
})

t.test('a text nearly as long as the buffer is not taken for the part of its UTF-8 that fits', async (t) => {
  const bytes = new Uint8Array(64)
  for (let length = 58; length <= 64; length++) {
    for (const wide of ['\xff', '\xe9', '\u0141', '\u65e5', '\u{1f511}']) {
      for (let at = 0; at + wide.length <= length; at++) {
        const text = 'x'.repeat(at) + wide + 'x'.repeat(length - at - wide.length)
        bytes.fill(0)
        const latin1 = wide <= '\xff'
        const written = writeText(bytes, text)
        const right = latin1
          ? Buffer.from(bytes.subarray(0, length)).toString('latin1') === text
          : bytes.every((b) => b === 0)
        if (written !== (latin1 ? length : -1) || !right) t.fail(`${JSON.stringify(wide)} at ${at} of ${length}`)
      }
    }
  }
})

t.test('reads the same with and without Buffer', async (t) => {
  const memory = new ArrayBuffer(20_000)
  new Uint8Array(memory).forEach((_, i, bytes) => {
    bytes[i] = i * 7
  })
  const fast = textReader(memory)
  const plain = textReader(memory, {})
  t.equal(fast(3, 6), '\x15\x1c\x23')
  for (const [from, end] of [
    [0, 0],
    [0, 1],
    [5, 300],
    [0, 4096],
    [1, 20_000],
  ] as const) {
    t.equal(plain(from, end), fast(from, end))
    t.equal(fast(from, end), Buffer.from(memory, from, end - from).toString('latin1'))
  }
})

t.test('writes the same with and without Buffer', async (t) => {
  for (const text of ['', 'x', 'plain', '\xe9\xff\0', 'abc\x80'.repeat(4000)]) {
    for (const at of [0, 7]) {
      const [fast, plain] = [new ArrayBuffer(20_000), new ArrayBuffer(20_000)]
      textWriter(fast)(text, at)
      textWriter(plain, {})(text, at)
      t.equal(Buffer.from(fast, at, text.length).toString('latin1'), text)
      t.ok(Buffer.from(fast).equals(Buffer.from(plain)))
    }
  }
})

t.test('without Buffer nothing behind the text is touched, however long it would be as UTF-8', async (t) => {
  const memory = new ArrayBuffer(1000)
  const bytes = new Uint8Array(memory).fill(7)
  textWriter(memory, {})('\xff'.repeat(300), 100)
  t.ok(bytes.subarray(100, 400).every((byte) => byte === 0xff))
  t.ok([...bytes.subarray(0, 100), ...bytes.subarray(400)].every((byte) => byte === 7))
})

t.test('a char above 0xff is wide', async (t) => {
  for (const text of ['', 'plain', '\xff\0\n']) t.notOk(isWide(text))
  for (const text of ['\u0100', 'a\u0141', '\ud800', 'x\n\u{1f511}']) t.ok(isWide(text))
})
