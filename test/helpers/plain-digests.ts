/**
 * The digests straight from their specifications: rolled rounds, the schedule in an array, whole messages. Slow, and plain
 * enough to be read beside the text: the oracle of the engine's kernels, which are neither.
 */

const rotl32 = (x: number, n: number): number => (x << n) | (x >>> (32 - n))
const rotr32 = (x: number, n: number): number => (x >>> n) | (x << (32 - n))
const rotr64 = (x: bigint, n: bigint): bigint => BigInt.asUintN(64, (x >> n) | (x << (64n - n)))

/** The message, 0x80, zeros, and its length in bits: in the last 8 of 64 bytes, or the last 16 of 128. */
function padded(message: Uint8Array, block: 64 | 128, littleEndian: boolean): DataView {
  const length = Math.ceil((message.length + 1 + block / 8) / block) * block
  const bytes = new Uint8Array(length)
  bytes.set(message)
  bytes[message.length] = 0x80
  const view = new DataView(bytes.buffer)
  view.setBigUint64(length - 8, BigInt(message.length) * 8n, littleEndian)
  return view
}

function hex32(words: Int32Array, littleEndian: boolean): string {
  const view = new DataView(new ArrayBuffer(words.length * 4))
  for (const [i, word] of words.entries()) view.setInt32(i * 4, word, littleEndian)
  return Buffer.from(view.buffer).toString('hex')
}

const primes = (count: number): number[] => {
  const found: number[] = []
  for (let n = 2; found.length < count; n++) if (found.every((prime) => n % prime !== 0)) found.push(n)
  return found
}

/** The first 64 bits of the fractional part of the n-th root: found by halving, in whole numbers. */
function rootBits(prime: number, n: 2 | 3): bigint {
  const target = BigInt(prime) << BigInt(64 * n)
  let low = 0n
  for (let bit = 1n << 70n; bit > 0n; bit >>= 1n) if ((low + bit) ** BigInt(n) <= target) low += bit
  return BigInt.asUintN(64, low)
}

const CUBE_ROOTS = BigUint64Array.from(primes(80), (prime) => rootBits(prime, 3))
const SQUARE_ROOTS = BigUint64Array.from(primes(8), (prime) => rootBits(prime, 2))
const K256 = Int32Array.from(CUBE_ROOTS.subarray(0, 64), (root) => Number(root >> 32n))
const SINES = Int32Array.from({ length: 64 }, (_, i) => Math.floor(2 ** 32 * Math.abs(Math.sin(i + 1))))
const START = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0)

/** RFC 1321, section 3. */
export function plainMd5(message: Uint8Array): string {
  const SHIFTS = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21]
  const state = START.slice(0, 4)
  const view = padded(message, 64, true)
  for (let block = 0; block < view.byteLength; block += 64) {
    let [a = 0, b = 0, c = 0, d = 0] = state
    for (let i = 0; i < 64; i++) {
      const step = [
        [(b & c) | (~b & d), i],
        [(b & d) | (c & ~d), 5 * i + 1],
        [b ^ c ^ d, 3 * i + 5],
        [c ^ (b | ~d), 7 * i],
      ] as const
      const [mixed, word] = step[i >> 4] as readonly [number, number]
      const sum = (a + mixed + view.getInt32(block + 4 * (word % 16), true) + (SINES[i] as number)) | 0
      a = d
      d = c
      c = b
      b = (b + rotl32(sum, SHIFTS[(i >> 4) * 4 + (i % 4)] as number)) | 0
    }
    for (const [i, word] of [a, b, c, d].entries()) state[i] = (state[i] as number) + word
  }
  return hex32(state, true)
}

