/** The options that name the keys of signed tickets, and those keys: public ones that check, the private one that signs. */

import { type Command, InvalidArgumentError, Option } from 'commander'
import { secondsOf } from '../policy/ring-keys.js'
import type { KeyFacts, SignatureHost } from '../pubtkt/host.js'
import { nodeSignatures } from '../pubtkt/node-signatures.js'
import { weaknessesOf } from '../pubtkt/weakness.js'
import type { PublicKey, SignatureDigest, SigningKey, Weakness } from '../types.js'
import type { ConfiguredKeys } from './configured-keys.js'
import { PRIVATE_KEY_VARIABLE, readPrivateKey, readPublicKey, type SourcedPem } from './key-files.js'
import { explain, misuse, type Output } from './output.js'

export interface SignedOptions {
  publicKeyFile?: string[]
  privateKeyFile?: string
  allow?: Weakness[]
}

export const SIGNATURE_DIGESTS: readonly SignatureDigest[] = ['sha1', 'sha224', 'sha256', 'sha384', 'sha512']
const WEAKNESSES: readonly string[] = ['sha1', 'dsa', 'short-rsa'] satisfies Weakness[]
const HOST = nodeSignatures() as SignatureHost
/** What names keys of other tickets. */
const OTHERS = ['secretFile', 'dialect', 'config']

export function publicKeyOption(): Option {
  return new Option('--public-key-file <file>', 'PEM file that checks signed tickets; repeat it for more').argParser(
    (file: string, files: string[] | undefined) => [...(files ?? []), file],
  )
}

/** For a command that needs one of the keys; who gives the other one is told so. */
export function addSignedOptions(command: Command, wanted: 'publicKeyFile' | 'privateKeyFile'): Command {
  const open = publicKeyOption().conflicts(OTHERS)
  const secret = new Option(
    '--private-key-file <file>',
    `PEM file of the key that signs a ticket of mod_auth_pubtkt (default: ${PRIVATE_KEY_VARIABLE})`,
  ).conflicts(OTHERS)
  return command
    .addOption(open.hideHelp(wanted !== 'publicKeyFile'))
    .addOption(secret.hideHelp(wanted !== 'privateKeyFile'))
    .addOption(
      new Option('--allow <list>', `weaknesses of these keys that are put up with: ${WEAKNESSES.join(',')}`).argParser(
        weaknesses,
      ),
    )
}

function weaknesses(text: string): Weakness[] {
  const list = text.split(',')
  if (list.every((one) => WEAKNESSES.includes(one))) return list as Weakness[]
  throw new InvalidArgumentError(`Give one or more of ${WEAKNESSES.join(', ')}, with commas between them.`)
}

/** The ring of the files that were named. */
export function givenPublicKeys(files: readonly string[], digest: string | undefined, { allow }: SignedOptions) {
  return files.map((file) => {
    const key = readPublicKey(file)
    return { publicKey: key.pem, ...detailsOf(key, 'publicKey', digest, allow) }
  })
}

export function configuredPublicKeys({ file, publicKeys }: ConfiguredKeys): PublicKey[] {
  if (publicKeys.length > 0) return publicKeys.map((key) => ({ ...key, acceptUntil: secondsOf(key.acceptUntil) }))
  throw misuse(`${file}: no public key is configured, or several places have their own; give --public-key-file FILE`)
}

export function givenSigningKey(
  digest: string | undefined,
  { privateKeyFile, allow }: SignedOptions,
  output: Output,
): SigningKey {
  const key = readPrivateKey(privateKeyFile, output)
  return { privateKey: key.pem, ...detailsOf(key, 'privateKey', digest, allow) }
}

export function configuredSigningKey({ file, signingKey }: ConfiguredKeys): SigningKey {
  if (signingKey !== undefined) return signingKey
  throw misuse(`${file}: no signingKey is configured, or several places have their own; give --private-key-file FILE`)
}

/** Whether it is a key, and strong enough, with its place in the message. */
function factsOf({ pem, name }: SourcedPem, which: 'publicKey' | 'privateKey'): KeyFacts {
  try {
    return HOST[which](pem)
  } catch (error) {
    throw misuse(`${name}: ${explain(error)}`)
  }
}

/** A key with its digest: Ed25519 has one of its own, and what the others go with nobody sees from the key. */
function detailsOf(
  key: SourcedPem,
  which: 'publicKey' | 'privateKey',
  digest: string | undefined,
  allow: readonly Weakness[] = [],
): { readonly digest: SignatureDigest | undefined; readonly allow: readonly Weakness[] } {
  const facts = factsOf(key, which)
  const { name } = key
  const list = SIGNATURE_DIGESTS.join(', ').replace(/, (?=\w+$)/, ' or ')
  const known = facts.kind === 'ed25519' ? undefined : SIGNATURE_DIGESTS.find((one) => one === digest)
  if (known === undefined && facts.kind !== 'ed25519') {
    throw misuse(
      digest === undefined ? `${name}: give --digest ${list}` : `--digest ${digest} is for no signature; give ${list}`,
    )
  }
  const weak = weaknessesOf(facts, known).filter((weakness) => !allow.includes(weakness))
  if (weak.length > 0) {
    const all = [...new Set([...allow, ...weak])].join(',')
    throw misuse(`${name}: weak (${weak.join(', ')}); take a better key or digest, or give --allow ${all}`)
  }
  return { digest: known, allow }
}
