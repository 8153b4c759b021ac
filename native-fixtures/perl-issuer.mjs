/** The module's own Perl issuer, Apache::AuthTkt, in one long-lived perl. Strings are bytes, one char each. */
import { fileURLToPath } from 'node:url'
import { PERL, perlLibrary, perlMissing } from './debian.mjs'
import { startLineProgram } from './issuers/line-program.mjs'

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

/** @typedef {Pick<PerlRequest, 'issuedAt' | 'uid' | 'tokens' | 'userData'>} PerlRead */

/**
 * @typedef {object} PerlIssuer
 * @property {(request: PerlRequest) => Promise<string | undefined>} issue the ticket; undefined if Perl refuses to
 * @property {(key: Pick<PerlRequest, 'secret' | 'ip'>, value: string) => Promise<PerlRead | undefined>} validate what it
 *   reads in an MD5 ticket (it splits no other); undefined if Perl refuses it
 * @property {() => Promise<void>} stop
 */

/** @returns {PerlIssuer} */
export function startPerlIssuer() {
  const missing = perlMissing()
  if (missing) throw new Error(missing)
  const driver = fileURLToPath(new URL('perl-issuer.pl', import.meta.url))
  const { ask, stop } = startLineProgram(PERL, [`-I${perlLibrary()}`, driver])
  return {
    stop,
    async issue({ digest, secret, ip, issuedAt, uid, tokens, userData, form }) {
      return (await ask('issue', digest.toUpperCase(), secret, ip, issuedAt, uid, tokens, userData, form))?.[0]
    },
    async validate({ secret, ip }, value) {
      const answer = await ask('validate', secret, ip, value)
      if (!answer) return undefined
      const [time, uid = '', tokens = '', userData = ''] = answer
      return { issuedAt: Number(time), uid, tokens, userData }
    },
  }
}
