/** Query strings as mod_auth_tkt takes them apart (ap_getword: runs of a separator count as one), and as mod_authn_tkt does. */

import { unquote } from './cookie.js'

/** The value of the first argument `name` of a query whose arguments `&` separates; nothing is decoded (get_url_ticket). */
export function findArgument(query: string, name: string): string | undefined {
  if (!query.includes(name)) return undefined
  for (const [key, value] of argumentsOf(query, '&')) if (key === name) return value
  return undefined
}

/** The query without the arguments `name`, split at `&` and `;`, joined with `&`, each with its `=` (query_strip). */
export function stripArgument(query: string, name: string): string {
  const { length } = query
  let kept = ''
  let first = true
  for (let at = 0; at < length; ) {
    let end = at
    let keyEnd = -1
    for (; end < length && !isSeparator(query.charCodeAt(end)); end++)
      if (keyEnd < 0 && query[end] === '=') keyEnd = end
    if (keyEnd < 0) keyEnd = end
    if (keyEnd - at !== name.length || !query.startsWith(name, at)) {
      let value = keyEnd
      while (value < end && query[value] === '=') value++
      kept += `${first ? '' : '&'}${query.slice(at, keyEnd)}=${query.slice(value, end)}`
      first = false
    }
    at = end
    while (at < length && isSeparator(query.charCodeAt(at))) at++
  }
  return kept
}

function isSeparator(code: number): boolean {
  return code === 0x26 || code === 0x3b
}

/** The query without the arguments `name`, all else as it is. */
export function dropArgument(query: string, name: string): string {
  if (!query.includes(name)) return query
  const keep = (argument: string) => argument !== name && !argument.startsWith(`${name}=`)
  const parts = query.split('&').map((part) => ({ part, kept: part.split(';').filter(keep) }))
  return parts
    .filter(({ part, kept }) => kept.length > 0 || part === '')
    .map(({ kept }) => kept.join(';'))
    .join('&')
}

/**
 * The value of the first argument `name` that is not empty, as mod_authn_tkt looks for it (authn_tkt_from_querystring), but
 * whole (L2): quotes cut off, escapes decoded, with `_` for control bytes. A `&` without an argument in front hides the next.
 */
export function findRawArgument(query: string, name: string): string | undefined {
  if (!query.includes(name)) return undefined
  const key = `${name}=`
  for (let at = 0; at < query.length; ) {
    const next = query.indexOf('&', at + 1)
    const end = next < 0 ? query.length : next
    if (query.startsWith(key, at)) {
      const value = unquote(query.slice(at + key.length, end))
      if (value !== '') return decodePath(value)
    }
    at = end + 1
  }
  return undefined
}

/** Escapes decoded, control bytes among them as `_` (buffer_urldecode_path). */
function decodePath(text: string): string {
  return text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => {
    const code = Number.parseInt(hex, 16)
    return code < 0x20 || code === 0x7f ? '_' : String.fromCharCode(code)
  })
}

/**
 * The query as mod_authn_tkt puts it into a back URL (query_append_urlencoded), but without the ticket's value, too (L3): a
 * last `&` behind an argument with a value is lost.
 */
export function dropTicket(query: string, name: string): string {
  const kept = query.split('&').filter((argument) => !argument.startsWith(`${name}=`))
  const rest = kept.join('&')
  return /=[^&]*&$/.test(rest) ? rest.slice(0, -1) : rest
}

function* argumentsOf(query: string, separator: string): Generator<[string, string]> {
  let rest = query
  while (rest !== '') {
    const end = rest.indexOf(separator)
    const argument = end < 0 ? rest : rest.slice(0, end)
    rest = end < 0 ? '' : skip(rest, end, separator)
    const equals = argument.indexOf('=')
    yield equals < 0 ? [argument, ''] : [argument.slice(0, equals), skip(argument, equals, '=')]
  }
}

/** What follows the run of `separator` at `at`. */
function skip(text: string, at: number, separator: string): string {
  let end = at
  while (text[end] === separator) end++
  return text.slice(end)
}
