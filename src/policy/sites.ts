/** Which server a request is for: the main one or a virtual host, chosen as Apache chooses (ap_update_vhost_from_headers). */

import { parseAddress } from '../http/address.js'
import { type Host, isListed } from '../http/host.js'
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

/** What the entries say of a name: whose it is, or nothing; `refused` where they do not tell which server was asked. */
interface Found<T> {
  readonly named: T | undefined
  /** Who answers for a name that no entry has; undefined where nobody does. */
  readonly stranger: T | undefined
  readonly refused: boolean
}

type Find<T> = (host: Host | undefined, facts: Facts) => Found<T>

/**
 * `byOwnHost`: go by the Host that this server was asked by, whatever a proxy says. Else a proxy's word counts where
 * nobody is named like the Host; where both are, and differ, nobody is asked: handlers may go by either. The answer is
 * undefined where a host is unknown and unknown ones are refused.
 * `mainPorts`: there, without an entry for the port, it is the main server that was asked, by whatever name.
 */
export function siteChooser<T>(
  main: T,
  sites: readonly Site<T>[],
  unknownHost: 'main' | 'first' | 'refuse',
  byOwnHost: boolean,
  mainPorts: readonly number[] = [],
): ChooseSite<T> {
  if (sites.length === 0) return () => main
  const stranger = (first: T | undefined) => {
    if (unknownHost === 'refuse') return undefined
    return (unknownHost === 'first' && first) || main
  }
  const anywhere = sites.every(({ host }) => host?.port == null && host?.address == null && host?.namedPort == null)
  const find = anywhere ? finderByName(sites, stranger(sites[0]?.content)) : finderByPlace(sites, stranger)
  const mainOnly = mainPorts.filter((port) => !sites.some(({ host }) => (host?.port ?? port) === port))

  return (facts) => {
    const { host, ownHost } = facts
    if (mainOnly.length > 0 && isAsked(mainOnly, facts)) return main
    const own = find(ownHost, facts)
    if (own.refused) return undefined
    if (byOwnHost || host === ownHost || host === undefined) return own.named ?? own.stranger
    const { named } = find(host, facts)
    if (own.named !== undefined && named !== undefined && own.named !== named) return undefined
    return own.named ?? named ?? own.stranger
  }
}

/** Did the client itself ask one of these ports? Not where a proxy in front has taken the TLS off. */
function isAsked(ports: readonly number[], { request, tls }: Facts): boolean {
  return request.port !== undefined && tls === (request.tls ?? false) && ports.includes(request.port)
}

function plainName(host: Host | undefined, { request }: Facts): string {
  const lower = (host?.name ?? request.serverName ?? '').toLowerCase()
  return lower.endsWith('.') ? lower.slice(0, -1) : lower
}

/** Where no host has a port or an address of its own: as quick for many hosts as for few. */
function finderByName<T>(sites: readonly Site<T>[], stranger: T | undefined): Find<T> {
  const exact = new Map<string, number>()
  const wild: { readonly end: string; readonly place: number }[] = []
  for (const [place, { host }] of sites.entries()) {
    for (const name of namesOf(host)) {
      if (name.startsWith('*.')) wild.push({ end: name.slice(1), place })
      else if (!exact.has(name)) exact.set(name, place)
    }
  }
  const answers = sites.map(({ content }) => ({ named: content, stranger, refused: false }))
  const nobody: Found<T> = { named: undefined, stranger, refused: false }
  return (host, facts) => {
    const name = plainName(host, facts)
    const place = exact.get(name) ?? sites.length
    // The first entry that lists the name counts.
    for (const one of wild) {
      if (one.place >= place) break
      if (name.endsWith(one.end)) return answers[one.place] as Found<T>
    }
    return answers[place] ?? nobody
  }
}

interface Listed<T> extends Site<T> {
  readonly names: readonly string[]
}

function finderByPlace<T>(sites: readonly Site<T>[], stranger: (first: T | undefined) => T | undefined): Find<T> {
  const known = new Map<string, Found<T>>()
  const all = sites.map((site) => ({ ...site, names: namesOf(site.host) }))
  const namedPorts = new Set(sites.map(({ host }) => host?.namedPort ?? null))

  function choose(name: string, named: NamedPort, ports: readonly number[], at: string | undefined): Found<T> {
    const fitting = all.filter((one) => isNamedAt(one, named))
    const candidates = candidatesAt(fitting, ports, at)
    const own = nearest(candidates.filter(({ names }) => isListed(name, names)))
    // One name at several addresses, and nobody says which of them was asked.
    const refused = at === undefined && new Set(own.map(({ host }) => host?.address ?? '')).size > 1
    return { named: own[0]?.content, stranger: stranger(nearest(candidates)[0]?.content), refused }
  }

  return (host, facts) => {
    const { request, tls } = facts
    const name = plainName(host, facts)
    // Ports that no entry has are one: clients may make them up.
    const named = host?.port === undefined ? 'none' : namedPorts.has(host.port) ? host.port : 'any'
    // Asking a socket for its own address is a system call.
    const { port, localAddress: at } = request
    const key = `${port} ${tls} ${named} ${at ?? ''} ${name}`
    const before = known.get(key)
    if (before !== undefined) return before
    const scheme = tls ? 443 : 80
    const found = choose(
      name,
      named,
      port === undefined ? [scheme] : [port, scheme],
      at && (parseAddress(at)?.text ?? at),
    )
    if (known.size < KNOWN_MAX) known.set(key, found)
    return found
  }
}

type NamedPort = NonNullable<ParsedHost['namedPort']>

function isNamedAt({ host }: Listed<unknown>, named: NamedPort): boolean {
  const own = host?.namedPort ?? null
  return own === null || own === named || (own === 'any' && named !== 'none')
}

/** Of entries that fit, those that say most of the port in the Host: this one, any or none, nothing. */
function nearest<T>(fitting: readonly Listed<T>[]): Listed<T>[] {
  const closenessOf = ({ host }: Listed<T>) =>
    host?.namedPort == null ? 0 : typeof host.namedPort === 'string' ? 1 : 2
  const best = Math.max(...fitting.map(closenessOf))
  return fitting.filter((one) => closenessOf(one) === best)
}

/**
 * The entries for the port that was asked; where there are none, as where this server does not listen where the old one
 * did, those for the scheme's own port; else all. A port or an address of its own goes before any.
 */
function candidatesAt<T>(listed: readonly Listed<T>[], ports: readonly number[], at: string | undefined): Listed<T>[] {
  for (const port of ports) {
    const fitting = listed.filter(({ host }) => isAt(host as ParsedHost, port, at))
    const best = Math.max(...fitting.map(({ host }) => closeness(host as ParsedHost, at)))
    if (fitting.length > 0) return fitting.filter(({ host }) => closeness(host as ParsedHost, at) === best)
  }
  return [...listed]
}

function closeness({ port, address }: ParsedHost, at: string | undefined): number {
  return (address != null && at !== undefined ? 2 : 0) + (port != null ? 1 : 0)
}

function namesOf(host: ParsedHost | undefined): string[] {
  return (host?.names ?? []).map((name) => name.toLowerCase())
}

function isAt({ port, address }: ParsedHost, asked: number, at: string | undefined): boolean {
  if (port != null && port !== asked) return false
  return address == null || at === undefined || parseAddress(address)?.text === at
}
