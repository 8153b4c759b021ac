/** `authtkt peek`: what cookie values claim, unchecked; with `--guess`, whose they are. */

import { Command } from 'commander'
import { peekTicket } from '../ticket/peek.js'
import { type GuessedLine, guessLine } from './guess.js'
import { createTries } from './guess-keys.js'
import { addSecretOption, clock, misuse, parseIp, parseTime, readSecrets, type SecretOptions } from './keys.js'
import { readLines } from './lines.js'
import type { Output } from './output.js'

interface PeekOptions extends SecretOptions {
  guess?: boolean
  ip?: string[]
  now?: number
}

export function peekCommand(output: Output, finish: (exitCode: number) => void): Command {
  const command = new Command('peek')
    .description(
      'Print the fields of cookie values, one a line, WITHOUT checking them: needs no secret, proves nothing.',
    )
    .argument('[file...]', 'files with cookie values (default: standard input)')
    .option('--guess', 'say which dialects and digests each can be, and why; with a secret: which it is')
  return addSecretOption(command)
    .option(
      '--ip <address>',
      'with --guess: an address that the tickets may bind; repeat it for more',
      (text: string, all: string[] | undefined) => [...(all ?? []), parseIp(text)],
    )
    .option('--now <seconds>', 'with --guess: unix time to tell likely times by', parseTime)
    .action(async (files: string[], options: PeekOptions) => {
      if (!options.guess && (options.secretFile ?? options.ip ?? options.now) !== undefined) {
        throw misuse('peek checks nothing: --secret-file, --ip and --now are for peek --guess')
      }
      const look = options.guess ? guesser(options, output) : peeked
      let line = 0
      for await (const cookieValue of readLines(files)) {
        line++
        const { good, row } = look(line, cookieValue)
        if (!good) finish(1)
        output.out(`${JSON.stringify(row)}\n`)
      }
    })
}

function peeked(line: number, cookieValue: string): GuessedLine {
  const ticket = peekTicket(cookieValue)
  return { good: ticket !== undefined, row: ticket ? { line, ...ticket } : { line, ok: false, reason: 'malformed' } }
}

/** Without a secret the shape is all there is. */
function guesser(options: PeekOptions, output: Output): (line: number, cookieValue: string) => GuessedLine {
  const now = options.now ?? clock()
  const secrets = options.secretFile || process.env.AUTHTKT_SECRET !== undefined ? readSecrets(options, output) : []
  const tries = secrets.length > 0 ? createTries(secrets, options.ip ?? []) : undefined
  return (line, cookieValue) => guessLine(line, cookieValue, now, secrets, tries)
}
