/** The options that name the keys, and reading secrets from where they may be kept. */

import { readFileSync, statSync } from 'node:fs'
import { type Command, InvalidArgumentError, Option } from 'commander'
import type { TicketModule } from '../config/known.js'
import type { Format } from '../config/load.js'
import { DIALECTS } from '../engine/dialects.js'
import { parseAddress } from '../http/address.js'
import { parseDuration as durationOf } from '../policy/duration.js'
import { ringKeys } from '../policy/ring-keys.js'
import type { Dialect, Digest, Key, SignatureDigest } from '../types.js'
import { formatOption, moduleOption } from './configuration.js'
import type { ConfiguredKeys } from './configured-keys.js'
import { misuse, naming, type Output } from './output.js'
import { SIGNATURE_DIGESTS } from './signed-keys.js'

export interface SecretOptions {
  secretFile?: string[]
}

export interface KeyOptions extends SecretOptions {
  digest?: Digest | SignatureDigest
  dialect?: Dialect
  config?: string
  format?: Format
  module?: TicketModule
  host?: string
  ignoreIp?: boolean
  ip?: string
}

const DIGESTS: readonly Digest[] = ['md5', 'sha1', 'sha256', 'sha512']

/** Where secrets come from. */
export function addSecretOption(command: Command): Command {
  return command.option(
    '--secret-file <file>',
    'file with the secret; repeat it for old secrets, the newest first (default: AUTHTKT_SECRET)',
    (file: string, files: string[] | undefined) => [...(files ?? []), file],
  )
}

/** Adds the options that `issue` and `verify` share. */
export function addKeyOptions(command: Command): Command {
  return addSecretOption(command)
    .addOption(
      new Option('--digest <name>', 'digest of the tickets, or of their signatures').choices([
        ...new Set([...DIGESTS, ...SIGNATURE_DIGESTS]),
      ]),
    )
    .addOption(
      new Option(
        '--dialect <name>',
        "whose tickets: Apache's mod_auth_tkt, lighttpd's mod_authn_tkt, or another issuer's (default: apache)",
      ).choices(Object.keys(DIALECTS)),
    )
    .addOption(
      new Option('--config <file>', 'configuration file to take the keys from').conflicts([
        'secretFile',
        'digest',
        'dialect',
      ]),
    )
    .addOption(formatOption())
    .addOption(moduleOption())
    .option('--host <name>', "virtual host of the configuration (default: the main server's keys)")
    .option('--ip <address>', 'client address that the tickets bind, IPv4 or IPv6', parseIp)
    .option('--ignore-ip', 'the tickets bind no address (TKTAuthIgnoreIP)')
}

/** A secret, and what may be said of it: its place. */
export interface SourcedSecret {
  readonly secret: Uint8Array
  readonly name: string
  /** As our configurations name it. */
  readonly reference: { readonly file: string } | { readonly env: string }
}

/** The secrets that the options name. Warns of files that others can read. */
export function readSecrets(
  { secretFile }: SecretOptions,
  output: Output,
  environment: NodeJS.ProcessEnv = process.env,
): SourcedSecret[] {
  if (!secretFile) {
    const name = 'AUTHTKT_SECRET'
    return [{ secret: environmentSecret(environment), name, reference: { env: name } }]
  }
  return secretFile.map((file) => ({ secret: readSecret(file, output), name: file, reference: { file } }))
}

/** The ring that the options name. Errors name the file, never what is in it. */
export function readKeys(
  options: KeyOptions,
  configured: ConfiguredKeys | undefined,
  output: Output,
  environment: NodeJS.ProcessEnv = process.env,
): Key[] {
  const { keys, at, fix } =
    configured === undefined ? givenKeys(options, output, environment) : ringOf(configured, options)
  if (keys.some(({ dialect, strict }) => dialect === 'lighttpd' && strict === undefined)) {
    output.err(
      `authtkt: warning: ${at}fields of lighttpd tickets can be shifted by whoever has one (L9): user data can become ` +
        `tokens; ${fix}\n`,
    )
  }
  return keys
}

