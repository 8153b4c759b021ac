/** Known answers from the real C modules, run once per process: they prove this binary and have it compiled for speed. */

import { TktError } from '../errors.js'
import type { Dialect, Digest } from '../types.js'
import { DIALECTS } from './dialects.js'
import { createEngine, type Engine, MISMATCH } from './engine.js'

/**
 * V8 starts a function in a baseline compiler, six times slower, and replaces it after some hundreds of calls: after so
 * many verifies, half of them of a forged ticket, all digests have been seen to run at full speed.
 */
const ROUNDS = 600

interface KnownAnswer {
  readonly secret: string
  readonly address: { readonly bytes: Uint8Array; readonly text: string }
  readonly issuedAt: number
  readonly fields: string
  /** The digests that the module gave. */
  readonly digests: Readonly<Partial<Record<Digest, string>>>
}

const KNOWN: Readonly<Partial<Record<Dialect, KnownAnswer>>> = {
  // Tickets of the Perl issuer that ships with mod_auth_tkt: native-fixtures/recorded/issuers.json.
  apache: {
    secret: 'cb3e1d39-98eb-4161-8bbd-f4e706999b0e',
    address: { bytes: Uint8Array.of(192, 168, 0, 255), text: '192.168.0.255' },
    issuedAt: 1,
    fields: 'bob!a,b!x y',
    digests: {
      md5: '33eb7a87f3fea070d962026e9765df2a',
      sha256: '195d85cc4fbc2a3d3600f29fed1627358aa593ee677860631d796448f877a5c5',
      sha512:
        'fd61384a1b3d7133eb9231be8788e7e88f8b81cac6d859066715637660155fbf' +
        '3b63360c0200cce6792c70328e5c4cc5a9414703bf87a5170ea32b20b9a8a576',
    },
  },
  // Tickets that mod_authn_tkt accepted: native-fixtures/recorded/dialects.json, 71, 77 and 81.
  lighttpd: {
    secret: '0123456789abcdef0123456789abcdef',
    address: { bytes: new Uint8Array(4), text: '' },
    issuedAt: 1700000000,
    fields: 'alice!finance,admin!hello world',
    digests: {
      md5: '0f00ad81b1ba03adf7585119e0c14882',
      sha256: '303ebb15d6689778159a36f55c1eb8916894f1bcdec320cb7cea093aa0d2a6ad',
      sha512:
        'df4fabfad9aa5197c3c219234482311722f639e53ac97577e688292a94517402' +
        '0ae57d2174219309d6e595dc5a284783785154c34780c284f503be4fe737c3ea',
    },
  },
}

/** `dialect digest` of what this process has been found right about. */
const passedHere = new Set<string>()

/**
 * Runs the known answers of the ring's digests and dialects, each once per process. Throws `ERR_TKT_ENGINE`. The engines
 * and the memory of what has passed are this process's own; tests bring others.
 */
export function selfTest(
  keys: readonly { readonly digest: Digest; readonly dialect: Dialect }[],
  engineFactory: () => Engine = createEngine,
  passed: Set<string> = passedHere,
): void {
  for (const { digest, dialect } of keys) {
    const name = `${dialect} ${digest}`
    if (passed.has(name)) continue
    if (!answers(engineFactory(), dialect, digest)) {
      throw new TktError('ERR_TKT_ENGINE', `self-test: this runtime computes wrong ${name} tickets`)
    }
    passed.add(name)
  }
}

function answers(engine: Engine, dialect: Dialect, digest: Digest): boolean {
  const known = KNOWN[dialect]
  if (known?.digests[digest] === undefined) return true
  engine.loadKey(new TextEncoder().encode(known.secret), digest, DIALECTS[dialect])
  engine.useAddress(known.address)
  const ticket = known.digests[digest] + known.issuedAt.toString(16).padStart(8, '0') + known.fields
  if (engine.seal(known.fields, known.issuedAt, 'raw') !== ticket) return false
  const good = engine.seal(known.fields, known.issuedAt, 'base64') as string
  const other = engine.seal(known.fields.toUpperCase(), known.issuedAt, 'base64') as string
  // Half of one ticket and half of the other: as long, and wrong.
  const forged = good.slice(0, 40) + other.slice(40)
  for (let round = 0; round < ROUNDS; round += 2) {
    if (engine.verify(good) !== 1 || engine.verify(forged) !== MISMATCH) return false
  }
  engine.wipe()
  return true
}
