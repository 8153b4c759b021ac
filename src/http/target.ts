/**
 * The request target, judged once: what it names after decoding, with dots resolved and slashes merged, and the one
 * spelling of it that may be handed on. Apache's rules (ap_normalize_path, ap_unescape_url), seen on the real server.
 */

export interface Target {
  /** Decoded; `.` and `..` resolved, empty segments merged. One char a byte. */
  readonly path: string
  /** The path as the client sent it. */
  readonly rawPath: string
  /** What follows the `?`; undefined without one. */
  readonly query: string | undefined
  /** Scheme and authority of an absolute target, the host in lower case. */
  readonly scheme: string | undefined
  readonly authority: string | undefined
  /** The judged path in its one spelling, and the query as it came. */
  readonly url: string
  /** Lenient software may read the path in another way: see `lenientPath`. */
  readonly odd: boolean
}

/** Why there is no target: bad syntax, or an escape that hides a separator (`%2f`, `%00`). */
export type BadTarget = 'syntax' | 'hidden'

/**
 * What a char of a path asks for. Beside the special ones stand those that mean themselves in any spelling: nothing to
 * decode, resolve or escape.
 */
const [OTHER, USUAL, CAPITAL, SLASHED, DOTTED] = [0, 1, 2, 3, 4] as const
const KINDS = Uint8Array.from({ length: 256 }, (_, code) => {
  const char = String.fromCharCode(code)
  if (/[a-z0-9\-_~!$&'()*+,=:@]/.test(char)) return USUAL
  return /[A-Z]/.test(char) ? CAPITAL : char === '/' ? SLASHED : char === '.' ? DOTTED : OTHER
})
/** Chars that a path may carry without an escape (RFC 3986 pchar), `;` included. */
const CARRIED = table(/[A-Za-z0-9\-._~!$&'()*+,;=:@]/)
/** What makes a decoded path odd. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are among it
export const ODD = /[\0-\x1f\x7fA-Z;%\\\xc0\xc1]|[. ](?:\/|$)|\xe0[\x80-\x9f]|\xf0[\x80-\x8f]/
const SLASH = 0x2f

function table(pattern: RegExp): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, code) => Number(pattern.test(String.fromCharCode(code))))
}

/** Reads a target in origin form or absolute form. */
export function readTarget(url: string): Target | BadTarget {
  if (url.charCodeAt(0) !== SLASH) return readOther(url)
  const mark = url.indexOf('?')
  const end = mark < 0 ? url.length : mark
  const plain = plainness(url, end)
  if (plain !== NOT_PLAIN) {
    const path = mark < 0 ? url : url.slice(0, end)
    const query = mark < 0 ? undefined : url.slice(mark + 1)
    if (query !== undefined && hasBadByte(query)) return 'syntax'
    return { path, rawPath: path, query, scheme: undefined, authority: undefined, url, odd: plain === ODD_PLAIN }
  }
  return readPath(url.slice(0, end), mark < 0 ? undefined : url.slice(mark + 1), undefined, undefined)
}

const NOT_PLAIN = 0
const ODD_PLAIN = 1
const ALL_PLAIN = 2

/** No escapes, no empty or dotted segments, nothing unusual: most paths are like that, and need one look at each char. */
function plainness(url: string, end: number): number {
  let result = ALL_PLAIN
  let before: number = OTHER
  for (let i = 0; i < end; i++) {
    const code = url.charCodeAt(i)
    const kind = code > 0xff ? OTHER : (KINDS[code] as number)
    if (kind !== USUAL) {
      if (kind === OTHER) return NOT_PLAIN
      if (before === SLASHED && kind !== CAPITAL) return NOT_PLAIN
      if (kind === CAPITAL || (kind === SLASHED && before === DOTTED)) result = ODD_PLAIN
    }
    before = kind
  }
  return before === DOTTED ? ODD_PLAIN : result
}

/** Absolute form, or the few odd ones that Apache takes. */
function readOther(url: string): Target | BadTarget {
  const absolute = /^(https?):\/\/([^/?#]*)([^?#]*)(?:\?([^#]*))?$/i.exec(url)
  if (absolute) {
    const [, scheme = '', authority = '', path = '', query] = absolute
    if (authority === '' || authority.includes('@')) return 'syntax'
    return readPath(path === '' ? '/' : path, query, scheme.toLowerCase(), authority.toLowerCase())
  }
  if (url === '*')
    return { path: url, rawPath: url, query: undefined, scheme: undefined, authority: undefined, url, odd: false }
  return 'syntax'
}

function readPath(
  rawPath: string,
  query: string | undefined,
  scheme: string | undefined,
  authority: string | undefined,
) {
  if (hasBadByte(rawPath) || (query !== undefined && hasBadByte(query))) return 'syntax'
  const decoded: string[] = []
  const spelled: string[] = []
  const segments = rawPath.split('/')
  for (let i = 1; i < segments.length; i++) {
    const last = i === segments.length - 1
    const segment = readSegment(segments[i] as string)
    if (typeof segment === 'string') return segment
    if (segment.text === '..') {
      if (decoded.length === 0) return 'syntax'
      decoded.pop()
      spelled.pop()
    } else if (segment.text !== '' && segment.text !== '.') {
      decoded.push(segment.text)
      spelled.push(segment.spelled)
      continue
    }
    // A path that ends in a slash or in dots names a folder.
    if (last) {
      decoded.push('')
      spelled.push('')
    }
  }
  const path = `/${decoded.join('/')}`
  return {
    path,
    rawPath,
    query,
    scheme,
    authority,
    url: `/${spelled.join('/')}${query === undefined ? '' : `?${query}`}`,
    odd: ODD.test(path),
  }
}

/** A segment decoded, and in its one spelling: escapes of unreserved chars undone, others in upper case. */
function readSegment(segment: string): { text: string; spelled: string } | BadTarget {
  if (!segment.includes('%')) return { text: segment, spelled: spell(segment) }
  let text = ''
  let spelled = ''
  for (let i = 0; i < segment.length; i++) {
    const char = segment[i] as string
    if (char !== '%') {
      text += char
      spelled += spell(char)
      continue
    }
    const hex = segment.slice(i + 1, i + 3)
    if (!/^[0-9a-f]{2}$/i.test(hex)) return 'syntax'
    const byte = String.fromCharCode(Number.parseInt(hex, 16))
    if (byte === '/' || byte === '\0') return 'hidden'
    text += byte
    spelled += /[A-Za-z0-9\-._~]/.test(byte) ? byte : `%${hex.toUpperCase()}`
    i += 2
  }
  return { text, spelled }
}

/** Escapes what a path cannot carry as it is. */
export function spell(text: string): string {
  let spelled = ''
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    spelled += CARRIED[code] === 1 ? text[i] : `%${code.toString(16).toUpperCase().padStart(2, '0')}`
  }
  return spelled
}

/** Control bytes, spaces, `#` and what is no byte at all have no place in a request target. */
function hasBadByte(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code <= 0x20 || code === 0x7f || code === 0x23 || code > 0xff) return true
  }
  return false
}
