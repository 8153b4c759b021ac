/**
 * Run in a process of its own, again and again: one row of `batch.ts`, from strings or from the lines of a buffer: ns per
 * ticket, ratios taken within a round, and bytes per ticket.
 */
import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { type BatchResult, createVerifier, type VerifyResult } from 'authtkt'
import { bytesPer } from './allocation.js'
import { type BatchWorkload, batchWorkload, MANY } from './batch-workloads.js'
import { frameVerifier } from './frame.js'
import { answer } from './fresh.js'
import { median, type Plan, race, sink } from './measure.js'
import { HEX_LENGTH, SECRET } from './workloads.js'

type Verify = (cookieValue: string, ip: string) => VerifyResult
type Tell = (index: number, result: VerifyResult) => void

/** One after the other; the lines of a buffer have to be found and read first. */
const LOOPS: Readonly<Record<string, string>> = {
  strings: 'for (let i = 0; i < cookies.length; i++) tell(i, verify(cookies[i], ips[i]))',
  lines: `let i = 0
    for (let at = 0, end = lines.indexOf(10); end >= 0; at = end + 1, end = lines.indexOf(10, at), i++)
      tell(i, verify(lines.latin1Slice(at, end), ips[i]))`,
}

/** A loop of its own for each, as in `rows.ts`. */
function loopOf(verify: Verify, from: string, { cookies, lines, ips }: BatchWorkload): (tell: Tell) => void {
  const body = `return (tell) => { ${LOOPS[from]} }`
  return new Function('verify', 'cookies', 'lines', 'ips', body)(verify, cookies, lines, ips)
}

function readFields(batch: BatchResult): void {
  for (let i = 0; i < batch.size; i++) if (batch.ok(i)) sink.last = batch.ticket(i)
}
function readVerdicts(batch: BatchResult): void {
  let good = 0
  for (let i = 0; i < batch.size; i++) if (batch.ok(i)) good++
  sink.last = good
}

type Expected = BatchWorkload['expected']

function checkOne(expected: Expected, i: number, result: VerifyResult): void {
  const wanted = expected[i]
  if (typeof wanted === 'string') assert.deepEqual(result, { ok: false, reason: wanted })
  else assert.deepEqual(result.ok && { ...result.ticket }, wanted, `ticket ${i}`)
}

function checkLoop(expected: Expected, loop: (tell: Tell) => void): void {
  let count = 0
  loop((i, result) => {
    checkOne(expected, i, result)
    count++
  })
  assert.equal(count, expected.length)
}

function checkBatch(expected: Expected, batch: BatchResult, hasFields: boolean): void {
  assert.equal(batch.size, expected.length)
  assert.equal(batch.accepted, expected.filter((one) => typeof one !== 'string').length)
  for (const [i, wanted] of expected.entries()) {
    assert.equal(batch.ok(i), typeof wanted !== 'string')
    assert.equal(batch.reason(i), typeof wanted === 'string' ? wanted : undefined)
    if (hasFields) checkOne(expected, i, batch.result(i))
  }
}

/** What takes turns, all of it found right. */
function samplesOf(workload: BatchWorkload, from: string): Record<string, () => void> {
  const { keys, cookies, lines, ips, expected, digest } = workload
  const asked = from === 'lines' ? lines : cookies
  const [plain, lazy, whole, idle, quick] = [false, true, false, false, false].map((lazyTicket) =>
    createVerifier({ keys, lazyTicket }),
  )
  const single =
    (verifier = plain): Verify =>
    (cookieValue, ip) =>
      verifier?.verify(cookieValue, { ip }) as VerifyResult
  const loops: Record<string, (tell: Tell) => void> = {
    verify: loopOf(single(plain), from, workload),
    lazy: loopOf(single(lazy), from, workload),
  }
  if (digest !== undefined) {
    const byHand = frameVerifier([SECRET], HEX_LENGTH[digest], (message) => hash(digest, message, 'hex'))
    loops.byHand = loopOf(byHand, from, workload)
  }
  const fields = () => whole?.verifyMany(asked, { ips }) as BatchResult
  const verdicts = () => quick?.verifyMany(asked, { ips, verdictsOnly: true }) as BatchResult

  for (const loop of Object.values(loops)) checkLoop(expected, loop)
  const kept = () => idle?.verifyMany(asked, { ips }) as BatchResult

  checkBatch(expected, fields(), true)
  checkBatch(expected, kept(), true)
  checkBatch(expected, verdicts(), false)
  const keep: Tell = (_, result) => {
    sink.last = result
  }
  return {
    ...Object.fromEntries(Object.entries(loops).map(([name, loop]) => [name, () => loop(keep)])),
    fields: () => readFields(fields()),
    kept: () => readVerdicts(kept()),
    verdicts: () => readVerdicts(verdicts()),
  }
}

answer((name, from = '', text = '') => {
  const plan = JSON.parse(text) as Plan
  const samples = samplesOf(batchWorkload(name), from)
  const contenders = Object.entries(samples).map(([name, sample]) => ({ name, sample }))
  const { timings, rounds, warnings } = race(contenders, 'verify', MANY, plan)
  const figures: Record<string, number> = Object.fromEntries(timings.map((timing) => [timing.name, timing.median]))
  for (const [name, sample] of Object.entries(samples)) figures[`${name}Bytes`] = bytesPer(MANY, sample, plan.batches)
  for (const fast of ['fields', 'kept', 'verdicts']) {
    for (const slow of Object.keys(samples)) {
      const [own = [], other = []] = [rounds.get(fast), rounds.get(slow)]
      figures[`${fast}To${slow}`] = median(own.map((ns, i) => (other[i] ?? Number.NaN) / ns))
    }
  }
  return { figures, warnings }
})
