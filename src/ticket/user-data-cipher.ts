/** How yola's auth_tkt turns bytes into encrypted user data and back: PBKDF2, zlib, AES-128-OFB, on web standards alone. */

/** Of its own choice, and too few by today's measure: only a secret of random bytes is safe from guessing. */
const ROUNDS = 1000

type Bytes = Uint8Array<ArrayBuffer>
type CryptoKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>

export interface UserDataKeys {
  /** Over the plain bytes, the initialisation vector and the salt. */
  readonly mac: CryptoKey
  readonly cipher: CryptoKey
}

/** The two keys of a secret; each text has a salt of its own, so each costs a derivation. */
export async function deriveKeys(secret: Bytes, salt: Bytes): Promise<UserDataKeys> {
  const material = await crypto.subtle.importKey('raw', secret, 'PBKDF2', false, ['deriveBits'])
  const parameters = { name: 'PBKDF2', hash: 'SHA-1', salt, iterations: ROUNDS }
  const key = new Uint8Array(await crypto.subtle.deriveBits(parameters, material, 256))
  const [mac, cipher] = await Promise.all([branch(key, 'MAC'), branch(key, 'encrypt')])
  key.fill(0)
  return {
    mac: await crypto.subtle.importKey('raw', mac, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify']),
    cipher: await crypto.subtle.importKey('raw', cipher.slice(0, 16), 'AES-CBC', false, ['encrypt']),
  }
}

async function branch(key: Bytes, purpose: string): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', joined(key, new TextEncoder().encode(purpose))))
}

/**
 * OFB, which is its own inverse. The platform has CBC: over blocks of zeroes that is OFB's key stream, as each block is
 * the one before, encrypted.
 */
export async function cipherOfb(bytes: Bytes, key: CryptoKey, iv: Bytes): Promise<Bytes> {
  const zeroes = new Uint8Array(Math.ceil(bytes.length / 16) * 16)
  const stream = new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-CBC', iv }, key, zeroes))
  return bytes.map((byte, i) => byte ^ (stream[i] as number))
}

export async function deflate(bytes: Bytes): Promise<Bytes> {
  return (await through(new CompressionStream('deflate'), bytes, Number.POSITIVE_INFINITY)) as Bytes
}

/** Undefined where the bytes are no zlib stream, or one that inflates to more than `longest` bytes. */
export async function inflate(bytes: Bytes, longest: number): Promise<Bytes | undefined> {
  try {
    return await through(new DecompressionStream('deflate'), bytes, longest)
  } catch {
    return undefined
  }
}

/** Reads on only while there is room: what a small text can inflate to is never all in memory. */
async function through(
  { writable, readable }: CompressionStream | DecompressionStream,
  bytes: Bytes,
  longest: number,
): Promise<Bytes | undefined> {
  const writer = writable.getWriter()
  // The reader is told of the same trouble.
  writer.write(bytes).catch(() => {})
  writer.close().catch(() => {})
  const reader = readable.getReader()
  let all: Bytes = new Uint8Array(0)
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    all = joined(all, next.value)
    if (all.length <= longest) continue
    await reader.cancel()
    return undefined
  }
  return all
}

export function joined(...parts: readonly Uint8Array[]): Bytes {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
