/** A request as the policy sees it: read once, in one pass over the headers. */

import type { Matcher } from '../http/cidr.js'
import { type ForwardedHeaders, originOf } from '../http/forwarded.js'
import { flatHeaders, headerOf, isWord, trimValue } from '../http/headers.js'
import { type Host, parseHost } from '../http/host.js'
import { parseLighttpdHost } from '../http/lighttpd-host.js'
import { readLighttpdTarget } from '../http/lighttpd-target.js'
import { type BadTarget, readTarget, type Target } from '../http/target.js'
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

type ParseHost = (text: string) => Host | undefined

/** What the servers make of a request line and its headers. */
interface Server {
  readonly readTarget: (url: string) => Target | BadTarget
  /** For connections without and with TLS. */
  readonly hosts: readonly [plain: ParseHost, tls: ParseHost]
  /** Between Cookie headers. */
  readonly joiner: string
  /**
   * What a target in absolute form and the Host lines say of the host: Apache takes the target's word where the scheme is
   * the connection's, and refuses a second Host line; lighttpd refuses what differs.
   */
  readonly oneHost: boolean
}

const SERVERS: Readonly<Record<'apache' | 'lighttpd', Server>> = {
  apache: { readTarget, hosts: [parseHost, parseHost], joiner: ', ', oneHost: false },
  lighttpd: {
    readTarget: readLighttpdTarget,
    hosts: [(text) => parseLighttpdHost(text, false), (text) => parseLighttpdHost(text, true)],
    joiner: '; ',
    oneHost: true,
  },
}

/** Hosts by the text of their headers: most requests name the same few, and reading one costs 300 ns. */
function hostReader(parse: ParseHost): ParseHost {
  const hosts = new Map<string, Host>()
  let lastText: string | undefined
  let last: Host | undefined
  return (text) => {
    if (text === lastText) return last
    let host = hosts.get(text)
    if (host === undefined) {
      host = parse(trimValue(text))
      if (host === undefined || text.length > HOST_LENGTH_MAX) return host
      if (hosts.size >= HOSTS_MAX) hosts.clear()
      hosts.set(text, host)
    }
    lastText = text
    last = host
    return host
  }
}

function isSameHost(one: string, other: string): boolean {
  return trimValue(one).toLowerCase() === trimValue(other).toLowerCase()
}

/** Undefined where there is none, or not only one. */
function onlyHost(authority: string | undefined, line: string | undefined): string | undefined {
  if (authority === undefined || line === undefined) return authority ?? line
  return isSameHost(authority, line) ? line : ''
}

/** `trusted`: whose forwarding headers count; `anyHost`: X-Forwarded-Host counts whoever sends it. */
export function createReader(
  trusted: Matcher | undefined,
  anyHost: boolean,
  kind: ForwardedHeaders,
  rules: 'apache' | 'lighttpd',
): ReadFacts {
  const server = SERVERS[rules]
  const { oneHost, joiner } = server
  const [plainHost, tlsHost] = server.hosts.map(hostReader) as [ParseHost, ParseHost]
  return (request) => {
    const flat = flatHeaders(request.headers)
    let lineText: string | undefined
    let cookies: string | undefined
    for (let i = 0; i < flat.length; i += 2) {
      const name = flat[i] as string
      if (isWord(name, 'cookie')) {
        const value = trimValue(flat[i + 1] as string)
        if (oneHost && value === '') continue
        cookies = cookies === undefined ? value : `${cookies}${joiner}${value}`
      } else if (isWord(name, 'host')) {
        const text = flat[i + 1] as string
        // Two that differ: which one a proxy or a cache went by, nobody knows.
        if (lineText !== undefined && !(oneHost && isSameHost(lineText, text))) return 'syntax'
        lineText = text
      }
    }
    if (lineText === undefined && !oneHost && request.httpVersion !== '1.0') return 'syntax'
    const target = server.readTarget(request.url)
    if (typeof target === 'string') return target
    if (target.path === '*' && request.method !== 'OPTIONS') return 'syntax'
    const isTls = request.tls === true
    const hostText = oneHost ? onlyHost(target.authority, lineText) : lineText
    if (hostText === undefined && request.httpVersion !== '1.0') return 'syntax'
    let host: Host | undefined
    if (hostText !== undefined) {
      host = (isTls ? tlsHost : plainHost)(hostText)
      if (host === undefined) return 'syntax'
    }
    if (!oneHost && target.authority !== undefined) {
      const named = parseHost(target.authority)
      if (named === undefined) return 'syntax'
      // RFC 9112 section 3.2.2: the target's host counts. Apache asks that the scheme is the connection's.
      if (target.scheme === (isTls ? 'https' : 'http')) host = named
    }
    const facts = { request, flat, target, ip: request.ip, tls: isTls, host, ownHost: host, cookies }
    if (!anyHost && (trusted === undefined || facts.ip === undefined || !trusted(facts.ip))) return facts
    return forwarded(facts)
  }

  /** What a proxy in front says of the client and of the host. */
  function forwarded(facts: Facts): Facts | Unreadable {
    const { flat, ip } = facts
    if (anyHost) {
      const text = headerOf(flat, 'x-forwarded-host')
      if (text === undefined) return facts
      const host = (facts.tls ? tlsHost : plainHost)(trimValue(text))
      return host === undefined ? 'syntax' : { ...facts, host }
    }
    const origin = originOf(flat, ip as string, trusted as Matcher, kind)
    if (origin === undefined) return 'syntax'
    const tls = origin.scheme === undefined ? facts.tls : origin.scheme === 'https'
    const host = origin.host === undefined ? facts.host : (tls ? tlsHost : plainHost)(origin.host)
    if (host === undefined && origin.host !== undefined) return 'syntax'
    return { ...facts, ip: origin.ip, tls, host }
  }
}
