/** `verifyMany`: cookie values into the batch module, call by call, and its verdicts into arrays that are used again. */

import { type Batch, createBatch, RECORD_WORDS, STATUS } from '../engine/batch.js'
import { DATA_END, type Engine, MALFORMED, MISMATCH, TIMESTAMP, UID, UNBOUND } from '../engine/engine.js'
import { batchSelfTest } from '../engine/self-test.js'
import { isWide } from '../engine/text.js'
import { TktError } from '../errors.js'
import type { BatchContext, BatchResult, VerifyContext, VerifyResult } from '../types.js'
import { type Bind, type Binding, binder } from './address.js'
import { type BatchTerms, createBatchStore, EXPIRED, type Store, USER } from './batch-store.js'
import { meaningOf } from './meaning.js'
import { checkFlag, checkKeys, checkTime, type ResolvedKey } from './options.js'
import { readRecord } from './read.js'

const CONTEXT = ['ip', 'ips', 'now', 'verdictsOnly']

/** What a verifier was made with. */
export interface Terms extends BatchTerms {
  readonly engine: Engine
  /** Seconds; 0: for ever. */
  readonly timeout: number
  readonly needsNow: boolean
  readonly binding: Binding
  /** The known answers are to be asked first. */
  readonly proven: boolean
}

type Values = readonly (string | undefined)[]
type Ips = readonly (string | undefined)[]

/** `verifyMany` of the verifier with these terms; `verify` is its own, for values that need a closer look. */
export function verifyManyOn(
  terms: Terms,
  verify: (value: string | undefined, context: VerifyContext) => VerifyResult,
): (cookieValues: Values | Uint8Array, context?: BatchContext) => BatchResult {
  let run: Run | undefined
  let busy = false
  return (cookieValues, context = {}) => {
    checkKeys(context, CONTEXT, 'verifyMany: context')
    const verdictsOnly = checkFlag(context.verdictsOnly, false, 'verifyMany: context.verdictsOnly')
    const { ip, ips } = context
    const now = terms.needsNow ? checkTime(context.now, 'verifyMany: context.now') : 0
    if (ips !== undefined && !Array.isArray(ips)) misuse('context.ips must be an array of addresses')
    const lines = cookieValues instanceof Uint8Array
    if (!lines && !Array.isArray(cookieValues)) {
      misuse('cookieValues must be an array of strings, or bytes with one a line')
    }
    run ??= createRun(terms)
    if (busy) misuse('called again by a getter of its own arguments')
    busy = true
    try {
      run.begin(ip, terms.binding.ignoreIp ? undefined : ips, now, verdictsOnly)
      if (lines) run.lines(cookieValues)
      else run.values(cookieValues, (value, index) => verify(value, { ip: ips === undefined ? ip : ips[index], now }))
    } finally {
      busy = false
    }
    if (ips !== undefined && ips.length !== run.store.size)
      misuse(`context.ips has ${ips.length} addresses for ${run.store.size} tickets`)
    return run.store.result()
  }
}

function misuse(message: string): never {
  throw new TktError('ERR_TKT_OPTIONS', `verifyMany: ${message}`)
}

/** The batch module at work for one verifier. */
interface Run {
  readonly store: Store
  begin(ip: string | undefined, ips: Ips | undefined, now: number, verdictsOnly: boolean): void
  lines(bytes: Uint8Array): void
  values(values: Values, verify: (value: string | undefined, index: number) => VerifyResult): void
}

