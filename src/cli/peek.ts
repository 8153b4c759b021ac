/** `authtkt peek`: what cookie values claim, unchecked. */

import { Command } from 'commander'
import { peekTicket } from '../ticket/peek.js'
import { readLines } from './lines.js'
import type { Output } from './output.js'

export function peekCommand(output: Output, finish: (exitCode: number) => void): Command {
  return new Command('peek')
    .description(
      'Print the fields of cookie values, one a line, WITHOUT checking them: needs no secret, proves nothing.',
    )
    .argument('[file...]', 'files with cookie values (default: standard input)')
    .action(async (files: string[]) => {
      let line = 0
      for await (const cookieValue of readLines(files)) {
        line++
        const ticket = peekTicket(cookieValue)
        if (!ticket) finish(1)
        output.out(`${JSON.stringify(ticket ? { line, ...ticket } : { line, ok: false, reason: 'malformed' })}\n`)
      }
    })
}
