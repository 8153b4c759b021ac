/** `authtkt issue`: one ticket on stdout. */

import { Command, Option } from 'commander'
import { createIssuer } from '../ticket/issue.js'
import type { Encoding } from '../types.js'
import { type ConfiguredKeys, configuredKeys, meansSigned } from './configured-keys.js'
import { addSignedTicketOptions, issueSigned, type SignedTicketOptions } from './issue-signed.js'
import { PRIVATE_KEY_VARIABLE } from './key-files.js'
import { addKeyOptions, clock, type KeyOptions, parseTime, readKeys } from './keys.js'
import { misuse, type Output } from './output.js'
import { addSignedOptions } from './signed-keys.js'

export interface IssueOptions extends KeyOptions, SignedTicketOptions {
  uid: string
  tokens?: string
  data?: string
  time?: number
  encoding?: Encoding
}

export function issueCommand(output: Output): Command {
  const command = new Command('issue')
    .description('Make a ticket and print its cookie value.')
    .requiredOption('--uid <uid>', 'who the ticket is for')
    .option('--tokens <labels>', 'authorisation labels, separated by commas')
    .option('--data <text>', 'user data')
    .option('--time <seconds>', 'unix time of the ticket (default: now)', parseTime)
    .addOption(
      new Option(
        '--encoding <name>',
        "form of the cookie value (default: the dialect's own, mostly base64; signed: percent)",
      ).choices(['base64', 'raw', 'percent', 'quoted']),
    )
  return addKeys(command).action(async (options: IssueOptions) => {
    const configured = options.config === undefined ? undefined : await configuredKeys(options.config, options)
    const signs = isSigned(options, configured)
    const value = signs ? issueSigned(options, configured, output) : issueKeyed(options, configured, output)
    output.out(`${value}\n`)
  })
}

function addKeys(command: Command): Command {
  return addSignedTicketOptions(addSignedOptions(addKeyOptions(command), 'privateKeyFile'))
}

/** Whether the ticket is to be one of mod_auth_pubtkt. */
function isSigned(options: IssueOptions, configured: ConfiguredKeys | undefined): boolean {
  const { publicKeyFile, privateKeyFile, secretFile, dialect } = options
  if (publicKeyFile !== undefined) {
    throw misuse(
      '--public-key-file: a public key makes no tickets; give --private-key-file with the key that belongs to it',
    )
  }
  if (configured !== undefined) {
    checkSigns(configured)
    return meansSigned(configured, configured.signingKey !== undefined)
  }
  if (privateKeyFile !== undefined) return true
  if (secretFile !== undefined || dialect !== undefined || process.env[PRIVATE_KEY_VARIABLE] === undefined) return false
  if (process.env.AUTHTKT_SECRET === undefined) return true
  throw misuse(`AUTHTKT_SECRET and ${PRIVATE_KEY_VARIABLE} are both set; unset one of them, or name a file`)
}

/** A server that checks signed tickets needs no key that makes them, and mod_auth_pubtkt's configuration has no place for one. */
function checkSigns({ file, keys, publicKeys, signingKey, module, loaded }: ConfiguredKeys): void {
  const signed = publicKeys.length > 0 || loaded.options.module === 'mod_auth_pubtkt'
  if (!signed || signingKey !== undefined || keys.length > 0 || module === 'mod_auth_tkt') return
  const digest = publicKeys[0]?.digest
  const command = `authtkt issue --private-key-file FILE${digest === undefined ? '' : ` --digest ${digest}`}`
  throw misuse(
    `${file}: it has public keys, which make no tickets; give the private key of the login instead of --config: ${command}`,
  )
}

function issueKeyed(options: IssueOptions, configured: ConfiguredKeys | undefined, output: Output): string {
  if (!options.ignoreIp && options.ip === undefined) {
    throw misuse('give --ip ADDRESS, or --ignore-ip for a ticket that binds no address')
  }
  const strange = (['valid', 'validUntil', 'grace', 'multifactor', 'allow'] as const).find(
    (name) => options[name] !== undefined,
  )
  if (strange !== undefined) {
    const flag = `--${strange === 'validUntil' ? 'valid-until' : strange}`
    throw misuse(`${flag} is for signed tickets, which --private-key-file makes; leave it out`)
  }
  const issuer = createIssuer({
    // Who names the dialect here has been warned.
    allowShiftableFields: true,
    keys: readKeys(options, configured, output),
    ignoreIp: options.ignoreIp === true,
    charset: 'utf8',
    selfTest: false,
  })
  const fields = {
    uid: options.uid,
    tokens: options.tokens ? options.tokens.split(',') : [],
    userData: options.data ?? '',
  }
  const { ip, time: now = clock(), encoding } = options
  return issuer.issue(fields, { ip, now, ...(encoding ? { encoding } : {}) })
}
