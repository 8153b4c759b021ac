/** `authtkt peek`: what cookie values claim, unchecked; with `--guess`, whose they are. */

import { Command } from 'commander'
import { peekSignedTicket } from '../pubtkt/peek.js'
import { peekTicket } from '../ticket/peek.js'
import { type GuessedLine, guessLine } from './guess.js'
import { createTries } from './guess-keys.js'
import { createSignedTries, guessSigned } from './guess-signed.js'
import { readPublicKey } from './key-files.js'
import { addSecretOption, clock, parseIp, parseTime, readSecrets, type SecretOptions } from './keys.js'
import { readLines } from './lines.js'
import { misuse, type Output } from './output.js'
import { publicKeyOption } from './signed-keys.js'

interface PeekOptions extends SecretOptions {
  publicKeyFile?: string[]
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
    .option('--guess', 'say which dialects and digests each can be, and why; with a secret or public key: which it is')
  return addSecretOption(command)
    .addOption(publicKeyOption())
    .option(
      '--ip <address>',
      'with --guess: an address that the tickets may bind; repeat it for more',
      (text: string, all: string[] | undefined) => [...(all ?? []), parseIp(text)],
    )
    .option('--now <seconds>', 'with --guess: unix time to tell likely times by', parseTime)
    .action(async (files: string[], options: PeekOptions) => {
      if (!options.guess && (options.secretFile ?? options.publicKeyFile ?? options.ip ?? options.now) !== undefined) {
        throw misuse('peek checks nothing: --secret-file, --public-key-file, --ip and --now are for peek --guess')
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
  if (ticket) return { good: true, row: { line, ...ticket } }
  const signed = peekSignedTicket(cookieValue)
  if (signed === undefined) return { good: false, row: { line, ok: false, reason: 'malformed' } }
  return { good: true, row: { line, ...signed } }
}

/** Without a secret or a public key the shape is all there is. */
function guesser(options: PeekOptions, output: Output): (line: number, cookieValue: string) => GuessedLine {
  const now = options.now ?? clock()
  const secrets = options.secretFile || process.env.AUTHTKT_SECRET !== undefined ? readSecrets(options, output) : []
  const publicKeys = (options.publicKeyFile ?? []).map(readPublicKey)
  const tries = secrets.length > 0 ? createTries(secrets, options.ip ?? []) : undefined
  const signedTries = publicKeys.length > 0 ? createSignedTries(publicKeys) : undefined
  const mustVerify = tries !== undefined || signedTries !== undefined
  return (line, cookieValue) =>
    guessSigned(line, cookieValue, mustVerify, signedTries) ??
    guessLine(line, cookieValue, now, secrets, tries, mustVerify)
}
