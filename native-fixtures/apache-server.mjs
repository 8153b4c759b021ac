/**
 * A real Apache as a child process: its own folder, free loopback ports, nothing of the machine's configuration. What it
 * serves is the caller's matter. The server dies with this process.
 */
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { startChild } from './child.mjs'
import { APACHE, apacheMissing, pubtktMissing, pubtktModule, SERVER_MODULES, tktModule } from './debian.mjs'

/** @import { Child } from './child.mjs' */

/**
 * @typedef {object} Server
 * @property {readonly number[]} ports
 * @property {number} pid
 * @property {string} folder
 * @property {() => Promise<void>} stop ends the server and removes its folder
 */

/**
 * @typedef {object} ServerOptions
 * @property {(folder: string, ports: readonly number[]) => readonly string[]} configure the configuration's lines
 * @property {(ports: readonly number[]) => Promise<unknown>} knock resolves once the server answers
 * @property {number} [ports] how many; default 1
 * @property {Readonly<Record<string, string>>} [env]
 * @property {TktModule} [module] that the configuration loads
 */

/** Debian's two packages; the default everywhere is `auth_tkt`. @typedef {'auth_tkt' | 'auth_pubtkt'} TktModule */

const PATIENCE = 10_000
/** Where a page lies in the server's folder. */
export const PAGE = join('htdocs', 'page')

/** @param {ServerOptions} options @returns {Promise<Server>} */
export async function startServer(options) {
  const missing = options.module === 'auth_pubtkt' ? pubtktMissing() : apacheMissing()
  if (missing) throw new Error(missing)
  // Another process may take a free port before Apache does.
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(options, await freePorts(options.ports ?? 1))
    } catch (error) {
      if (attempt === 3) throw error
    }
  }
}

/** @param {ServerOptions} options @param {readonly number[]} ports @returns {Promise<Server>} */
async function start({ configure, knock, env }, ports) {
  const folder = await mkdtemp(join(tmpdir(), 'authtkt-apache-'))
  await chmod(folder, 0o755) // Apache's workers read the page as another user
  await mkdir(join(folder, 'htdocs'))
  await writeFile(join(folder, PAGE), 'let in\n')
  const lines = [...frame(folder, ports), ...configure(folder, ports), '']
  await writeFile(join(folder, 'httpd.conf'), lines.join('\n'), { encoding: 'latin1', mode: 0o600 })

  const child = await startChild(APACHE, ['-DFOREGROUND', '-f', join(folder, 'httpd.conf')], env ? { env } : {})
  const stop = async () => {
    await child.stop()
    await rm(folder, { recursive: true, force: true })
  }

  if (await answers(() => knock(ports), child, folder)) {
    return { ports, pid: child.pid, folder, stop }
  }
  const log = await readFile(join(folder, 'error.log'), 'latin1').catch(() => '')
  await stop()
  throw new Error(`Apache did not start: ${child.complaint()}${log}`)
}

/** What every server here has. @param {string} folder @param {readonly number[]} ports */
const frame = (folder, ports) => [
  `ServerRoot "${folder}"`,
  `DefaultRuntimeDir "${folder}"`,
  `DocumentRoot "${folder}/htdocs"`,
  `PidFile "${folder}/apache.pid"`,
  `ErrorLog "${folder}/error.log"`,
  'ServerName localhost',
  ...ports.map((port) => `Listen 127.0.0.1:${port}`),
  ...(process.getuid?.() === 0 ? ['User www-data', 'Group www-data'] : []),
]

/** The lines that load modules, the one for tickets among them. @param {readonly string[]} names @param {TktModule} [module] */
export const loadModules = (names, module = 'auth_tkt') => [
  ...names.map((name) => `LoadModule ${name}_module "${SERVER_MODULES}/mod_${name}.so"`),
  `LoadModule ${module}_module "${module === 'auth_tkt' ? tktModule() : pubtktModule()}"`,
]

/** A header's value; base64, as the fields may hold bytes that a header cannot carry. @param {readonly string[]} fields */
const inBase64 = (fields) => `"expr=${fields.map((field) => `%{base64:${field}}`).join('.')}"`

const WHO = ['%{REMOTE_USER}', '%{reqenv:REMOTE_USER_TOKENS}', '%{reqenv:REMOTE_USER_DATA}']
/** Tells who was let in. */
export const IDENTITY = inBase64(WHO)
/** The same, AUTH_TYPE, and the Authorization header that an application gets. */
export const SIGNED_IDENTITY = inBase64([...WHO, '%{AUTH_TYPE}', '%{req:Authorization}'])

/** A directive's argument in Apache's quotes. @param {string} argument */
export function quoted(argument) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a line break would start a directive of its own
  if (/[\0-\x1f]|\$\{/.test(argument)) throw new Error('Apache configuration cannot hold this secret')
  return `"${argument.replace(/["\\]/g, '\\$&')}"`
}

/**
 * Polls until the server answers, exits or is out of time. Apache writes its pid once the ports are its own: what
 * answers before that is somebody else.
 * @param {() => Promise<unknown>} knock @param {Child} child @param {string} folder
 */
async function answers(knock, child, folder) {
  for (const end = Date.now() + PATIENCE; Date.now() < end && !child.isOver(); await delay(20)) {
    if (existsSync(join(folder, 'apache.pid')) && (await knock().catch(() => undefined))) return true
  }
  return false
}

/** @param {number} count @returns {Promise<number[]>} */
async function freePorts(count) {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map((server) => once(server, 'listening')))
  const ports = servers.map((server) => /** @type {import('node:net').AddressInfo} */ (server.address()).port)
  for (const server of servers) server.close()
  await Promise.all(servers.map((server) => once(server, 'close')))
  return ports
}
