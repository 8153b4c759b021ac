/** HTTP/1 by hand: requests that no client library would send, and answers as they came. Strings are bytes. */
import { connect as connectPlain } from 'node:net'
import { connect as connectTls } from 'node:tls'

/**
 * @typedef {object} WireRequest
 * @property {string} method
 * @property {string} target
 * @property {'1.0' | '1.1'} version
 * @property {readonly (readonly [name: string, value: string])[]} headers
 * @property {string} [body]
 */

/** @typedef {{ host: string, port: number, tls?: boolean }} Peer */

/**
 * Undefined: the connection ended without an answer.
 * @typedef {{ status: number, headers: [name: string, value: string][], body: string } | undefined} WireAnswer
 */

const PATIENCE = 5000

/** @param {WireRequest} request */
export function bytesOf({ method, target, version, headers, body = '' }) {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  const length = body === '' ? '' : `Content-Length: ${body.length}\r\n`
  return `${method} ${target} HTTP/${version}\r\n${lines}${length}Connection: close\r\n\r\n${body}`
}

/** Sends bytes on a connection of their own. @param {Peer} peer @param {string} bytes @returns {Promise<WireAnswer>} */
export function exchange({ host, port, tls = false }, bytes) {
  return new Promise((resolve, reject) => {
    let text = ''
    const socket = tls ? connectTls({ host, port, rejectUnauthorized: false }) : connectPlain({ host, port })
    socket.setEncoding('latin1')
    socket.setTimeout(PATIENCE, () => socket.destroy(new Error(`no answer after ${PATIENCE} ms`)))
    socket.on('data', (chunk) => {
      text += chunk
    })
    socket.once(tls ? 'secureConnect' : 'connect', () => socket.write(bytes, 'latin1'))
    socket.once('end', () => {
      socket.destroy()
      resolve(readAnswer(text))
    })
    socket.once('error', (error) => {
      // A server that ends a connection with bytes unread resets it: what has come counts.
      if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ECONNRESET') resolve(readAnswer(text))
      else reject(error)
    })
  })
}

/** @param {string} text @returns {WireAnswer} */
function readAnswer(text) {
  const status = /^HTTP\/1\.[01] (\d{3})/.exec(text)?.[1]
  if (status === undefined) return undefined
  const [head = '', rest = ''] = text.split(/\r\n\r\n(.*)/s)
  const [, ...lines] = head.split('\r\n')
  const headers = lines.map((line) => {
    const colon = line.indexOf(':')
    return /** @type {[string, string]} */ ([line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()])
  })
  const chunked = headers.some(([name, value]) => name === 'transfer-encoding' && value === 'chunked')
  return { status: Number(status), headers, body: chunked ? joined(rest) : rest }
}

/** A chunked body in one piece. @param {string} text */
function joined(text) {
  let body = ''
  for (let at = 0; ; ) {
    const [line, digits = ''] = /^([0-9a-f]+)[^\n]*\n/i.exec(text.slice(at)) ?? ['']
    const length = Number.parseInt(digits, 16)
    if (!(length > 0)) return body
    at += line.length
    body += text.slice(at, at + length)
    at += length + 2
  }
}
