/** Finding the areas of a path. The cost grows with the path's depth, not with the number of areas. */

import { lowerCase } from '../http/lenient.js'

export interface AreaMatch {
  readonly path?: string | undefined
  readonly exactPath?: string | undefined
  readonly pattern?: string | undefined
  readonly file?: string | undefined
}

/** Makes one area of those that match, given by their places in the list, in the order in which they are merged. */
export type Merge<T> = (matching: readonly number[]) => T

interface Pattern {
  readonly regex: RegExp
  /** Tested against the last part of the path only. */
  readonly file: boolean
  readonly rank: number
}

/** What holds at one place of the tree: areas that always match there, and patterns that may. Ranks are sorted. */
interface Place<T> {
  readonly ranks: readonly number[]
  readonly patterns: readonly Pattern[]
  area: T | undefined
  /** Areas made with patterns, by the rank that matched, or the ranks joined. */
  readonly mixed: Map<number | string, T>
}

interface Node<T> {
  readonly children: Map<string, Node<T>>
  /** Areas that begin here, that begin below, that are this path alone; patterns that can match below. */
  readonly own: number[]
  readonly below: number[]
  readonly exact: number[]
  readonly patterns: Pattern[]
  here: Place<T>
  deeper: Place<T>
}

export interface AreaIndex<T> {
  /** The area of a decoded, normalised path; undefined in none. */
  find(path: string): T | undefined
  /** Makes every area that has a path of its own, so that bad ones are found at once. */
  warm(): void
}

/** More combinations of patterns than these are made anew each time. */
const MIXED_MAX = 1024

/** `nested`: deeper areas are merged over the ones around them, patterns over paths; `listed`: in the list's order. */
export function createAreaIndex<T>(
  areas: readonly AreaMatch[],
  order: 'nested' | 'listed',
  lenient: boolean,
  merge: Merge<T>,
): AreaIndex<T> {
  const ranking = rank(areas, order)
  const root = emptyNode<T>()
  for (const [place, index] of ranking.entries()) insert(root, areas[index] as AreaMatch, place, lenient)
  settle(root, [], [])

  function areaAt(place: Place<T>): T | undefined {
    if (place.area === undefined && place.ranks.length > 0) {
      place.area = merge(place.ranks.map((one) => ranking[one] as number))
    }
    return place.area
  }

  function mixedAt(place: Place<T>, path: string): T | undefined {
    // Most paths match one pattern or none: no list is made for them.
    let key: number | string | undefined
    for (const { regex, file, rank } of place.patterns) {
      if (!regex.test(file ? path.slice(path.lastIndexOf('/') + 1) : path)) continue
      key = key === undefined ? rank : `${key},${rank}`
    }
    if (key === undefined) return areaAt(place)
    let area = place.mixed.get(key)
    if (area === undefined) {
      const ranks = [...place.ranks, ...String(key).split(',').map(Number)].sort((a, b) => a - b)
      area = merge(ranks.map((one) => ranking[one] as number))
      if (place.mixed.size < MIXED_MAX) place.mixed.set(key, area)
    }
    return area
  }

  return {
    find(path) {
      let node = root
      let from = 1
      while (node.children.size > 0) {
        const end = path.indexOf('/', from)
        const next = node.children.get(end < 0 ? path.slice(from) : path.slice(from, end))
        if (next === undefined) break
        node = next
        if (end < 0) return node.here.patterns.length === 0 ? areaAt(node.here) : mixedAt(node.here, path)
        from = end + 1
      }
      return node.deeper.patterns.length === 0 ? areaAt(node.deeper) : mixedAt(node.deeper, path)
    },
    warm() {
      for (const node of nodesOf(root)) {
        areaAt(node.here)
        areaAt(node.deeper)
      }
    },
  }
}

/** Places in the list, sorted into the order of merging. */
function rank(areas: readonly AreaMatch[], order: 'nested' | 'listed'): number[] {
  const places = areas.map((_, index) => index)
  if (order === 'listed') return places
  const weight = ({ path, exactPath }: AreaMatch) => path?.length ?? (exactPath === undefined ? 2e6 : 1e6)
  return places.sort((a, b) => weight(areas[a] as AreaMatch) - weight(areas[b] as AreaMatch) || a - b)
}

function emptyNode<T>(): Node<T> {
  const place = { ranks: [], patterns: [], area: undefined, mixed: new Map() }
  return { children: new Map(), own: [], below: [], exact: [], patterns: [], here: place, deeper: place }
}

function insert<T>(root: Node<T>, area: AreaMatch, place: number, lenient: boolean): void {
  const text = (path: string) => (lenient ? lowerCase(path) : path)
  if (area.path !== undefined) {
    const path = text(area.path)
    if (path === '/') root.own.push(place)
    else if (path.endsWith('/')) descend(root, path.slice(0, -1)).below.push(place)
    else descend(root, path).own.push(place)
  } else if (area.exactPath !== undefined) {
    descend(root, text(area.exactPath)).exact.push(place)
  } else {
    const source = (area.pattern ?? area.file) as string
    const regex = new RegExp(source, lenient ? 'i' : '')
    const file = area.pattern === undefined
    const node = file ? root : descend(root, text(literalPrefix(source)))
    node.patterns.push({ regex, file, rank: place })
  }
}

function descend<T>(root: Node<T>, path: string): Node<T> {
  let node = root
  for (const segment of path.split('/').slice(1)) {
    const next = node.children.get(segment) ?? emptyNode<T>()
    node.children.set(segment, next)
    node = next
  }
  return node
}

/** Hands down what holds further up. */
function settle<T>(node: Node<T>, above: readonly number[], patterns: readonly Pattern[]): void {
  const sorted = (ranks: readonly number[]) => [...ranks].sort((a, b) => a - b)
  const place = (ranks: readonly number[], some: readonly Pattern[]): Place<T> => {
    return { ranks: sorted(ranks), patterns: some, area: undefined, mixed: new Map() }
  }
  const own = [...above, ...node.own]
  const below = [...own, ...node.below]
  const all = [...patterns, ...node.patterns]
  node.here = place([...own, ...node.exact], patterns)
  node.deeper = place(below, all)
  for (const child of node.children.values()) settle(child, below, all)
}

function* nodesOf<T>(node: Node<T>): Generator<Node<T>> {
  yield node
  for (const child of node.children.values()) yield* nodesOf(child)
}

/** The folders that every match of an anchored pattern lies below: it need not be tried elsewhere. */
export function literalPrefix(source: string): string {
  const literal = /^\^((?:\/[A-Za-z0-9_-]+)+)\/(?![?*+{])/.exec(source)
  return literal && !hasTopLevelBar(source) ? (literal[1] as string) : ''
}

function hasTopLevelBar(source: string): boolean {
  let depth = 0
  let inClass = false
  for (let i = 0; i < source.length; i++) {
    const char = source[i]
    if (char === '\\') i++
    else if (inClass) inClass = char !== ']'
    else if (char === '[') inClass = true
    else if (char === '(') depth++
    else if (char === ')') depth--
    else if (char === '|' && depth === 0) return true
  }
  return false
}
