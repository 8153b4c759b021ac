/**
 * mod_auth_tkt's own test suite (t/*.t) as it is, against whatever server is started with the configuration that
 * Apache::Test makes for it.
 *
 *     const source = await fetchSource(cache)
 *     const suite = await prepareSuite(source, 'sha256')
 *     const stop = await startSuiteApache(suite)
 *     for (const { file, passed, failed, failures } of await runSuite(suite)) ...
 *
 * The clock of the tests and of the server stands, and goes on where a test sleeps: nobody waits, and no two looks at it
 * differ by a second.
 */
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { APACHE, PERL, SERVER_MODULES, tktModule } from './debian.mjs'
import { fakeClock } from './fake-clock.mjs'
import { readTestOutput } from './test-output.mjs'

/** @import { FileResult } from './test-output.mjs' */

/**
 * @typedef {object} Suite
 * @property {string} folder the working copy
 * @property {string} configFile what Apache::Test wrote; it includes the suite's own extra.conf
 * @property {readonly Site[]} sites the main server first
 * @property {Readonly<Record<string, string>>} env for the server: the clock
 * @property {() => Promise<void>} remove
 */

/** @typedef {{ port: number, root: string }} Site a port and the folder of its pages */

const run = promisify(execFile)
const RUNNER = fileURLToPath(new URL('upstream-run.pl', import.meta.url))
const MODULES = ['mpm_prefork', 'alias', 'authn_core', 'authz_core', 'authz_user', 'cgi', 'dir', 'mime']
/** Any will do; a leap day is near. */
const START = '2024-02-27 21:30:00'
/** The same in unix time: where the clock stands as long as no test sleeps. */
export const SUITE_START = Date.parse(`${START.replace(' ', 'T')}Z`) / 1000
/** One for the server and one for each virtual host: Apache::Test counts up. */
const PORTS = 3
/** Milliseconds for all files. */
const PATIENCE = 110_000

/**
 * A working copy, configured for free ports.
 * @param {string} source @param {'md5' | 'sha256' | 'sha512'} digest
 * @returns {Promise<Suite>}
 */
export async function prepareSuite(source, digest) {
  const port = await freePortsInARow()
  const folder = await mkdtemp(join(tmpdir(), 'authtkt-upstream-'))
  await chmod(folder, 0o755) // the server reads the pages as another user
  await cp(source, folder, { recursive: true, verbatimSymlinks: true })
  const t = join(folder, 't')
  await mkdir(join(t, 'modules'))
  await symlink(/** @type {string} */ (tktModule()), join(t, 'modules', 'mod_auth_tkt.so'))
  // As the suite's Makefile does it.
  const extra = await readFile(join(t, 'extra.conf.2.4.in'), 'latin1')
  await writeFile(join(t, 'conf', 'extra.conf.in'), extra.replaceAll('MD5', digest.toUpperCase()), 'latin1')
  // What Apache::Test takes over: the modules of a server that is configured already.
  const base = join(folder, 'base.conf')
  const loads = MODULES.map((name) => `LoadModule ${name}_module ${SERVER_MODULES}/mod_${name}.so\n`)
  await writeFile(base, loads.join(''))
  const configure = ['TEST', '-configure', '-httpd', APACHE, '-httpd_conf', base, '-port', `${port}`]
  await run(PERL, configure, { cwd: t, env: perlEnv({}) })

  const time = join(folder, 'clock')
  await writeFile(time, `${START}\n`)
  const clock = fakeClock({ FAKETIME_TIMESTAMP_FILE: time, FAKETIME_NO_CACHE: '1' })
  const configFile = join(t, 'conf', 'httpd.conf')
  const sites = [{ port, root: join(t, 'htdocs') }, ...hostsIn(await readFile(join(t, 'conf', 'extra.conf'), 'latin1'))]
  const remove = () => {
    clock.remove()
    return rm(folder, { recursive: true, force: true })
  }
  return { folder, configFile, sites, env: clock.env, remove }
}

/** Runs every file, one after the other: they share the clock. @param {Suite} suite @returns {Promise<FileResult[]>} */
export async function runSuite({ folder, env }) {
  const files = (await readdir(join(folder, 't'))).filter((name) => name.endsWith('.t')).sort()
  const options = { cwd: folder, env: perlEnv({ ...env, MAT_TEST_TIMEOUTS: '1' }), timeout: PATIENCE }
  const { stdout } = await run(PERL, [RUNNER, ...files.map((name) => join('t', name))], options)
  const [, ...outputs] = stdout.split(/^== t\//m)
  return outputs.map((text) => {
    const [file = '', printed = ''] = text.split(/\n(.*)/s)
    return readTestOutput(file, printed)
  })
}

/** Nothing of the caller's Perl, and no questions. @param {Readonly<Record<string, string>>} more */
function perlEnv(more) {
  return { PATH: '/usr/bin:/bin', HOME: '/nonexistent', APACHE_TEST_NO_STICKY_PREFERENCES: '1', ...more }
}

/** The virtual hosts, as Apache::Test has written them. @param {string} text @returns {Site[]} */
function hostsIn(text) {
  const sections = text.matchAll(/<VirtualHost [^>]*:(\d+)>(.*?)<\/VirtualHost>/gs)
  return [...sections].map(([, port, lines = '']) => ({
    port: Number(port),
    root: /^\s*DocumentRoot (\S+)/m.exec(lines)?.[1] ?? '',
  }))
}

/** The first of some free ports in a row, which another process may take all the same. @returns {Promise<number>} */
async function freePortsInARow() {
  for (;;) {
    const first = 20_000 + Math.floor(Math.random() * 10_000)
    const servers = Array.from({ length: PORTS }, (_, i) => createServer().listen(first + i))
    const outcomes = await Promise.allSettled(servers.map((server) => once(server, 'listening')))
    for (const server of servers) server.close()
    if (outcomes.every(({ status }) => status === 'fulfilled')) return first
  }
}
