/**
 * A real Apache with the real mod_auth_tkt and one protected page, on a free loopback port.
 *
 *     const apache = await startApache({ digest: 'md5', secret: 'a secret' })
 *     const answer = await ask(apache, ticket, { ip: '192.0.2.10' })
 *     await apache.stop()
 *
 * Nothing of the machine's own Apache configuration is read. Strings are bytes, one char each.
 */
import { IDENTITY, loadModules, quoted, startServer } from './apache-server.mjs'
import { ask } from './ask.mjs'

/**
 * @typedef {object} ApacheOptions
 * @property {'md5' | 'sha256' | 'sha512'} digest
 * @property {string} secret
 * @property {string} [secretOld]
 * @property {string} [timeout] arguments of TKTAuthTimeout; default `0`: tickets are good for ever
 * @property {readonly string[]} [location] more directives for the protected location
 */

/**
 * @typedef {object} Apache
 * @property {string} url of the protected page
 * @property {number} port
 * @property {number} pid
 * @property {() => Promise<void>} stop ends the server and removes its folder
 */

const MODULES = ['mpm_event', 'authn_core', 'authz_core', 'authz_user', 'headers', 'remoteip']

/** @param {readonly number[]} ports */
const pageOf = ([port]) => `http://127.0.0.1:${port}/page`

/** @param {ApacheOptions} options @returns {Promise<Apache>} */
export async function startApache(options) {
  const { ports, pid, stop } = await startServer({
    configure: () => configuration(options),
    knock: (ports) => ask({ url: pageOf(ports) }, ''),
  })
  return { url: pageOf(ports), port: /** @type {number} */ (ports[0]), pid, stop }
}

/** @param {ApacheOptions} options */
function configuration({ digest, secret, secretOld, timeout = '0', location = [] }) {
  return [
    ...loadModules(MODULES),
    'ServerLimit 1',
    'ThreadsPerChild 8',
    'MaxRequestWorkers 8',
    'MaxKeepAliveRequests 0',
    'KeepAliveTimeout 60',
    // The client address is what the test says it is.
    'RemoteIPHeader X-Client-IP',
    'RemoteIPInternalProxy 127.0.0.1',
    `TKTAuthDigestType ${digest.toUpperCase()}`,
    `TKTAuthSecret ${quoted(secret)}`,
    ...(secretOld === undefined ? [] : [`TKTAuthSecretOld ${quoted(secretOld)}`]),
    '<Location "/page">',
    'AuthType None',
    'Require valid-user',
    'TKTAuthLoginURL http://login.invalid/',
    `TKTAuthTimeout ${timeout}`,
    ...location,
    `Header set X-Identity ${IDENTITY}`,
    '</Location>',
  ]
}
