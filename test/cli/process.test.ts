/** What only a process of its own shows: standard input and output, readers that go away, disks that are full. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { createIssuer } from '../../src/index.js'
import { BIN, folder, rows, SECRET, spawned } from './command.js'

const COOKIE = createIssuer({ keys: [{ secret: SECRET, digest: 'sha256' }], ignoreIp: true }).issue(
  { uid: 'alice' },
  { now: 1700000000 },
)
const VERIFY = ['verify', '--digest', 'sha256', '--ignore-ip']
const env = { AUTHTKT_SECRET: SECRET }

t.test('issue, verify and peek', async (t) => {
  const issued = await spawned(['issue', '--digest', 'sha256', '--ignore-ip', '--uid', 'alice'], { env })
  t.match(issued, { code: 0, err: '' })
  const verified = await spawned(VERIFY, { env, input: issued.out })
  t.match(verified, { code: 0, err: '' })
  t.match(rows(verified), [{ line: 1, ok: true, uid: 'alice', keyIndex: 0 }])
  const peeked = await spawned(['peek'], { input: issued.out })
  t.match(peeked, { code: 0, err: '' })
  t.match(rows(peeked), [{ line: 1, verified: false, uid: 'alice' }])
})

const EXITS: [name: string, argv: string[], input: string, code: number][] = [
  ['all good', VERIFY, `${COOKIE}\n`, 0],
  ['some refused', VERIFY, `${COOKIE}\nx\n`, 1],
  ['standard input by name', [...VERIFY, '-'], `${COOKIE}\nx\n`, 1],
  ['standard input by name, twice', [...VERIFY, '-', '-'], `${COOKIE}\n`, 0],
  ['nothing on standard input', VERIFY, '', 0],
  ['unknown option', [...VERIFY, '--what'], COOKIE, 2],
  ['nothing at all', [], '', 2],
]

for (const [name, argv, input, code] of EXITS) {
  t.test(`exit code ${code}: ${name}`, async (t) => t.equal((await spawned(argv, { env, input })).code, code))
}

t.test('standard input: bytes beyond ASCII, CRLF, a long line', async (t) => {
  const input = Buffer.concat([
    Buffer.from([0xff, 0x00, 0xc3, 0x0d, 0x0a]),
    Buffer.alloc(1e6, 'A'),
    Buffer.from(`\r\n${COOKIE}\r\n`),
  ])
  const answer = await spawned(VERIFY, { env, input })
  t.match(answer, { code: 1, err: '' })
  t.match(rows(answer), [{ reason: 'malformed' }, { reason: 'too-long' }, { line: 3, ok: true }])
})

t.test('more lines than pipes hold, in and out', async (t) => {
  const answer = await spawned(VERIFY, { env, input: `${COOKIE}\n`.repeat(20_000) })
  t.match(answer, { code: 0, err: '' })
  const all = rows(answer)
  t.equal(all.length, 20_000)
  t.ok(all.every((row, index) => row.ok && row.line === index + 1))
})

t.test('a reader that goes away ends it without a word', async (t) => {
  const child = spawn(process.execPath, [BIN, ...VERIFY], { env })
  child.stdin.on('error', () => {})
  child.stdin.end(`${COOKIE}\n`.repeat(20_000))
  const err = text(child.stderr)
  await once(child.stdout, 'data')
  child.stdout.destroy()
  const [code] = await once(child, 'exit')
  t.equal(code, 0)
  t.equal(await err, '')
})

t.test('nobody reads its complaints: it ends as it would', async (t) => {
  const child = spawn(process.execPath, [BIN, 'verfy'])
  child.stderr.destroy()
  t.strictSame(await once(child, 'exit'), [2, null])
})

// Linux and the BSDs have a disk that is always full.
if (existsSync('/dev/full')) {
  const full = openSync('/dev/full', 'w')
  t.teardown(() => closeSync(full))
  const COMMANDS = [
    ['issue', '--digest', 'sha256', '--ignore-ip', '--uid', 'alice'],
    [...VERIFY, 'cookies'],
    [...VERIFY, '--summary', 'cookies'],
    ['peek', 'cookies'],
    ['--help'],
  ]
  for (const argv of COMMANDS) {
    t.test(`a full disk: ${argv.join(' ')}`, async (t) => {
      const file = folder(t, { cookies: `${COOKIE}\n`.repeat(2000) })
      const child = spawn(process.execPath, [BIN, ...argv.map((each) => (each === 'cookies' ? file(each) : each))], {
        env,
        stdio: ['ignore', full, 'pipe'],
      })
      const [err, [code]] = await Promise.all([
        text(child.stderr as NonNullable<typeof child.stderr>),
        once(child, 'close'),
      ])
      t.equal(code, 2)
      t.equal(err, 'authtkt: cannot write the output: no space left on the disk (ENOSPC)\n')
    })
  }
}