function createRun(terms: Terms): Run {
  const { engine, keys, judged, timeout, binding, proven } = terms
  if (proven) batchSelfTest(keys)
  const batch = createBatch(engine)
  const store = createBatchStore(terms)
  const bind = binder(batch, binding, false)
  const ends = keys.some((key) => key.acceptUntil !== Number.POSITIVE_INFINITY)
  const plain = timeout === 0 && !ends && !judged.includes(true)
  const pieces: string[] = []
  let ips: Ips | undefined
  let now = 0

  /** Checks the `count` tickets that lie in the module, and keeps what was found. */
  function check(count: number): void {
    try {
      if (store.used > MOST_TEXT) misuse('more than 2 GiB of tickets at once; give them in pieces')
      if (ips !== undefined) bindEach(batch, bind, ips, store.size, count)
      const used = batch.verify(count, ips !== undefined, store.used)
      if (!plain) for (let i = 0; i < count; i++) judge(i * RECORD_WORDS)
      store.add(batch, count, used)
    } catch (error) {
      batch.input.fill(0)
      throw error
    } finally {
      batch.wipe()
    }
  }

  /** Turns a match into a refusal where time or the key's list say so. */
  function judge(at: number): void {
    const { records, texts } = batch
    const keyIndex = (records[at + STATUS] as number) - 1
    if (keyIndex < 0) return
    const status = objection(at, keyIndex)
    if (status === undefined) return
    records[at + STATUS] = status
    texts.fill(0, (records[at + UID] as number) - store.used, (records[at + DATA_END] as number) - store.used)
  }

  function objection(at: number, keyIndex: number): number | undefined {
    const { records } = batch
    const key = keys[keyIndex] as ResolvedKey
    const issuedAt = (records[at + TIMESTAMP] as number) >>> 0
    if (now > key.acceptUntil) return MISMATCH
    if (timeout !== 0 && now > issuedAt + timeout) return EXPIRED
    if (!judged[keyIndex]) return undefined
    const base = store.used
    const read = (from: number, end: number) => batch.text(from - base, end - base)
    const meant = meaningOf(readRecord(read, records, at, records[at + UID] as number, issuedAt), key, undefined)
    if (typeof meant !== 'string') return undefined
    return meant === 'user' ? USER : MALFORMED
  }

  return {
    store,
    begin(ip, own, time, verdictsOnly) {
      store.begin(verdictsOnly)
      ips = own
      now = time
      batch.place(0)
      batch.useAddress(UNBOUND)
      if (own === undefined && !bind(ip)) batch.noAddress()
    },
    lines(bytes) {
      for (let at = 0; at < bytes.length; ) {
        const take = Math.min(bytes.length - at, batch.room.bytes)
        batch.input.set(bytes.subarray(at, at + take))
        const last = at + take === bytes.length
        const found = batch.split(take, last)
        if (found.lines > 0) {
          at += found.bytes
          check(found.lines)
          continue
        }
        // A line that is longer than all there is room for: its first byte is enough to refuse it.
        batch.starts[0] = 0
        batch.lengths[0] = batch.longest + 1
        const end = bytes.indexOf(LINE_FEED, at + take)
        at = end < 0 ? bytes.length : end + 1
        check(1)
      }
    },
    values(values, verify) {
      for (let next = 0; next < values.length; ) {
        const first = next
        const odd = fill(batch, pieces, values, first)
        next += pieces.length
        check(pieces.length)
        for (const place of odd) store.refuse(first + place, verify(values[first + place], first + place))
      }
      pieces.length = 0
    },
  }
}

const LINE_FEED = 10
/** Offsets are signed 32-bit numbers. */
const MOST_TEXT = 2 ** 31 - 2 ** 20
const NONE: readonly number[] = []

/**
 * Writes as many of the values from `first` on as there is room for; `pieces` then holds them. Returns the places of those
 * that are not written, as they are no strings, too long or have a char above 0xFF: `verify` knows what to say of them.
 */
function fill(batch: Batch, pieces: string[], values: Values, first: number): readonly number[] {
  const { room, starts, lengths, longest } = batch
  let odd = NONE
  let bytes = 0
  let count = 0
  for (let i = first; i < values.length && count < room.tickets; i++) {
    const value = values[i]
    let piece = ''
    if (typeof value === 'string' && value.length <= longest) piece = value
    else if (value !== undefined) odd = [...odd, count]
    if (bytes + piece.length > room.bytes) break
    starts[count] = bytes
    lengths[count] = piece.length
    pieces[count++] = piece
    bytes += piece.length
  }
  pieces.length = count
  // One string for all: writing each costs more than checking it does.
  const text = pieces.join('')
  if (!isWide(text)) {
    batch.write(text)
    return odd
  }
  for (let i = 0; i < count; i++) {
    if (!isWide(pieces[i] as string)) continue
    odd = [...odd, i]
    lengths[i] = 0
    pieces[i] = ' '.repeat((pieces[i] as string).length)
  }
  batch.write(pieces.join(''))
  return odd
}

/** The addresses of the next `count` tickets. */
function bindEach(batch: Batch, bind: Bind, ips: Ips, first: number, count: number): void {
  for (let i = 0; i < count; i++) {
    batch.place(i)
    if (!bind(ips[first + i])) batch.noAddress()
  }
}
