/** Which server a request is for: the main one or a virtual host, chosen as Apache chooses (ap_update_vhost_from_headers). */

import { isListed } from '../http/host.js'
import type { Facts } from './facts.js'
import type { ParsedHost } from './options.js'

export interface Site<T> {
  /** Undefined for the main server. */
  readonly host: ParsedHost | undefined
  readonly content: T
}

export type ChooseSite<T> = (facts: Facts) => T | undefined

/** More names than these are looked up anew each time: clients may make them up. */
const KNOWN_MAX = 1024

/**
 * `byOwnHost`: go by the Host that this server was asked by, whatever a proxy says. The answer is undefined where a host
 * is unknown and unknown ones are refused.
 */
export function siteChooser<T>(
  main: T,
  sites: readonly Site<T>[],
  unknownHost: 'main' | 'first' | 'refuse',
  byOwnHost: boolean,
): ChooseSite<T> {
  if (sites.length === 0) return () => main
  const known = new Map<string, T | undefined>()
  const names = sites.map(({ host }) => (host?.names ?? []).map((name) => name.toLowerCase()))

  function choose(name: string, port: number, address: string | undefined): T | undefined {
    let candidates = sites.filter(({ host }) => isAt(host as ParsedHost, port, address))
    const bound = candidates.filter(({ host }) => host?.address != null)
    if (address !== undefined && bound.length > 0) candidates = bound
    if (candidates.length === 0) return main
    const named = candidates.find((site) => isListed(name, names[sites.indexOf(site)] as string[]))
    if (named) return named.content
    if (unknownHost === 'refuse') return undefined
    return unknownHost === 'main' ? main : (candidates[0] as Site<T>).content
  }

  return (facts) => {
    const { request, tls } = facts
    const name = ((byOwnHost ? facts.ownHost : facts.host)?.name ?? request.serverName ?? '')
      .toLowerCase()
      .replace(/\.$/, '')
    const port = request.port ?? (tls ? 443 : 80)
    const key = `${port} ${request.localAddress ?? ''} ${name}`
    const before = known.get(key)
    if (before !== undefined || known.has(key)) return before
    const site = choose(name, port, request.localAddress)
    if (known.size < KNOWN_MAX) known.set(key, site)
    return site
  }
}

function isAt({ port, address }: ParsedHost, asked: number, at: string | undefined): boolean {
  if (port != null && port !== asked) return false
  return address == null || at === undefined || address === at
}
