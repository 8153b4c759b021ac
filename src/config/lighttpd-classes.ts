/** Kinds of hosts and ports that a lighttpd configuration tells apart, and what holds for each. */

import type { HostOptions } from '../policy/options.js'
import type { Rule } from '../policy/require.js'
import type { Atom, Term } from './lighttpd-conditions.js'
import type { Asked } from './lighttpd-paths.js'

/**
 * One kind: a name, all names with an end (`ends` true), or all others (no name), at one port or at any other. `named` is
 * the port in the Host: this one, `any` other, or `none`; undefined where nothing depends on it.
 */
export interface HostClass {
  readonly name: string | undefined
  readonly ends: boolean
  readonly port: number | undefined
  readonly named: HostOptions['namedPort']
}

/** A condition on who asks. */
export interface Who {
  readonly rule: Rule
  readonly negated: boolean
}

/** What is left of a block's terms where host and port are known; undefined where they do not hold. */
export interface Scope {
  readonly asked: readonly Asked[]
  readonly who: readonly Who[]
}

/** Every kind that the terms tell apart: names before ends, long ends before short ones, all others last. */
export function classesOf(terms: readonly Term[]): HostClass[] {
  const atoms = terms.map(({ atom }) => atom)
  const hosts = atoms.filter(isHost)
  const ports = atoms.filter(isPort).map(({ port }) => port)
  const inHosts = hosts.flatMap(({ port }) => port ?? [])
  const named: HostClass['named'][] = ['none', ...new Set(inHosts), 'any']
  const told = hosts.some(({ whole, port }) => whole || port !== undefined) ? named : [undefined]
  const names = [...new Set(hosts.flatMap((atom) => atom.names))]
  const ends = [...new Set(hosts.flatMap((atom) => atom.ends))].sort((a, b) => b.length - a.length)
  const places = [...new Set(ports), undefined].flatMap((port) => told.map((named) => ({ port, named })))
  return places.flatMap((place) => [
    ...names.map((name) => ({ name, ends: false, ...place })),
    ...ends.map((name) => ({ name, ends: true, ...place })),
    { name: undefined, ends: false, ...place },
  ])
}

const isHost = (atom: Atom) => atom.kind === 'host'
const isPort = (atom: Atom) => atom.kind === 'port'

/** What the terms still ask of a request to one kind of host. Undecided terms are taken to hold. */
export function scopeOf(terms: readonly Term[], kind: HostClass): Scope | undefined {
  const asked: Asked[] = []
  const who: Who[] = []
  for (const { atom, negated } of terms) {
    if (atom.kind === 'path') asked.push({ piece: atom.piece, negated })
    else if (atom.kind === 'who') who.push({ rule: atom.rule, negated })
    else if (atom.kind !== 'unknown' && holds(atom, kind) === negated) return undefined
  }
  return { asked, who }
}

function holds(atom: Extract<Atom, { kind: 'host' | 'port' }>, kind: HostClass): boolean {
  const { name, ends, port, named } = kind
  if (atom.kind === 'port') return atom.port === port
  if (name === undefined || !holdsOfPort(atom, named)) return false
  return (!ends && atom.names.includes(name)) || atom.ends.some((end) => name.endsWith(end))
}

function holdsOfPort(atom: Extract<Atom, { kind: 'host' }>, named: HostClass['named']): boolean {
  // lighttpd compares ports only where both have one, whatever port the connection is at.
  if (named === undefined || named === 'none') return true
  return atom.port === undefined ? !atom.whole : atom.port === named
}

/** Kinds for which the same is to be said, as entries of `hosts`, and what the main server says. */
export function entriesOf<T extends Pick<HostOptions, 'areas'>>(
  classes: readonly HostClass[],
  contentOf: (kind: HostClass) => T,
): { readonly main: T; readonly hosts: (HostOptions & T)[]; readonly byPort: boolean } {
  const byPort = classes.some(({ port }) => port !== undefined)
  const main = contentOf(classes.at(-1) as HostClass)
  const hosts: (HostOptions & T)[] = []
  const known = new Map<string, string[]>()
  for (const kind of inOrder(classes, byPort)) {
    const content = contentOf(kind)
    const { name, ends, port, named } = kind
    const key = ends || name === undefined ? undefined : JSON.stringify([port, named, content.areas])
    // An entry needs a name; nobody has this one.
    const names = name === undefined ? ['other.invalid'] : [ends ? `*${name}` : name]
    const same = key === undefined ? undefined : known.get(key)
    if (same) same.push(...names)
    else hosts.push({ names, ...(port === undefined ? {} : { port }), ...namedPort(named), ...content })
    if (key !== undefined && !same) known.set(key, names)
  }
  return { main, hosts, byPort }
}

const namedPort = (named: HostClass['named']) => (named === undefined ? {} : { namedPort: named })

/** With ports, the first entry of a port answers for the names that none has; without, the main server does. */
function inOrder(classes: readonly HostClass[], byPort: boolean): readonly HostClass[] {
  const named = classes.filter(({ name }) => name !== undefined)
  if (!byPort) return named
  const places = new Map<string, HostClass[]>()
  for (const kind of classes) {
    const key = `${kind.port} ${kind.named}`
    const own = places.get(key) ?? []
    if (kind.name === undefined) own.unshift(kind)
    else own.push(kind)
    places.set(key, own)
  }
  return [...places.values()].flat()
}
