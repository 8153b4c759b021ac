/** The issuers that mod_auth_pubtkt brings along, unmodified, each in one long-lived process. Strings are bytes. */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PERL, PHP, pubtktExamples, pubtktIssuersMissing } from '../debian.mjs'
import { startLineProgram } from './line-program.mjs'

/** @import { KeyPair } from '../signing-keys.mjs' */

/**
 * @typedef {object} SignedDraft
 * @property {string} uid
 * @property {string} clientIp empty: none
 * @property {number} validUntil
 * @property {number} grace seconds before validUntil at which a refresh is due; 0: none
 * @property {string} tokens joined with `,`
 * @property {string} userData
 * @property {string} [bauth] `uid:password`, or that encrypted; PHP's only
 * @property {boolean} [multifactor] PHP's only
 */

/** `default`: what they take where nobody names one. @typedef {'default' | 'sha1' | 'dss1' | 'sha224' | 'sha256' | 'sha384' | 'sha512'} IssuerDigest */

/**
 * @typedef {object} SignedIssuer
 * @property {(pair: KeyPair, digest: IssuerDigest, draft: SignedDraft) => Promise<string | undefined>} issue the ticket, not escaped;
 *   undefined where it has none
 * @property {(pair: KeyPair, digest: IssuerDigest, ticket: string) => Promise<boolean>} verify
 * @property {() => Promise<void>} stop
 */

const driver = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url))
const typeOf = (/** @type {KeyPair} */ { kind }) => (kind.startsWith('dsa') ? 'dsa' : 'rsa')

/** What complains of unknown digests is openssl. @param {string} program @param {(examples: string) => readonly string[]} args */
function start(program, args) {
  const missing = pubtktIssuersMissing()
  if (missing) throw new Error(missing)
  return startLineProgram(program, args(`${pubtktExamples()}`), { complaints: 'ignore' })
}

/** mod_auth_pubtkt.pm. @returns {SignedIssuer} */
export function startPubtktPerl() {
  const { ask, stop } = start(PERL, (examples) => [`-I${join(examples, 'perl-login')}`, driver('pubtkt-perl.pl')])
  const named = (/** @type {IssuerDigest} */ digest) => (digest === 'default' ? '' : digest)
  return {
    stop,
    async issue(pair, digest, { uid, clientIp, validUntil, grace, tokens, userData }) {
      const key = /** @type {const} */ ([pair.privateFile, typeOf(pair), named(digest)])
      return (await ask('issue', ...key, uid, clientIp, validUntil, grace, tokens, userData))?.[0]
    },
    verify: async (pair, digest, ticket) =>
      (await ask('verify', pair.publicFile, typeOf(pair), named(digest), ticket)) !== undefined,
  }
}

/** pubtkt.inc. `native`: by PHP's own openssl functions, which know RSA and SHA-1 only, not by the program. @param {{ native?: boolean }} [options] @returns {SignedIssuer} */
export function startPubtktPhp({ native = false } = {}) {
  const { ask, stop } = start(PHP, (examples) => [
    '-n',
    driver('pubtkt-php.php'),
    join(examples, 'php-login/pubtkt.inc'),
  ])
  return {
    stop,
    async issue(pair, digest, draft) {
      const { uid, clientIp, validUntil, grace, tokens, userData, bauth = '', multifactor = false } = draft
      const key = /** @type {const} */ ([pair.privateFile, typeOf(pair).toUpperCase(), digest])
      const fields = [uid, clientIp, validUntil, grace, tokens, userData, bauth, multifactor ? 1 : 0]
      return (await ask(native ? 'issue-php' : 'issue', ...key, ...fields))?.[0]
    },
    async verify(pair, digest, ticket) {
      const args = native ? [] : [typeOf(pair).toUpperCase(), digest]
      return (await ask(native ? 'verify-php' : 'verify', pair.publicFile, ...args, ticket)) !== undefined
    },
  }
}
