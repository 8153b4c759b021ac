/**
 * A real Apache that serves any configuration: every path has a page, so that the access checks alone decide.
 *
 *     const site = await startSite({ text: (ports) => '<Location "/a"> ...', clock: 1000000000, certificate })
 *     const answer = await exchange({ host: '127.0.0.1', port: site.port }, bytesOf(request))
 *     await site.stop()
 *
 * Answers of requests that were let in carry X-Identity, where the module has set one. Children that crash are
 * replaced: a connection that ends without an answer is a crash.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { IDENTITY, loadModules, PAGE, SIGNED_IDENTITY, startServer } from './apache-server.mjs'
import { OPENSSL } from './debian.mjs'
import { fakeClock } from './fake-clock.mjs'
import { exchange } from './wire.mjs'

/** @import { TktModule } from './apache-server.mjs' */

/** @typedef {{ port: number, tls: number | undefined }} Ports */
/** @typedef {{ key: string, cert: string, keyFile: string, certFile: string }} Certificate */

/**
 * @typedef {object} SiteOptions
 * @property {(ports: Ports) => string} text the configuration; strings are bytes
 * @property {number} [clock] the server's clock stands at this unix time
 * @property {Certificate} [certificate] there is a second port, for TLS
 * @property {TktModule} [module]
 * @property {number} [children] processes; each has a cache of its own, where the module has any
 */

/** @typedef {Ports & { pid: number, folder: string, stop: () => Promise<void> }} Site */

const MODULES = ['mpm_prefork', 'alias', 'authn_core', 'authz_core', 'authz_host', 'authz_user', 'headers', 'remoteip']
/** A crash takes a child along, and the parent looks for dead ones once a second. */
const CHILDREN = 16

/** @param {readonly number[]} ports @returns {Ports} */
const named = ([port = 0, tls]) => ({ port, tls })

/** @param {SiteOptions} options @returns {Promise<Site>} */
export async function startSite(options) {
  const { text, clock, certificate, module = 'auth_tkt' } = options
  const standing = clock === undefined ? undefined : clockAt(clock)
  try {
    const { ports, pid, folder, stop } = await startServer({
      ports: certificate ? 2 : 1,
      module,
      configure: (folder, ports) => configuration(folder, text(named(ports)), options),
      // A crash is an answer, too.
      knock: ([port = 0]) => exchange({ host: '127.0.0.1', port }, 'GET / HTTP/1.0\r\n\r\n').then(() => true),
      ...(standing && { env: standing.env }),
    })
    return { ...named(ports), pid, folder, stop: () => stop().finally(() => standing?.remove()) }
  } catch (error) {
    standing?.remove()
    throw error
  }
}

/** @param {string} folder @param {string} text @param {SiteOptions} options */
function configuration(folder, text, { certificate, module = 'auth_tkt', children = CHILDREN }) {
  return [
    ...loadModules([...MODULES, ...(certificate ? ['socache_shmcb', 'ssl'] : [])], module),
    `StartServers ${children}`,
    `ServerLimit ${children}`,
    `MaxRequestWorkers ${children}`,
    `MinSpareServers ${children}`,
    'KeepAlive Off',
    'RemoteIPHeader X-Client-IP',
    'RemoteIPInternalProxy 127.0.0.1',
    ...(certificate
      ? [`SSLCertificateFile "${certificate.certFile}"`, `SSLCertificateKeyFile "${certificate.keyFile}"`]
      : []),
    // The path that is judged stays as it is: only the file behind it is always the same.
    `AliasMatch "^" "${join(folder, PAGE)}"`,
    // `env=`: no header at all where nobody had to be known.
    `Header always set X-Identity ${module === 'auth_tkt' ? IDENTITY : SIGNED_IDENTITY} env=REMOTE_USER_DATA`,
    text,
  ]
}

/** Its clock stands. @param {number} time in seconds */
function clockAt(time) {
  const [date, clock] = new Date(time * 1000).toISOString().split(/[T.]/)
  return fakeClock({ FAKETIME: `${date} ${clock}` })
}

/** A certificate that nobody trusts, or the reason why there is none. @param {string} folder @returns {Certificate | string} */
export function makeCertificate(folder) {
  if (!existsSync(OPENSSL)) return 'openssl is not installed'
  const keyFile = join(folder, 'key.pem')
  const certFile = join(folder, 'cert.pem')
  const make = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const about = ['-subj', '/CN=localhost', '-days', '36500', '-keyout', keyFile, '-out', certFile]
  execFileSync(OPENSSL, [...make, ...about], { stdio: 'ignore' })
  return { key: readFileSync(keyFile, 'utf8'), cert: readFileSync(certFile, 'utf8'), keyFile, certFile }
}
