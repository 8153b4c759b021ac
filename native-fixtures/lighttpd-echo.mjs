/** A real lighttpd with its default rules for requests, in front of a server that tells what it was handed (SCGI). */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startChild } from './child.mjs'
import { LIGHTTPD } from './debian.mjs'

/** @typedef {Readonly<Record<string, string>>} Environment of a CGI; strings are bytes */

const STARTS_WITHIN = 10_000

/** The variables of an SCGI request, or undefined while some of it is missing. @param {string} text */
function readScgi(text) {
  const colon = text.indexOf(':')
  const length = Number(text.slice(0, colon))
  if (colon < 0 || text.length < colon + length + 2) return undefined
  const parts = text.slice(colon + 1, colon + 1 + length).split('\0')
  return Object.fromEntries(parts.flatMap((name, i) => (i % 2 === 0 && name !== '' ? [[name, parts[i + 1]]] : [])))
}

/** A server on a free port. @param {(socket: import('node:net').Socket) => void} [serve] @returns {Promise<import('node:net').Server>} */
const listen = (serve) =>
  new Promise((resolve) => {
    const server = createServer(serve)
    server.listen(0, '127.0.0.1', () => resolve(server))
  })

/** @param {import('node:net').Server} server */
const portOf = (server) => /** @type {import('node:net').AddressInfo} */ (server.address()).port

/** @param {import('node:net').Server} server */
const close = (server) => new Promise((resolve) => server.close(resolve))

/** @param {import('node:net').Socket} socket */
function echo(socket) {
  let text = ''
  socket.setEncoding('latin1').on('error', () => {})
  socket.on('data', (chunk) => {
    text += chunk
    const variables = readScgi(text)
    if (variables === undefined) return
    const body = Buffer.from(JSON.stringify(variables)).toString('base64')
    socket.end(`Status: 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
  })
}

/**
 * Sends the bytes of a request that asks for the connection's end, and waits for that.
 * @param {number} port @param {string} request
 * @returns {Promise<{ status: number, variables: Environment | undefined }>}
 */
function ask(port, request) {
  return new Promise((resolve, reject) => {
    let text = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(Buffer.from(request, 'latin1')))
    socket.setEncoding('latin1').on('error', reject)
    socket.on('data', (chunk) => {
      text += chunk
    })
    socket.on('close', () => {
      const status = Number(/^HTTP\/1\.[01] (\d+)/.exec(text)?.[1])
      const body = Buffer.from(text.slice(text.indexOf('\r\n\r\n') + 4), 'base64')
      resolve({ status, variables: status === 200 && body.length > 0 ? JSON.parse(body.toString()) : undefined })
    })
  })
}

/** Starts both on free ports. */
export async function startLighttpdEcho() {
  const folder = mkdtempSync(join(tmpdir(), 'authtkt-lighttpd-'))
  const behind = await listen(echo)
  const free = await listen()
  const port = portOf(free)
  await close(free)
  writeFileSync(
    join(folder, 'lighttpd.conf'),
    `server.bind = "127.0.0.1"
server.port = ${port}
server.document-root = "${folder}"
server.modules = ( "mod_scgi" )
scgi.server = ( "" => (( "host" => "127.0.0.1", "port" => ${portOf(behind)}, "check-local" => "disable" )) )
`,
  )
  const child = await startChild(LIGHTTPD, ['-D', '-f', join(folder, 'lighttpd.conf')])
  const stop = async () => {
    await child.stop()
    await close(behind)
    rmSync(folder, { recursive: true })
  }
  for (const end = Date.now() + STARTS_WITHIN; ; ) {
    const answer = await ask(port, 'GET / HTTP/1.0\r\n\r\n').catch(() => undefined)
    if (answer !== undefined) return { ask: (/** @type {string} */ request) => ask(port, request), stop }
    if (child.isOver() || Date.now() > end) {
      await stop()
      throw new Error(`lighttpd does not answer: ${child.complaint()}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
