/**
 * Debian packages that conflict with one that is installed: fetched with apt-get and unpacked with `dpkg -x` where they
 * are first asked for. Nothing of them is in this repository.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** `npm ci` empties it, and the next one who asks fills it. */
const CACHE = fileURLToPath(new URL('../node_modules/.cache/authtkt', import.meta.url))
/** Seconds that a mirror may be silent, and the whole may take. */
const SILENCE = 20
const PATIENCE = 60
const TIMEOUTS = ['http', 'https'].flatMap((scheme) => ['-o', `Acquire::${scheme}::Timeout=${SILENCE}`])

/** The folder of a package's files; undefined where it cannot be had. @param {string} name @returns {string | undefined} */
export function unpacked(name) {
  const kept = join(CACHE, name)
  if (existsSync(kept)) return kept
  if (!existsSync('/usr/bin/apt-get')) return undefined
  mkdirSync(CACHE, { recursive: true })
  const work = mkdtempSync(join(CACHE, 'unpack-'))
  try {
    // As root apt-get would hand the download to another user, who cannot write here. It checks what comes all the same.
    const options = [...TIMEOUTS, '-o', 'APT::Sandbox::User=root']
    const limits = /** @type {const} */ ({ cwd: work, stdio: 'ignore', timeout: PATIENCE * 1000 })
    execFileSync('apt-get', ['-q', ...options, 'download', name], limits)
    const file = readdirSync(work).find((each) => each.endsWith('.deb')) ?? ''
    execFileSync('dpkg', ['-x', file, 'files'], limits)
    renameSync(join(work, 'files'), kept)
  } catch {
    // No lists, no mirror; or another process was quicker.
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
  return existsSync(kept) ? kept : undefined
}
