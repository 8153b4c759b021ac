/**
 * The pages of upstream's suite, as an application behind a gateway: files, and CGI programs that are told who asks by the
 * gateway's headers, as Apache's CGI is by the module's variables.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, realpath } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join, sep } from 'node:path'
import { PERL } from './debian.mjs'

/** @import { IncomingMessage, ServerResponse } from 'node:http' */
/** @import { Site } from './upstream-suite.mjs' */

/** The identity in the gateway's headers, and what CGI programs call it. */
const IDENTITY = {
  'remote-user': 'REMOTE_USER',
  'remote-user-tokens': 'REMOTE_USER_TOKENS',
  'remote-user-data': 'REMOTE_USER_DATA',
}

/** @param {readonly Site[]} sites @returns {Promise<{ url: string, stop: () => Promise<void> }>} */
export async function startPages(sites) {
  const server = createServer((request, response) => {
    page(sites, request, response).catch(() => response.writeHead(404).end('there is no such page\n'))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  const stop = async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
  return { url: `http://127.0.0.1:${port}`, stop }
}

/** @param {readonly Site[]} sites @param {IncomingMessage} request @param {ServerResponse} response */
async function page(sites, request, response) {
  const { pathname, search } = new URL(request.url ?? '/', 'http://pages')
  const port = Number(/:(\d+)$/.exec(request.headers.host ?? '')?.[1])
  const top = (sites.find((site) => site.port === port) ?? sites[0])?.root ?? ''
  const name = decodeURIComponent(pathname).replace(/\/$/, '/index.html')
  // One of the folders is a link to another.
  const file = await realpath(join(top, name))
  if (!file.startsWith(top + sep)) throw new Error('outside of the pages')
  if (!file.endsWith('.cgi')) response.setHeader('Content-Type', 'text/html').end(await readFile(file))
  else await program(file, pathname, search.slice(1), request, response)
}

/**
 * @param {string} file @param {string} path @param {string} query
 * @param {IncomingMessage} request @param {ServerResponse} response
 */
async function program(file, path, query, request, response) {
  const told = Object.entries(IDENTITY).map(([header, name]) => [name, unescaped(`${request.headers[header] ?? ''}`)])
  const headers = Object.entries(request.headers)
    .filter(([name]) => !(name in IDENTITY))
    .map(([name, value]) => [`HTTP_${name.toUpperCase().replaceAll('-', '_')}`, `${value}`])
  const child = spawn(PERL, [file], {
    env: {
      PATH: '/usr/bin:/bin',
      GATEWAY_INTERFACE: 'CGI/1.1',
      SERVER_PROTOCOL: `HTTP/${request.httpVersion}`,
      REQUEST_METHOD: request.method ?? '',
      SCRIPT_NAME: path,
      SCRIPT_FILENAME: file,
      QUERY_STRING: query,
      ...Object.fromEntries([...headers, ...told]),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.setEncoding('latin1').on('data', (chunk) => {
    text += chunk
  })
  await once(child, 'close')
  const [head = '', body = ''] = text.split(/\r?\n\r?\n(.*)/s)
  for (const line of head.split(/\r?\n/)) {
    const [name = '', value = ''] = line.split(/:\s*(.*)/s)
    response.setHeader(name, value)
  }
  response.end(body, 'latin1')
}

/** The gateway percent-escapes bytes that a header cannot carry, and the percent sign. @param {string} text */
function unescaped(text) {
  return text.replace(/%([0-9A-Fa-f]{2})/g, (_, digits) => String.fromCharCode(Number.parseInt(digits, 16)))
}
