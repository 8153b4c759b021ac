/** The demo from argv to exit code, with a secret and a password made up for this run. */

import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { Command, type CommanderError, InvalidArgumentError, Option } from 'commander'
import { createDemo } from './server.js'

interface Listen {
  readonly host: string
  readonly port: number
}

function parseListen(text: string): Listen {
  const match = /^(?:(.+):)?(\d{1,5})$/.exec(text)
  const port = Number(match?.[2])
  if (!match || port > 65535) throw new InvalidArgumentError('Give HOST:PORT or PORT, such as 127.0.0.1:8080.')
  return { host: (match[1] ?? '127.0.0.1').replace(/^\[(.*)\]$/, '$1'), port }
}

const DEFAULT = '127.0.0.1:8080'

const HINTS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program listens there; choose another port: npm start -- --listen 127.0.0.1:8081',
  EACCES: 'this user may not listen there; choose a port above 1023: npm start -- --listen 127.0.0.1:8081',
  EADDRNOTAVAIL: 'this machine has no such address; 127.0.0.1 always works',
  ENOTFOUND: 'there is no such host; 127.0.0.1 always works',
}

/** Serves until `stop`. The exit code: 0 stopped as asked, 1 cannot listen, 2 misuse. */
export async function start(
  argv: readonly string[],
  { log, error }: Pick<Console, 'log' | 'error'>,
  stop: AbortSignal,
): Promise<number> {
  const command = new Command('npm start --')
    .description(
      'A protected page with a sign-in form, to see a ticket at work. Everything is made up anew at each start.',
    )
    .addOption(
      new Option('--listen <host:port>', 'where to listen; port 0 takes a free one')
        .argParser(parseListen)
        .default(parseListen(DEFAULT), DEFAULT),
    )
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => log(text.trimEnd()),
      outputError: (text) => error(`authtkt: ${text.slice('error: '.length).trim().replaceAll('\n', ' ')}`),
    })
  try {
    command.parse(argv, { from: 'user' })
  } catch (reason) {
    return (reason as CommanderError).exitCode === 0 ? 0 : 2
  }
  const { host, port } = command.opts<{ listen: Listen }>().listen
  const user = 'demo'
  const password = randomBytes(12).toString('base64url')
  const now = () => Math.floor(Date.now() / 1000)
  const server = createDemo({ secret: randomBytes(32), user, password, timeout: 7200, now })
  try {
    server.listen(port, host)
    await once(server, 'listening')
  } catch (reason) {
    const { code = '', message } = reason as NodeJS.ErrnoException
    error(`authtkt: cannot listen on ${host}:${port}: ${HINTS[code] ?? message}`)
    return 1
  }
  const at = server.address() as AddressInfo
  const name = at.family === 'IPv6' ? `[${at.address}]` : at.address
  log(`Open      http://${name}:${at.port}/\nUser      ${user}\nPassword  ${password}\nStop with Ctrl-C.`)
  if (!stop.aborted) await once(stop, 'abort')
  server.close()
  server.closeAllConnections()
  return 0
}
