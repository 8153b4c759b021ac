/** Which server a request is for: the main one or a virtual host, chosen as Apache chooses (ap_update_vhost_from_headers). */

import { parseAddress } from '../http/address.js'
import { isListed } from '../http/host.js'
import type { Facts } from './facts.js'
import type { ParsedHost } from './options.js'

export interface Site<T> {
  /** Undefined for the main server. */
  readonly host: ParsedHost | undefined
  readonly content: T
}

export type ChooseSite<T> = (facts: Facts) => T | undefined

/** More combinations than these are looked up anew each time: clients may make names up. */
const KNOWN_MAX = 1024

type Find<T> = (name: string, port: number, address: string | undefined) => T | undefined

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
  const stranger = (first: T | undefined) => {
    if (unknownHost === 'refuse') return undefined
    return (unknownHost === 'first' && first) || main
  }
  const anywhere = sites.every(({ host }) => host?.port == null && host?.address == null)
  const find = anywhere ? finderByName(sites, stranger(sites[0]?.content)) : finderByPlace(sites, stranger)

  return (facts) => {
    const { request } = facts
    const named = ((byOwnHost ? facts.ownHost : facts.host)?.name ?? request.serverName ?? '').toLowerCase()
    const name = named.endsWith('.') ? named.slice(0, -1) : named
    // Asking a socket for its own address is a system call.
    return anywhere
      ? find(name, 0, undefined)
      : find(name, request.port ?? (facts.tls ? 443 : 80), request.localAddress)
  }
}

/** Where no host has a port or an address of its own: as quick for many hosts as for few. */
function finderByName<T>(sites: readonly Site<T>[], unknown: T | undefined): Find<T> {
  const exact = new Map<string, number>()
  const wild: { readonly end: string; readonly place: number }[] = []
  for (const [place, { host }] of sites.entries()) {
    for (const name of namesOf(host)) {
      if (name.startsWith('*.')) wild.push({ end: name.slice(1), place })
      else if (!exact.has(name)) exact.set(name, place)
    }
  }
  return (name) => {
    const place = exact.get(name) ?? sites.length
    // The first entry that lists the name counts.
    const earlier = wild.find((one) => one.place >= place || name.endsWith(one.end))
    const found = earlier !== undefined && earlier.place < place ? earlier.place : place
    return found < sites.length ? (sites[found] as Site<T>).content : unknown
  }
}

function finderByPlace<T>(sites: readonly Site<T>[], stranger: (first: T | undefined) => T | undefined): Find<T> {
  const known = new Map<string, T | undefined>()
  const listed = sites.map((site) => ({ ...site, names: namesOf(site.host) }))

  function choose(name: string, port: number, address: string | undefined): T | undefined {
    let candidates = listed.filter(({ host }) => isAt(host as ParsedHost, port, address))
    const bound = candidates.filter(({ host }) => host?.address != null)
    if (address !== undefined && bound.length > 0) candidates = bound
    const named = candidates.find(({ names }) => isListed(name, names))
    return named ? named.content : stranger(candidates[0]?.content)
  }

  return (name, port, at) => {
    const key = `${port} ${at ?? ''} ${name}`
    const before = known.get(key)
    if (before !== undefined || known.has(key)) return before
    const site = choose(name, port, at === undefined ? undefined : (parseAddress(at)?.text ?? at))
    if (known.size < KNOWN_MAX) known.set(key, site)
    return site
  }
}

function namesOf(host: ParsedHost | undefined): string[] {
  return (host?.names ?? []).map((name) => name.toLowerCase())
}

function isAt({ port, address }: ParsedHost, asked: number, at: string | undefined): boolean {
  if (port != null && port !== asked) return false
  return address == null || at === undefined || parseAddress(address)?.text === at
}
