/**
 * Run in a process of its own, again and again: one row of `guard.ts`, `decide` and `verify` alone taking turns. A
 * server has one guard; with several in a process V8 shares what it learns between them, and is slower.
 */
import assert from 'node:assert/strict'
import { createGuard, createVerifier, type Decision, type Verifier } from 'authtkt'
import { bytesPer } from './allocation.js'
import { answer } from './fresh.js'
import { type GuardWorkload, guardWorkload } from './guard-workloads.js'
import { type Plan, race, sink } from './measure.js'
import { BATCH, tickets } from './workloads.js'

/** Every decision is the right one: who it is, where it leads, what the cookie says. */
function check(decision: Decision, i: number, verifier: Verifier, { requests, expected }: GuardWorkload): void {
  const { url, now, ip } = requests[i] as (typeof requests)[number]
  assert.equal(decision.kind, expected.kind)
  const setCookies = 'setCookies' in decision ? decision.setCookies : []
  assert.equal(setCookies.length, expected.cookies)
  const all = tickets('typical')
  const { uid, tokens, userData, issuedAt } = all[i % all.length] as (typeof all)[number]
  if (decision.kind === 'allow') {
    assert.deepEqual(decision.identity, { uid, tokens, userData, guest: false })
    assert.equal(decision.url, url)
    if (expected.cookies === 0) return
    const [, value = ''] = /^auth_tkt="?([^";]+)/.exec(setCookies[0] ?? '') ?? []
    const renewed = { uid, tokens, userData, issuedAt: decision.keyIndex === 0 ? now : issuedAt }
    assert.deepEqual(verifier.verify(value, { ip }), { ok: true, ticket: renewed, keyIndex: 0 })
  } else if (decision.kind === 'redirect') {
    assert.equal(decision.reason, expected.reason)
    assert.match(
      decision.location,
      /^https:\/\/login\.example\.com\/\?back=http%3[Aa]%2[Ff]%2[Ff]www\.example\.com%2[Ff]app/,
    )
  }
}

answer((name, text = '') => {
  const plan = JSON.parse(text) as Plan
  const workload = guardWorkload(name)
  const { requests, values, keys, options } = workload
  const verifier = createVerifier({ keys })
  const guard = createGuard(options)
  for (const [i, request] of requests.entries()) check(guard.decide(request), i, verifier, workload)

  const contenders = [
    {
      name: 'verify',
      sample() {
        for (let i = 0; i < BATCH; i++) {
          const { ip, now } = requests[i] as (typeof requests)[number]
          sink.last = verifier.verify(values[i], { ip, now })
        }
      },
    },
    {
      name: 'decide',
      sample() {
        for (let i = 0; i < BATCH; i++) sink.last = guard.decide(requests[i] as (typeof requests)[number])
      },
    },
  ] as const
  const { timings, warnings } = race(contenders, 'verify', BATCH, plan)
  const [verify, decide] = timings
  const [verifyBytes, decideBytes] = contenders.map(({ sample }) => bytesPer(BATCH, sample, plan.batches))
  const all = { verify: verify?.median, decide: decide?.median, over: decide?.more, verifyBytes, decideBytes }
  const figures = all as Record<keyof typeof all, number>
  return { figures, warnings }
})
