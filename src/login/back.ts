/** The way back after signing in: where a request may send somebody on to, and how it says so. */

import { isListed, parseHost } from '../http/host.js'

/** What a browser would take for something else than it looks: control bytes, spaces, backslashes. */
const ODD = /[\0-\x20\x7f\\]|[^\0-\xff]/
/** Longer ones do not fit into a Location that everybody takes. */
const LONGEST = 4096

export interface BackRules {
  /** Host names without ports, `*.example.com` among them, beside the one that was asked. */
  readonly hosts: readonly string[]
}

/**
 * The back URL as an absolute one, or undefined where it leads out of the site, cannot be read, or could be read in two
 * ways. A path begins at `origin`. The host that was asked is allowed on any port: cookies do not know ports.
 */
export function checkBack(text: string, origin: string, { hosts }: BackRules): string | undefined {
  if (text.length > LONGEST || ODD.test(text)) return undefined
  const isPath = /^\/(?!\/)/.test(text)
  // Parsers mend `https:/x` and `https:x`; who writes them wants to be read in two ways.
  if (!isPath && !/^https?:\/\/[^/]/i.test(text)) return undefined
  const absolute = isPath ? origin + text : text
  if (!URL.canParse(absolute)) return undefined
  const url = new URL(absolute)
  if (url.username !== '' || url.password !== '') return undefined
  const own = new URL(origin).hostname
  const name = url.hostname.toLowerCase()
  return name === own || isListed(name, hosts) ? withoutFragment(url) : undefined
}

function withoutFragment(url: URL): string {
  url.hash = ''
  return url.href.replace(/#$/, '')
}

/** The host of an absolute back URL as people read it. */
export function hostOf(back: string): string {
  return new URL(back).host
}

/** An argument of a query whose arguments `&` or `;` separate (mod_auth_tkt's TKTAuthQuerySeparator), decoded. */
export function argument(query: string, name: string): string | undefined {
  for (const pair of query.split(/[&;]/)) {
    const equals = pair.indexOf('=')
    const key = equals < 0 ? pair : pair.slice(0, equals)
    if (key === name) return decodeAscii(equals < 0 ? '' : pair.slice(equals + 1))
  }
  return undefined
}

/**
 * Percent-decoded but for bytes beyond ASCII, which an URL carries escaped whatever they stand for. A `+` is a plus: the
 * modules escape spaces as `%20`.
 */
export function decodeAscii(text: string): string {
  return text.replace(/%([0-7][0-9A-Fa-f])/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

/** `https://login.example.com` as the client calls this server; undefined where that is no host. */
export function originOf(tls: boolean, host: string | undefined): string | undefined {
  const scheme = tls ? 'https' : 'http'
  if (host === undefined || parseHost(host) === undefined || !URL.canParse(`${scheme}://${host}/`)) return undefined
  return new URL(`${scheme}://${host}/`).origin
}
