/** `authtkt verify`: cookie values in, one JSON verdict a line out. */

import { Command } from 'commander'
import { createVerifier } from '../ticket/verify.js'
import type { VerifyResult } from '../types.js'
import { addKeyOptions, clock, type KeyOptions, misuse, parseDuration, parseTime, readKeys } from './keys.js'
import { readLines } from './lines.js'
import type { Output } from './output.js'

interface VerifyOptions extends KeyOptions {
  now?: number
  timeout?: number
  summary?: boolean
}

export function verifyCommand(output: Output, finish: (exitCode: number) => void): Command {
  const command = new Command('verify')
    .description('Check cookie values, one a line, and print one JSON verdict for each.')
    .argument('[file...]', 'files with cookie values (default: standard input)')
    .option('--now <seconds>', "unix time to judge by (default: the clock's)", parseTime)
    .option(
      '--timeout <duration>',
      'how long a ticket is good for, such as 2h (default: no expiry check)',
      parseDuration,
    )
    .option('--summary', 'print counts by verdict instead of the verdicts')
  return addKeyOptions(command).action(async (files: string[], options: VerifyOptions) => {
    if (!options.ignoreIp && options.ip === undefined) {
      throw misuse('give --ip ADDRESS that the tickets bind, or --ignore-ip where they bind none')
    }
    const verifier = createVerifier({
      keys: readKeys(options, output),
      ignoreIp: options.ignoreIp === true,
      ...(options.timeout === undefined ? {} : { timeout: options.timeout }),
    })
    const context = { ip: options.ip, now: options.now ?? clock() }
    const counts: Record<string, number> = {}
    let line = 0
    for await (const cookieValue of readLines(files)) {
      line++
      const result = verifier.verify(cookieValue, context)
      if (!result.ok) finish(1)
      const verdict = result.ok ? 'ok' : result.reason
      counts[verdict] = (counts[verdict] ?? 0) + 1
      if (!options.summary) output.out(`${JSON.stringify(row(line, result))}\n`)
    }
    if (options.summary) output.out(`${JSON.stringify({ lines: line, ...counts })}\n`)
    if (line === 0) output.err('authtkt: no cookie values: the input is empty\n')
  })
}

/** The verdict as a flat object: others script against these names. */
function row(line: number, result: VerifyResult): object {
  if (!result.ok) return { line, ok: false, reason: result.reason }
  return { line, ok: true, ...result.ticket, keyIndex: result.keyIndex }
}
