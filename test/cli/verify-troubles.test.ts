/** What goes wrong while lines are verified: said in one line, after the verdicts on all that came before; nothing hangs. */

import { mkdirSync, writeFileSync } from 'node:fs'
import { MessageChannel } from 'node:worker_threads'
import t from 'tap'
import { createSlot, createWork } from '../../src/cli/verify-block.js'
import type { Setup } from '../../src/cli/verify-check.js'
import { verifyInput } from '../../src/cli/verify-run.js'
import { shareSecrets, wipeSecrets } from '../../src/cli/verify-secrets.js'
import { createTurns, serveBlocks, type ThreadReply, takeTurn } from '../../src/cli/verify-thread.js'
import { createIssuer } from '../../src/index.js'
import { THREAD } from './command.js'

const SECRET = 'a secret of the tests of threads'
const COOKIE = createIssuer({ keys: [{ secret: SECRET, digest: 'md5' }], ignoreIp: true }).issue(
  { uid: 'alice' },
  { now: 1 },
)
const setup = (secret: string | Uint8Array = Buffer.from(SECRET)): Setup => ({
  kind: 'keyed',
  verifier: { keys: [{ secret, digest: 'md5' }], ignoreIp: true },
  context: { now: 1 },
})
const script = THREAD
const sizes = { block: 200, longest: 10_000 }

const ENDS: [name: string, script: string, error: RegExp][] = [
  ['ends at once', 'process.exit(0)', /^a thread ended early; --threads 1 does without$/],
  ['throws', `throw new TypeError('${SECRET}')`, /^a thread failed \(TypeError\); --threads 1 does without$/],
  [
    'ends at its first block',
    "require('node:worker_threads').parentPort.on('message', () => process.exit(3))",
    /^a thread ended early/,
  ],
  [
    'runs out of memory',
    "require('node:worker_threads').parentPort.on('message', () => { throw Object.assign(new Error('x'), { code: 'ERR_WORKER_OUT_OF_MEMORY' }) })",
    /^a thread failed \(Error ERR_WORKER_OUT_OF_MEMORY\)/,
  ],
]

for (const [name, script, message] of ENDS) {
  t.test(`a thread that ${name}`, async (t) => {
    const dir = t.testdir({ log: `${COOKIE}\n`.repeat(2000), 'thread.cjs': script })
    const run = verifyInput(
      [`${dir}/log`],
      { setup: setup(), rows: true, threads: 2, worth: 0, sizes, script: new URL(`file://${dir}/thread.cjs`) },
      () => {},
    )
    await t.rejects(run, { message })
  })
}

t.test('a thread that waits for one that has died is ended with it', async (t) => {
  // The first dies over the first block; the other one waits for the number of its first line.
  const script = `
    const { parentPort, workerData } = require('node:worker_threads')
    parentPort.on('message', ({ id }) => {
      if (id === 0) process.exit(1)
      Atomics.wait(new Int32Array(workerData.turns, 0, 1), 0, 0)
    })`
  const dir = t.testdir({ log: `${COOKIE}\n`.repeat(100), 'thread.cjs': script })
  const options = { setup: setup(), rows: true, threads: 2, worth: 0, sizes }
  const run = verifyInput([`${dir}/log`], { ...options, script: new URL(`file://${dir}/thread.cjs`) }, () => {})
  await t.rejects(run, { message: /^a thread ended early/ })
})

for (const threads of [1, 2]) {
  t.test(`${threads} threads: a file that is missing, or a folder, after one that is not`, async (t) => {
    const dir = t.testdir({ log: `${COOKIE}\n`.repeat(50) })
    mkdirSync(`${dir}/folder`)
    for (const [name, code] of [
      ['missing', 'ENOENT'],
      ['folder', 'EISDIR'],
    ]) {
      let lines = 0
      const files = [`${dir}/log`, `${dir}/${name}`, `${dir}/log`]
      const run = verifyInput(files, { setup: setup(), rows: true, threads, worth: 0, sizes, script }, (verified) => {
        lines += verified.lines
      })
      await t.rejects(run, { code, path: `${dir}/${name}` })
      t.equal(lines, 50, 'what came before it was verified')
    }
  })

  t.test(`${threads} threads: output that cannot be written ends it`, async (t) => {
    const dir = t.testdir({ log: `${COOKIE}\n`.repeat(500) })
    let blocks = 0
    const run = verifyInput([`${dir}/log`], { setup: setup(), rows: true, threads, worth: 0, sizes, script }, () => {
      if (++blocks === 3) throw Object.assign(new Error('write EPIPE'), { code: 'EPIPE', syscall: 'write' })
    })
    const error = await run.then(
      () => undefined,
      (error: NodeJS.ErrnoException) => error,
    )
    t.match(error, { code: 'EPIPE' })
    t.equal(error?.path, undefined, 'it is not the input that is to blame')
    t.equal(blocks, 3)
  })
}

