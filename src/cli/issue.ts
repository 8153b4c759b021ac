/** `authtkt issue`: one ticket on stdout. */

import { Command, Option } from 'commander'
import { createIssuer } from '../ticket/issue.js'
import type { Encoding } from '../types.js'
import { addKeyOptions, clock, type KeyOptions, misuse, parseTime, readKeys } from './keys.js'
import type { Output } from './output.js'

interface IssueOptions extends KeyOptions {
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
      new Option('--encoding <name>', "form of the cookie value (default: the dialect's own, mostly base64)").choices([
        'base64',
        'raw',
        'percent',
        'quoted',
      ]),
    )
  return addKeyOptions(command).action((options: IssueOptions) => {
    if (!options.ignoreIp && options.ip === undefined) {
      throw misuse('give --ip ADDRESS, or --ignore-ip for a ticket that binds no address')
    }
    const issuer = createIssuer({
      // Who names the dialect here has been warned.
      allowShiftableFields: true,
      keys: readKeys(options, output),
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
    output.out(`${issuer.issue(fields, { ip, now, ...(encoding ? { encoding } : {}) })}\n`)
  })
}
