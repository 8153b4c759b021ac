/** `npm start`: the demo on loopback, with a secret and a password made up for this run. */

import { randomBytes } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { Command, InvalidArgumentError } from 'commander'
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

const command = new Command('npm start --')
  .description(
    'A protected page with a sign-in form, to see a ticket at work. Everything is made up anew at each start.',
  )
  .option(
    '--listen <host:port>',
    'where to listen; port 0 takes a free one',
    parseListen,
    parseListen('127.0.0.1:8080'),
  )
  .parse()
const { host, port } = command.opts<{ listen: Listen }>().listen
const user = 'demo'
const password = randomBytes(12).toString('base64url')
const server = createDemo({
  secret: randomBytes(32),
  user,
  password,
  timeout: 7200,
  now: () => Math.floor(Date.now() / 1000),
})

server.once('error', (error: NodeJS.ErrnoException) => {
  const hints: Record<string, string> = {
    EADDRINUSE: 'another program listens there; choose another port: npm start -- --listen 127.0.0.1:8081',
    EACCES: 'this user may not listen there; choose a port above 1023: npm start -- --listen 127.0.0.1:8081',
    EADDRNOTAVAIL: 'this machine has no such address; 127.0.0.1 always works',
    ENOTFOUND: 'there is no such host; 127.0.0.1 always works',
  }
  console.error(`authtkt: cannot listen on ${host}:${port}: ${hints[error.code ?? ''] ?? error.message}`)
  process.exitCode = 1
})

server.listen(port, host, () => {
  const at = server.address() as AddressInfo
  const name = at.family === 'IPv6' ? `[${at.address}]` : at.address
  console.log(`Open      http://${name}:${at.port}/
User      ${user}
Password  ${password}
Stop with Ctrl-C.`)
})

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    server.close()
    server.closeAllConnections()
  })
}
