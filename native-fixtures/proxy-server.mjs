/**
 * A real nginx, Caddy or HAProxy as a child process, with the configuration that the README shows: its own folder, free
 * loopback ports, nothing of the machine's configuration. The proxy dies with this process.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

/**
 * @typedef {object} Proxy
 * @property {number} port
 * @property {number} pid
 * @property {() => string} log what it has written so far
 * @property {() => Promise<void>} stop ends the proxy and removes its folder
 */

/**
 * @typedef {object} ProxyOptions
 * @property {string} binary
 * @property {(folder: string) => readonly string[]} args
 * @property {readonly string[]} files in proxies/, the configuration and what it loads
 * @property {readonly [plain: string, tls: string]} tls what is written otherwise where there is a certificate
 */

/**
 * @typedef {object} Surroundings
 * @property {number} app port of the application
 * @property {number} auth port of the forward-auth endpoints
 * @property {{ readonly cert: string, readonly key: string }} [certificate] PEM; with it the proxy listens with TLS
 */

const HERE = join(import.meta.dirname, 'proxies')
const PATIENCE = 10_000
/** Ports in the README's configurations: what they listen on, pass requests to and ask. */
const [LISTEN, APP, AUTH] = [':8080', ':3000', ':9000']

/** @param {ProxyOptions & Surroundings} options @returns {Promise<Proxy>} */
export async function startProxy(options) {
  // Another process may take a free port before the proxy does.
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(options, await freePort())
    } catch (error) {
      if (attempt === 3) throw error
    }
  }
}

/** @param {ProxyOptions & Surroundings} options @param {number} port @returns {Promise<Proxy>} */
async function start({ binary, args, files, tls, app, auth, certificate }, port) {
  const folder = await mkdtemp(join(tmpdir(), 'authtkt-proxy-'))
  await chmod(folder, 0o755) // nginx's workers keep long bodies in it as another user
  await mkdir(join(folder, 'home'))
  for (const file of files) {
    const text = await readFile(join(HERE, file), 'utf8')
    const [plain, secure] = tls
    const listening = certificate === undefined ? text : text.replace(plain, secure)
    await writeFile(join(folder, file), filled(listening, port, app, auth))
  }
  if (certificate) {
    const { cert, key } = certificate
    for (const [name, pem] of Object.entries({ cert, key, both: cert + key })) {
      await writeFile(join(folder, `${name}.pem`), pem, { mode: 0o600 })
    }
  }
  // setpriv: if this process is killed, its proxy must not live on. It execs, so the pid is the proxy's.
  const child = spawn('setpriv', ['--pdeathsig', 'TERM', binary, ...args(folder)], {
    cwd: folder,
    detached: true,
    env: { PATH: process.env.PATH, HOME: join(folder, 'home'), XDG_DATA_HOME: join(folder, 'home') },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('latin1').on('data', (chunk) => {
      text += chunk
    })
  }
  const exited = once(child, 'exit')
  const stop = async () => {
    child.kill('SIGTERM')
    if (child.exitCode === null && child.signalCode === null) await exited
    await rm(folder, { recursive: true, force: true })
  }
  if (child.pid === undefined) await exited // rejects with the reason why there is no process
  for (const end = Date.now() + PATIENCE; Date.now() < end && child.exitCode === null; await delay(20)) {
    if (await listens(port)) return { port, pid: /** @type {number} */ (child.pid), log: () => text, stop }
  }
  await stop()
  throw new Error(`${binary} did not start: ${text}`)
}

/** @param {string} text @param {number} port @param {number} app @param {number} auth */
const filled = (text, port, app, auth) =>
  text.replaceAll(LISTEN, `:${port}`).replaceAll(APP, `:${app}`).replaceAll(AUTH, `:${auth}`)

/** @param {number} port @returns {Promise<boolean>} */
export async function listens(port) {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

/** @returns {Promise<number>} */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  server.close()
  await once(server, 'close')
  return port
}
