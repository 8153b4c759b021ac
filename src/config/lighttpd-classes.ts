/** Kinds of hosts and ports that a lighttpd configuration tells apart, and what holds for each. */

import type { HostOptions } from '../policy/options.js'
import type { Rule } from '../policy/require.js'
import type { Atom, Term } from './lighttpd-conditions.js'
import type { Asked } from './lighttpd-paths.js'

/** One kind: a name, all names with an end (`ends` true), or all others (no name), at one port or at any other. */
export interface HostClass {
  readonly name: string | undefined
  readonly ends: boolean
  readonly port: number | undefined
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
  const hosts = atoms.filter((atom) => atom.kind === 'host')
  const ports = atoms.flatMap((atom) => (atom.kind === 'port' || atom.kind === 'host' ? (atom.port ?? []) : []))
  const names = [...new Set(hosts.flatMap((atom) => atom.names))]
  const ends = [...new Set(hosts.flatMap((atom) => atom.ends))].sort((a, b) => b.length - a.length)
  return [...new Set(ports), undefined].flatMap((port) => [
    ...names.map((name) => ({ name, ends: false, port })),
    ...ends.map((name) => ({ name, ends: true, port })),
    { name: undefined, ends: false, port },
  ])
}

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

function holds(atom: Extract<Atom, { kind: 'host' | 'port' }>, { name, ends, port }: HostClass): boolean {
  if (atom.port !== undefined && atom.port !== port) return false
  if (atom.kind === 'port') return true
  if (name === undefined) return false
  return (!ends && atom.names.includes(name)) || atom.ends.some((end) => name.endsWith(end))
}

/** Kinds for which the same is to be said, as entries of `hosts`, and what the main server says. */
export function entriesOf<T extends Pick<HostOptions, 'areas'>>(
  classes: readonly HostClass[],
  contentOf: (kind: HostClass) => T,
): { readonly main: T; readonly hosts: (HostOptions & T)[]; readonly byPort: boolean } {
  const byPort = classes.some(({ port }) => port !== undefined)
  const main = contentOf(classes.at(-1) as HostClass)
  // With ports, the first entry of a port answers for the names that none has.
  const others = ({ name }: HostClass) => name === undefined
  const sorted = byPort ? portsInOrder(classes) : classes.filter((kind) => !others(kind))
  const hosts: (HostOptions & T)[] = []
  const known = new Map<string, string[]>()
  for (const kind of sorted) {
    const content = contentOf(kind)
    const key = kind.ends || others(kind) ? undefined : JSON.stringify([kind.port, content.areas])
    // An entry needs a name; nobody has this one.
    const names = kind.name === undefined ? ['other.invalid'] : [kind.ends ? `*${kind.name}` : kind.name]
    const same = key === undefined ? undefined : known.get(key)
    if (same) same.push(...names)
    else hosts.push({ names, ...(kind.port === undefined ? {} : { port: kind.port }), ...content })
    if (key !== undefined && !same) known.set(key, names)
  }
  return { main, hosts, byPort }
}

function portsInOrder(classes: readonly HostClass[]): HostClass[] {
  const ports = [...new Set(classes.map(({ port }) => port))]
  return ports.flatMap((port) => {
    const own = classes.filter((kind) => kind.port === port)
    return [...own.filter(({ name }) => name === undefined), ...own.filter(({ name }) => name !== undefined)]
  })
}
