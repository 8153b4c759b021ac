/**
 * Keys for what only this login may have written: forms, device cookies, the state of sign-ins elsewhere. They are
 * derived from the ring's secrets, so that every process of a site has the same ones, and none can be told from another.
 */

import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'
import { TktError } from '../errors.js'

export interface Secrets {
  /** Base64url over 18 bytes. `purpose` keeps a text signed for one thing from counting for another. */
  sign(purpose: string, text: string): string
  /** Whether one of the secrets has signed the text. */
  isSigned(purpose: string, text: string, signature: string): boolean
  /** A text that nobody else can read or make. */
  seal(purpose: string, text: string): string
  /** Undefined where it is not ours, or was sealed for something else. */
  open(purpose: string, sealed: string): string | undefined
}

/** Those that a host's forms and cookies count with at a time. */
export type SecretsFor = (host: number | undefined, now: number) => Secrets

/** What a key of a ring has, as far as it matters here. */
export interface RingKey {
  readonly secret: string | Uint8Array
  /** Unix time in whole seconds, after which it counts no more. */
  readonly acceptUntil?: number | undefined
}

const KEY = 32
const NONCE = 12
const TAG = 16
const SIGNATURE = 18

/** `secrets`: the newest first, which signs; the others still count. */
export function deriveSecrets(secrets: readonly (string | Uint8Array)[]): Secrets {
  if (secrets.length === 0) throw new TktError('ERR_TKT_OPTIONS', 'login: needs the keys of the guard; give keys')
  const derive = (purpose: string) =>
    secrets.map((secret) => Buffer.from(hkdfSync('sha256', secret, 'authtkt login', purpose, KEY)))
  const known = new Map<string, Buffer[]>()
  const keysFor = (purpose: string): Buffer[] => {
    const keys = known.get(purpose) ?? derive(purpose)
    known.set(purpose, keys)
    return keys
  }
  const macOf = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest().subarray(0, SIGNATURE)
  return {
    sign: (purpose, text) => macOf(keysFor(`sign ${purpose}`)[0] as Buffer, text).toString('base64url'),
    isSigned(purpose, text, signature) {
      const given = Buffer.from(signature, 'base64url')
      if (given.length !== SIGNATURE) return false
      return keysFor(`sign ${purpose}`).some((key) => timingSafeEqual(macOf(key, text), given))
    },
    seal(purpose, text) {
      const nonce = randomBytes(NONCE)
      const cipher = createCipheriv('aes-256-gcm', keysFor(`seal ${purpose}`)[0] as Buffer, nonce)
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url')
    },
    open(purpose, sealed) {
      const bytes = Buffer.from(sealed, 'base64url')
      if (bytes.length < NONCE + TAG) return undefined
      for (const key of keysFor(`seal ${purpose}`)) {
        const text = openWith(key, bytes)
        if (text !== undefined) return text
      }
      return undefined
    },
  }
}

/** `keysOf`: the ring of a host, undefined being the main server. Another host's keys sign nothing here. */
export function secretsByRing(keysOf: (host: number | undefined) => readonly RingKey[]): SecretsFor {
  const known = new Map<string, Secrets>()
  return (host, now) => {
    const keys = keysOf(host)
    const good = keys.map(({ acceptUntil }, index) => index === 0 || acceptUntil === undefined || now <= acceptUntil)
    const name = `${host} ${good.join()}`
    const secrets = known.get(name) ?? deriveSecrets(keys.filter((_, index) => good[index]).map(({ secret }) => secret))
    known.set(name, secrets)
    return secrets
  }
}

function openWith(key: Buffer, bytes: Buffer): string | undefined {
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE), { authTagLength: TAG })
  decipher.setAuthTag(bytes.subarray(NONCE, NONCE + TAG))
  try {
    return Buffer.concat([decipher.update(bytes.subarray(NONCE + TAG)), decipher.final()]).toString('utf8')
  } catch {
    return undefined
  }
}
