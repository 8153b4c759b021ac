/** The module's own Perl issuer, Apache::AuthTkt, in one long-lived perl. Strings are bytes, one char each. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { PERL, perlLibrary, perlMissing } from './debian.mjs'

/**
 * @typedef {object} PerlRequest
 * @property {'md5' | 'sha256' | 'sha512'} digest
 * @property {string} secret
 * @property {string} ip
 * @property {number} issuedAt not 0, which means "now" to the issuer
 * @property {string} uid
 * @property {string} tokens joined with `,`
 * @property {string} userData
 * @property {'base64' | 'raw'} form
 */

/**
 * @typedef {object} PerlIssuer
 * @property {(request: PerlRequest) => Promise<string | undefined>} issue the ticket; undefined if Perl refuses to
 * @property {() => Promise<void>} stop
 */

/** @returns {PerlIssuer} */
export function startPerlIssuer() {
  const missing = perlMissing()
  if (missing) throw new Error(missing)
  const driver = fileURLToPath(new URL('perl-issuer.pl', import.meta.url))
  // Perl ends by itself when its input does, even if this process is killed.
  const child = spawn(PERL, [`-I${perlLibrary()}`, driver], { stdio: ['pipe', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  const answers = createInterface(child.stdout)[Symbol.asyncIterator]()

  return {
    // Lines are answered in order, and so are the iterator's promises: no bookkeeping.
    async issue(request) {
      child.stdin.write(lineOf(request))
      const { value, done } = await answers.next()
      if (done) throw new Error('the Perl issuer ended')
      return value === 'refused' ? undefined : Buffer.from(value, 'hex').toString('latin1')
    },
    async stop() {
      child.stdin.end()
      await exited
    },
  }
}

/** @param {PerlRequest} request */
function lineOf({ digest, secret, ip, issuedAt, uid, tokens, userData, form }) {
  return `${[digest.toUpperCase(), hex(secret), ip, issuedAt, hex(uid), hex(tokens), hex(userData), form].join('\t')}\n`
}

/** @param {string} bytes */
const hex = (bytes) => Buffer.from(bytes, 'latin1').toString('hex')
