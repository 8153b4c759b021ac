/** The options that name a configuration file, and telling what its reader noticed. */

import { type Command, Option } from 'commander'
import type { TicketModule } from '../config/known.js'
import type { Format, LoadOptions } from '../config/load.js'
import type { Note } from '../config/notes.js'
import type { Output } from './output.js'

export interface ReaderFlags {
  format?: Format
  allowSkipped?: string[]
  compat?: 'exact' | 'hardened'
  define?: Record<string, string>
  apacheVersion?: string
  module?: TicketModule
}

export interface ConfigOptions extends ReaderFlags {
  config: string
}

/** Whose syntax it is. */
export function formatOption(): Option {
  const description =
    "whose configuration (default: JSON is ours, what looks like lighttpd's is lighttpd's, all else Apache's)"
  return new Option('--format <name>', description).choices(['apache', 'lighttpd', 'authtkt'])
}

/** Whose directives those are that two modules have names in common for. */
export function moduleOption(): Option {
  return new Option(
    '--module <name>',
    "whose an Apache configuration's TKTAuth directives are (default: as LoadModule, AuthType and they themselves tell)",
  ).choices(['mod_auth_tkt', 'mod_auth_pubtkt'])
}

/** Adds the options that all commands with a configuration share. */
export function addConfigOptions(command: Command): Command {
  return addReaderOptions(command.requiredOption('--config <file>', 'configuration file')).addOption(formatOption())
}

/** How a configuration is read. */
export function addReaderOptions(command: Command): Command {
  return command
    .option(
      '--allow-skipped <name>',
      'skip this directive or section though it stands where users are asked for; repeat it for more',
      (name: string, names: string[] | undefined) => [...(names ?? []), name],
    )
    .addOption(
      new Option(
        '--define <name[=value]>',
        'what Apache is started with (-D), or ${NAME}; repeat it for more',
      ).argParser((text: string, known: Record<string, string> | undefined) => {
        const [, name = text, value = ''] = /^([^=]*)=(.*)$/s.exec(text) ?? []
        return { ...known, [name]: value }
      }),
    )
    .addOption(moduleOption())
    .option('--apache-version <number>', 'what <IfVersion> compares with, such as 2.4.62')
    .addOption(
      new Option('--compat <mode>', "defaults of a configuration in Apache's or lighttpd's syntax").choices([
        'exact',
        'hardened',
      ]),
    )
}

/** What the reader takes, of what commander hands over under the options' names. */
export function readerOptions(options: ReaderFlags): LoadOptions {
  const { format, allowSkipped, compat, define: defines, apacheVersion: version, module } = options
  return {
    ...(format && { format }),
    ...(allowSkipped && { allowSkipped }),
    ...(compat && { compat }),
    ...(defines && { defines }),
    ...(version && { version }),
    ...(module && { module }),
  }
}

/** Notes on standard error, one a line; they name files, lines and directives, never what is secret. */
export function showNotes(notes: readonly Note[], output: Output): void {
  for (const { severity, file, line, message } of notes) {
    output.err(`authtkt: ${severity === 'warning' ? 'warning' : 'note'}: ${file}:${line}: ${message}\n`)
  }
}
