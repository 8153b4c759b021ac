/** What a key is, read from its DER: SubjectPublicKeyInfo (RFC 5280) or PKCS#8 (RFC 5958). For hosts that do not tell. */

import {
  BIT_STRING,
  bitsOf,
  type Element,
  elementsOf,
  INTEGER,
  insideOf,
  OBJECT_ID,
  OCTET_STRING,
  oidText,
  SEQUENCE,
} from './der.js'
import type { KeyFacts } from './host.js'
import { notAKey, notTaken } from './kinds.js'

const RSA = '1.2.840.113549.1.1.1'
const DSA = '1.2.840.10040.4.1'
const EC = '1.2.840.10045.2.1'
const ED25519 = '1.3.101.112'
const P256 = '1.2.840.10045.3.1.7'

/** Names of kinds that are not taken, as OpenSSL calls them. */
const NAMES: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.10': 'rsa-pss',
  '1.3.101.110': 'x25519',
  '1.3.101.111': 'x448',
  '1.3.101.113': 'ed448',
  '1.3.132.0.10': 'ec secp256k1',
  '1.3.132.0.34': 'ec secp384r1',
  '1.3.132.0.35': 'ec secp521r1',
}

/** Throws `ERR_TKT_OPTIONS` where the bytes are no key or one of a kind that is not taken. */
export function publicFacts(spki: Uint8Array): KeyFacts {
  const [algorithm, key] = insideOf(spki, SEQUENCE) ?? []
  if (key?.tag !== BIT_STRING) throw notAKey('public')
  // The first byte counts the bits at the end that do not: none, in a key.
  return factsOf('public', algorithm, (rsa) => insideOf(rsa, SEQUENCE)?.[0], key.body.subarray(1))
}

export function privateFacts(pkcs8: Uint8Array): KeyFacts {
  const [version, algorithm, key] = insideOf(pkcs8, SEQUENCE) ?? []
  if (version?.tag !== INTEGER || key?.tag !== OCTET_STRING) throw notAKey('private')
  // Behind a version of its own comes the modulus.
  return factsOf('private', algorithm, (rsa) => insideOf(rsa, SEQUENCE)?.[1], key.body)
}

function factsOf(
  which: 'public' | 'private',
  algorithm: Element | undefined,
  modulusOf: (rsa: Uint8Array) => Element | undefined,
  key: Uint8Array,
): KeyFacts {
  const [oid, parameters] = algorithm?.tag === SEQUENCE ? partsOf(algorithm) : []
  if (oid?.tag !== OBJECT_ID) throw notAKey(which)
  const kind = oidText(oid.body)
  if (kind === ED25519) return { kind: 'ed25519', bits: 256 }
  if (kind === EC) {
    const curve = parameters?.tag === OBJECT_ID ? oidText(parameters.body) : 'without a named curve'
    if (curve === P256) return { kind: 'ecdsa', bits: 256 }
    throw notTaken(NAMES[curve] ?? `ec ${curve}`)
  }
  // A DSA key's group begins with its prime.
  const number = kind === RSA ? modulusOf(key) : kind === DSA ? parameters && partsOf(parameters)[0] : undefined
  if (kind !== RSA && kind !== DSA) throw notTaken(NAMES[kind] ?? kind)
  if (number?.tag !== INTEGER) throw notAKey(which)
  return { kind: kind === RSA ? 'rsa' : 'dsa', bits: bitsOf(number.body) }
}

function partsOf({ body }: Element): Element[] {
  return elementsOf(body) ?? []
}
