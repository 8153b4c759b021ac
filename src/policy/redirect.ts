/** Sending people to sign in: the URL, and how the way back travels (redirect). */

import { parseAddress } from '../http/address.js'
import {
  appendArgument,
  type BackParts,
  backUrl,
  escapeBack,
  escapedBackUrl,
  insertArgument,
  verbatimBackUrl,
  withoutControls,
} from '../http/back.js'
import { type Host, isListed } from '../http/host.js'
import { backCookie } from './cookies.js'
import type { Facts } from './facts.js'
import type { Settings } from './settings.js'

export interface Way {
  readonly location: string
  /** The back cookie, where that carries the back URL. */
  readonly backCookie: string | undefined
}

/** What the C code prints for a host that nobody named. */
const NOBODY = '(null)'

/** Where `url` leads from here. */
export function wayTo(url: string, facts: Facts, settings: Settings): Way {
  const scheme = facts.tls ? 'https' : 'http'
  const host = hostText(facts, settings, scheme)
  const carried = carries(settings) && mayName(facts, settings)
  const location = expand(url, scheme, host, settings)
  if (!carried) return { location, backCookie: undefined }
  const escaped = escapedBack(facts, settings, scheme, host)
  if (settings.backCookieName !== null) {
    return { location, backCookie: backCookie(settings.backCookieName, escaped, facts, settings) }
  }
  const add = settings.loginUrls === 'parsed' ? insertArgument : appendArgument
  return {
    location: add(location, settings.backArgName as string, escaped, settings.querySeparator),
    backCookie: undefined,
  }
}

function escapedBack({ target }: Facts, settings: Settings, scheme: string, host: string): string {
  const { backPath, backText, cookieName } = settings
  // mod_auth_pubtkt has no ticket in its URLs that would have to come out of the query.
  if (backText === 'pubtkt') {
    const query = target.query === undefined ? '' : `?${target.query}`
    return escapeBack(`${scheme}://${host}${withoutControls(target.path)}${query}`)
  }
  const path = backPath === 'verbatim' ? target.rawPath : withoutControls(target.path)
  const parts: BackParts = { scheme, host, path, query: target.query, cookieName }
  if (backText === 'lighttpd') return escapedBackUrl(parts)
  return escapeBack(backPath === 'verbatim' ? verbatimBackUrl(parts) : backUrl(parts))
}

function carries({ backArgName, backCookieName }: Settings): boolean {
  return backArgName !== null || backCookieName !== null
}

/** Whether a back URL may name the host that the request names. */
function mayName({ host }: Facts, { backHosts }: Settings): boolean {
  return backHosts === null || (host !== undefined && isListed(host.name.toLowerCase(), backHosts))
}

/** The host in links: the module cuts the port off unless it has a domain to write into cookies. */
function hostText({ host, ownHost, request }: Facts, settings: Settings, scheme: string): string {
  if (settings.backText === 'pubtkt') {
    if (host === undefined) return NOBODY
    // What a proxy forwards is written as it came.
    return host === ownHost ? canonical(host, scheme) : host.text
  }
  if (host !== undefined) return settings.backPort || settings.cookieDomain !== null ? host.text : host.name
  if (!settings.backPort) return NOBODY
  const { serverName, localAddress, port } = request
  const name = settings.backText === 'lighttpd' ? nameAt(localAddress, serverName) : serverName
  return withPort(name ?? 'localhost', port, scheme)
}

/** As Apache's hostname and port have it: in lower case, without the root's dot and the scheme's own port. */
function canonical({ name, port }: Host, scheme: string): string {
  const lower = name.toLowerCase()
  return withPort(lower.endsWith('.') ? lower.slice(0, -1) : lower, port, scheme)
}

/** What lighttpd calls itself where nobody named it (http_response_buffer_append_authority); addresses are not looked up. */
function nameAt(localAddress: string | undefined, serverName: string | undefined): string | undefined {
  const address = localAddress === undefined ? undefined : parseAddress(localAddress)
  if (address === undefined) return serverName
  const { text, bytes } = address
  if (text === '127.0.0.1') return undefined
  if (serverName !== undefined || text === '::1') return serverName
  return bytes.length === 16 ? `[${text}]` : text
}

function withPort(name: string, port: number | undefined, scheme: string): string {
  return port === undefined || port === (scheme === 'https' ? 443 : 80) ? name : `${name}:${port}`
}

function expand(url: string, scheme: string, host: string, settings: Settings): string {
  if (settings.loginUrls === 'literal') return url
  // As nearly everybody writes it: no regular expression has to look at it for each request.
  if (url.startsWith('https://') || url.startsWith('http://')) return url
  if (settings.loginUrls === 'parsed') {
    const base = `${scheme}://${host}/`
    // Not every name that a server takes is one to URL parsers; browsers take relative locations.
    return /^https?:\/\//i.test(url) || !URL.canParse(base) ? url : new URL(url, base).href
  }
  // Without a back argument or cookie the module never gets to expand it.
  if (/^http/i.test(url) || !carries(settings)) return url
  return `${scheme}://${host}/${url}`
}
