/** `authtkt convert`: Apache's or lighttpd's configuration in, ours out. */

import { resolve } from 'node:path'
import { Command, Option } from 'commander'
import { decisionsLeft, hardeningLeftOff } from '../config/hardening.js'
import { loadConfig } from '../config/load.js'
import { toJson } from '../config/write.js'
import { addReaderOptions, type ReaderFlags, readerOptions, showNotes } from './configuration.js'
import type { Output } from './output.js'

interface ConvertOptions extends ReaderFlags {
  from: 'apache' | 'lighttpd'
}

export function convertCommand(output: Output): Command {
  const command = new Command('convert')
    .description("Print another server's configuration as ours; what was skipped is told on standard error.")
    .argument('<file>', 'configuration file')
    .addOption(
      new Option('--from <server>', 'whose configuration it is').choices(['apache', 'lighttpd']).makeOptionMandatory(),
    )
  return addReaderOptions(command).action((file: string, { from, ...options }: ConvertOptions) => {
    const config = loadConfig(file, { ...readerOptions(options), format: from, weakKeys: 'leave' })
    showNotes(config.notes, output)
    for (const text of [...hardeningLeftOff(config.options), ...decisionsLeft(config.options)]) {
      output.err(`authtkt: note: ${text}\n`)
    }
    // Nobody knows where the output goes: only a whole path finds the secrets from there.
    const { keySources, serving } = config
    output.out(toJson(config.options, { keySources, serving, pathOf: (path) => resolve(path) }))
  })
}