t.test('a file that cannot be read any more', async (t) => {
  const work = createWork(setup(), true)
  const numbered: number[] = []
  const job = { ...createSlot(sizes, true), length: 10, file: { fd: 9999, from: 0 } }
  const verified = work(job, (lines) => numbered.push(lines))
  t.match(verified, { lines: 0, counts: {}, failed: { code: 'EBADF' } })
  t.strictSame(numbered, [0], 'the blocks behind it must not wait')
})

t.test('a file that has become shorter', async (t) => {
  const dir = t.testdir({ log: `${COOKIE}\n` })
  writeFileSync(`${dir}/log`, `${COOKIE}\n`)
  const { openSync, closeSync } = await import('node:fs')
  const fd = openSync(`${dir}/log`, 'r')
  const verified = createWork(setup(), false)(
    { ...createSlot(sizes, true), length: 200, file: { fd, from: 0 } },
    () => 1,
  )
  closeSync(fd)
  t.match(verified, { lines: 1, accepted: 1, rows: undefined, failed: undefined })
})

t.test('a thread numbers its lines when its turn has come', async (t) => {
  const turns = createTurns(11)
  t.equal(takeTurn(turns, 0, 5), 11)
  t.equal(takeTurn(turns, 1, 0), 16)
  t.equal(takeTurn(turns, 2, 1), 16)
  const [first, line] = [new Int32Array(turns, 0, 1), new Float64Array(turns, 8, 1)]
  first[0] = -1
  line[0] = 2 ** 40
  t.equal(takeTurn(turns, 2 ** 32 - 1, 2), 2 ** 40, 'more blocks than a word can count')
  t.equal(takeTurn(turns, 2 ** 32, 2), 2 ** 40 + 2)
})

t.test('what a thread answers', async (t) => {
  const { port1, port2 } = new MessageChannel()
  t.teardown(() => port1.close())
  const replies: ThreadReply[] = []
  const answered = new Promise<void>((resolve) => {
    port1.on('message', (reply) => {
      if (replies.push(reply) === 3) resolve()
    })
  })
  serveBlocks(port2, { setup: setup(), rows: true, turns: createTurns(1) })
  const slot = createSlot(sizes, true)
  const length = Buffer.from(slot.input.buffer).write(`${COOKIE}\nx\n`, 'latin1')
  for (const id of [0, 1]) port1.postMessage({ id, length, file: undefined, ...slot })
  await answered
  t.match(replies, [
    { id: undefined },
    { id: 0, lines: 2, accepted: 1, counts: { ok: 1, malformed: 1 } },
    { id: 1, lines: 2 },
  ])
  const [, , last] = replies
  t.match(last?.id === 1 && Buffer.from(last.rows as Uint8Array).toString(), /^\{"line":3,"ok":true,"uid":"alice"/)
})

t.test('secrets go in shared memory, and are wiped here and there', async (t) => {
  const given = Buffer.from(SECRET)
  const shared = shareSecrets(setup(given))
  const text = shareSecrets(setup(SECRET))
  const secretOf = (one: Setup) => one.kind === 'keyed' && one.verifier.keys[0]?.secret
  for (const { setup, wipe } of [shared, text]) {
    const secret = secretOf(setup) as Uint8Array
    t.type(secret.buffer, SharedArrayBuffer)
    t.equal(Buffer.from(secret).toString(), SECRET)
    wipe()
    t.ok(secret.every((byte) => byte === 0))
  }
  t.equal(given.toString(), SECRET)
  wipeSecrets(setup(given))
  t.ok(given.every((byte) => byte === 0))
  const signed: Setup = { kind: 'signed', keys: [], ip: undefined, ignoreIp: true, now: 1 }
  t.equal(shareSecrets(signed).setup, signed)
  t.doesNotThrow(() => shareSecrets(signed).wipe())
  t.doesNotThrow(() => wipeSecrets(signed))
})

t.test('a run leaves no secret behind, with threads and without', async (t) => {
  const dir = t.testdir({ log: `${COOKIE}\n` })
  for (const [threads, worth] of [
    [1, 0],
    [2, 0],
    [2, 1000],
  ] as const) {
    const secret = Buffer.from(SECRET)
    let good = 0
    await verifyInput([`${dir}/log`], { setup: setup(secret), rows: false, threads, worth, script }, ({ accepted }) => {
      good += accepted
    })
    t.equal(good, 1)
    t.ok(secret.every((byte) => byte === 0))
  }
})
