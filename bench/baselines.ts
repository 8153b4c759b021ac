/**
 * The competitors. Each does the whole job that `verify` and `issue` do; the foreign ones share `frame.ts`, where the
 * job around the digests is done as fast as plain JavaScript on Node can, and differ in the hashing alone.
 *
 * What lost on the way to `crypto.hash` as it is here: change of a whole verify of a typical ticket, Node 20, interleaved
 * (Node 22 and 24 rank them alike):
 *
 * - `crypto.hash(..., 'buffer')`: each digest costs twice as much; the default encoding: equal to 'hex'
 * - comparing in place of the 32-bit words: char codes of the two hex strings +2 % (MD5) to +14 % (SHA-512);
 *   `timingSafeEqual` on reused buffers +3 to +8 %, on fresh ones +14 to +22 %
 * - a new `subarray` per message in place of a view kept per length: +4 to +5 %; a new `Uint8Array`: +1 to +3 %
 * - `Buffer.from(value, 'base64')`: +5 to +8 %; `buffer.write(value, at, 'base64')`: +2 %; `atob` and writing the text
 *   back: equal
 * - the secret copied byte by byte: +1 to +5 %; with latin1Write: 0 to +4 %
 * - the second message as a string, `first + secret`: -1 to +3 %, and wrong for a secret that is no UTF-8
 * - the timestamp through `parseInt(text.slice(...), 16)`: 0 to +3 %
 * - tokens through `split(',')`: +6 to +9 %
 * - knowing base64 by the count of decoded bytes in place of two `includes`: equal
 *
 * For the others, per digest: `createHash().digest()` and hexSlice costs 60 % more than `digest('hex')`; hash-wasm's
 * `digest('binary')` and hexSlice saves 10 to 30 % of its `digest('hex')` (but costs 20 % more for MD5 on Node 24);
 * noble's `digestInto` a reused buffer and hexSlice saves 4 to 15 % of `bytesToHex(sha256(message))`.
 */
import { createHash, hash } from 'node:crypto'
import { md5 } from '@noble/hashes/legacy.js'
import { sha256, sha512 } from '@noble/hashes/sha2.js'
import { createIssuer, createVerifier } from 'authtkt'
import { createMD5, createSHA256, createSHA512 } from 'hash-wasm'
import { frameIssuer, frameVerifier, type Hasher, type Issue, type Verify } from './frame.js'
import type { Digest } from './workloads.js'
import { HEX_LENGTH } from './workloads.js'

export interface Competitor {
  readonly name: string
  verifier(secrets: readonly string[]): Verify
  /** Missing where a competitor issues as another one does. */
  issuer?(secret: string): Issue
}

/** Ours, with each field read; and with `lazyTicket`, the fields readable but not read. */
export const OURS = 'authtkt'
export const OURS_LAZY = 'authtkt lazy'
/** Ratios are against this one. */
export const REFERENCE = 'crypto.hash'

export function ours(name: string, digest: Digest, lazyTicket: boolean): Competitor {
  return {
    name,
    verifier(secrets) {
      const verifier = createVerifier({ keys: secrets.map((secret) => ({ secret, digest })), lazyTicket })
      return (cookieValue, ip) => verifier.verify(cookieValue, { ip })
    },
  }
}

function issuerOf(digest: Digest): (secret: string) => Issue {
  return (secret) => {
    const issuer = createIssuer({ keys: [{ secret, digest }] })
    return ({ uid, tokens, userData, issuedAt }, ip) => issuer.issue({ uid, tokens, userData }, { ip, now: issuedAt })
  }
}

function framed(name: string, digest: Digest, hasher: Hasher): Competitor {
  return {
    name,
    verifier: (secrets) => frameVerifier(secrets, HEX_LENGTH[digest], hasher),
    issuer: (secret) => frameIssuer(secret, HEX_LENGTH[digest], hasher),
  }
}

const { hexSlice } = Buffer.prototype

async function hashWasm(digest: Digest): Promise<Hasher> {
  const create = { md5: createMD5, sha256: createSHA256, sha512: createSHA512 }[digest]
  const instance = await create()
  const { digestSize } = instance
  return (message) => hexSlice.call(instance.init().update(message).digest('binary'), 0, digestSize)
}

function noble(digest: Digest): Hasher {
  const { create, outputLen } = { md5, sha256, sha512 }[digest]
  const out = Buffer.alloc(outputLen)
  return (message) => {
    create().update(message).digestInto(out)
    return out.hexSlice(0, outputLen)
  }
}

/** All competitors for one digest: ours first, then the reference. */
export async function competitorsFor(digest: Digest): Promise<Competitor[]> {
  return [
    { ...ours(OURS, digest, false), issuer: issuerOf(digest) },
    ours(OURS_LAZY, digest, true),
    framed(REFERENCE, digest, (message) => hash(digest, message, 'hex')),
    framed('createHash', digest, (message) => createHash(digest).update(message).digest('hex')),
    framed('hash-wasm', digest, await hashWasm(digest)),
    framed('@noble/hashes', digest, noble(digest)),
  ]
}
