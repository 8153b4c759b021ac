/** Cookie values in, one JSON object a line out: names, order and spelling of these lines are fixed. */

import { Readable } from 'node:stream'
import t, { type Test } from 'tap'
import { readLines } from '../../src/cli/lines.js'
import { createIssuer } from '../../src/index.js'
import { cli, folder, rows, SECRET } from './command.js'

const issuer = createIssuer({ keys: [{ secret: SECRET, digest: 'md5' }], ignoreIp: true })
const ticketOf = (uid: string) => issuer.issue({ uid, tokens: ['a', 'b'] }, { now: 1700000000 })
const ALICE = ticketOf('alice')
const BOB = ticketOf('bob')
const FORGED = createIssuer({ keys: [{ secret: 'x', digest: 'md5' }], ignoreIp: true }).issue(
  { uid: 'eve' },
  { now: 1 },
)

const GOOD = '"ok":true,"uid":"alice","tokens":["a","b"],"userData":"","issuedAt":1700000000,"keyIndex":0}'

function verify(t: Test, cookies: string | Buffer, ...more: string[]) {
  const file = folder(t, { cookies })
  const keys = ['--secret-file', file('secret'), '--digest', 'md5', '--ignore-ip']
  return cli('verify', ...keys, ...more, file('cookies'))
}

const INPUTS: { name: string; cookies: string | Buffer; code: number; lines: string[] }[] = [
  { name: 'a good one', cookies: `${ALICE}\n`, code: 0, lines: [`{"line":1,${GOOD}`] },
  { name: 'no line end at the end', cookies: ALICE, code: 0, lines: [`{"line":1,${GOOD}`] },
  { name: 'CRLF', cookies: `${ALICE}\r\n${ALICE}\r\n`, code: 0, lines: [`{"line":1,${GOOD}`, `{"line":2,${GOOD}`] },
  {
    name: 'a forged one among good ones',
    cookies: `${ALICE}\n${FORGED}\n${ALICE}\n`,
    code: 1,
    lines: [`{"line":1,${GOOD}`, '{"line":2,"ok":false,"reason":"digest"}', `{"line":3,${GOOD}`],
  },
  {
    name: 'an empty line',
    cookies: `\n${ALICE}\n`,
    code: 1,
    lines: ['{"line":1,"ok":false,"reason":"absent"}', `{"line":2,${GOOD}`],
  },
  {
    name: 'no tickets at all',
    cookies: 'x\nauth_tkt=\n{}\n',
    code: 1,
    lines: [1, 2, 3].map((line) => `{"line":${line},"ok":false,"reason":"malformed"}`),
  },
  {
    name: 'every byte there is',
    cookies: Buffer.concat([
      Buffer.from(Array.from({ length: 256 }, (_, byte) => (byte === 10 ? 0 : byte))),
      Buffer.from(`\n${ALICE}`),
    ]),
    code: 1,
    lines: ['{"line":1,"ok":false,"reason":"malformed"}', `{"line":2,${GOOD}`],
  },
  {
    name: 'a line of a million bytes',
    cookies: `${'A'.repeat(1e6)}\n${ALICE}\n`,
    code: 1,
    lines: ['{"line":1,"ok":false,"reason":"too-long"}', `{"line":2,${GOOD}`],
  },
]

for (const { name, cookies, code, lines } of INPUTS) {
  t.test(`verify: ${name}`, async (t) => {
    t.strictSame(await verify(t, cookies), { code, out: lines.map((line) => `${line}\n`).join(''), err: '' })
  })
}

t.test('verify: bytes above 0x7f stay one char a byte', async (t) => {
  const raw = createIssuer({ keys: [{ secret: SECRET, digest: 'md5' }], ignoreIp: true })
  const value = raw.issue({ uid: 'zo\xeb\xff' }, { now: 1, encoding: 'raw' })
  t.match(rows(await verify(t, Buffer.from(value, 'latin1'))), [{ ok: true, uid: 'zo\xeb\xff' }])
})

t.test('verify --summary counts by verdict', async (t) => {
  const cookies = `${ALICE}\n${FORGED}\nx\n${BOB}\n\n`
  const out = '{"lines":5,"ok":2,"digest":1,"malformed":1,"absent":1}\n'
  t.strictSame(await verify(t, cookies, '--summary'), { code: 1, out, err: '' })
  t.strictSame(await verify(t, ALICE, '--summary'), { code: 0, out: '{"lines":1,"ok":1}\n', err: '' })
})

t.test('an empty input is told, for it is seldom meant', async (t) => {
  const err = 'authtkt: no cookie values: the input is empty\n'
  t.strictSame(await verify(t, ''), { code: 0, out: '', err })
  t.strictSame(await verify(t, '', '--summary'), { code: 0, out: '{"lines":0}\n', err })
})

t.test('several files are one input', async (t) => {
  const file = folder(t, { one: `${ALICE}\n${BOB}`, two: '', three: `${FORGED}\n` })
  const peeked = await cli('peek', file('one'), file('two'), file('three'))
  t.equal(peeked.code, 0)
  t.match(rows(peeked), [
    { line: 1, uid: 'alice' },
    { line: 2, uid: 'bob' },
    { line: 3, uid: 'eve' },
  ])
})

t.test('peek: the lines, exactly', async (t) => {
  const file = folder(t, { cookies: `${ALICE}\nx\n` })
  t.strictSame(await cli('peek', file('cookies')), {
    code: 1,
    out:
      '{"line":1,"verified":false,"digest":"md5","uid":"alice","tokens":["a","b"],"userData":"","issuedAt":1700000000}\n' +
      '{"line":2,"ok":false,"reason":"malformed"}\n',
    err: '',
  })
})

const CHUNKS: [name: string, chunks: string[], lines: string[]][] = [
  ['a line in pieces', ['al', 'i', 'ce\nb', 'ob\n'], ['alice', 'bob']],
  ['CR and LF apart', ['alice\r', '\nbob\r', '\n'], ['alice', 'bob']],
  ['a CR that ends nothing', ['al\rice\r\r\n'], ['al\rice\r']],
  ['empty lines', ['\n\n', '\r\n', '\n'], ['', '', '', '']],
  ['nothing', [], []],
]

for (const [name, chunks, lines] of CHUNKS) {
  t.test(`standard input: ${name}`, async (t) => {
    for (const files of [[], ['-']]) {
      t.strictSame(
        await collect(readLines(files, Readable.from(chunks.map(Buffer.from), { objectMode: false }))),
        lines,
      )
    }
  })
}

t.test('standard input among files, and a second time, when it is empty', async (t) => {
  const file = folder(t, { one: 'one', two: 'two' })
  const stdin = Readable.from([Buffer.from('in')], { objectMode: false })
  t.strictSame(await collect(readLines([file('one'), '-', file('two'), '-'], stdin)), ['one', 'in', 'two'])
})

t.test('a line without an end does not fill the memory', async (t) => {
  const stdin = Readable.from(Array(2000).fill(Buffer.alloc(50_000, 'x')), { objectMode: false })
  const [line = '', ...more] = await collect(readLines([], stdin))
  t.strictSame(more, [])
  t.ok(line.length > 8192, 'still too long for a cookie value')
  t.ok(line.length < 200_000)
})

t.test('input that fails is an error with a name', async (t) => {
  const stdin = new Readable({
    read() {
      this.destroy(Object.assign(new Error('EIO'), { code: 'EIO' }))
    },
  })
  await t.rejects(collect(readLines([], stdin)), { code: 'EIO', path: 'standard input' })
})

async function collect(lines: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = []
  for await (const line of lines) all.push(line)
  return all
}
