/** `authtkt verify`: cookie values in, one JSON verdict a line out. */

import { availableParallelism } from 'node:os'
import { Command, InvalidArgumentError } from 'commander'
import type { Reason } from '../types.js'
import { type ConfiguredKeys, configuredKeys, meansSigned } from './configured-keys.js'
import { addKeyOptions, clock, type KeyOptions, parseDuration, parseTime, readKeys } from './keys.js'
import { misuse, type Output } from './output.js'
import { addSignedOptions, type SignedOptions } from './signed-keys.js'
import type { Counts, Setup } from './verify-check.js'
import { sizeOf } from './verify-input.js'
import { createProgress } from './verify-progress.js'
import { verifyInput } from './verify-run.js'
import { signedSetup } from './verify-signed.js'

export interface VerifyOptions extends KeyOptions, SignedOptions {
  now?: number
  timeout?: number
  summary?: boolean
  threads?: number
  progress?: boolean
}

/** More threads than any machine has use for. */
const MOST_THREADS = 256

/** The order of a summary: what is good, what fits no key, what has had its time, what is no ticket. */
const ORDER: readonly ('ok' | Reason)[] = [
  'ok',
  'digest',
  'signature',
  'address',
  'expired',
  'user',
  'malformed',
  'too-long',
  'absent',
]

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
    .option(
      '--threads <number>',
      'how many threads a long input is worth (default: as many as there are processors)',
      parseThreads,
    )
    .option('--no-progress', 'show no progress on a terminal')
  return addSignedOptions(addKeyOptions(command), 'publicKeyFile').action(
    async (files: string[], options: VerifyOptions) => {
      const configured = options.config === undefined ? undefined : await configuredKeys(options.config, options)
      const setup = isSigned(options, configured)
        ? signedSetup(options, configured)
        : keyedSetup(options, configured, output)
      await verifyFiles(files.length === 0 ? ['-'] : files, setup, options, output, finish)
    },
  )
}

async function verifyFiles(
  files: readonly string[],
  setup: Setup,
  { summary = false, threads = availableParallelism(), progress: shown = true }: VerifyOptions,
  output: Output,
  finish: (exitCode: number) => void,
): Promise<void> {
  const totals: Counts = {}
  let lines = 0
  const { bytes, whole } = sizeOf(files)
  // Verdicts on a terminal are progress enough.
  const wanted = shown && (summary || output.columns?.('out') === undefined)
  const progress = createProgress(wanted ? output : { ...output, columns: () => undefined }, whole ? bytes : undefined)
  try {
    await verifyInput(files, { setup, rows: !summary, threads }, ({ lines: more, accepted, counts, rows }, span) => {
      if (accepted < more) finish(1)
      lines += more
      for (const name of Object.keys(counts) as (keyof Counts)[]) {
        totals[name] = (totals[name] ?? 0) + (counts[name] as number)
      }
      if (rows !== undefined) output.out(rows)
      progress.advance(span, more)
    })
  } finally {
    progress.clear()
  }
  if (summary) output.out(`${JSON.stringify({ lines, ...inOrder(totals) })}\n`)
  if (lines === 0) output.err('authtkt: no cookie values: the input is empty\n')
}

/** Whatever the blocks and threads were. */
function inOrder(counts: Counts): Counts {
  const names = [...ORDER, ...(Object.keys(counts) as Reason[])].filter((name) => counts[name] !== undefined)
  return Object.fromEntries(names.map((name) => [name, counts[name]]))
}

function parseThreads(text: string): number {
  const threads = Number(text)
  if (/^\d{1,3}$/.test(text) && threads >= 1 && threads <= MOST_THREADS) return threads
  throw new InvalidArgumentError(`Give a number from 1 to ${MOST_THREADS}.`)
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

function keyedSetup(options: VerifyOptions, configured: ConfiguredKeys | undefined, output: Output): Setup {
  if (!options.ignoreIp && options.ip === undefined) {
    throw misuse('give --ip ADDRESS that the tickets bind, or --ignore-ip where they bind none')
  }
  if (options.allow !== undefined) {
    throw misuse('--allow is for keys of signed tickets, which --public-key-file names; leave it out')
  }
  const { ip, ignoreIp = false, timeout, now = clock() } = options
  const keys = readKeys(options, configured, output)
  return {
    kind: 'keyed',
    verifier: { keys, ignoreIp, ...(timeout === undefined ? {} : { timeout }) },
    context: { ip, now },
  }
}
