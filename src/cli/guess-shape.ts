/** `peek --guess` without a secret: which dialects a cookie value's shape speaks for, and why. Pure: checks nothing. */

import { HEX_DIGITS } from '../ticket/read.js'
import type { Dialect, Digest } from '../types.js'
import { isLikely, type Reading, readings, type Unwrapped, unwrap } from './guess-text.js'

export interface Guess {
  readonly dialect: Dialect
  readonly digest: Digest
  readonly why: string
}

export interface Shape {
  /** The likeliest way to read it; undefined where it is no ticket of any dialect. */
  readonly reading: Reading | undefined
  /** The likeliest first. */
  readonly guesses: readonly Guess[]
  /** What it is, where it is no ticket. */
  readonly other: string | undefined
}

interface Hint {
  readonly dialect: Dialect
  readonly why: string
}

/** What a cookie value can be. `now`: whole seconds, to tell likely timestamps from unlikely ones. */
export function shapeOf(cookieValue: string, now: number): Shape {
  const unwrapped = unwrap(cookieValue)
  const ways = readings(unwrapped.text, now)
  if (ways.length === 0) return { reading: undefined, guesses: [], other: otherThing(unwrapped.text) }
  const guesses = ways.flatMap((reading) => {
    const front = frontOf(reading, now)
    return hintsFor(reading, unwrapped).map(({ dialect, why }) => ({
      dialect,
      digest: reading.digest,
      why: `${front}; ${why}`,
    }))
  })
  return { reading: ways[0], guesses, other: undefined }
}

function frontOf({ digest, raw, issuedAt }: Reading, now: number): string {
  const front = raw
    ? '32 raw bytes in front of the time: an HMAC'
    : `${HEX_DIGITS[digest]} hex digits in front of the time: ${digest}`
  return isLikely(issuedAt, now) ? front : `${front}; a time that is not plausible`
}

/** All hints, the strongest first, one a dialect. */
function hintsFor(reading: Reading, unwrapped: Unwrapped): Hint[] {
  if (reading.raw)
    return [{ dialect: 'plone', why: 'plone.session, unless it was told to be compatible with mod_auth_tkt' }]
  const hints = [...fieldHints(reading), ...wrappingHints(unwrapped, reading), ...usualHints(unwrapped, reading)]
  const seen = new Set<Dialect>()
  return hints.filter(({ dialect }) => !seen.has(dialect) && seen.add(dialect))
}

function fieldHints({ uid, userData }: Reading): Hint[] {
  const hints: Hint[] = []
  const [, type] = /(?:^|\|)userid_type:(\w+)/.exec(userData) ?? []
  if (type !== undefined) {
    const says = `\`userid_type:${type}\` in the user data`
    const both: Hint[] = [
      { dialect: 'pyramid', why: `${says}: Pyramid's AuthTktCookieHelper` },
      { dialect: 'repoze', why: `${says}: repoze.who's AuthTktCookiePlugin` },
    ]
    hints.push(...(type === 'unicode' ? both.reverse() : both))
  }
  const [quoted] = /%[0-9A-F]{2}/.exec(uid) ?? []
  if (quoted) {
    const why = `\`${quoted}\` in the uid: Paste, Pyramid and repoze.who URL-quote it`
    hints.push(...(['paste', 'pyramid', 'repoze'] as const).map((dialect) => ({ dialect, why })))
  }
  return [...hints, ...dataHints(userData)]
}

/** User data in base64: whose it is depends on what is inside. */
function dataHints(userData: string): Hint[] {
  if (userData.length < 4 || !/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(userData))
    return []
  const inside = Buffer.from(userData, 'base64').toString('latin1')
  if (/^[asibdO]:\d/.test(inside)) {
    return [{ dialect: 'apache', why: 'user data in base64, with PHP-serialised data inside: numberssoft' }]
  }
  if (/^[\x20-\x7e]*$/.test(inside)) {
    return [{ dialect: 'passport-authtkt', why: 'user data in base64, with text inside: passport-authtkt' }]
  }
  if (inside.length <= 48) return []
  return [
    { dialect: 'yola', why: "user data in base64, with more than 48 bytes of noise inside: yola's encrypted data" },
  ]
}

function wrappingHints({ wrappings }: Unwrapped, { digest }: Reading): Hint[] {
  const has = (wrapping: (typeof wrappings)[number]) => wrappings.includes(wrapping)
  if (has('python-bytes')) return [{ dialect: 'paste', why: "`b'...'` around it: Paste on Python 3" }]
  if (has('wrapped-base64')) return [{ dialect: 'apache', why: "base64 with line ends: contrib's Python script" }]
  if (has('escapes')) {
    const why = 'octal escapes such as `\\054`: written by a Python cookie module'
    return (['pyramid', 'paste'] as const).map((dialect) => ({ dialect, why }))
  }
  if (!has('quotes')) return []
  if (has('base64'))
    return [{ dialect: 'yola', why: "base64 in double quotes: yola's auth_tkt, and other Python issuers" }]
  const why = 'raw in double quotes: repoze.who, and Pyramid with several tokens'
  return (digest === 'sha512' ? (['pyramid', 'repoze'] as const) : (['repoze', 'pyramid'] as const)).map((dialect) => ({
    dialect,
    why,
  }))
}

/** What the text may be whatever it looks like. */
function usualHints({ wrappings }: Unwrapped, { capitals, digest }: Reading): Hint[] {
  const base64 = wrappings.length === 1 && wrappings[0] === 'base64'
  const lighttpd: Hint = {
    dialect: 'lighttpd',
    why: 'base64, which mod_authn_tkt writes as well: only the secret tells its tickets from others',
  }
  if (capitals === 'digest') {
    return base64 ? [{ ...lighttpd, why: 'capitals in the digest: nobody but mod_authn_tkt takes them' }] : []
  }
  const hints: Hint[] = [{ dialect: 'apache', why: apacheWhy(capitals, digest) }]
  if (base64) hints.push(lighttpd)
  const shifted = "contrib's PHP script, whose cipher cannot be seen but in fields that make no sense"
  return [...hints, { dialect: 'php-contrib', why: shifted }]
}

function apacheWhy(capitals: Reading['capitals'], digest: Digest): string {
  if (capitals === 'timestamp') return "capitals in the time: contrib's Tcl package"
  if (digest === 'sha1') return 'SHA-1: the PHP class apache-authtkt-php, which alone has it'
  return 'the form of mod_auth_tkt itself and of most issuers'
}

/** What else travels in such cookies. */
function otherThing(text: string): string {
  if (/(?:^|;)sig=/.test(text) && /(?:^|;)uid=/.test(text))
    return 'a signed ticket of mod_auth_pubtkt that is not whole'
  if (/^(?:crypt|token):/.test(text)) return "lighttpd's mod_auth_ticket, which is not read here"
  if (text === 'INVALID') return 'what repoze.who writes when somebody signs out'
  return 'no ticket: there is no digest and timestamp in front of a `!`'
}