/** Keys, where they come from, and how they get a strict list there. */
interface Ring {
  readonly keys: Key[]
  readonly at: string
  readonly fix: string
}

function givenKeys(options: KeyOptions, output: Output, environment: NodeJS.ProcessEnv): Ring {
  const { dialect } = options
  const digest = DIGESTS.find((one) => one === options.digest)
  if (digest === undefined) {
    const list = DIGESTS.join(', ').replace(/, (?=\w+$)/, ' or ')
    if (options.digest === undefined) throw misuse(`give --digest ${list}, or --config FILE`)
    throw misuse(`--digest ${options.digest} is for signed tickets; with a secret give ${list}`)
  }
  const keys = readSecrets(options, output, environment).map(({ secret }) => ({ secret, digest, dialect }))
  return { keys, at: '', fix: 'keys[].strict says who may have which, in a configuration of ours (--config)' }
}

/** The ring of a configuration, as it stands there. */
function ringOf({ file, keys, loaded: { format, keySources } }: ConfiguredKeys, { host }: KeyOptions): Ring {
  if (keys.length === 0)
    throw misuse(`${file}: no secret is configured${host === undefined ? '; a virtual host is named with --host' : ''}`)
  const fix = 'keys[].strict says who may have which'
  if (format !== 'lighttpd') return { keys: ringKeys(keys), at: `${file}: `, fix }
  const source = keySources.get(keys[0] as (typeof keys)[number])
  const at = source === undefined ? `${file}: ` : `${source.file}:${source.line}: `
  return { keys: ringKeys(keys), at, fix: `lighttpd's syntax has nothing for it: convert it, then ${fix}` }
}

function environmentSecret({ AUTHTKT_SECRET: secret }: NodeJS.ProcessEnv): Uint8Array {
  if (secret === undefined) throw misuse('no secret: give --secret-file FILE or set AUTHTKT_SECRET')
  return checkLength(Buffer.from(secret), 'AUTHTKT_SECRET')
}

/** The bytes of a secret file without one line end at the end. */
function readSecret(file: string, output: Output): Uint8Array {
  const bytes = readFile(file)
  if ((statSync(file).mode & 0o077) !== 0) {
    output.err(`authtkt: warning: ${file}: others than its owner can read this secret; chmod 600 ${file}\n`)
  }
  return checkLength(bytes.at(-1) === 10 ? bytes.subarray(0, bytes.at(-2) === 13 ? -2 : -1) : bytes, file)
}

function readFile(file: string): Uint8Array {
  try {
    return readFileSync(file)
  } catch (error) {
    throw naming(file, error)
  }
}

function checkLength(secret: Uint8Array, where: string): Uint8Array {
  if (secret.length === 0) throw misuse(`${where}: the secret is empty; it needs 1 to 1024 bytes`)
  if (secret.length > 1024) throw misuse(`${where}: the secret is too long; it can have 1 to 1024 bytes`)
  return secret
}

/** `7200`, `2h`, `1h30m`: whole seconds. M is 30 days and y is 365, as in mod_auth_tkt. */
export function parseDuration(text: string): number {
  const seconds = durationOf(text)
  if (seconds !== undefined) return seconds
  throw new InvalidArgumentError('Give seconds, or numbers with s m h d w M y, such as 2h or 1h30m.')
}

/** An address as the user wrote it: a misspelt one would only refuse every ticket. */
export function parseIp(text: string): string {
  if (parseAddress(text)) return text
  throw new InvalidArgumentError('Give an IPv4 or IPv6 address, such as 192.0.2.7 or 2001:db8::7.')
}

/** Unix time in whole seconds, 0 to 2^32 - 1. */
export function parseTime(text: string): number {
  const time = Number(text)
  if (!/^\d{1,10}$/.test(text) || time > 0xffffffff) {
    throw new InvalidArgumentError('Give unix time in whole seconds, 0 to 4294967295.')
  }
  return time
}

/** The clock of the command line: whole seconds. */
export function clock(): number {
  return Math.floor(Date.now() / 1000)
}
