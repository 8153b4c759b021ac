/** The command line: argv in, exit code out. 0 all good, 1 some refused, 2 misuse. */

import { createRequire } from 'node:module'
import { Command, CommanderError } from 'commander'
import { nearest } from '../policy/nearest.js'
import { peekSignedTicket } from '../pubtkt/peek.js'
import { peekTicket } from '../ticket/peek.js'
import { explain, misuse, type Output, stdio } from './output.js'

// package.json lies two folders up from src/cli, from dist/cli and in the published package. An import of JSON would
// make Node 20 print a warning.
const { version } = createRequire(import.meta.url)('../../package.json') as { version: string }

type Load = (output: Output, finish: (exitCode: number) => void) => Promise<Command>

/** Loaded when they are meant: `verify` needs nothing of what `serve` is made of, and would wait for it. */
const COMMANDS = new Map<string | undefined, Load>([
  ['issue', async (output) => (await import('./issue.js')).issueCommand(output)],
  ['verify', async (output, finish) => (await import('./verify.js')).verifyCommand(output, finish)],
  ['peek', async (output, finish) => (await import('./peek.js')).peekCommand(output, finish)],
  ['keygen', async (output) => (await import('./keygen.js')).keygenCommand(output)],
  ['explain', async (output, finish) => (await import('./explain.js')).explainCommand(output, finish)],
  ['convert', async (output) => (await import('./convert.js')).convertCommand(output)],
  ['serve', async (output) => (await import('./serve.js')).serveCommand(output)],
])

/** The one that is named; for help, and where nobody knows what is meant, all. */
function meantBy([name]: readonly string[]): Iterable<Load> {
  const load = COMMANDS.get(name)
  return load === undefined ? COMMANDS.values() : [load]
}

const GUIDE = `
Examples:
  $ authtkt issue --secret-file secret --digest sha256 --uid alice --tokens editor,staff --ip 192.0.2.7
  $ authtkt verify --secret-file secret --digest sha256 --ip 192.0.2.7 --timeout 2h cookies.txt
  $ AUTHTKT_SECRET=... authtkt verify --digest md5 --ignore-ip --summary < cookies.txt
  $ authtkt verify --config site.conf --ignore-ip < cookies.txt
  $ authtkt keygen --out login.key
  $ authtkt issue --private-key-file login.key --digest sha256 --uid alice --valid 2h
  $ authtkt verify --public-key-file login.key.pub --digest sha256 < cookies.txt
  $ authtkt peek < cookies.txt
  $ authtkt explain --config site.conf --human < requests.jsonl
  $ authtkt convert --from apache site.conf > authtkt.json
  $ authtkt serve --config site.conf --upstream http://127.0.0.1:3000

Secrets come from a file or from AUTHTKT_SECRET, never from the command line, where every user of the machine sees
them; private keys from a file or from AUTHTKT_PRIVATE_KEY. A secret file loses one line end at its end; keep both
readable for their owner only (chmod 600).
Exit codes: 0 all good, 1 some tickets refused, 2 misuse or trouble.`

/** Runs one command line (without node and the script) and gives the exit code. Nothing is thrown. */
export async function run(argv: readonly string[], output: Output = stdio): Promise<number> {
  let exitCode = 0
  let trouble = ''
  const program = new Command('authtkt')
    .description(
      'Issue, verify and look into single sign-on tickets: those of mod_auth_tkt, mod_authn_tkt and mod_auth_pubtkt.',
    )
    .version(version)
    .addHelpText('after', GUIDE)
  const finish = (code: number) => {
    exitCode = code
  }
  for (const load of meantBy(argv)) program.addCommand(await load(output, finish))
  for (const command of [program, ...program.commands]) {
    command
      .exitOverride()
      .showSuggestionAfterError()
      .configureOutput({
        writeOut: (text) => output.out(text),
        writeErr: (text) => output.err(text),
        outputError: (text) => {
          trouble = text
        },
      })
  }
  try {
    try {
      checkForCredentials(argv)
      await program.parseAsync(argv, { from: 'user' })
    } finally {
      output.flush()
    }
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return 0
      const missing = error.code === 'commander.missingMandatoryOptionValue'
      const told = oneLine((missing && misspelt(program, argv)) || trouble)
      // Without a command there is the help, and nothing more to say.
      if (told !== '') output.err(`authtkt: ${told}\n`)
      return 2
    }
    // Whoever read our output has seen enough: `authtkt verify | head`.
    if ((error as NodeJS.ErrnoException).code === 'EPIPE') return exitCode
    output.err(`authtkt: ${oneLine(explain(error))}\n`)
    return 2
  }
}

/** An option that nobody knows may be the one that is missing: commander looks for those that are missing first. */
function misspelt(program: Command, [name, ...argv]: readonly string[]): string | undefined {
  const command = program.commands.find((one) => one.name() === name)
  const [flag] = command?.parseOptions(argv).unknown ?? []
  if (flag === undefined) return undefined
  const [word = ''] = flag.split('=')
  const near = nearest(word, command?.options.flatMap(({ long }) => long ?? []) ?? [])
  return `unknown option '${flag}'${near === undefined ? '' : ` (Did you mean ${near}?)`}`
}

/** A message in one line. Of an unknown option only its name: what follows in `--secret=...` or `-s...` is private. */
function oneLine(text: string): string {
  return text
    .replace(/^error: /, '')
    .replace(/(unknown option '(?:--[^\s=']+|-.)).*'/s, "$1'")
    .trim()
    .replace(/\s*[\r\n]+\s*/g, ' ')
}

/** Refuses a cookie value or a key among the arguments: all users of the machine see those, and messages repeat them. */
function checkForCredentials(argv: readonly string[]): void {
  if (argv.some((text) => text.includes('-----BEGIN'))) {
    throw misuse('an argument is a key in PEM: write it into a file, and give the name of that')
  }
  const isTicket = (text: string) => peekTicket(text) !== undefined || peekSignedTicket(text) !== undefined
  if (argv.some((text) => isTicket(text) || isTicket(text.slice(text.indexOf('=') + 1)))) {
    throw misuse('an argument is a cookie value: give those on standard input or in a file, one a line')
  }
}
