/** Finding a ticket cookie exactly as the modules do: mod_auth_tkt (get_cookie_ticket, cookie_match) or mod_authn_tkt. */

import { trimValue } from './headers.js'

/** Header names and values in the order of the wire, names in any case: Node's `rawHeaders`, paired. */
export type HeaderPairs = Iterable<readonly [name: string, value: string]>

/** Several Cookie headers are one, joined as Apache joins them. Undefined where there is none. */
export function cookieHeader(headers: HeaderPairs): string | undefined {
  const values: string[] = []
  for (const [name, value] of headers) if (name.toLowerCase() === 'cookie') values.push(value)
  return values.length === 0 ? undefined : values.join(', ')
}

/**
 * The value of the first `name=` that stands at the start or behind a space or `;` and is not empty, up to the next `;`.
 * There is no second try: a bad first value hides a good second one. Quotes are left to the ticket's decoding.
 */
export function findCookie(header: string | undefined, name: string): string | undefined {
  return findByKey(header, `${name}=`)
}

/** As `findCookie`, with the name and its `=` as one text: made once, it need not be made again for every request. */
export function findByKey(header: string | undefined, key: string): string | undefined {
  if (header === undefined) return undefined
  let at = header.indexOf(key)
  while (at >= 0) {
    if (at > 0 && header[at - 1] !== ' ' && header[at - 1] !== ';') {
      at = header.indexOf(key, at + 1)
      continue
    }
    const from = at + key.length
    const semicolon = header.indexOf(';', from)
    const value = semicolon < 0 ? header.slice(from) : header.slice(from, semicolon)
    if (value !== '') return value
    at = header.indexOf(key, from)
  }
  return undefined
}

const WHOLE_BASE64 = /^[A-Za-z0-9+/]*={0,2}$/

/** The value of the first pair of the header that begins with `key` and is not empty: white space around it is not its own. */
export function findPair(header: string | undefined, key: string): string | undefined {
  for (const pair of header?.split(';') ?? []) {
    const text = trimValue(pair)
    if (text.length > key.length && text.startsWith(key)) return text.slice(key.length)
  }
  return undefined
}

/**
 * As mod_authn_tkt looks for it (authn_tkt_from_cookie): pair by pair, up to the first of that name. One without a value
 * ends the search (L6), as does white space inside a pair; one that has a single char is passed over. A double quote in
 * front is cut off, and then one at the end, too.
 */
export function findFirst(header: string | undefined, key: string): string | undefined {
  if (header === undefined) return undefined
  let at = 0
  do {
    at = skipBlanks(header, at)
    if (header.startsWith(key, at)) {
      const from = at + key.length
      const semicolon = header.indexOf(';', from)
      const end = semicolon < 0 ? header.length : semicolon
      if (end === from) return undefined
      const value = unquote(trimEnd(header, from, end))
      if (value.length > 1) return value
      at = from
    }
    while (at < header.length && header[at] !== ';' && !isBlankAt(header, at)) at++
    at = skipBlanks(header, at)
  } while (header[at++] === ';')
  return undefined
}

/**
 * The base64 of a cookie value as lighttpd's decoder reads it (li_base64_dec): white space and control bytes are passed over,
 * whatever else is no letter of its alphabet ends it, and a letter too many at the end voids all of it.
 */
export function readableBase64(value: string): string {
  if (value.length % 4 === 0 && WHOLE_BASE64.test(value)) return value
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are passed over
  const text = value.replace(/[^A-Za-z0-9+/\x01-\x20].*/s, '').replace(/[\x01-\x20]/g, '')
  return text.length % 4 === 1 ? '' : text
}

function skipBlanks(text: string, from: number): number {
  let at = from
  while (isBlankAt(text, at)) at++
  return at
}

function isBlankAt(text: string, at: number): boolean {
  return text[at] === ' ' || text[at] === '\t'
}

function trimEnd(text: string, from: number, to: number): string {
  let end = to
  while (end > from && isBlankAt(text, end - 1)) end--
  return text.slice(from, end)
}

/** A quote at the end counts only behind one in front. */
export function unquote(value: string): string {
  if (!value.startsWith('"')) return value
  return value.endsWith('"') ? value.slice(1, -1) : value.slice(1)
}
