/** Is a signed ticket checked as fast as by node:crypto called by hand: one never seen before, and one that is remembered? */
import assert from 'node:assert/strict'
import { createGuard, createPubtktVerifier, type GuardRequest, type SignedResult } from 'authtkt'
import { type Contender, type Plan, type Race, race, sink } from './measure.js'
import { raceSheet, type Sheet } from './sheet.js'
import { ASKS, baselineVerifier, rememberingVerifier, type SignedVerify } from './signed-baseline.js'
import {
  SIGNED_CLIENT,
  SIGNED_KINDS,
  SIGNED_NOW,
  type SignedKind,
  type SignedSite,
  signedSite,
  signedTicket,
  uidOf,
} from './signed-workloads.js'

export interface SignedRow extends Race {
  readonly name: string
}

export interface SignedResults {
  readonly rows: readonly SignedRow[]
}

const TICKETS = 256
/** Checks in one sample: a signature is long enough for the clock, a look-up is not. */
const DISTINCT = 16
export const SIGNED_REFERENCE = 'crypto.verify'

/** Requests as Node's parser hands them over; the cookie's value is cut out of its header each time. */
function requestsOf(values: readonly string[]): GuardRequest[] {
  const fresh = (text: string) => Buffer.from(text, 'latin1').toString('latin1')
  return values.map((value) => {
    const headers = ['Host', 'www.example.com', 'Accept', '*/*', 'Cookie', `theme=dark; auth_pubtkt=${value}`].map(
      fresh,
    )
    return { method: 'GET', url: fresh('/page'), headers, ip: fresh(SIGNED_CLIENT), tls: false, now: SIGNED_NOW }
  })
}

function checkVerify(name: string, verify: SignedVerify, good: readonly string[], forged: readonly string[]): void {
  for (const [i, value] of [...good, ...good].entries()) {
    const result: SignedResult = verify(value)
    const at = i % good.length
    assert.ok(result.ok, `${name}: ticket ${at}`)
    const { uid, tokens, userData } = result.ticket
    const wanted = { uid: uidOf(at), tokens: ['editor', 'admin', 'reader1'], userData: `d=${10_000 + at}0123456789` }
    assert.deepEqual({ uid, tokens, userData }, wanted, name)
  }
  for (const value of forged) assert.deepEqual(verify(value), { ok: false, reason: 'signature' }, name)
}

/** A whole decision. */
function guardContender({ key }: SignedSite, cache: boolean, good: readonly string[], forged: readonly string[]) {
  const guard = createGuard({
    publicKeys: [key],
    cache,
    loginUrl: 'https://login.example.com/',
    areas: [{ path: '/', authType: 'mod_auth_pubtkt', cookieName: 'auth_pubtkt', tokens: ['reader1'] }],
  })
  const requests = requestsOf(good)
  for (const [i, request] of [...requests, ...requests].entries()) {
    const decision = guard.decide(request)
    assert.equal(decision.kind === 'allow' && decision.identity.uid, uidOf(i % good.length))
  }
  for (const request of requestsOf(forged)) assert.equal(guard.decide(request).kind, 'redirect')
  const operations = cache ? TICKETS : DISTINCT
  let next = 0
  const sample = () => {
    for (let i = 0; i < operations; i++) sink.last = guard.decide(requests[next++ % TICKETS] as GuardRequest)
  }
  return { name: 'guard.decide', sample }
}

/** Strings as they come from a request: fresh ones, whose hash V8 does not know yet. One call site each, as in `rows.ts`. */
function sampleOf(call: (value: string) => unknown, values: readonly string[], operations: number): () => void {
  const bytes = values.map((value) => Buffer.from(value, 'latin1'))
  const body = `let next = 0
    return () => {
      for (let i = 0; i < operations; i++) {
        const one = bytes[next++ % bytes.length]
        sink.last = call(one.latin1Slice(0, one.length))
      }
    }`
  return new Function('call', 'bytes', 'operations', 'sink', body)(call, bytes, operations, sink)
}

function contendersOf(site: SignedSite, cache: boolean): Contender[] {
  const good = Array.from({ length: TICKETS }, (_, i) => signedTicket(site, i))
  const forged = good.slice(0, 8).map((_, i) => signedTicket(site, i, true))
  const verifier = createPubtktVerifier({ keys: [site.key], cache })
  const verify: SignedVerify = (value) => verifier.verify(value, { ip: SIGNED_CLIENT, now: SIGNED_NOW })
  const operations = cache ? TICKETS : DISTINCT
  const contenders: Contender[] = []
  const add = (name: string, call: SignedVerify) => {
    checkVerify(`${site.kind}, ${name}`, call, good, forged)
    contenders.push({ name, sample: sampleOf(call, good, operations) })
  }
  add('verify', verify)
  contenders.push(guardContender(site, cache, good, forged))
  const make = cache ? rememberingVerifier : baselineVerifier
  for (const [name, askOf] of Object.entries(ASKS)) {
    const ask = askOf(site.publicKey, site.digest)
    // Where all is remembered neither of the two is asked.
    if (ask !== undefined && (!cache || name === SIGNED_REFERENCE)) add(name, make(ask, SIGNED_CLIENT, SIGNED_NOW))
  }
  return contenders
}

export function signedResults(plan: Plan, kinds: readonly SignedKind[] = SIGNED_KINDS): SignedResults {
  const rows = [...kinds.map((kind) => [kind, false] as const), ['rsa', true] as const].map(([kind, cache]) => {
    const name = `${kind} ${cache ? 'cached' : 'distinct'}`
    process.stderr.write(`signed, ${name}\n`)
    const contenders = contendersOf(signedSite(kind), cache)
    return { name, ...race(contenders, SIGNED_REFERENCE, cache ? TICKETS : DISTINCT, plan) }
  })
  return { rows }
}

export function signedTables({ rows }: SignedResults): Sheet[] {
  return [
    raceSheet({ name: 'signed', title: 'Checking signed tickets', corner: 'ns per ticket' }, rows, {
      verify: `verify to ${SIGNED_REFERENCE}`,
      'guard.decide': `guard.decide to ${SIGNED_REFERENCE}`,
    }),
  ]
}