/** FIPS 180-4, section 6.1. */
export function plainSha1(message: Uint8Array): string {
  const state = START.slice()
  const view = padded(message, 64, false)
  const w = new Int32Array(80)
  const at = (i: number) => w[i] as number
  for (let block = 0; block < view.byteLength; block += 64) {
    for (let t = 0; t < 16; t++) w[t] = view.getInt32(block + 4 * t)
    for (let t = 16; t < 80; t++) w[t] = rotl32(at(t - 3) ^ at(t - 8) ^ at(t - 14) ^ at(t - 16), 1)
    let [a = 0, b = 0, c = 0, d = 0, e = 0] = state
    for (let t = 0; t < 80; t++) {
      const step = [
        [(b & c) ^ (~b & d), 0x5a827999],
        [b ^ c ^ d, 0x6ed9eba1],
        [(b & c) ^ (b & d) ^ (c & d), 0x8f1bbcdc],
        [b ^ c ^ d, 0xca62c1d6],
      ] as const
      const [mixed, k] = step[Math.floor(t / 20)] as readonly [number, number]
      const sum = (rotl32(a, 5) + mixed + e + k + at(t)) | 0
      e = d
      d = c
      c = rotl32(b, 30)
      b = a
      a = sum
    }
    for (const [i, word] of [a, b, c, d, e].entries()) state[i] = (state[i] as number) + word
  }
  return hex32(state, false)
}

/** FIPS 180-4, section 6.2. */
export function plainSha256(message: Uint8Array): string {
  const state = Int32Array.from(SQUARE_ROOTS, (root) => Number(root >> 32n))
  const view = padded(message, 64, false)
  const w = new Int32Array(64)
  const at = (i: number) => w[i] as number
  const s0 = (x: number) => rotr32(x, 7) ^ rotr32(x, 18) ^ (x >>> 3)
  const s1 = (x: number) => rotr32(x, 17) ^ rotr32(x, 19) ^ (x >>> 10)
  for (let block = 0; block < view.byteLength; block += 64) {
    for (let t = 0; t < 16; t++) w[t] = view.getInt32(block + 4 * t)
    for (let t = 16; t < 64; t++) w[t] = s1(at(t - 2)) + at(t - 7) + s0(at(t - 15)) + at(t - 16)
    let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state
    for (let t = 0; t < 64; t++) {
      const sum1 = rotr32(e, 6) ^ rotr32(e, 11) ^ rotr32(e, 25)
      const sum0 = rotr32(a, 2) ^ rotr32(a, 13) ^ rotr32(a, 22)
      const t1 = (h + sum1 + ((e & f) ^ (~e & g)) + (K256[t] as number) + at(t)) | 0
      const t2 = (sum0 + ((a & b) ^ (a & c) ^ (b & c))) | 0
      ;[h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0]
    }
    for (const [i, word] of [a, b, c, d, e, f, g, h].entries()) state[i] = (state[i] as number) + word
  }
  return hex32(state, false)
}

/** FIPS 180-4, section 6.4. An array of 64-bit words keeps the sums to 64 bits. */
export function plainSha512(message: Uint8Array): string {
  const state = SQUARE_ROOTS.slice()
  const view = padded(message, 128, false)
  const w = new BigUint64Array(80)
  const v = new BigUint64Array(8)
  const at = (i: number) => w[i] as bigint
  const s0 = (x: bigint) => rotr64(x, 1n) ^ rotr64(x, 8n) ^ (x >> 7n)
  const s1 = (x: bigint) => rotr64(x, 19n) ^ rotr64(x, 61n) ^ (x >> 6n)
  for (let block = 0; block < view.byteLength; block += 128) {
    for (let t = 0; t < 16; t++) w[t] = view.getBigUint64(block + 8 * t)
    for (let t = 16; t < 80; t++) w[t] = s1(at(t - 2)) + at(t - 7) + s0(at(t - 15)) + at(t - 16)
    v.set(state)
    for (let t = 0; t < 80; t++) {
      const [a = 0n, b = 0n, c = 0n, d = 0n, e = 0n, f = 0n, g = 0n, h = 0n] = v
      const sum1 = rotr64(e, 14n) ^ rotr64(e, 18n) ^ rotr64(e, 41n)
      const sum0 = rotr64(a, 28n) ^ rotr64(a, 34n) ^ rotr64(a, 39n)
      const t1 = h + sum1 + ((e & f) ^ (BigInt.asUintN(64, ~e) & g)) + (CUBE_ROOTS[t] as bigint) + at(t)
      const t2 = sum0 + ((a & b) ^ (a & c) ^ (b & c))
      v.set([t1 + t2, a, b, c, d + t1, e, f, g])
    }
    for (const [i, word] of v.entries()) state[i] = (state[i] as bigint) + word
  }
  return Array.from(state, (word) => word.toString(16).padStart(16, '0')).join('')
}
