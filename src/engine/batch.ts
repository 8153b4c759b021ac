/** The only user of the batch module: a ring taken over from an engine, cookie values in, verdicts and fields out. */

import { instantiateSync } from '@assemblyscript/loader'
import { TktError } from '../errors.js'
import { binary } from './batch-binary.js'
import type { AddressTarget, Engine } from './engine.js'
import { bytesOf } from './module.js'
import { type ReadText, textReader, textWriter, type WriteText } from './text.js'

type Constant = WebAssembly.Global

/** The ABI of assembly/batch/index.ts as TypeScript sees it. Addresses, limits and codes are immutable globals. */
export interface BatchExports {
  readonly memory: WebAssembly.Memory
  adoptKey(index: number): number
  splitLines(length: number, last: number): number
  splitBytes(): number
  verifyBatch(count: number, ownAddresses: number, base: number): number
  wipeBatch(): void
  readonly ADDRESS_CHARS: Constant
  readonly ADDRESS_LENGTH: Constant
  readonly ADDRESS_SIZE: Constant
  readonly ADDRESS_TEXT_LENGTH: Constant
  readonly ADDRESSES: Constant
  readonly BATCH_ABI: Constant
  readonly COOKIE_MAX: Constant
  readonly INPUT: Constant
  readonly INPUT_MAX: Constant
  readonly KEY_SIZE: Constant
  readonly LENGTHS: Constant
  readonly RECORDS: Constant
  readonly RING: Constant
  readonly STARTS: Constant
  readonly TEXTS: Constant
  readonly TEXTS_MAX: Constant
  readonly TICKETS_MAX: Constant
}

/** Words of a ticket's record; those behind the status are a ticket's fields as in `Engine.fields`. */
export const RECORD_WORDS = 8
export const STATUS = 0

/** Answers that are no match, besides MALFORMED, MISMATCH and TOO_LONG. */
export const ABSENT = -4
export const UNBOUND = -5

export interface Batch extends AddressTarget {
  /** How many tickets, and bytes of cookie values, a call takes. */
  readonly room: { readonly tickets: number; readonly bytes: number }
  /** Longest cookie value. A longer one needs its length and its first byte. */
  readonly longest: number
  /** The cookie values' bytes, and where in them each begins and how long it is. */
  readonly input: Uint8Array
  readonly starts: Uint32Array
  readonly lengths: Uint16Array
  /** Writes chars that are all below 0x100 to the beginning of `input`. */
  readonly write: (text: string) => void
  /** What the last `verify` found, RECORD_WORDS a ticket; offsets of fields count from `base`. Gone after `wipe`. */
  readonly records: Int32Array
  /** The bytes that the offsets mean, as many as `verify` has said. Gone after `wipe`. */
  readonly texts: Uint8Array
  /** The same as a string, one char a byte; from and end count from the beginning of `texts`. */
  readonly text: ReadText
  /** The ticket whose client address is set next; `noAddress` says that it has none. */
  place(index: number): void
  noAddress(): void
  /** Finds the lines of the first `length` bytes of `input`: how many, and how many bytes they take. `last`: see there. */
  split(length: number, last: boolean): { readonly lines: number; readonly bytes: number }
  /** Checks the first `count` cookie values; `own`: each with its own address, else all with that of place 0. */
  verify(count: number, own: boolean, base: number): number
  wipe(): void
}

const ABI = 1

let compiled: WebAssembly.Module | undefined

/** The release build, compiled on first use (some 2 ms) and then kept for the process. */
export function batchModule(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(bytesOf(binary))
  return compiled
}

/** A batch with the keys that `engine` has. `module`: another build of assembly/batch/. */
export function createBatch(engine: Engine, module: WebAssembly.Module = batchModule()): Batch {
  const exports = instantiateSync(module).instance.exports as unknown as BatchExports
  if (exports.BATCH_ABI?.value !== ABI) {
    throw new TktError('ERR_TKT_ENGINE', `this WebAssembly module is not a batch of authtkt with ABI ${ABI}`)
  }
  const memory = exports.memory.buffer
  takeRing(engine, exports)
  const { verifyBatch, splitLines, splitBytes, wipeBatch } = exports
  const tickets = exports.TICKETS_MAX.value
  const bytes = exports.INPUT_MAX.value
  const inputAt = exports.INPUT.value
  const textsAt = exports.TEXTS.value
  const write: WriteText = textWriter(memory)
  const read: ReadText = textReader(memory)

  return {
    room: { tickets, bytes },
    longest: exports.COOKIE_MAX.value,
    input: new Uint8Array(memory, inputAt, bytes),
    starts: new Uint32Array(memory, exports.STARTS.value, tickets),
    lengths: new Uint16Array(memory, exports.LENGTHS.value, tickets),
    write: (text) => write(text, inputAt),
    records: new Int32Array(memory, exports.RECORDS.value, tickets * RECORD_WORDS),
    texts: new Uint8Array(memory, textsAt, exports.TEXTS_MAX.value),
    text: (from, end) => read(textsAt + from, textsAt + end),
    ...addressesOf(exports),
    split(length, last) {
      const lines = splitLines(length, last ? 1 : 0)
      return { lines, bytes: splitBytes() }
    },
    verify(count, own, base) {
      const used = verifyBatch(count, own ? 1 : 0, base)
      if (used < 0) throw new TktError('ERR_TKT_ENGINE', `the batch module answered ${used}`)
      return used
    },
    wipe: wipeBatch,
  }
}

function takeRing(engine: Engine, exports: BatchExports): void {
  const { keys, bytes } = engine.ring()
  new Uint8Array(exports.memory.buffer).set(bytes, exports.RING.value)
  for (let index = 0; index < keys; index++) {
    if (bytes.length !== keys * exports.KEY_SIZE.value || exports.adoptKey(index) !== 0) {
      throw new TktError('ERR_TKT_ENGINE', `the batch module refuses key ${index}`)
    }
  }
}

type Addresses = Pick<Batch, 'place' | 'noAddress' | keyof AddressTarget>

/** The addresses of a call's tickets, one record each. */
function addressesOf(exports: BatchExports): Addresses {
  const size = exports.ADDRESS_SIZE.value
  const bytes = new Uint8Array(exports.memory.buffer, exports.ADDRESSES.value, exports.TICKETS_MAX.value * size)
  const lengthAt = exports.ADDRESS_LENGTH.value
  const textLengthAt = exports.ADDRESS_TEXT_LENGTH.value
  const charsAt = exports.ADDRESS_CHARS.value
  let at = 0

  function useText(text: string): void {
    bytes[at + textLengthAt] = text.length
    for (let i = 0; i < text.length; i++) bytes[at + charsAt + i] = text.charCodeAt(i)
  }

  return {
    place(index) {
      at = index * size
    },
    noAddress() {
      bytes[at + lengthAt] = 0
    },
    useAddress(address) {
      bytes.set(address.bytes, at)
      bytes[at + lengthAt] = address.bytes.length
      useText(address.text)
    },
    useIPv4(number) {
      bytes[at] = number >>> 24
      bytes[at + 1] = number >>> 16
      bytes[at + 2] = number >>> 8
      bytes[at + 3] = number
      bytes[at + lengthAt] = 4
    },
    useText,
  }
}
