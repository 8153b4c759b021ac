/**
 * The request target as lighttpd reads it with its default server.http-parseopts: escapes of separators are separators,
 * dots above the root are the root, and the query has one spelling, too. Seen on the real server.
 */

import { type BadTarget, ODD, spell, type Target } from './target.js'

/** Nothing to decode, resolve or escape. */
const PLAIN_PATH = /^(?:\/[A-Za-z0-9\-_~!$&'()*+,;=:@][A-Za-z0-9\-._~!$&'()*+,;=:@]*)*\/?$/
const PLAIN_QUERY = /^[A-Za-z0-9\-._~!$&'()*+,;=:@/?]*$/
const UNRESERVED = /[A-Za-z0-9\-._~]/
const CARRIED = /[A-Za-z0-9\-._~!$&'()*+,;=:@/?]/
const ESCAPE_OR_CHAR = /%([0-9A-Fa-f]{2})|./gs
const ESCAPE = /%([0-9A-Fa-f]{2})/g
/** Control bytes, as they are or escaped, and bytes that UTF-8 never has. */
const REFUSED =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
  /[\0-\x1f\x7f\xc0\xc1\xf5-\xff]|[^\0-\xff]|%(?:[01][0-9A-Fa-f]|7[Ff]|[Cc][01]|[Ff][5-9A-Fa-f])/

/** Reads a target in origin form or absolute form. What follows a `#` is not looked at. */
export function readLighttpdTarget(url: string): Target | BadTarget {
  const hash = url.indexOf('#')
  const text = hash < 0 ? url : url.slice(0, hash)
  if (text.startsWith('/')) return readPath(text, undefined, undefined)
  if (text === '*') return { ...NOWHERE, url: text, path: text, rawPath: text }
  const absolute = /^(https?):\/\/([^/]+)(\/.*)$/is.exec(text)
  if (!absolute) return 'syntax'
  const [, scheme = '', authority = '', rest = ''] = absolute
  return readPath(rest, scheme.toLowerCase(), authority.toLowerCase())
}

const NOWHERE = { query: undefined, scheme: undefined, authority: undefined, odd: false } as const

function readPath(text: string, scheme: string | undefined, authority: string | undefined): Target | BadTarget {
  const mark = text.indexOf('?')
  const rawPath = mark < 0 ? text : text.slice(0, mark)
  const rawQuery = mark < 0 ? undefined : text.slice(mark + 1)
  const plain = PLAIN_PATH.test(rawPath)
  if ((!plain || (rawQuery !== undefined && !PLAIN_QUERY.test(rawQuery))) && REFUSED.test(text)) return 'syntax'
  const path = plain ? rawPath : resolve(rawPath.replace(ESCAPE, (_, hex: string) => byteOf(hex)))
  const query = rawQuery === undefined ? undefined : spellQuery(rawQuery)
  const spelled = plain ? path : path.split('/').map(spell).join('/')
  const url = query === undefined ? spelled : `${spelled}?${query}`
  return { path, rawPath, query, scheme, authority, url, odd: ODD.test(path) }
}

function byteOf(hex: string): string {
  return String.fromCharCode(Number.parseInt(hex, 16))
}

/** Dots resolved, empty segments merged; a path that ends in dots names a folder. */
function resolve(decoded: string): string {
  const kept: string[] = []
  const segments = decoded.split('/')
  for (const segment of segments) {
    if (segment === '..') kept.pop()
    else if (segment !== '' && segment !== '.') kept.push(segment)
  }
  const isFolder = kept.length > 0 && /^\.{0,2}$/.test(segments.at(-1) as string)
  return `/${kept.join('/')}${isFolder ? '/' : ''}`
}

/** Escapes of unreserved chars undone, others in upper case; a `%` that begins none is escaped itself. */
function spellQuery(query: string): string {
  if (PLAIN_QUERY.test(query)) return query
  return query.replace(ESCAPE_OR_CHAR, (text, hex: string | undefined) => {
    if (hex === undefined) return CARRIED.test(text) ? text : escapeByte(text)
    const byte = byteOf(hex)
    return UNRESERVED.test(byte) ? byte : text.toUpperCase()
  })
}

function escapeByte(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}
