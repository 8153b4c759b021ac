/** Whatever the threads and blocks are, the verdicts are those of `verify`, line by line. */

import { generateKeyPairSync } from 'node:crypto'
import { readdirSync, writeFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import fc from 'fast-check'
import t from 'tap'
import type { Setup } from '../../src/cli/verify-check.js'
import { type RunOptions, verifyInput } from '../../src/cli/verify-run.js'
import { createIssuer, createPubtktIssuer, createPubtktVerifier, createVerifier, type Key } from '../../src/index.js'
import { THREAD } from './command.js'

const NOW = 1_700_000_000
const LONGEST = 10_000
const keys = (): Key[] => [
  { secret: Buffer.from('the newer one of two secrets'), digest: 'sha256' },
  { secret: 'the older one', digest: 'md5' },
]
const setup = (): Setup => ({
  kind: 'keyed',
  verifier: { keys: keys(), ignoreIp: true, timeout: 3600 },
  context: { now: NOW },
})
const reference = createVerifier({ keys: keys(), ignoreIp: true, timeout: 3600 })
const issuers = keys().map((key) => createIssuer({ keys: [key], ignoreIp: true }))
const stranger = createIssuer({ keys: [{ secret: 'nobody has it', digest: 'md5' }], ignoreIp: true })

/** What the command printed before it had blocks and threads. */
function expected(text: string): string {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines
    .map((line, index) => {
      const result = reference.verify(line.replace(/\r$/, ''), { now: NOW })
      const verdict = result.ok ? { ok: true, ...result.ticket, keyIndex: result.keyIndex } : result
      return `${JSON.stringify({ line: index + 1, ...verdict })}\n`
    })
    .join('')
}

interface Answer {
  readonly out: string
  readonly counts: Record<string, number>
  readonly lines: number
}

async function answerOf(files: string[], options: Omit<RunOptions, 'setup'>): Promise<Answer> {
  const pieces: Buffer[] = []
  const counts: Record<string, number> = {}
  let lines = 0
  await verifyInput(files, { setup: setup(), worth: 0, script: THREAD, ...options }, (verified) => {
    if (verified.rows !== undefined) pieces.push(Buffer.from(verified.rows))
    for (const [name, count] of Object.entries(verified.counts)) counts[name] = (counts[name] ?? 0) + count
    lines += verified.lines
  })
  return { out: Buffer.concat(pieces).toString(), counts, lines }
}

const units = ['a', 'Z', '\\', '\xe9', '\xff']
const uid = fc.string({ unit: fc.constantFrom(...units), minLength: 1, maxLength: 10 })
const good = fc
  .tuple(uid, fc.constantFrom(0, 1), fc.constantFrom('base64' as const, 'raw' as const), fc.constantFrom(NOW, 1))
  .map(([uid, key, encoding, now]) =>
    (issuers[key] as (typeof issuers)[number]).issue({ uid, tokens: ['a', 'b'], userData: uid }, { now, encoding }),
  )
const line = fc.oneof(
  { weight: 6, arbitrary: good },
  { weight: 1, arbitrary: uid.map((uid) => stranger.issue({ uid }, { now: NOW })) },
  { weight: 1, arbitrary: fc.constantFrom('', '\r', 'x', 'a\rb\r', '\xff\xfe\0', '{"uid":"alice"}') },
  { weight: 1, arbitrary: fc.string({ unit: fc.nat({ max: 255 }).map((code) => String.fromCharCode(code)) }) },
  { weight: 1, arbitrary: fc.integer({ min: 8000, max: 30_000 }).map((length) => 'M'.repeat(length)) },
)
const text = fc
  .tuple(fc.array(fc.tuple(line, fc.constantFrom('\n', '\r\n')), { maxLength: 60 }), fc.boolean())
  .map(([lines, ended]) => {
    const all = lines.map(([line, end]) => line.replaceAll('\n', '') + end).join('')
    return ended ? all : all.replace(/\n$/, '')
  })

for (const threads of [1, 2, 3]) {
  t.test(`${threads} threads: files and streams, any blocks, any lines`, async (t) => {
    const dir = t.testdir()
    const law = fc.asyncProperty(text, fc.integer({ min: 1, max: 20_000 }), async (text, block) => {
      const bytes = Buffer.from(text, 'latin1')
      writeFileSync(`${dir}/log`, bytes)
      const options = { threads, sizes: { block, longest: LONGEST } }
      const wanted = expected(text)
      const file = await answerOf([`${dir}/log`], { rows: true, ...options })
      t.equal(file.out, wanted)
      const stdin = Readable.from([bytes.subarray(0, 700), bytes.subarray(700)].filter(({ length }) => length > 0))
      const stream = await answerOf(['-'], { rows: true, stdin, ...options })
      t.equal(stream.out, wanted)
      t.strictSame(stream.counts, file.counts)
      const summary = await answerOf([`${dir}/log`], { rows: false, ...options })
      t.strictSame(summary, { ...file, out: '' })
    })
    await fc.assert(law, { numRuns: threads === 1 ? 40 : 8, endOnFailure: true })
  })
}

t.test('many small blocks: every slot is used again and again, and the order stays', async (t) => {
  const lines = Array.from({ length: 3000 }, (_, index) =>
    (issuers[index % 2] as (typeof issuers)[number]).issue({ uid: `user${index}` }, { now: NOW }),
  )
  const text = `${lines.join('\n')}\n`
  const dir = t.testdir({ log: text })
  const { out } = await answerOf([`${dir}/log`], { rows: true, threads: 2, sizes: { block: 500, longest: LONGEST } })
  t.equal(out, expected(text))
})

t.test('several files and a stream are one input, each of which ends its last line', async (t) => {
  const one = (issuers[0] as (typeof issuers)[number]).issue({ uid: 'alice' }, { now: NOW })
  const dir = t.testdir({ one, two: '', three: `${one}\r\nx` })
  const files = [`${dir}/one`, `${dir}/two`, '-', `${dir}/three`, '/dev/null']
  for (const threads of [1, 2]) {
    const stdin = Readable.from([Buffer.from(`${one}\n\n`)])
    const { out } = await answerOf(files, { rows: true, threads, stdin })
    t.equal(out, expected(`${one}\n${one}\n\n${one}\r\nx`), `${threads} threads`)
  }
})

t.test('a stream is begun without threads, and goes on with them', async (t) => {
  const text = `${(issuers[0] as (typeof issuers)[number]).issue({ uid: 'alice' }, { now: NOW })}\n`.repeat(400)
  const stdin = Readable.from([Buffer.from(text)])
  const { out } = await answerOf(['-'], {
    rows: true,
    threads: 2,
    stdin,
    worth: 3000,
    sizes: { block: 1000, longest: LONGEST },
  })
  t.equal(out, expected(text))
})

t.test('files are closed when the last block of them is done', { skip: process.platform !== 'linux' }, async (t) => {
  const dir = t.testdir({ log: 'x\n'.repeat(100) })
  const before = readdirSync('/proc/self/fd').length
  await answerOf(
    Array.from({ length: 50 }, () => `${dir}/log`),
    { rows: false, threads: 1, sizes: { block: 10, longest: LONGEST } },
  )
  t.equal(readdirSync('/proc/self/fd').length, before)
})

t.test('signed tickets: on threads, too, the verdicts of their verifier, and no credential', async (t) => {
  const pair = generateKeyPairSync('ed25519')
  const privateKey = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
  const publicKey = pair.publicKey.export({ type: 'spki', format: 'pem' }) as string
  const fields = { uid: 'alice', tokens: ['a'], userData: 'x "y"', clientIp: '192.0.2.7', bauth: 'YTpi' }
  const ticket = createPubtktIssuer({ key: { privateKey } }).issue({ ...fields, validUntil: NOW + 10 })
  const lines = Array.from({ length: 60 }, (_, index) => ['', 'x', ticket, `${ticket}A`, 'M'.repeat(90_000)][index % 5])
  const dir = t.testdir({ log: lines.join('\r\n') })
  const verifier = createPubtktVerifier({ keys: [{ publicKey }], cache: false })
  const wanted = lines.map((line, index) => {
    const result = verifier.verify(line as string, { ip: fields.clientIp, now: NOW })
    if (!result.ok) return `${JSON.stringify({ line: index + 1, ...result })}\n`
    const { bauth: _, ...shown } = result.ticket
    return `${JSON.stringify({ line: index + 1, ok: true, ...shown, keyIndex: 0 })}\n`
  })
  t.ok(wanted.some((row) => row.includes('"ok":true')))
  for (const threads of [1, 2]) {
    for (const ip of [fields.clientIp, undefined]) {
      let out = ''
      const setup: Setup = { kind: 'signed', keys: [{ publicKey }], ip, ignoreIp: ip === undefined, now: NOW }
      const sizes = { block: 3000, longest: LONGEST }
      await verifyInput(
        [`${dir}/log`],
        { setup, rows: true, threads, worth: 0, sizes, script: THREAD },
        ({ rows, counts, lines }) => {
          out += Buffer.from(rows as Uint8Array).toString()
          t.equal(
            Object.values(counts).reduce((sum, count) => sum + count, 0),
            lines,
          )
        },
      )
      t.equal(out, wanted.join(''))
    }
  }
})
