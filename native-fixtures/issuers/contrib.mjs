/** The issuers in PHP, Ruby and Tcl that mod_auth_tkt brings along, each in one long-lived process. Strings are bytes. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { contribFile, PHP, phpMissing, RUBY, rubyMissing, TCLSH, tclMissing } from '../debian.mjs'
import { startLineProgram } from './line-program.mjs'

/** @import { Draft } from './python.mjs' */

const driver = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url))

/** PHP's and Ruby's read the secret from the server's configuration: a file that goes when they stop. */
function secretFile() {
  const folder = mkdtempSync(join(tmpdir(), 'authtkt-issuer-'))
  return { file: join(folder, 'secret.conf'), remove: () => rmSync(folder, { recursive: true }) }
}

/** auth_ticket.inc.php. Its secrets have 10 bytes or more and no `"`. @param {{ encrypt: boolean }} options `$ENCRYPT_COOKIE` */
export function startPhp({ encrypt }) {
  const missing = phpMissing()
  if (missing) throw new Error(missing)
  const { file, remove } = secretFile()
  const flags = ['-n', '-d', 'display_errors=stderr']
  const mode = encrypt ? 'encrypt' : 'plain'
  const args = [...flags, driver('php-issuer.php'), `${contribFile('auth_ticket.inc.php')}`, mode, file]
  const { ask, stop } = startLineProgram(PHP, args)
  return {
    stop: () => stop().finally(remove),
    /** @param {Draft} draft @param {'base64' | 'raw'} form */
    issue: async ({ secret, ip, issuedAt, uid, tokens, userData }, form) =>
      (await ask('issue', secret, ip, issuedAt, uid, tokens, userData, form))?.[0],
  }
}

/** auth_tkt.rb; only raw tickets. Its secrets have no `"`, and no space at either end. */
export function startRuby() {
  const missing = rubyMissing()
  if (missing) throw new Error(missing)
  const { file, remove } = secretFile()
  const { ask, stop } = startLineProgram(RUBY, [driver('ruby-issuer.rb'), `${contribFile('auth_tkt.rb')}`, file])
  return {
    stop: () => stop().finally(remove),
    /** @param {Draft} draft @param {'text' | 'bytes'} kind `text`: as UTF-8 strings, which it takes in ASCII only */
    issue: async ({ secret, ip, issuedAt, uid, tokens, userData }, kind) =>
      (await ask('issue', secret, ip, issuedAt, uid, tokens, userData, kind))?.[0],
  }
}

/** auth_tkt.tcl: SHA-256, raw, never an address. */
export function startTcl() {
  const missing = tclMissing()
  if (missing) throw new Error(missing)
  const { ask, stop } = startLineProgram(TCLSH, [driver('tcl-issuer.tcl'), `${contribFile('tcl/auth_tkt.tcl')}`])
  return {
    stop,
    /** @param {Draft} draft */
    issue: async ({ secret, ip, issuedAt, uid, tokens, userData }) =>
      (await ask('issue', secret, ip, issuedAt, uid, tokens, userData))?.[0],
  }
}
