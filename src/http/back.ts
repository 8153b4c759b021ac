/** The back URL, and how it travels to the login page. */

import { escaper, lowerHex, upperHex } from './escape.js'
import { dropArgument, dropTicket, stripArgument } from './query.js'

/** A back URL escaped for an argument or a cookie, in lower-case hex: ap_escape_path_segment, and `= & :` by the module itself. */
export const escapeBack = escaper(/[A-Za-z0-9$\-_.+!*'(),@~]/, lowerHex)

/** Text as lighttpd escapes it in an argument, in upper-case hex (ENCODING_REL_URI_PART). */
export const escapePart = escaper(/[A-Za-z0-9\-_.~!*()]/, upperHex)

/** A decoded path whose control bytes are escaped again, so that one decoding at the login page never yields them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about
export const withoutControls = escaper(/[^\0-\x1f\x7f]/, lowerHex)

export interface BackParts {
  readonly scheme: string
  /** Host with or without its port. */
  readonly host: string
  readonly path: string
  readonly query: string | undefined
  /** Argument that is left out: the ticket's own. */
  readonly cookieName: string
}

/** Where the request wanted to go. */
export function backUrl({ scheme, host, path, query, cookieName }: BackParts): string {
  const rest = query === undefined ? '' : stripArgument(query, cookieName)
  return `${scheme}://${host}${path}${rest === '' ? '' : `?${rest}`}`
}

/** The same with path and query as the client sent them. */
export function verbatimBackUrl({ scheme, host, path, query, cookieName }: BackParts): string {
  const rest = query === undefined ? undefined : dropArgument(query, cookieName)
  return `${scheme}://${host}${path}${rest === undefined || rest === '' ? '' : `?${rest}`}`
}

/** Where the request wanted to go, escaped as mod_authn_tkt escapes it: all but the scheme (authn_tkt_construct_back_urlencoded). */
export function escapedBackUrl({ scheme, host, path, query, cookieName }: BackParts): string {
  const rest = query === undefined ? '' : dropTicket(query, cookieName)
  return `${scheme}://${escapePart(`${host}${path}${rest === '' ? '' : `?${rest}`}`)}`
}

/** The login URL with the back argument at its end, as the module appends it: behind a fragment, too (redirect). */
export function appendArgument(url: string, name: string, value: string, separator: string): string {
  return `${url}${url.includes('?') ? separator : '?'}${name}=${value}`
}

/** The same in front of a fragment; an empty query or one that ends in a separator gets no second one. */
export function insertArgument(url: string, name: string, value: string, separator: string): string {
  const hash = url.indexOf('#')
  const fragment = hash < 0 ? '' : url.slice(hash)
  const base = hash < 0 ? url : url.slice(0, hash)
  const joiner = !base.includes('?') ? '?' : /[?&;]$/.test(base) ? '' : separator
  return `${base}${joiner}${name}=${value}${fragment}`
}
