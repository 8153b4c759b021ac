/** A folder of a test's own, and authenticators on files in it. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { htpasswdLine } from '../../../native-fixtures/htpasswd.mjs'
import { type HtpasswdOptions, htpasswd } from '../../../src/login/authenticators/htpasswd.js'
import { type Verify, verifyHash } from '../../../src/login/authenticators/password-hash.js'

/** Writes a file of the folder and says where it is. */
export function folderOf(t: Test): (name: string, text?: string) => string {
  const folder = mkdtempSync(join(tmpdir(), 'authtkt-passwords-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  return (name, text) => {
    const file = join(folder, name)
    if (text !== undefined) writeFileSync(file, text)
    return file
  }
}

/** Debian's htpasswd with the cheapest hashes it has. */
export const line = (uid: string, password: string) => `${htpasswdLine(uid, password, 'bcrypt')}\n`

/** An authenticator that notes what it warned of and which schemes it worked for, on a clock that only tests move. */
export function signing(options: Omit<HtpasswdOptions, 'warn' | 'now'>, verify: Verify = verifyHash) {
  const warnings: string[] = []
  const worked: string[] = []
  const clock = { now: Date.now() }
  const spied: Verify = (password, hash) => {
    worked.push(`${hash.scheme} ${hash.cost}`)
    return verify(password, hash)
  }
  const warn = (message: string) => warnings.push(message)
  const staff = htpasswd({ ...options, warn, now: () => clock.now }, spied)
  return { staff, warnings, worked, clock }
}
