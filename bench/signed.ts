/** Is a signed ticket checked as fast as by node:crypto called by hand: one never seen before, and one that is remembered? */
import assert from 'node:assert/strict'
import { createGuard, createPubtktVerifier, type Decision, type SignedResult } from 'authtkt'
import { type Contender, type Plan, type Race, race, sink } from './measure.js'
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

/** A whole decision, of a request as Node's parser hands it over. */
function guardVerify({ key }: SignedSite, cache: boolean): (cookieValue: string) => Decision {
  const guard = createGuard({
    publicKeys: [key],
    cache,
    loginUrl: 'https://login.example.com/',
    areas: [{ path: '/', authType: 'mod_auth_pubtkt', cookieName: 'auth_pubtkt', tokens: ['reader1'] }],
  })
  const request = { method: 'GET', url: '/page', ip: SIGNED_CLIENT, now: SIGNED_NOW, tls: false }
  return (cookieValue) => {
    const headers = ['Host', 'www.example.com', 'Accept', '*/*', 'Cookie', `theme=dark; auth_pubtkt=${cookieValue}`]
    return guard.decide({ ...request, headers })
  }
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

function checkGuard(decide: (value: string) => Decision, good: readonly string[], forged: readonly string[]): void {
  for (const [i, value] of [...good, ...good].entries()) {
    const decision = decide(value)
    assert.equal(decision.kind === 'allow' && decision.identity.uid, uidOf(i % good.length))
  }
  for (const value of forged) assert.equal(decide(value).kind, 'redirect')
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
  const decide = guardVerify(site, cache)
  const operations = cache ? TICKETS : DISTINCT
  const contenders: Contender[] = []
  const add = (name: string, call: SignedVerify) => {
    checkVerify(`${site.kind}, ${name}`, call, good, forged)
    contenders.push({ name, sample: sampleOf(call, good, operations) })
  }
  add('verify', verify)
  checkGuard(decide, good, forged)
  contenders.push({ name: 'guard.decide', sample: sampleOf(decide, good, operations) })
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
