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
}

/** Why there is no target: bad syntax, or an escape that hides a separator (`%2f`, `%00`). */
export type BadTarget = 'syntax' | 'hidden'

/** Chars of a path that stand for themselves in any spelling: nothing to decode, resolve or escape. */
const PLAIN = table(/[A-Za-z0-9\-_~!$&'()*+,=:@]/)
/** Chars that a path may carry without an escape (RFC 3986 pchar), `;` included. */
const CARRIED = table(/[A-Za-z0-9\-._~!$&'()*+,;=:@]/)
const SLASH = 0x2f
const DOT = 0x2e

function table(pattern: RegExp): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, code) => Number(pattern.test(String.fromCharCode(code))))
}

/** Reads a target in origin form or absolute form. */
export function readTarget(url: string): Target | BadTarget {
  if (url.charCodeAt(0) !== SLASH) return readOther(url)
  const mark = url.indexOf('?')
  const end = mark < 0 ? url.length : mark
  if (isPlain(url, end)) {
    const path = mark < 0 ? url : url.slice(0, end)
    const query = mark < 0 ? undefined : url.slice(mark + 1)
    if (query !== undefined && hasBadByte(query)) return 'syntax'
    return { path, rawPath: path, query, scheme: undefined, authority: undefined, url }
  }
  return readPath(url.slice(0, end), mark < 0 ? undefined : url.slice(mark + 1), undefined, undefined)
}

/** No escapes, no empty or dotted segments, nothing unusual: most paths are like that. */
function isPlain(url: string, end: number): boolean {
  let before = 0
  for (let i = 0; i < end; i++) {
    const code = url.charCodeAt(i)
    if (code === SLASH) {
      if (before === SLASH) return false
    } else if (code === DOT) {
      if (before === SLASH) return false
    } else if (code > 0xff || PLAIN[code] === 0) return false
    before = code
  }
  return true
}

/** Absolute form, or the few odd ones that Apache takes. */
function readOther(url: string): Target | BadTarget {
  const absolute = /^(https?):\/\/([^/?#]*)([^?#]*)(?:\?([^#]*))?$/i.exec(url)
  if (absolute) {
    const [, scheme = '', authority = '', path = '', query] = absolute
    if (authority === '' || authority.includes('@')) return 'syntax'
    return readPath(path === '' ? '/' : path, query, scheme.toLowerCase(), authority.toLowerCase())
  }
  if (url === '*') return { path: '*', rawPath: '*', query: undefined, scheme: undefined, authority: undefined, url }
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
function spell(text: string): string {
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

/** Paths that other software may read in another way. */
const ODD = /[A-Z;%\\]|[. ](?:\/|$)/

/**
 * The path as lenient software may read it: decoded twice, back slashes as slashes, `;parameters` cut off, dots and
 * spaces cut from the ends of segments, dots resolved again, lower case. Undefined where that is the path itself.
 */
export function lenientPath(path: string): string | undefined {
  if (!ODD.test(path)) return undefined
  const twice = path.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  const kept: string[] = []
  for (const segment of twice.replaceAll('\\', '/').split('/')) {
    const text = segment.replace(/;.*$/s, '')
    if (text === '..') kept.pop()
    else if (text !== '.') kept.push(text.replace(/[. ]+$/, ''))
  }
  const lenient = `/${kept.filter((segment) => segment !== '').join('/')}`.toLowerCase()
  const folder = path.endsWith('/') && lenient !== '/' ? `${lenient}/` : lenient
  return folder === path ? undefined : folder
}
