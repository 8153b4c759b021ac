/** `authtkt verify`: cookie values in, one JSON verdict a line out. */

import { Command } from 'commander'
import { createVerifier } from '../ticket/verify.js'
import type { Reason } from '../types.js'
import { type ConfiguredKeys, configuredKeys, meansSigned } from './configured-keys.js'
import { addKeyOptions, clock, type KeyOptions, parseDuration, parseTime, readKeys } from './keys.js'
import { readLines } from './lines.js'
import { misuse, type Output } from './output.js'
import { addSignedOptions, type SignedOptions } from './signed-keys.js'
import { signedCheck } from './verify-signed.js'

export interface VerifyOptions extends KeyOptions, SignedOptions {
  now?: number
  timeout?: number
  summary?: boolean
}

/** What there is to say of a cookie value. */
export type Verdict = { readonly ok: true; readonly fields: object } | { readonly ok: false; readonly reason: Reason }

export type CheckValue = (cookieValue: string) => Verdict

export function verifyCommand(output: Output, finish: (exitCode: number) => void): Command {
  const command = new Command('verify')
    .description('Check cookie values, one a line, and print one JSON verdict for each.')
    .argument('[file...]', 'files with cookie values (default: standard input)')
    .option('--now <seconds>', "unix time to judge by (default: the clock's)", parseTime)
    .option(
      '--timeout <duration>',
      'how long a ticket is good for, such as 2h (default: no expiry check); signed ones say so themselves',
      parseDuration,
    )
    .option('--summary', 'print counts by verdict instead of the verdicts')
  return addSignedOptions(addKeyOptions(command), 'publicKeyFile').action(
    async (files: string[], options: VerifyOptions) => {
      const configured = options.config === undefined ? undefined : configuredKeys(options.config, options)
      const check = isSigned(options, configured)
        ? signedCheck(options, configured)
        : keyedCheck(options, configured, output)
      await verifyLines(files, check, options.summary === true, output, finish)
    },
  )
}

async function verifyLines(
  files: string[],
  check: CheckValue,
  summary: boolean,
  output: Output,
  finish: (exitCode: number) => void,
): Promise<void> {
  const counts: Record<string, number> = {}
  let line = 0
  for await (const cookieValue of readLines(files)) {
    line++
    const verdict = check(cookieValue)
    if (!verdict.ok) finish(1)
    const name = verdict.ok ? 'ok' : verdict.reason
    counts[name] = (counts[name] ?? 0) + 1
    if (!summary) output.out(`${JSON.stringify(row(line, verdict))}\n`)
  }
  if (summary) output.out(`${JSON.stringify({ lines: line, ...counts })}\n`)
  if (line === 0) output.err('authtkt: no cookie values: the input is empty\n')
}

/** The verdict as a flat object: others script against these names. */
function row(line: number, verdict: Verdict): object {
  return verdict.ok ? { line, ok: true, ...verdict.fields } : { line, ok: false, reason: verdict.reason }
}

function isSigned({ publicKeyFile, privateKeyFile }: VerifyOptions, configured: ConfiguredKeys | undefined): boolean {
  if (privateKeyFile !== undefined) {
    throw misuse(
      '--private-key-file: checking needs the public key, and the private one should be nowhere near; give --public-key-file',
    )
  }
  if (configured !== undefined) return meansSigned(configured, configured.publicKeys.length > 0)
  return publicKeyFile !== undefined
}

function keyedCheck(options: VerifyOptions, configured: ConfiguredKeys | undefined, output: Output): CheckValue {
  if (!options.ignoreIp && options.ip === undefined) {
    throw misuse('give --ip ADDRESS that the tickets bind, or --ignore-ip where they bind none')
  }
  if (options.allow !== undefined) {
    throw misuse('--allow is for keys of signed tickets, which --public-key-file names; leave it out')
  }
  const verifier = createVerifier({
    keys: readKeys(options, configured, output),
    ignoreIp: options.ignoreIp === true,
    ...(options.timeout === undefined ? {} : { timeout: options.timeout }),
  })
  const context = { ip: options.ip, now: options.now ?? clock() }
  return (cookieValue) => {
    const result = verifier.verify(cookieValue, context)
    return result.ok ? { ok: true, fields: { ...result.ticket, keyIndex: result.keyIndex } } : result
  }
}
