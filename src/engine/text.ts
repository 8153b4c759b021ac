/** Strings to bytes and back, one char a byte. `Buffer` is used where there is one; nothing depends on it. */

const encoder = new TextEncoder()

/**
 * Writes `text` to the start of `bytes` and returns its length, or -1 (with nothing left in `bytes`) where a char is
 * above 0xFF. `encodeInto` beats every other way, and its count tells that all chars were ASCII; the rest take a loop.
 * `bytes` must be at least as long as `text`.
 */
export function writeText(bytes: Uint8Array, text: string): number {
  const { read, written } = encoder.encodeInto(text, bytes)
  // Both counts: where `bytes` is full, wider chars may have been written as many bytes as `text` has chars.
  if (read === text.length && written === read) return written
  bytes.fill(0, 0, written)
  let seen = 0
  for (let i = 0; i < text.length; i++) seen |= text.charCodeAt(i)
  if (seen > 0xff) return -1
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i)
  return text.length
}

/** Reads the bytes [from, end), one char a byte. */
export type ReadText = (from: number, end: number) => string

/** Writes chars that are all below 0x100 to the memory at `at`, one byte a char. */
export type WriteText = (text: string, at: number) => void

interface Latin1Buffer {
  latin1Slice?(from: number, end: number): string
  latin1Write?(text: string, at: number): number
}

// On a string that has no such char V8 does not look at the chars: it knows how wide they are stored.
const WIDE = /[\u0100-\uffff]/

/** Whether some char does not fit a byte. */
export function isWide(text: string): boolean {
  return WIDE.test(text)
}

/** The fastest reader that this runtime has for `memory`. */
export function textReader(memory: ArrayBuffer, runtime: Runtime = globalThis): ReadText {
  const buffer = bufferOn(memory, runtime)
  // Node's own, undocumented since ever: half the cost of toString('latin1').
  if (buffer?.latin1Slice) return (from, end) => (buffer as Required<Latin1Buffer>).latin1Slice(from, end)
  const bytes = new Uint8Array(memory)
  return (from, end) => {
    let text = ''
    // apply() takes its arguments on the stack: not more than a few thousand at a time.
    for (let at = from; at < end; at += 4096) {
      text += String.fromCharCode.apply(null, bytes.subarray(at, Math.min(at + 4096, end)) as unknown as number[])
    }
    return text
  }
}

/** The fastest writer of long texts that this runtime has for `memory`. */
export function textWriter(memory: ArrayBuffer, runtime: Runtime = globalThis): WriteText {
  const buffer = bufferOn(memory, runtime)
  // As undocumented. It would truncate wider chars without a word.
  if (buffer?.latin1Write) return (text, at) => void (buffer as Required<Latin1Buffer>).latin1Write(text, at)
  // No more room than one byte a char: as UTF-8, which is tried first, it could be twice as long.
  return (text, at) => void writeText(new Uint8Array(memory, at, text.length), text)
}

interface Runtime {
  readonly Buffer?: unknown
}

function bufferOn(memory: ArrayBuffer, runtime: Runtime): Latin1Buffer | undefined {
  return (runtime.Buffer as { from(memory: ArrayBuffer): Latin1Buffer } | undefined)?.from(memory)
}
