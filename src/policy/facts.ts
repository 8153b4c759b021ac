/** A request as the policy sees it: read once, in one pass over the headers. */

import type { Matcher } from '../http/cidr.js'
import { type ForwardedHeaders, originOf } from '../http/forwarded.js'
import { flatHeaders, headerOf, isWord, trimValue } from '../http/headers.js'
import { type Host, parseHost } from '../http/host.js'
import { readTarget, type Target } from '../http/target.js'
import type { GuardRequest } from './decision.js'

export interface Facts {
  readonly request: GuardRequest
  readonly flat: readonly string[]
  readonly target: Target
  /** The client, behind all trusted proxies. */
  readonly ip: string | undefined
  readonly tls: boolean
  /** What the client calls this server; undefined without Host. */
  readonly host: Host | undefined
  /** The Host that this server was asked by: what virtual hosts go by in mod_auth_tkt's world. */
  readonly ownHost: Host | undefined
  /** All Cookie headers as one. */
  readonly cookies: string | undefined
}

/** Why there are none: what Apache answers 400, and 404 for hidden separators. */
export type Unreadable = 'syntax' | 'hidden'

export type ReadFacts = (request: GuardRequest) => Facts | Unreadable

/** More names than these, or longer ones, are read anew: clients may make them up. */
const HOSTS_MAX = 4096
const HOST_LENGTH_MAX = 255

/** Hosts by the text of their headers: most requests name the same few, and reading one costs 300 ns. */
function hostReader(): (text: string) => Host | undefined {
  const hosts = new Map<string, Host>()
  let lastText: string | undefined
  let last: Host | undefined
  return (text) => {
    if (text === lastText) return last
    let host = hosts.get(text)
    if (host === undefined) {
      host = parseHost(trimValue(text))
      if (host === undefined || text.length > HOST_LENGTH_MAX) return host
      if (hosts.size >= HOSTS_MAX) hosts.clear()
      hosts.set(text, host)
    }
    lastText = text
    last = host
    return host
  }
}

/** `trusted`: whose forwarding headers count; `anyHost`: X-Forwarded-Host counts whoever sends it. */
export function createReader(trusted: Matcher | undefined, anyHost: boolean, kind: ForwardedHeaders): ReadFacts {
  const hostOf = hostReader()
  return (request) => {
    const flat = flatHeaders(request.headers)
    let hostText: string | undefined
    let cookies: string | undefined
    for (let i = 0; i < flat.length; i += 2) {
      const name = flat[i] as string
      if (isWord(name, 'cookie')) {
        const value = trimValue(flat[i + 1] as string)
        cookies = cookies === undefined ? value : `${cookies}, ${value}`
      } else if (isWord(name, 'host')) {
        // Two of them: which one a proxy or a cache went by, nobody knows.
        if (hostText !== undefined) return 'syntax'
        hostText = flat[i + 1] as string
      }
    }
    if (hostText === undefined && request.httpVersion !== '1.0') return 'syntax'
    const target = readTarget(request.url)
    if (typeof target === 'string') return target
    if (target.path === '*' && request.method !== 'OPTIONS') return 'syntax'
    let host: Host | undefined
    if (hostText !== undefined) {
      host = hostOf(hostText)
      if (host === undefined) return 'syntax'
    }
    let tls = request.tls === true
    if (target.authority !== undefined) {
      const named = parseHost(target.authority)
      if (named === undefined) return 'syntax'
      // RFC 9112 section 3.2.2: the target's host counts. Apache asks that the scheme is the connection's.
      if (target.scheme === (tls ? 'https' : 'http')) host = named
    }
    const ownHost = host
    let { ip } = request
    if (anyHost) {
      const forwarded = headerOf(flat, 'x-forwarded-host')
      if (forwarded !== undefined) host = parseHost(trimValue(forwarded))
      if (host === undefined && forwarded !== undefined) return 'syntax'
    } else if (trusted !== undefined && ip !== undefined && trusted(ip)) {
      const origin = originOf(flat, ip, trusted, kind)
      if (origin === undefined) return 'syntax'
      ip = origin.ip
      if (origin.scheme !== undefined) tls = origin.scheme === 'https'
      if (origin.host !== undefined) {
        host = parseHost(origin.host)
        if (host === undefined) return 'syntax'
      }
    }
    return { request, flat, target, ip, tls, host, ownHost, cookies }
  }
}
