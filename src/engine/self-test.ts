/** Known answers from the real C modules, run once per process: they prove this binary and have it compiled for speed. */

import { TktError } from '../errors.js'
import type { Dialect, Digest } from '../types.js'
import { type Batch, createBatch, RECORD_WORDS, STATUS } from './batch.js'
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
  /** The fields as they stand in the ticket, where that is otherwise. */
  readonly written?: string
  /** The digests that the module or issuer gave; raw ones in hex. */
  readonly digests: Readonly<Partial<Record<Digest, string>>>
}

const SECRET = '0123456789abcdef0123456789abcdef'
const IP = { bytes: Uint8Array.of(192, 0, 2, 10), text: '192.0.2.10' }
const recorded = { secret: SECRET, address: IP, issuedAt: 1700000000 }
const FINANCE = 'f01fa9e8d55f715aeb4f5129e05234d2'

// Tickets of the Perl issuer that ships with mod_auth_tkt: native-fixtures/recorded/issuers.json.
const CANONICAL: KnownAnswer = {
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
}

/** The others are of native-fixtures/recorded/dialects.json, by its ids, and of native-fixtures/live. */
const KNOWN: Readonly<Record<Dialect | 'sha1', KnownAnswer>> = {
  apache: CANONICAL,
  yola: CANONICAL,
  // 46, APMG's issuer: the only one with SHA-1.
  sha1: { ...recorded, fields: 'alice!finance!d', digests: { sha1: 'f7c00819e790893668fc06af641d76b5df7c4076' } },
  // 71, 77 and 81: the address is ignored.
  lighttpd: {
    ...recorded,
    address: { bytes: new Uint8Array(4), text: '' },
    fields: 'alice!finance,admin!hello world',
    digests: {
      md5: '0f00ad81b1ba03adf7585119e0c14882',
      sha256: '303ebb15d6689778159a36f55c1eb8916894f1bcdec320cb7cea093aa0d2a6ad',
      sha512:
        'df4fabfad9aa5197c3c219234482311722f639e53ac97577e688292a94517402' +
        '0ae57d2174219309d6e595dc5a284783785154c34780c284f503be4fe737c3ea',
    },
  },
  // 3.
  paste: {
    ...recorded,
    fields: 'alice@example.com!finance!x=1|y=2',
    written: 'alice%40example.com!finance!x=1|y=2',
    digests: { md5: '8d9ee3ffd152cec3ffdb3e337266cf75' },
  },
  // 13: an IPv6 client.
  pyramid: {
    ...recorded,
    address: { bytes: Uint8Array.of(0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1), text: '2001:db8::1' },
    fields: 'alice!finance!d',
    digests: {
      sha512:
        'a46ca487a0d1b0e9ad0bb03eb3da0fdc339f42d92e3e57e3ccb259fc6c2755e0' +
        '9fca0501722162a737379d31032ebce82e382350e93e05d8bb01770ced30ab4b',
    },
  },
  // 28.
  repoze: {
    ...recorded,
    address: { bytes: new Uint8Array(4), text: '' },
    fields: 'alice!finance!hello',
    digests: { md5: 'a7fa24c185a7c19de3d23e109240b866' },
  },
  // 34: the fields are UTF-8.
  plone: {
    ...recorded,
    address: { bytes: new Uint8Array(4), text: '' },
    fields: '\u00c3\u00a4lice!Reviewer!donn\u00c3\u00a9es',
    digests: { sha256: '715ff200268357e652644036f39b16d35f2f78897c26e6079b2b6f88cc15cc45' },
  },
  // Made by the real issuer in PHP 8.2.
  'php-contrib': {
    ...recorded,
    fields: 'alice!finance,admin!hello world',
    written: 'd1Ktz!A5chcOG,hFteP!-QNhvBDkTUB',
    digests: { md5: FINANCE },
  },
  // 62.
  'passport-authtkt': {
    ...recorded,
    fields: 'alice!finance,admin!hello world',
    written: 'alice!finance,admin!aGVsbG8gd29ybGQ=',
    digests: { md5: FINANCE },
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
    if (!knownFor(dialect, digest).every(([one, known]) => answers(engineFactory(), one, known))) {
      throw new TktError('ERR_TKT_ENGINE', `self-test: this runtime computes wrong ${name} tickets`)
    }
    passed.add(name)
  }
}

