/** The only user of the splitter of signed tickets: views, strings in and out. It checks no signature and knows no policy. */

import { instantiateSync } from '@assemblyscript/loader'
import { TktError } from '../errors.js'
import { bytesOf } from './module.js'
import { binary } from './pubtkt-binary.js'
import { textReader, writeText } from './text.js'

/** The ABI of assembly/pubtkt/index.ts as TypeScript sees it. Addresses, limits and codes are immutable globals. */
export interface SplitterExports {
  readonly memory: WebAssembly.Memory
  split(length: number): number
  wipe(): void
  readonly FIELDS: WebAssembly.Global
  readonly SIGNATURE: WebAssembly.Global
  readonly TEXT: WebAssembly.Global
  readonly TEXT_MAX: WebAssembly.Global
  readonly TEXT_MIN: WebAssembly.Global
  readonly VALUE: WebAssembly.Global
  readonly VALUE_MAX: WebAssembly.Global
  readonly BAD_ESCAPE: WebAssembly.Global
  readonly MALFORMED: WebAssembly.Global
  readonly MISUSE: WebAssembly.Global
  readonly PUBTKT_ABI: WebAssembly.Global
  readonly SPLIT: WebAssembly.Global
  readonly TOO_LONG: WebAssembly.Global
}

/** Answers of `Splitter.split`. */
export const SPLIT = 1
/** No `;sig=`, nothing of base64 behind it, or a char above 0xFF. */
export const MALFORMED = 0
export const TOO_LONG = -2
/** A `%` without two hex digits, or `%00`. */
export const BAD_ESCAPE = -4

/** A cookie's decoded text shorter than this is no ticket to the module; a header's may be. */
export const TEXT_MIN = 64

/** Indexes into `Splitter.fields`. Fields begin and end at addresses, both 0 where a ticket lacks one. */
export const LENGTH = 0
export const UID = 3
export const UID_END = 4
export const CLIENT_IP = 5
export const CLIENT_IP_END = 6
export const TOKENS = 7
export const TOKENS_END = 8
export const DATA = 9
export const DATA_END = 10
export const BAUTH = 11
export const BAUTH_END = 12
/** Unsigned 32-bit numbers, 0 where a ticket lacks one. */
export const VALID_UNTIL = 13
export const GRACE_PERIOD = 14
export const MULTIFACTOR = 15
/** 1: no control bytes, and no field twice, of which mod_auth_pubtkt takes the last. */
export const PLAIN = 16
const SIGNED_END = 1
const SIGNATURE_END = 2

/** The ABI number that this host was written for. */
const ABI = 2

export interface Splitter {
  /**
   * What the last `split` found, until the next one or `wipe`. Of all that `fields[LENGTH]`, the bytes of the decoded text,
   * is there after every answer; it is 0 where nothing was decoded.
   */
  readonly fields: Uint32Array
  /** Where the decoded text begins: fields are addresses. */
  readonly textAt: number
  /** What was signed, one char a byte, as one string: fields are cut out of it, as each reading of memory is dear. */
  signedText(): string
  /** SPLIT, MALFORMED, BAD_ESCAPE or TOO_LONG. Checks no signature. Follow SPLIT with `wipe`: `bauth` is a credential. */
  split(value: string): number
  /** What was signed, and the signature: views that the next `split` or `wipe` overwrites. After SPLIT only. */
  signed(): Uint8Array
  signature(): Uint8Array
  /** Clears what the last `split` left to be read. */
  wipe(): void
}

let compiled: WebAssembly.Module | undefined

/** The release build, compiled on first use and then kept for the process. */
export function splitterModule(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(bytesOf(binary))
  return compiled
}

/** A splitter with a memory of its own. `module`: another build of assembly/pubtkt, for tests and other hosts. */
export function createSplitter(module: WebAssembly.Module = splitterModule()): Splitter {
  const exports = instantiateSplitter(module)
  const { split, wipe } = exports
  const memory = exports.memory.buffer
  const value = new Uint8Array(memory, exports.VALUE.value, exports.VALUE_MAX.value)
  const fields = new Uint32Array(memory, exports.FIELDS.value, 17)
  // Read once: each look at a global is a call out of the compiled code.
  const [textAt, signatureAt] = [exports.TEXT.value, exports.SIGNATURE.value]
  const read = textReader(memory)
  const view = (at: number, end: number) => new Uint8Array(memory, at, end - at)
  return {
    fields,
    textAt,
    signedText: () => read(textAt, fields[SIGNED_END] as number),
    split(text) {
      const length = text.length > value.length ? TOO_LONG : writeText(value, text)
      if (length >= 0) return split(length)
      // What the last call left must not be taken for this one's.
      wipe()
      return length === TOO_LONG ? TOO_LONG : MALFORMED
    },
    signed: () => view(textAt, fields[SIGNED_END] as number),
    signature: () => view(signatureAt, fields[SIGNATURE_END] as number),
    wipe,
  }
}

/** As `instantiate` in module.ts: only the debug build imports anything, `abort`. */
export function instantiateSplitter(module: WebAssembly.Module): SplitterExports {
  const exports = instantiateSync(module).instance.exports as unknown as SplitterExports
  if (exports.PUBTKT_ABI?.value !== ABI) {
    throw new TktError('ERR_TKT_ENGINE', `this WebAssembly module is no authtkt splitter with ABI ${ABI}`)
  }
  return exports
}
