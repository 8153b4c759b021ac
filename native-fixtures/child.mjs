/** A server as a child process that dies with this one. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'

/**
 * @typedef {object} Child
 * @property {number} pid
 * @property {() => boolean} isOver
 * @property {() => string} complaint what it has written to stderr, as latin-1
 * @property {() => Promise<void>} stop
 */

/**
 * Runs a program in the foreground; rejects where there is none of this name.
 * @param {string} program @param {readonly string[]} args
 * @param {{ env?: Readonly<Record<string, string>>, cwd?: string }} [options]
 * @returns {Promise<Child>}
 */
export async function startChild(program, args, { env = {}, cwd } = {}) {
  // setpriv: if this process is killed, its server must not live on. It execs, so the pid is the server's.
  const child = spawn('setpriv', ['--pdeathsig', 'TERM', program, ...args], {
    // A process group of its own: when it stops, Apache's prefork signals its whole group.
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...env },
    ...(cwd !== undefined && { cwd }),
  })
  const exited = once(child, 'exit')
  if (child.pid === undefined) await exited // rejects with the reason why there is no process
  const isOver = () => child.exitCode !== null || child.signalCode !== null
  let complaint = ''
  child.stderr?.setEncoding('latin1').on('data', (chunk) => {
    complaint += chunk
  })
  return {
    pid: /** @type {number} */ (child.pid),
    isOver,
    complaint: () => complaint,
    async stop() {
      child.kill('SIGTERM')
      if (!isOver()) await exited
    },
  }
}
