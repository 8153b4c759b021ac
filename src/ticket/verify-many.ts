/** `verifyMany`, one ticket after the other. */

import { TktError } from '../errors.js'
import type { BatchContext, BatchResult, Reason, Ticket, VerifyContext, VerifyResult } from '../types.js'
import { checkFlag, checkKeys } from './options.js'

const CONTEXT = ['ip', 'ips', 'now', 'verdictsOnly']

type Values = readonly (string | undefined)[]

/** `verifyMany` on a verifier's `verify`. */
export function verifyManyOn(
  verify: (value: string | undefined, context: VerifyContext) => VerifyResult,
): (cookieValues: Values | Uint8Array, context?: BatchContext) => BatchResult {
  let generation = 0
  return (cookieValues, context = {}) => {
    checkKeys(context, CONTEXT, 'verifyMany: context')
    const verdictsOnly = checkFlag(context.verdictsOnly, false, 'verifyMany: context.verdictsOnly')
    const values = cookieValues instanceof Uint8Array ? linesOf(cookieValues) : cookieValues
    if (!Array.isArray(values)) {
      throw new TktError(
        'ERR_TKT_OPTIONS',
        'verifyMany: cookieValues must be an array of strings, or bytes with one a line',
      )
    }
    const { ip, ips, now } = context
    if (ips !== undefined && (!Array.isArray(ips) || ips.length !== values.length)) {
      throw new TktError('ERR_TKT_OPTIONS', `verifyMany: context.ips must be an array of ${values.length} addresses`)
    }
    generation++
    const results = values.map((value, index) => verify(value, { ip: ips === undefined ? ip : ips[index], now }))
    return new Batch(results, verdictsOnly, generation, () => generation)
  }
}

function linesOf(bytes: Uint8Array): string[] {
  let text = ''
  for (let at = 0; at < bytes.length; at += 4096) text += String.fromCharCode(...bytes.subarray(at, at + 4096))
  const lines = text.split('\n')
  const last = lines.pop() as string
  if (last !== '') lines.push(last)
  return lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line))
}

class Batch implements BatchResult {
  readonly #results: readonly VerifyResult[]
  readonly #verdictsOnly: boolean
  readonly #generation: number
  readonly #current: () => number

  constructor(results: readonly VerifyResult[], verdictsOnly: boolean, generation: number, current: () => number) {
    this.#results = results
    this.#verdictsOnly = verdictsOnly
    this.#generation = generation
    this.#current = current
  }

  get size(): number {
    return this.#all().length
  }

  get accepted(): number {
    return this.#all().filter(({ ok }) => ok).length
  }

  ok(index: number): boolean {
    return this.#at(index).ok
  }

  reason(index: number): Reason | undefined {
    const found = this.#at(index)
    return found.ok ? undefined : found.reason
  }

  keyIndex(index: number): number {
    const found = this.#at(index)
    return found.ok ? found.keyIndex : -1
  }

  ticket(index: number): Ticket {
    const found = this.#at(index)
    if (this.#verdictsOnly)
      throw new TktError('ERR_TKT_OPTIONS', 'verifyMany was asked for verdicts only: no fields were kept')
    if (!found.ok)
      throw new TktError('ERR_TKT_OPTIONS', `ticket ${index} of the batch is refused: it has no fields to trust`)
    return found.ticket
  }

  result(index: number): VerifyResult {
    const found = this.#at(index)
    return found.ok ? { ok: true, ticket: this.ticket(index), keyIndex: found.keyIndex } : found
  }

  counts(): Partial<Record<'ok' | Reason, number>> {
    const counts: Partial<Record<'ok' | Reason, number>> = {}
    for (const found of this.#all()) {
      const name = found.ok ? 'ok' : found.reason
      counts[name] = (counts[name] ?? 0) + 1
    }
    return counts
  }

  #all(): readonly VerifyResult[] {
    if (this.#generation !== this.#current()) {
      throw new TktError('ERR_TKT_STALE', 'this batch result is over: verifyMany was called again')
    }
    return this.#results
  }

  #at(index: number): VerifyResult {
    const found = this.#all()[index]
    if (found === undefined) throw new TktError('ERR_TKT_OPTIONS', `there is no ticket ${index} in this batch`)
    return found
  }
}
