/** The directives of mod_auth_tkt, and what each of them sets. */

import type { Context } from './context.js'
import { type Draft, type SecretAt, set } from './draft.js'
import { addDurations } from './durations.js'
import { configError } from './notes.js'
import type { Directive } from './tree.js'
import { nextWord, words } from './words.js'

export type Reader = (context: Context, draft: Draft, at: Directive) => void

type TextKey =
  | 'loginUrl'
  | 'timeoutUrl'
  | 'postTimeoutUrl'
  | 'unauthUrl'
  | 'refreshUrl'
  | 'badIpUrl'
  | 'multifactorUrl'
  | 'cookieName'
  | 'backCookieName'
  | 'backArgName'
type FlagKey =
  | 'ignoreIp'
  | 'requireSsl'
  | 'cookieSecure'
  | 'guestLogin'
  | 'guestCookie'
  | 'guestFallback'
  | 'guestEmpty'
  | 'requireMultifactor'
  | 'fakeBasicAuth'
  | 'passthruBasicAuth'

/** The one argument of a directive. */
export function single(at: Directive): string {
  const [word, rest] = nextWord(at.text)
  if (word !== '' && rest === '') return word
  throw configError(at, at.name, `takes one argument${word === '' ? '' : '; put quotes round one that has spaces'}`)
}

/** One or more arguments. */
export function several(at: Directive): string[] {
  const given = words(at.text)
  if (given.length === 0) throw configError(at, at.name, 'needs at least one argument')
  return given
}

/** The arguments of a directive that has a fixed number of them. */
export function exactly(at: Directive, count: number, what: string): string[] {
  const given = words(at.text)
  if (given.length !== count) throw configError(at, at.name, `takes ${what}`)
  return given
}

export function text(key: TextKey): Reader {
  return (_context, draft, at) => set(draft, at, key, single(at))
}

export function flag(key: FlagKey): Reader {
  return (context, draft, at) => {
    const [word, rest] = nextWord(at.text)
    if (!/^o(?:n|ff)$/i.test(word)) throw configError(at, at.name, 'must be On or Off')
    if (rest !== '') context.notes.warn(at, `${at.name}: what follows the first argument has no effect`)
    set(draft, at, key, word.toLowerCase() === 'on')
  }
}

function whole(at: Directive): number {
  const word = single(at)
  if (!/^\d{1,9}$/.test(word)) throw configError(at, at.name, 'must be a whole number, 0 or more')
  return Number(word)
}

const timeout: Reader = (context, draft, at) => {
  draft.timeout = addDurations(context, at, several(at), draft.timeout)
  set(draft, at, 'timeout', draft.timeout)
}

const timeoutMin: Reader = (_context, draft, at) => {
  draft.timeout = whole(at) * 60
  set(draft, at, 'timeout', draft.timeout)
}

const timeoutRefresh: Reader = (_context, draft, at) => {
  const word = single(at)
  const part = /^(?:\d+\.?\d*|\.\d+)$/.test(word) ? Number(word) : Number.NaN
  if (!(part <= 1)) throw configError(at, at.name, 'must be a number between 0 and 1')
  set(draft, at, 'timeoutRefresh', part)
}

const cookieExpires: Reader = (context, draft, at) => {
  draft.cookieExpires = addDurations(context, at, several(at), draft.cookieExpires)
  set(draft, at, 'cookieExpires', draft.cookieExpires === 0 ? null : draft.cookieExpires)
}

const cookieDomain: Reader = (context, draft, at) => {
  const [domain] = single(at).split(':') as [string]
  if (domain !== single(at)) context.notes.info(at, `${at.name}: what begins at the ':' is left out, as in the module`)
  set(draft, at, 'cookieDomain', domain)
}

const backArgName: Reader = (_context, draft, at) => {
  const name = single(at)
  set(draft, at, 'backArgName', name === 'None' ? null : name)
}

const querySeparator: Reader = (_context, draft, at) => {
  const word = single(at)
  if (word !== ';' && word !== '&') throw configError(at, at.name, "must be ';' or '&'")
  set(draft, at, 'querySeparator', word)
}

export const token: Reader = (_context, draft, at) => {
  draft.tokens.push(...several(at))
  // The shape is checked without NULL, which is no token.
  set(draft, at, 'tokens', draft.tokens[0] === 'NULL' ? [] : [...draft.tokens])
}

const guestUser: Reader = (context, draft, at) => {
  const name = single(at)
  const losing = context.exact && /^.%\d*U/s.test(name)
  if (losing) context.notes.warn(at, `${at.name}: a single char before %U is lost in the module, and here; use two`)
  set(draft, at, 'guestUser', losing ? name.slice(1) : name)
}

function secret(which: 'secret' | 'old'): Reader {
  return (_context, draft, at) => {
    const bytes = Uint8Array.from(single(at), (char) => char.charCodeAt(0))
    if (bytes.length > 1024) throw configError(at, at.name, 'is too long; a secret can have 1 to 1024 bytes')
    const found: SecretAt = { secret: bytes, file: at.file, line: at.line }
    serverKeys(draft, at)[which] = found
  }
}

const digestType: Reader = (_context, draft, at) => {
  const digest = ({ MD5: 'md5', SHA256: 'sha256', SHA512: 'sha512' } as const)[single(at)]
  if (!digest) throw configError(at, at.name, 'must be MD5, SHA256 or SHA512, in capitals')
  serverKeys(draft, at).digest = digest
}

function serverKeys(draft: Draft, at: Directive): NonNullable<Draft['keys']> {
  if (draft.keys) return draft.keys
  throw configError(at, at.name, 'stands at server or VirtualHost level only; move it out of the section')
}

/** By lower-case name without `tktauth`. */
export const PLAIN_READERS: Readonly<Record<string, Reader>> = {
  loginurl: text('loginUrl'),
  timeouturl: text('timeoutUrl'),
  posttimeouturl: text('postTimeoutUrl'),
  unauthurl: text('unauthUrl'),
  cookiename: text('cookieName'),
  domain: cookieDomain,
  cookieexpires: cookieExpires,
  backcookiename: text('backCookieName'),
  backargname: backArgName,
  ignoreip: flag('ignoreIp'),
  requiressl: flag('requireSsl'),
  cookiesecure: flag('cookieSecure'),
  token,
  timeout,
  timeoutmin: timeoutMin,
  timeoutrefresh: timeoutRefresh,
  secret: secret('secret'),
  secretold: secret('old'),
  digesttype: digestType,
  guestlogin: flag('guestLogin'),
  guestcookie: flag('guestCookie'),
  guestuser: guestUser,
  guestfallback: flag('guestFallback'),
  guestempty: flag('guestEmpty'),
  debug: (_context, draft, at) => set(draft, at, 'debug', whole(at)),
  queryseparator: querySeparator,
}
