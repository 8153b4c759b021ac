/** The little of DER (X.690) that keys and signatures are made of, read strictly: one spelling for each value. */

type Bytes = Uint8Array<ArrayBuffer>

export const INTEGER = 0x02
export const BIT_STRING = 0x03
export const OCTET_STRING = 0x04
export const OBJECT_ID = 0x06
export const SEQUENCE = 0x30

export interface Element {
  readonly tag: number
  readonly body: Bytes
}

/** The elements that fill `bytes` to the last one; undefined where they are no DER. */
export function elementsOf(bytes: Uint8Array): Element[] | undefined {
  const elements: Element[] = []
  let at = 0
  while (at < bytes.length) {
    const head = lengthAt(bytes, at + 1)
    if (head === undefined || head.at + head.length > bytes.length) return undefined
    elements.push({ tag: bytes[at] as number, body: bytes.slice(head.at, head.at + head.length) })
    at = head.at + head.length
  }
  return elements
}

/** The elements in the one of `tag` that fills `bytes`. */
export function insideOf(bytes: Uint8Array | undefined, tag: number): Element[] | undefined {
  const [only, ...more] = (bytes && elementsOf(bytes)) ?? []
  return only?.tag === tag && more.length === 0 ? elementsOf(only.body) : undefined
}

/** A length of up to 65535, in its shortest form; `at` is where the body begins. */
function lengthAt(bytes: Uint8Array, at: number): { at: number; length: number } | undefined {
  const [first, second = 0, third = 0] = bytes.subarray(at, at + 3)
  if (first === undefined) return undefined
  if (first < 0x80) return { at: at + 1, length: first }
  if (first === 0x81 && second >= 0x80) return { at: at + 2, length: second }
  if (first === 0x82 && second !== 0) return { at: at + 3, length: (second << 8) | third }
  return undefined
}

/** Dotted text of an object identifier. */
export function oidText([first = 0, ...rest]: Uint8Array): string {
  const numbers = [Math.min(2, Math.floor(first / 40)), first % 40]
  let number = 0
  for (const byte of rest) {
    number = number * 128 + (byte & 0x7f)
    if (byte >= 0x80) continue
    numbers.push(number)
    number = 0
  }
  return numbers.join('.')
}

/** Bits of an unsigned INTEGER's body. */
export function bitsOf(body: Uint8Array): number {
  const from = body.findIndex((byte) => byte !== 0)
  return from < 0 ? 0 : (body.length - from) * 8 - (Math.clz32(body[from] as number) - 24)
}

/** Bytes of a signature's two numbers on P-256. */
const HALF = 32

/** The ECDSA signature `SEQUENCE { r, s }` as WebCrypto takes it, r and s side by side; undefined where it is none. */
export function rawSignature(der: Uint8Array): Bytes | undefined {
  const numbers = insideOf(der, SEQUENCE)
  if (numbers?.length !== 2) return undefined
  const raw = new Uint8Array(2 * HALF)
  for (const [index, { tag, body }] of numbers.entries()) {
    if (tag !== INTEGER || !isShortest(body)) return undefined
    const digits = body[0] === 0 ? body.subarray(1) : body
    if (digits.length > HALF) return undefined
    raw.set(digits, (index + 1) * HALF - digits.length)
  }
  return raw
}

/** Not negative, and no zero in front but the one that keeps it so. */
function isShortest([first, second = 0xff]: Uint8Array): boolean {
  return first !== undefined && first < 0x80 && (first !== 0 || second >= 0x80)
}

/** WebCrypto's r and s as OpenSSL writes them. */
export function derSignature(raw: Uint8Array): Bytes {
  const numbers = [raw.subarray(0, HALF), raw.subarray(HALF)].flatMap((half) => {
    const from = half.findIndex((byte) => byte !== 0)
    const digits = half.subarray(from < 0 ? HALF - 1 : from)
    const body = (digits[0] as number) < 0x80 ? [...digits] : [0, ...digits]
    return [INTEGER, body.length, ...body]
  })
  return Uint8Array.of(SEQUENCE, numbers.length, ...numbers)
}
