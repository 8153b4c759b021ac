/** What is wrong with public and private keys: told when a guard is made, by place, and never with the key in it. */

import { TktError } from '../errors.js'
import type { AsyncSignatureHost, KeyFacts, SignatureHost } from '../pubtkt/host.js'
import { nodeSignatures } from '../pubtkt/node-signatures.js'
import { weaknessesOf, weaknessText } from '../pubtkt/weakness.js'
import { findProblems } from './check.js'
import type { Compat } from './defaults.js'
import { type OptionIssue, type ParsedGuard, type ParsedPublicKey, type ParsedSigningKey, placeOf } from './options.js'

type Path = readonly PropertyKey[]

/** A key of the options, and where it stands. */
interface Placed {
  readonly key: ParsedPublicKey | ParsedSigningKey
  readonly path: Path
}

const NOBODY =
  'this runtime has no node:crypto that could check signatures; use createAsyncGuard with webCryptoSignatures()'

/** Who checks signatures: who was named, or node:crypto. An error where a guard that cannot wait would have to. */
export function syncHost({ signatures }: ParsedGuard): SignatureHost | undefined {
  const host = signatures ?? nodeSignatures()
  if (host?.async) {
    throw new TktError(
      'ERR_TKT_OPTIONS',
      'createGuard: signatures: WebCrypto answers with promises, and decide cannot wait; use createAsyncGuard',
    )
  }
  return host
}

/** A key, and what is known of it; or why it is none. */
interface Known extends Placed {
  readonly facts: KeyFacts | string
}

/** All keys of the options, at whatever level. */
export function readKeys(options: ParsedGuard): Known[] {
  const keys = keysOf(options)
  const host = keys.length === 0 ? undefined : syncHost(options)
  return keys.map((placed) => ({ ...placed, facts: host === undefined ? NOBODY : factsOf(host, placed) }))
}

/** The same for keys of WebCrypto. */
export async function readKeysLater(options: ParsedGuard, host: AsyncSignatureHost): Promise<Known[]> {
  const known: Known[] = []
  for (const placed of keysOf(options)) {
    const { key } = placed
    const opened: Promise<KeyFacts> =
      'publicKey' in key ? host.publicKey(key.publicKey) : host.privateKey(key.privateKey)
    known.push({ ...placed, facts: await opened.catch(messageOf) })
  }
  return known
}

/** Keys that are none, lack their digest, or are weak without being allowed to be. Exact guards only warn of the last. */
export function keyProblems(keys: readonly Known[], compat: Compat): OptionIssue[] {
  return keys.flatMap((known) => issuesOf(known, compat))
}

/**
 * All that `createGuard` would refuse in options of the right shape: for readers, which know the lines. `weak`: weak keys
 * as well; a syntax that cannot allow them is for converting, too.
 */
export function allProblems(options: ParsedGuard, compat: Compat, weak: boolean): OptionIssue[] {
  const issues = findProblems(options, compat)
  return issues.length > 0 ? issues : keyProblems(readKeys(options), weak ? compat : 'exact')
}

/** Weak keys that nobody has allowed, where they are not refused: `publicKeys[0] (sha1, short-rsa)`. */
export function weakKeys(keys: readonly Known[]): string[] {
  return keys.flatMap(({ key, path, facts }) => {
    const weak = typeof facts === 'string' ? [] : weaknessesOf(facts, key.digest)
    const left = weak.filter((weakness) => !key.allow?.includes(weakness))
    return left.length === 0 ? [] : [`${placeOf(path)} (${left.join(', ')})`]
  })
}

function keysOf(options: ParsedGuard): Placed[] {
  const { areas = [], hosts = [] } = options
  return [
    ...levelKeys(options, []),
    ...areas.flatMap((area, index) => levelKeys(area, ['areas', index])),
    ...hosts.flatMap((host, index) => [
      ...levelKeys(host, ['hosts', index]),
      ...(host.areas ?? []).flatMap((area, inner) => levelKeys(area, ['hosts', index, 'areas', inner])),
    ]),
  ]
}

function levelKeys(
  { publicKeys = [], signingKey }: Pick<ParsedGuard, 'publicKeys' | 'signingKey'>,
  path: Path,
): Placed[] {
  return [
    ...publicKeys.map((key, index) => ({ key, path: [...path, 'publicKeys', index] })),
    ...(signingKey === undefined ? [] : [{ key: signingKey, path: [...path, 'signingKey'] }]),
  ]
}

/** What is known of a key, or why it is none. */
function factsOf(host: SignatureHost, { key }: Placed): KeyFacts | string {
  try {
    return 'publicKey' in key ? host.publicKey(key.publicKey) : host.privateKey(key.privateKey)
  } catch (error) {
    return messageOf(error)
  }
}

/** The host's own words: they never repeat a key. */
function messageOf(error: unknown): string {
  return error instanceof TktError ? error.message : 'cannot be read'
}

function issuesOf({ key, path, facts }: Known, compat: Compat): OptionIssue[] {
  const at = 'publicKey' in key ? 'publicKey' : 'privateKey'
  if (typeof facts === 'string') return [{ path: [...path, at], message: facts }]
  if (facts.kind === 'ed25519' && key.digest !== undefined) {
    return [{ path: [...path, 'digest'], message: 'Ed25519 has no digest to choose: leave it out' }]
  }
  if (facts.kind !== 'ed25519' && key.digest === undefined) {
    return [{ path: [...path, 'digest'], message: 'is missing: sha256, sha384 or sha512; or what the tickets have' }]
  }
  const weak = compat === 'exact' ? undefined : weaknessText(facts, key.digest, key.allow)
  return weak === undefined ? [] : [{ path: [...path, at], message: weak }]
}
