/**
 * A real Apache with the real mod_auth_tkt, on a free loopback port: a child process in a temporary folder.
 *
 *     const apache = await startApache({ digest: 'md5', secret: 'a secret' })
 *     const answer = await ask(apache, ticket, { ip: '192.0.2.10' })
 *     await apache.stop()
 *
 * Nothing of the machine's own Apache configuration is read. Strings are bytes, one char each.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { ask } from './ask.mjs'
import { APACHE, apacheMissing, SERVER_MODULES, tktModule } from './debian.mjs'

/** @import { ChildProcess } from 'node:child_process' */

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
const PATIENCE = 10_000

/** @param {ApacheOptions} options @returns {Promise<Apache>} */
export async function startApache(options) {
  const missing = apacheMissing()
  if (missing) throw new Error(missing)
  // Another process may take the free port before Apache does.
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(options, await freePort())
    } catch (error) {
      if (attempt === 3) throw error
    }
  }
}

/** @param {ApacheOptions} options @param {number} port @returns {Promise<Apache>} */
async function start(options, port) {
  const folder = await mkdtemp(join(tmpdir(), 'authtkt-apache-'))
  await chmod(folder, 0o755) // Apache's workers read the page as another user
  await mkdir(join(folder, 'htdocs'))
  await writeFile(join(folder, 'htdocs', 'page'), 'let in\n')
  await writeFile(join(folder, 'httpd.conf'), configuration(options, folder, port), { encoding: 'latin1', mode: 0o600 })

  // setpriv: if this process is killed, its Apache must not live on. It execs, so the pid is Apache's.
  const command = ['--pdeathsig', 'TERM', APACHE, '-DFOREGROUND', '-f', join(folder, 'httpd.conf')]
  const child = spawn('setpriv', command, { stdio: ['ignore', 'ignore', 'pipe'] })
  const exited = once(child, 'exit')
  const complaint = collect(child)
  const stop = async () => {
    child.kill('SIGTERM')
    if (child.exitCode === null && child.signalCode === null) await exited
    await rm(folder, { recursive: true, force: true })
  }
  if (child.pid === undefined) await exited // rejects with the reason why there is no process
  const apache = { url: `http://127.0.0.1:${port}/page`, port, pid: /** @type {number} */ (child.pid), stop }

  if (await answers(apache, child, folder)) return apache
  const log = await readFile(join(folder, 'error.log'), 'latin1').catch(() => '')
  await stop()
  throw new Error(`Apache did not start: ${complaint()}${log}`)
}

/** @param {ApacheOptions} options @param {string} folder @param {number} port */
function configuration({ digest, secret, secretOld, timeout = '0', location = [] }, folder, port) {
  return [
    `ServerRoot "${folder}"`,
    `DefaultRuntimeDir "${folder}"`,
    `DocumentRoot "${folder}/htdocs"`,
    `PidFile "${folder}/apache.pid"`,
    `ErrorLog "${folder}/error.log"`,
    'ServerName localhost',
    `Listen 127.0.0.1:${port}`,
    ...MODULES.map((name) => `LoadModule ${name}_module "${SERVER_MODULES}/mod_${name}.so"`),
    `LoadModule auth_tkt_module "${tktModule()}"`,
    ...(process.getuid?.() === 0 ? ['User www-data', 'Group www-data'] : []),
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
    // base64, as the fields may hold bytes that a header cannot carry as they are.
    `Header set X-Identity "expr=${['%{REMOTE_USER}', '%{reqenv:REMOTE_USER_TOKENS}', '%{reqenv:REMOTE_USER_DATA}']
      .map((field) => `%{base64:${field}}`)
      .join('.')}"`,
    '</Location>',
    '',
  ].join('\n')
}

/** A directive's argument in Apache's quotes. @param {string} argument */
function quoted(argument) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a line break would start a directive of its own
  if (/[\0-\x1f]|\$\{/.test(argument)) throw new Error('Apache configuration cannot hold this secret')
  return `"${argument.replace(/["\\]/g, '\\$&')}"`
}

/**
 * Polls until the server answers, exits or is out of time. Apache writes its pid once the port is its own: what answers
 * before that is somebody else.
 * @param {Apache} apache @param {ChildProcess} child @param {string} folder
 */
async function answers(apache, child, folder) {
  for (const end = Date.now() + PATIENCE; Date.now() < end && child.exitCode === null; await delay(20)) {
    if (existsSync(join(folder, 'apache.pid')) && (await ask(apache, '').catch(() => undefined))) return true
  }
  return false
}

/** What a child writes to stderr. @param {ChildProcess} child @returns {() => string} */
function collect(child) {
  let text = ''
  child.stderr?.setEncoding('latin1').on('data', (chunk) => {
    text += chunk
  })
  return () => text
}

/** @returns {Promise<number>} */
async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  server.close()
  await once(server, 'close')
  return port
}
