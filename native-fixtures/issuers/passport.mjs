/** npm's passport-authtkt, fetched into a temporary folder: it and its dependencies are too old to live among ours. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** @import { Draft } from './python.mjs' */

export const VERSION = '0.0.2'

/** It wants text, and MD5 is all it has. */
export function startPassport() {
  const folder = mkdtempSync(join(tmpdir(), 'authtkt-issuer-'))
  const flags = ['--prefix', folder, '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel', 'error']
  execFileSync('npm', ['install', ...flags, `passport-authtkt@${VERSION}`], { stdio: ['ignore', 'ignore', 'inherit'] })
  const load = createRequire(join(folder, 'here.js'))
  const AuthTkt = load('passport-authtkt/lib/passport-authtkt/authtkt.js')
  return {
    stop: async () => rmSync(folder, { recursive: true }),
    /** getCookie() @param {Draft} draft */
    cookie: async ({ secret, ip, issuedAt, uid, tokens, userData }) =>
      new AuthTkt(text(secret)).getCookie(text(uid), {
        ip: ip || '0.0.0.0',
        timestamp: issuedAt,
        tokens: text(tokens)
          .split(',')
          .filter((token) => token !== ''),
        userData: text(userData),
      }),
  }
}

/** @param {string} bytes */
const text = (bytes) => Buffer.from(bytes, 'latin1').toString()
