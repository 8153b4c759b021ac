/** Listen, and the certificates of the virtual hosts that have TLS on its port. */

import { isIPv6 } from 'node:net'
import { absolute, type Context } from './context.js'
import { single } from './directives.js'
import { fileName } from './documents.js'
import { configError } from './notes.js'
import { named } from './proxy-pass.js'
import type { Server } from './servers.js'
import { type Certificate, type Listen, parseEndpoint } from './serving.js'
import type { Directive } from './tree.js'
import { words } from './words.js'

/** The line that says so, if TLS is on. A host has what the main server has. */
export function tlsOf(main: Server, host: Server | undefined): Directive | undefined {
  const at = named(host?.lines ?? [], 'sslengine').at(-1) ?? named(main.lines, 'sslengine').at(-1)
  return at !== undefined && /^"?on/i.test(at.text) ? at : undefined
}

export function listenersOf(context: Context, main: Server): Listen[] {
  const listeners = named(main.lines, 'listen').map((at) => listenerOf(context, main, at))
  for (const server of main.hosts.length > 0 ? main.hosts : [main]) {
    const engine = tlsOf(main, server)
    if (engine === undefined || listeners.some(({ tls }) => tls !== undefined)) continue
    context.notes.warn(
      engine,
      'SSLEngine: no Listen line has its port: nothing is asked by TLS; add one, such as Listen 443',
    )
  }
  return listeners
}

function listenerOf(context: Context, main: Server, at: Directive): Listen {
  const [address = '', protocol] = words(at.text)
  const plain = address.includes(':') ? address.replace(/^0\.0\.0\.0(?=:)/, '*') : `*:${address}`
  const endpoint = parseEndpoint(plain.replace(/%[^\]]*(?=\])/, ''))
  if (endpoint === undefined || 'unix' in endpoint || endpoint.port === 0) {
    throw configError(at, 'Listen', `needs a port, or an address with one, such as 80, 192.0.2.1:80 or [::1]:80`)
  }
  const { host, port } = endpoint
  const servers = serversAt(main, host, port)
  const secure = servers.filter((server) => tlsOf(main, server) !== undefined)
  const open = servers.find((server) => !secure.includes(server))
  if (secure.length > 0 && open !== undefined) {
    const engine = tlsOf(main, secure[0]) as Directive
    throw configError(
      open.at ?? engine,
      `<VirtualHost>`,
      `has no TLS, and others have it on port ${port} (line ${engine.line}); put SSLEngine on into all of them, or into none`,
    )
  }
  if (secure.length === 0 && protocol?.toLowerCase() === 'https') {
    context.notes.warn(at, 'Listen: is for https, and nobody there has SSLEngine on: it is asked without TLS')
  }
  const certificates = secure.map((server) => certificateOf(context, main, server))
  return {
    endpoint,
    tls: certificates.length > 0 ? certificates : undefined,
    at: `${at.file}:${at.line}: Listen`,
  }
}

/** Who is asked on a port: hosts that name it, else those for any port, else the main server. */
function serversAt(main: Server, host: string, port: number): Server[] {
  const all = host === '*' || host === '::' || host === '0.0.0.0'
  const at = (wanted: number | null) =>
    main.hosts.filter(({ addresses }) =>
      addresses.some(({ address, port }) => port === wanted && (address === null || all || same(address, host))),
    )
  const own = at(port)
  if (own.length > 0) return own
  const any = at(null)
  return any.length > 0 ? any : [main]
}

function same(a: string, b: string): boolean {
  return a === b || (isIPv6(a) && isIPv6(b) && new URL(`http://[${a}]`).hostname === new URL(`http://[${b}]`).hostname)
}

function certificateOf(context: Context, main: Server, server: Server): Certificate {
  const of = (name: string) => {
    const own = named(server.lines, name)
    return own.length > 0 ? own : named(main.lines, name)
  }
  const [cert, ...more] = of('sslcertificatefile')
  const engine = tlsOf(main, server) as Directive
  if (cert === undefined) {
    throw configError(
      engine,
      'SSLEngine',
      'is on, and there is no certificate; add SSLCertificateFile and SSLCertificateKeyFile',
    )
  }
  const [chain] = of('sslcertificatechainfile')
  if (chain)
    context.notes.warn(
      chain,
      `${chain.name}: is not read here; append its certificates to the file of SSLCertificateFile`,
    )
  for (const at of more) context.notes.warn(at, `${at.name}: only the first certificate of a server is shown here`)
  const [key = cert] = of('sslcertificatekeyfile')
  return {
    names: [...new Set(server.names)],
    certFile: fileName(absolute(context, single(cert))),
    keyFile: fileName(absolute(context, single(key))),
    at: `${cert.file}:${cert.line}: ${cert.name}`,
  }
}
