/** Issuers and verifiers written in Python, each in one long-lived process. Strings are bytes, one char each. */
import { fileURLToPath } from 'node:url'
import { contribFile, PYTHON, pasteMissing, pyramidMissing, python2IssuerMissing, repozeMissing } from '../debian.mjs'
import { startLineProgram } from './line-program.mjs'

/** @typedef {'md5' | 'sha1' | 'sha256' | 'sha512'} Digest */
/**
 * What a ticket is made of; `ip` is empty where a helper is to leave it out, `tokens` joined with `,`.
 * @typedef {{ secret: string, ip: string, issuedAt: number, uid: string, tokens: string, userData: string }} Draft
 */
/** @typedef {Draft & { digest: Digest }} DigestDraft */
/** @typedef {{ issuedAt: number, uid: string, tokens: string, userData: string, type?: string }} Read what it makes of one */

/** @param {string} driver @param {string | undefined} missing @param {string[]} args */
function start(driver, missing, ...args) {
  if (missing) throw new Error(missing)
  // No compiled files beside ours; what the libraries are deprecated for is not our business.
  return startLineProgram(PYTHON, ['-B', '-W', 'ignore', fileURLToPath(new URL(driver, import.meta.url)), ...args])
}

/** @param {string[] | undefined} answer @returns {Read | undefined} */
function readOf(answer) {
  if (!answer) return undefined
  const [time, uid = '', tokens = '', userData = '', type] = answer
  return { issuedAt: Number(time), uid, tokens, userData, ...(type !== undefined && { type }) }
}

/** A Set-Cookie header's value. @param {string[] | undefined} answer */
const cookieOf = (answer) => answer?.[0]?.replace(/^auth_tkt=((?:"(?:\\.|[^"])*"|[^;])*).*$/s, '$1')

/** @param {Draft} draft */
const fieldsOf = ({ secret, ip, issuedAt, uid, tokens, userData }) =>
  /** @type {const} */ ([secret, ip, issuedAt, uid, tokens, userData])

/** paste.auth.auth_tkt */
export function startPaste() {
  const { ask, stop } = start('paste_issuer.py', pasteMissing())
  return {
    stop,
    /** AuthTicket.cookie_value(): the ticket. @param {DigestDraft} draft */
    value: async (draft) => (await ask('value', draft.digest, ...fieldsOf(draft)))?.[0],
    /** AuthTicket.cookie(): the cookie value. @param {DigestDraft} draft */
    cookie: async (draft) => (await ask('cookie', draft.digest, ...fieldsOf(draft)))?.[0],
    /** The cookie value that AuthTKTMiddleware sets; MD5 alone. @param {Draft} draft */
    middleware: async (draft) => (await ask('middleware', ...fieldsOf(draft)))?.[0],
    /** parse_ticket on a cookie value. @param {Pick<DigestDraft, 'digest' | 'secret' | 'ip'>} key @param {string} value */
    read: async ({ digest, secret, ip }, value) => readOf(await ask('read', digest, secret, ip, value)),
  }
}

/** pyramid.authentication */
export function startPyramid() {
  const { ask, stop } = start('pyramid_issuer.py', pyramidMissing())
  return {
    stop,
    /** AuthTicket.cookie_value(): the ticket. @param {DigestDraft} draft */
    value: async (draft) => (await ask('value', draft.digest, ...fieldsOf(draft)))?.[0],
    /** parse_ticket on a ticket. @param {Pick<DigestDraft, 'digest' | 'secret' | 'ip'>} key @param {string} ticket */
    parse: async ({ digest, secret, ip }, ticket) => readOf(await ask('parse', digest, secret, ip, ticket)),
    /** AuthTktCookieHelper.remember(): the cookie value. @param {Omit<DigestDraft, 'userData'> & { type: 'int' | 'str' | 'bytes' }} draft */
    remember: async ({ digest, secret, ip, issuedAt, type, uid, tokens }) =>
      cookieOf(await ask('remember', digest, secret, ip, issuedAt, type, uid, tokens)),
    /** AuthTktCookieHelper.identify() on a cookie value. @param {Pick<DigestDraft, 'digest' | 'secret' | 'ip'>} key @param {string} value */
    identify: async ({ digest, secret, ip }, value) =>
      readOf(await ask('identify', digest, secret, ip, `auth_tkt=${value}`)),
  }
}

/** repoze.who.plugins.auth_tkt; MD5 alone. */
export function startRepoze() {
  const { ask, stop } = start('repoze_issuer.py', repozeMissing())
  return {
    stop,
    /** AuthTktCookiePlugin.remember(): the cookie value. @param {Draft & { type: 'int' | 'str' }} draft */
    remember: async ({ secret, ip, issuedAt, type, uid, tokens, userData }) =>
      cookieOf(await ask('remember', secret, ip, issuedAt, type, uid, tokens, userData)),
    /** AuthTktCookiePlugin.forget(): the cookie value. */
    forget: async () => cookieOf(await ask('forget', 'a secret', '')),
    /** AuthTktCookiePlugin.identify() on a cookie value. @param {Pick<Draft, 'secret' | 'ip'>} key @param {string} value */
    identify: async ({ secret, ip }, value) => readOf(await ask('identify', secret, ip, `auth_tkt=${value}`)),
  }
}

/** auth_ticket.py, written for Python 2; MD5 alone. */
export function startPython2Issuer() {
  const { ask, stop } = start('contrib_issuer.py', python2IssuerMissing(), `${contribFile('auth_ticket.py')}`)
  return {
    stop,
    /** AuthTicket.cookie_value(): the ticket. @param {Draft} draft */
    value: async (draft) => (await ask('value', ...fieldsOf(draft)))?.[0],
    /** AuthTicket.cookie(): the cookie value. @param {Draft} draft */
    cookie: async (draft) => (await ask('cookie', ...fieldsOf(draft)))?.[0],
  }
}
