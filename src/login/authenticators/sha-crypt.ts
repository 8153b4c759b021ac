/**
 * SHA-crypt, the `$5$` and `$6$` of crypt(3), after Ulrich Drepper's specification of 2008. Written here because the
 * package there is for it (unixcrypt 3.0.4) computes another hash where the password's length is a multiple of the
 * digest's, 32 or 64 bytes, and keeps the thread for 10 ms; `htpasswd -2` and `-5` are what this one is tested against.
 */

import { hash } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'

export type ShaAlgorithm = 'sha256' | 'sha512'

/** Rounds between two looks at what else the process has to do: about half a millisecond. */
const SLICE = 500
const ALPHABET = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
/** A digest is written in groups of three bytes: the first group's, and by how much each byte moves on to the next. */
const ORDER = {
  sha256: { first: [0, 10, 20], step: [21, 21, 21], size: 32, last: [31, 30] },
  sha512: { first: [0, 21, 42], step: [22, 22, 22], size: 64, last: [63] },
} as const

/** The hash alone, without `$5$rounds=...$salt$`. Gives other work its turn while it computes. */
export async function shaCrypt(
  algorithm: ShaAlgorithm,
  password: Buffer,
  salt: Buffer,
  rounds: number,
): Promise<string> {
  // Digests are kept as latin-1 text: a Buffer for each round would cost more than its digest.
  const digest = (input: Buffer): string => hash(algorithm, input, 'binary')
  let state = firstDigest(digest, password, salt)
  const p = Buffer.from(repeated(digest(times(password, password.length)), password.length), 'latin1')
  const s = Buffer.from(repeated(digest(times(salt, 16 + state.charCodeAt(0))), salt.length), 'latin1')
  const input = Buffer.alloc(2 * p.length + s.length + state.length)
  for (let round = 0; round < rounds; round++) {
    if (round > 0 && round % SLICE === 0) await nextTurn()
    const odd = round % 2 === 1
    let at = odd ? p.copy(input) : input.write(state, 'latin1')
    if (round % 3 !== 0) at += s.copy(input, at)
    if (round % 7 !== 0) at += p.copy(input, at)
    at += odd ? input.write(state, at, 'latin1') : p.copy(input, at)
    state = digest(input.subarray(0, at))
  }
  return encode(algorithm, state)
}

/** Steps 1 to 12. */
function firstDigest(digest: (input: Buffer) => string, password: Buffer, salt: Buffer): string {
  const b = digest(Buffer.concat([password, salt, password]))
  const parts = [password, salt, Buffer.from(repeated(b, password.length), 'latin1')]
  for (let bits = password.length; bits > 0; bits >>= 1) parts.push(bits & 1 ? Buffer.from(b, 'latin1') : password)
  return digest(Buffer.concat(parts))
}

function times(bytes: Buffer, count: number): Buffer {
  return Buffer.alloc(bytes.length * count, bytes)
}

function repeated(text: string, length: number): string {
  return text.repeat(Math.ceil(length / text.length)).slice(0, length)
}

/** Step 22: groups of three bytes as four letters, six bits each, the lowest first. */
function encode(algorithm: ShaAlgorithm, digest: string): string {
  const { first, step, size, last } = ORDER[algorithm]
  const around = size - last.length
  const byte = (at: number) => digest.charCodeAt(at)
  let text = ''
  for (let group = 0; group < around / 3; group++) {
    const [high, middle, low] = first.map((start, column) => byte((start + group * (step[column] as number)) % around))
    text += letters(((high as number) << 16) | ((middle as number) << 8) | (low as number), 4)
  }
  return (
    text +
    letters(
      last.reduce((bits, at) => (bits << 8) | byte(at), 0),
      last.length + 1,
    )
  )
}

function letters(bits: number, count: number): string {
  let text = ''
  for (let letter = 0; letter < count; letter++) text += ALPHABET[(bits >> (6 * letter)) & 63]
  return text
}
