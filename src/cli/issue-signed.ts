/** What `issue` does with a private key: a ticket of mod_auth_pubtkt. */

import { type Command, Option } from 'commander'
import { createPubtktIssuer } from '../pubtkt/issue.js'
import type { ConfiguredKeys } from './configured-keys.js'
import type { IssueOptions } from './issue.js'
import { clock, parseDuration, parseTime } from './keys.js'
import { misuse, type Output } from './output.js'
import { configuredSigningKey, givenSigningKey, type SignedOptions } from './signed-keys.js'

export interface SignedTicketOptions extends SignedOptions {
  valid?: number
  validUntil?: number
  grace?: number
  multifactor?: boolean
}

/** Two hours: what mod_auth_tkt gives its tickets. */
const VALID = 7200

export function addSignedTicketOptions(command: Command): Command {
  return command
    .option('--valid <duration>', 'signed: how long the ticket is good for, such as 30m (default: 2h)', parseDuration)
    .addOption(
      new Option('--valid-until <seconds>', 'signed: unix time up to which it is good')
        .argParser(parseTime)
        .conflicts('valid'),
    )
    .option('--grace <duration>', 'signed: the part at the end of that time in which it wants a refresh', parseDuration)
    .option('--multifactor', 'signed: there was more than a password')
}

export function issueSigned(options: IssueOptions, configured: ConfiguredKeys | undefined, output: Output): string {
  const { uid, tokens, data, ip, ignoreIp, encoding = 'percent', multifactor = false } = options
  if (encoding !== 'percent' && encoding !== 'raw') {
    throw misuse(`--encoding ${encoding}: signed tickets are written percent or raw`)
  }
  if (ip !== undefined && ignoreIp) throw misuse('--ip binds an address, and --ignore-ip none; give one of them')
  const key =
    configured === undefined ? givenSigningKey(options.digest, options, output) : configuredSigningKey(configured)
  const fields = {
    uid,
    tokens: tokens ? tokens.split(',') : [],
    userData: data ?? '',
    clientIp: ip,
    ...clocksOf(options),
    multifactor,
  }
  return createPubtktIssuer({ key, charset: 'utf8' }).issue(fields, { encoding })
}

/** The grace period is the last part of the ticket's life. */
function clocksOf({ time: now = clock(), valid = VALID, validUntil = now + valid, grace }: IssueOptions): {
  readonly validUntil: number
  readonly gracePeriod: number
} {
  if (validUntil > 0xffffffff) throw misuse('--valid: that is after the year 2106, which tickets cannot say; give less')
  if (validUntil < 1) throw misuse('--valid-until: a ticket that is good until 1970 is none; give a later time')
  if (grace === undefined) return { validUntil, gracePeriod: 0 }
  if (grace < validUntil - now) return { validUntil, gracePeriod: validUntil - grace }
  throw misuse('--grace: the ticket would want a refresh from the start; give less than it is good for')
}
