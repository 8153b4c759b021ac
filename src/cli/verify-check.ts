/** The verdicts on a block of lines, for both kinds of tickets, from what can be handed to a thread. */

import { peekSignedTicket } from '../pubtkt/peek.js'
import { createPubtktVerifier } from '../pubtkt/verify.js'
import { createVerifier } from '../ticket/verify.js'
import type { BatchContext, PublicKey, Reason, VerifierOptions } from '../types.js'
import { type Quote, refusedMembers, signedMembers, ticketMembers } from './verify-json.js'

/** How many lines are good (`ok`), and how many are refused for which reason. */
export type Counts = Partial<Record<'ok' | Reason, number>>

/** What is checked, and against what: nothing but data. */
export type Setup =
  | { readonly kind: 'keyed'; readonly verifier: VerifierOptions; readonly context: BatchContext }
  | {
      readonly kind: 'signed'
      readonly keys: readonly PublicKey[]
      /** Undefined: no address is known. Not looked at with `ignoreIp`. */
      readonly ip: string | undefined
      readonly ignoreIp: boolean
      readonly now: number
    }

/** Good until the next block. */
export interface Verdicts {
  readonly size: number
  readonly accepted: number
  counts(): Counts
  /** The members of one verdict in JSON, from `ok` on. */
  members(index: number, quote: Quote): string
}

/** Checks whole lines, LF or CRLF; the last one needs no line end. `rows`: their members are wanted, too. */
export type Check = (lines: Uint8Array, rows: boolean) => Verdicts

/** Far beyond every cookie value: what is behind it in a line cannot change the verdict, and must not fill the memory. */
export const LINE_MAX = 1 << 16

/** Throws `TktError` (`ERR_TKT_OPTIONS`) on keys that are none. */
export function createCheck(setup: Setup): Check {
  return setup.kind === 'keyed' ? keyedCheck(setup) : signedCheck(setup)
}

function keyedCheck({ verifier: options, context }: Setup & { kind: 'keyed' }): Check {
  const verifier = createVerifier(options)
  const counting: BatchContext = { ...context, verdictsOnly: true }
  return (lines, rows) => {
    const batch = verifier.verifyMany(lines, rows ? context : counting)
    return {
      size: batch.size,
      accepted: batch.accepted,
      counts: () => batch.counts(),
      members(index, quote) {
        const reason = batch.reason(index)
        if (reason !== undefined) return refusedMembers(reason)
        return ticketMembers(batch.ticket(index), batch.keyIndex(index), quote)
      },
    }
  }
}

/** A signature costs a hundred times what a line does: these are taken out and checked one by one. */
function signedCheck({ keys, ip, ignoreIp, now }: Setup & { kind: 'signed' }): Check {
  const verifier = createPubtktVerifier({ keys, cache: false })
  // The address in the ticket is as genuine as the rest of it.
  const addressFor = ignoreIp ? (cookieValue: string) => peekSignedTicket(cookieValue)?.clientIp : () => ip
  return (lines) => {
    const results = textsOf(lines).map((text) => verifier.verify(text, { ip: addressFor(text), now }))
    const counts: Counts = {}
    for (const result of results) {
      const name = result.ok ? 'ok' : result.reason
      counts[name] = (counts[name] ?? 0) + 1
    }
    return {
      size: results.length,
      accepted: counts.ok ?? 0,
      counts: () => counts,
      members(index, quote) {
        const result = results[index] as (typeof results)[number]
        return result.ok ? signedMembers(result.ticket, result.keyIndex, quote) : refusedMembers(result.reason)
      },
    }
  }
}

/** The lines as strings, one char a byte, and no longer than makes a difference. */
function textsOf(lines: Uint8Array): string[] {
  const bytes = Buffer.from(lines.buffer, lines.byteOffset, lines.length)
  const texts: string[] = []
  for (let from = 0; from < bytes.length; ) {
    const found = bytes.indexOf(10, from)
    const next = found < 0 ? bytes.length : found + 1
    let end = found < 0 ? next : found
    if (end > from && bytes[end - 1] === 13) end--
    texts.push(bytes.toString('latin1', from, Math.min(end, from + LINE_MAX)))
    from = next
  }
  return texts
}
