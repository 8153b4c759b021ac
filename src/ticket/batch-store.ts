/** What a batch found, in arrays that grow with the largest batch and are used again: nothing is made for a ticket. */

import { ABSENT, type Batch, RECORD_WORDS, STATUS, UNBOUND } from '../engine/batch.js'
import { MALFORMED, MISMATCH, TIMESTAMP, TOO_LONG, UID } from '../engine/engine.js'
import { type ReadText, textReader } from '../engine/text.js'
import { TktError } from '../errors.js'
import type { BatchResult, Reason, Ticket, VerifyResult } from '../types.js'
import { meaningOf } from './meaning.js'
import type { ResolvedKey } from './options.js'
import { decodeFields, readRecord } from './read.js'

/** Statuses of the host's own. */
export const EXPIRED = -6
export const USER = -7

const REASONS = new Map<number, Reason>([
  [MALFORMED, 'malformed'],
  [MISMATCH, 'digest'],
  [TOO_LONG, 'too-long'],
  [ABSENT, 'absent'],
  [UNBOUND, 'address'],
  [EXPIRED, 'expired'],
  [USER, 'user'],
])
const STATUSES = new Map([...REASONS].map(([status, reason]) => [reason, status]))

export interface BatchTerms {
  readonly keys: readonly ResolvedKey[]
  /** Of each key: its fields mean something else than they say, or a list must have them. */
  readonly judged: readonly boolean[]
  readonly utf8: boolean
}

export interface Store {
  /** Tickets so far, and bytes of their texts. */
  readonly size: number
  readonly used: number
  /** Forgets the last batch; its result is over. */
  begin(verdictsOnly: boolean): void
  /** Takes what `batch` has found of `count` tickets, and `used` bytes of text. */
  add(batch: Batch, count: number, used: number): void
  /** Notes what was found of a ticket in another way: no good ticket is. */
  refuse(index: number, found: VerifyResult): void
  /** The batch's result; good until the next `begin`. */
  result(): BatchResult
}

export function createBatchStore({ keys, judged, utf8 }: BatchTerms): Store {
  let generation = 0
  let verdictsOnly = false
  let size = 0
  let used = 0
  let accepted = 0
  let statuses = new Int8Array(0)
  let records = new Int32Array(0)
  let texts = new Uint8Array(0)
  let read: ReadText = () => ''

  function makeRoom(tickets: number, bytes: number): void {
    if (tickets > statuses.length) {
      const grown = new Int8Array(Math.max(tickets, 2 * statuses.length))
      grown.set(statuses)
      statuses = grown
    }
    if (verdictsOnly) return
    if (tickets * RECORD_WORDS > records.length) {
      const grown = new Int32Array(Math.max(tickets * RECORD_WORDS, 2 * records.length))
      grown.set(records)
      records = grown
    }
    if (bytes > texts.length) {
      const grown = new Uint8Array(Math.max(bytes, 2 * texts.length))
      grown.set(texts)
      texts.fill(0)
      texts = grown
      read = textReader(texts.buffer)
    }
  }

  function ticketAt(index: number, keyIndex: number): Ticket {
    const at = index * RECORD_WORDS
    const fields = readRecord(read, records, at, records[at + UID] as number, (records[at + TIMESTAMP] as number) >>> 0)
    const ticket = judged[keyIndex] ? (meaningOf(fields, keys[keyIndex] as ResolvedKey, undefined) as Ticket) : fields
    return utf8 ? decodeFields(ticket) : ticket
  }
  return {
    get size() {
      return size
    },
    get used() {
      return used
    },
    begin(only) {
      generation++
      verdictsOnly = only
      texts.fill(0, 0, used)
      size = 0
      used = 0
      accepted = 0
    },
    add(batch, count, bytes) {
      makeRoom(size + count, used + bytes)
      for (let i = 0; i < count; i++) {
        const status = batch.records[i * RECORD_WORDS + STATUS] as number
        if (status > 0) accepted++
        statuses[size + i] = status
      }
      if (!verdictsOnly) {
        records.set(batch.records.subarray(0, count * RECORD_WORDS), size * RECORD_WORDS)
        texts.set(batch.texts.subarray(0, bytes), used)
        used += bytes
      }
      size += count
    },
    refuse(index, found) {
      if (!found.ok) statuses[index] = STATUSES.get(found.reason) as number
    },
    result: () => resultOf(generation),
  }

  function resultOf(own: number): BatchResult {
    function fresh(): void {
      if (own !== generation)
        throw new TktError('ERR_TKT_STALE', 'this batch result is over: verifyMany was called again')
    }
    function statusOf(index: number): number {
      fresh()
      const status = index < size ? statuses[index] : undefined
      if (status === undefined)
        throw new TktError('ERR_TKT_OPTIONS', `there is no ticket ${index} among the ${size} of this batch`)
      return status
    }
    function ticket(index: number): Ticket {
      const status = statusOf(index)
      if (verdictsOnly)
        throw new TktError('ERR_TKT_OPTIONS', 'only verdicts were asked of this batch: it has no fields')
      if (status <= 0)
        throw new TktError('ERR_TKT_OPTIONS', `ticket ${index} of this batch is refused: nothing that it says is true`)
      return ticketAt(index, status - 1)
    }
    return {
      get size() {
        fresh()
        return size
      },
      get accepted() {
        fresh()
        return accepted
      },
      ok: (index) => statusOf(index) > 0,
      reason: (index) => REASONS.get(statusOf(index)),
      keyIndex: (index) => Math.max(statusOf(index), 0) - 1,
      ticket,
      result(index) {
        const status = statusOf(index)
        if (status > 0) return { ok: true, ticket: ticket(index), keyIndex: status - 1 }
        return { ok: false, reason: REASONS.get(status) as Reason }
      },
      counts() {
        fresh()
        const counts: Partial<Record<'ok' | Reason, number>> = accepted > 0 ? { ok: accepted } : {}
        for (let i = 0; i < size; i++) {
          const reason = REASONS.get(statuses[i] as number)
          if (reason !== undefined) counts[reason] = (counts[reason] ?? 0) + 1
        }
        return counts
      },
    }
  }
}
