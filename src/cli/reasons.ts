/** Why a request was answered as it was, in words: what `explain --human` says behind "because". */

import { flatHeaders, hasBadLine, trimValue } from '../http/headers.js'
import { parseHost } from '../http/host.js'
import { readTarget } from '../http/target.js'
import type { AreaInfo, GuardRequest } from '../policy/decision.js'
import { DEFAULT_OPTIONS, profileOf } from '../policy/defaults.js'
import type { GuardOptions } from '../policy/options.js'
import type { Reason } from '../types.js'

/** `kind: 'error'`: the request was not read, or the area is no good. */
export interface Refusal {
  readonly kind: string
  readonly reason: Reason
}

export function whyOf(
  { kind, reason }: Refusal,
  request: GuardRequest,
  area: AreaInfo | undefined,
  options: GuardOptions,
): string {
  if (area === undefined) return reason === 'config' ? OUTSIDE : unreadable(request, options)
  if (reason === 'config') return unfinished(area, options)
  // What a server refuses before it looks for an area.
  if (kind === 'error') return BAD_LINE
  return reasonText(reason, area)
}

/** What a reason means in an area. */
export function reasonText(reason: Reason, { publicKeys }: AreaInfo): string {
  return (publicKeys && WHY_SIGNED[reason]) ?? WHY[reason] ?? reason
}

/** What becomes of a path in no area. */
export function defaultOf(options: GuardOptions): 'deny' | 'pass' {
  return options.default ?? DEFAULT_OPTIONS[profileOf(options)].default
}

/** Nobody is asked for tickets there, though the module is the one for signed ones. */
export function asksNobody({ settings, publicKeys }: AreaInfo, { module, keys }: GuardOptions): boolean {
  return module === 'mod_auth_pubtkt' && keys === undefined && publicKeys === undefined && settings.authType !== 'TKT'
}

const OUTSIDE = "the path lies in no area, and default is 'deny'"
const BAD_LINE = 'the method or a header line is malformed'

const WHY_SIGNED: Partial<Readonly<Record<Reason, string>>> = {
  signature:
    'the signature fits none of the public keys here: the ticket or its signature was changed, or another key or digest made it',
  address: 'the ticket is of another client address',
  refresh: 'the ticket is past its grace period, and wants a refresh',
  multifactor: 'the ticket does not say that there was a second factor',
  malformed: 'what was sent is no signed ticket',
}

const WHY: Partial<Readonly<Record<Reason, string>>> = {
  absent: 'there is no ticket',
  malformed: 'what was sent is no well-formed ticket',
  'too-long': 'the ticket is too long',
  digest: 'no key of the ring made this ticket for this address',
  address: 'a ticket cannot be bound to this client address',
  expired: 'the ticket has run out',
  future: 'the ticket lies in the future',
  tokens: 'the ticket lacks the tokens asked for',
  user: 'the rules do not name this user, address or method',
  insecure: 'the request did not come over TLS',
}

/** What an area lacks that asks for users. */
function unfinished(area: AreaInfo, options: GuardOptions): string {
  const { settings, publicKeys } = area
  const { authType, loginUrl, require } = settings
  if (require === 'no-rule') return `AuthType ${authType} asks for a user there, and no Require (require) says which`
  if (publicKeys?.length === 0) return 'no public key is configured there (TKTAuthPublicKey, publicKeys)'
  if (publicKeys !== undefined) {
    return 'the ticket cannot go on as Basic authorization: its bauth is none, or its uid has a colon'
  }
  if (asksNobody(area, options)) {
    const now = authType === null ? 'no AuthType is set there' : `AuthType ${authType} asks nobody for a signed ticket`
    return `${now}: set AuthType mod_auth_pubtkt (authType)`
  }
  const url = 'no login URL is configured there (TKTAuthLoginURL, loginUrl)'
  const secret = 'no secret is configured there (TKTAuthSecret, keys)'
  return loginUrl === null ? `${url}, or ${secret}` : secret
}

/** Why no area gets to judge. */
function unreadable(request: GuardRequest, options: GuardOptions): string {
  const flat = flatHeaders(request.headers)
  if (hasBadLine(flat)) return BAD_LINE
  const hosts = flat.filter((_, index) => index % 2 === 1 && flat[index - 1]?.toLowerCase() === 'host')
  const [host] = hosts
  if (host === undefined && request.httpVersion !== '1.0') {
    return 'the request has no Host, which HTTP/1.1 needs: put ["Host", "www.example.com"] into its headers'
  }
  if (hosts.length > 1) return 'the request has more than one Host'
  if (host !== undefined && parseHost(trimValue(host)) === undefined) return 'the Host is no name and no address'
  if (typeof readTarget(request.url) === 'string') {
    return 'the path is malformed, or hides a slash or a NUL (%2F, %00)'
  }
  const unknown = options.hosts && 'no host of the configuration has this name (unknownHost)'
  const odd = 'other software may read the path as one of another area (oddPaths)'
  return unknown === undefined ? odd : `${odd}, or ${unknown}`
}
