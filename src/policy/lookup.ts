/** The areas of one server: found, merged, and held against how lenient software would read a path. */

import { isAmbiguous, lenientPath } from '../http/lenient.js'
import { type Area, makeArea, mergeSettings, nameOf, type Surroundings } from './area.js'
import { type AreaIndex, createAreaIndex, type Merge } from './areas.js'
import { DEFAULT_OPTIONS, defaultsFor, profileOf } from './defaults.js'
import type { KeyringOf } from './keyrings.js'
import type { ParsedArea, ParsedGuard, ParsedHost } from './options.js'
import type { SignedRings } from './signed-rings.js'
import { signingOf } from './signing.js'

export interface Lookup {
  /** The entry of `hosts` that it belongs to; undefined: the main server's. */
  readonly host: number | undefined
  readonly index: AreaIndex<Area>
  /** The same as lenient software would find them; undefined where that does not matter. */
  readonly lenient: AreaIndex<Area> | undefined
  /** Areas with capitals: plain paths may be theirs to others. */
  readonly folds: boolean
  /** Areas that a slash at the end tells apart: others may not. */
  readonly slashes: boolean
}

/** Combinations of areas that only patterns lead to are kept up to this number. */
const MIXED_MAX = 1024

/** The areas of a host or, without one, of the main server. */
export function createLookup(
  options: ParsedGuard,
  host: ParsedHost | undefined,
  around: Surroundings,
  keyringOf: KeyringOf,
): Lookup {
  const { profile, keyring } = around
  const areas = host?.areas ?? options.areas ?? []
  const made = new Map<string, Area>()
  // At the start everything is kept; later, what patterns lead to, up to a number.
  let most = Number.POSITIVE_INFINITY
  const merge: Merge<Area> = (matching) => {
    const key = matching.join()
    const before = made.get(key)
    if (before) return before
    const layers = matching.map((index) => areas[index] as ParsedArea)
    const levels = [options, host ?? {}, ...layers]
    const settings = mergeSettings(defaultsFor(options, levels), levels, profile)
    const name = nameOf(layers.at(-1) as ParsedArea)
    const own = layers.findLast(({ keys }) => keys !== undefined)?.keys
    const signing = signingOf(settings, levels, around.signed)
    const area = makeArea(name, key, settings, own === undefined ? keyring : keyringOf(own), signing, around)
    if (made.size < most) made.set(key, area)
    return area
  }
  const order = options.order ?? DEFAULT_OPTIONS[profile].order
  const index = createAreaIndex(areas, order, false, merge)
  index.warm()
  // Where patterns alone ask for a ring: bad keys are found now, not by the first request.
  const ignoreIp = host?.ignoreIp ?? options.ignoreIp ?? false
  keyring.ringFor(ignoreIp)
  for (const area of areas) if (area.keys !== undefined) keyringOf(area.keys).ringFor(area.ignoreIp ?? ignoreIp)
  most = made.size + MIXED_MAX
  const refuses = (options.oddPaths ?? DEFAULT_OPTIONS[profile].oddPaths) === 'refuse'
  const lenient = refuses ? createAreaIndex(areas, order, true, merge) : undefined
  return { host: around.host, index, lenient, folds: areas.some(hasCapital), slashes: areas.some(mindsSlash) }
}

/** What all areas of the main server share: worked out once, as there may be thousands of hosts. */
export function surroundings(options: ParsedGuard, keyringOf: KeyringOf, signed: SignedRings): Surroundings {
  const keyring = keyringOf(options.keys ?? [])
  return { profile: profileOf(options), sessions: hasMaxAge(options), keyring, signed, host: undefined }
}

/** A ticket goes from area to area, and the first sign-in in it as well. */
function hasMaxAge(options: ParsedGuard): boolean {
  const { areas = [], hosts = [] } = options
  const all = [options, ...areas, ...hosts, ...hosts.flatMap((host) => host.areas ?? [])]
  return all.some(({ maxAge }) => maxAge != null)
}

function hasCapital({ path, exactPath, pattern, file }: ParsedArea): boolean {
  return /[A-Z]/.test(path ?? exactPath ?? pattern ?? file ?? '')
}

function mindsSlash({ path, exactPath, pattern }: ParsedArea): boolean {
  return exactPath !== undefined || pattern !== undefined || (path !== undefined && path !== '/' && path.endsWith('/'))
}

/** Whether other software may take the path for one of another area. `odd`: the path itself gives reason to think so. */
export function isElsewhere(lookup: Lookup, area: Area | undefined, path: string, odd: boolean): boolean {
  const { lenient, folds, slashes } = lookup
  if (lenient === undefined || !(odd || folds || slashes)) return false
  if (odd && isAmbiguous(path)) return true
  // A path that is not odd is its own lenient reading.
  const read = odd ? lenientPath(path) : path
  if (lenient.find(read)?.key !== area?.key) return true
  if (!slashes || read === '/') return false
  // With or without its last slash: where that is in an area that the path is not in, nobody has asked for that one.
  const other = lenient.find(read.endsWith('/') ? read.slice(0, -1) : `${read}/`)
  if (other === undefined || other.key === area?.key) return false
  const own = area?.key.split(',') ?? []
  return other.key.split(',').some((one) => !own.includes(one))
}