/** Of `batchSelfTest`: cookie values of a call, and calls until its code has been compiled for speed. */
const BATCH_TICKETS = 64
const BATCH_ROUNDS = 40

const passedBatches = new Set<string>()

/** The same of the batch module, whose lanes are filled with good and forged tickets in turns. */
export function batchSelfTest(
  keys: readonly { readonly digest: Digest; readonly dialect: Dialect }[],
  batchFactory: (engine: Engine) => Batch = createBatch,
  passed: Set<string> = passedBatches,
): void {
  for (const { digest, dialect } of keys) {
    const name = `${dialect} ${digest}`
    if (passed.has(name)) continue
    if (!knownFor(dialect, digest).every(([one, known]) => answersMany(batchFactory, one, known))) {
      throw new TktError('ERR_TKT_ENGINE', `self-test: this runtime computes wrong ${name} tickets in batches`)
    }
    passed.add(name)
  }
}

/** The dialect's own answer with this digest, or one with another and mod_auth_tkt's with this. */
function knownFor(dialect: Dialect, digest: Digest): (readonly [Dialect, Known])[] {
  const own = KNOWN[dialect]
  const [[name, value]] = Object.entries(own.digests) as [[Digest, string]]
  const given = own.digests[digest]
  if (given !== undefined) return [[dialect, { ...own, digest, given }]]
  const other = KNOWN[digest === 'sha1' ? 'sha1' : 'apache']
  return [
    [dialect, { ...own, digest: name, given: value }],
    ['apache', { ...other, digest, given: other.digests[digest] as string }],
  ]
}

type Known = KnownAnswer & { readonly digest: Digest; readonly given: string }

function answers(engine: Engine, dialect: Dialect, known: Known): boolean {
  const found = sealed(engine, dialect, known)
  if (found === undefined) return false
  for (let round = 0; round < ROUNDS; round += 2) {
    if (engine.verify(found.good) !== 1 || engine.verify(found.forged) !== MISMATCH) return false
  }
  engine.wipe()
  return true
}

function answersMany(batchFactory: (engine: Engine) => Batch, dialect: Dialect, known: Known): boolean {
  const engine = createEngine()
  const { good, forged } = sealed(engine, dialect, known) as Sealed
  const batch = batchFactory(engine)
  batch.place(0)
  batch.useAddress(known.address)
  const values = Array.from({ length: BATCH_TICKETS }, (_, i) => (i % 2 === 0 ? good : forged))
  for (let round = 0; round < BATCH_ROUNDS; round++) {
    batch.write(values.join(''))
    for (let i = 0, at = 0; i < BATCH_TICKETS; at += good.length, i++) {
      batch.starts[i] = at
      batch.lengths[i] = good.length
    }
    batch.verify(BATCH_TICKETS, false, 0)
    for (let i = 0; i < BATCH_TICKETS; i++) {
      if (batch.records[i * RECORD_WORDS + STATUS] !== (i % 2 === 0 ? 1 : MISMATCH)) return false
    }
    batch.wipe()
  }
  return true
}

interface Sealed {
  readonly good: string
  /** As long, and wrong. */
  readonly forged: string
}

/** Cookie values of the known ticket, with its key loaded; undefined where the engine makes another one of it. */
function sealed(engine: Engine, dialect: Dialect, known: Known): Sealed | undefined {
  const { fields, written = fields, issuedAt, given } = known
  engine.loadKey(new TextEncoder().encode(known.secret), known.digest, DIALECTS[dialect])
  engine.useAddress(known.address)
  const head = DIALECTS[dialect].hmac ? rawBytes(given) : given
  if (engine.seal(fields, issuedAt, 'raw') !== head + issuedAt.toString(16).padStart(8, '0') + written) return undefined
  const good = engine.seal(fields, issuedAt, 'base64') as string
  const other = engine.seal(fields.toUpperCase(), issuedAt, 'base64') as string
  // Half of one ticket and half of the other.
  return { good, forged: good.slice(0, 40) + other.slice(40) }
}

function rawBytes(hex: string): string {
  return hex.replace(/../g, (byte) => String.fromCharCode(Number.parseInt(byte, 16)))
}
