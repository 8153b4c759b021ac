/**
 * TKTAuthPublicKey and TKTAuthDigest are inherited each on its own, and the options have both together: where a place
 * says one of them only, the other is that of what is around it.
 */

import type { AreaOptions } from '../policy/options.js'
import { asksForUser } from '../policy/require.js'
import type { Context } from './context.js'
import type { SignedHalves } from './draft.js'
import { lastSpace } from './file-spaces.js'
import { escapePattern } from './globs.js'
import type { PublicKeyOptions } from './keyring.js'
import type { PlaceSection, Server } from './servers.js'
import type { Space } from './spaces.js'
import { holds, mayMeet } from './stricter.js'

type Keys = { publicKeys?: PublicKeyOptions[] }

interface Layer {
  readonly space: Space
  readonly signed: SignedHalves
}

/** What a section says of keys where it lies, and in the parts of it that it shares with sections before it. */
interface SignedPlace {
  readonly own: Keys
  readonly more: readonly (Space & Keys)[]
}

/** The keys of the main server, or of a host; nothing where it says nothing of its own. */
export function serverKeys(context: Context, main: Server, host: Server | undefined): Keys {
  const { key, digest } = (host ?? main).draft.signed
  return key || digest ? keysOf(context, around(host ? [main, host] : [main])) : {}
}

function around(servers: readonly Server[]): SignedHalves {
  return Object.assign({}, ...servers.map(({ draft }) => draft.signed))
}

function keysOf({ keySources, keyPlaces }: Context, { key, digest }: SignedHalves): Keys {
  if (key === undefined) return {}
  const entry: PublicKeyOptions = { publicKey: key.text, digest: digest?.digest ?? 'sha1' }
  keySources.set(entry, { file: key.path, line: 1 })
  keyPlaces.set(entry, key)
  return { publicKeys: [entry] }
}

/** Sections must come in the order in which they are merged. */
export function signedInPlaces(
  context: Context,
  servers: readonly Server[],
): (section: PlaceSection, space: Space) => SignedPlace {
  const base = around(servers)
  const layers: Layer[] = []
  return ({ at, content }, space) => {
    const { signed } = content.draft
    const missing = signed.key ? 'digest' : 'key'
    if (signed.key === undefined && signed.digest === undefined) return { own: {}, more: [] }
    const others = layers.filter((layer) => layer.signed[missing] && mayMeet(layer.space, space))
    // What lies behind a section that holds all of the space counts for nothing in it.
    const whole = others.findLastIndex((layer) => encloses(layer.space, space))
    const outer = others[whole]?.signed ?? base
    layers.push({ space, signed })
    if (signed.key && signed.digest) {
      warnOfReset(context, at, signed, outer)
      return { own: keysOf(context, signed), more: [] }
    }
    const more = others.slice(whole + 1).map((layer) => {
      return { ...shared(layer.space, space), ...keysOf(context, { ...layer.signed, ...signed }) }
    })
    return { own: keysOf(context, { ...outer, ...signed }), more }
  }
}

/** A key of its own sets SHA-1 again: what its author had set around it is lost. */
function warnOfReset(
  context: Context,
  at: PlaceSection['at'],
  { key, digest }: SignedHalves,
  outer: SignedHalves,
): void {
  if (!context.exact || outer.digest === undefined || outer.digest.digest === 'sha1') return
  const { file, line } = outer.digest
  if (digest?.line !== key?.line || digest?.file !== key?.file) return
  const why = `sets SHA1 again, as in the module: the TKTAuthDigest of ${file}:${line} does not count here; repeat it below`
  context.notes.warn(key ?? at, `TKTAuthPublicKey: ${why}`)
}

function encloses(one: Space, space: Space): boolean {
  return holds(one, space) || JSON.stringify(one) === JSON.stringify(space)
}

/** The paths that lie in both. */
function shared(one: Space, other: Space): Space {
  if (holds(other, one)) return one
  return { pattern: `^${lookahead(one)}${lookahead(other)}` }
}

function lookahead(space: Space): string {
  return `(?=[\\s\\S]*?(?:${patternOf(space)}))`
}

function patternOf(space: Space): string {
  if ('pattern' in space) return space.pattern
  if ('file' in space) return patternOf(lastSpace({ pattern: '^/' }, space.file))
  if ('exactPath' in space) return `^${escapePattern(space.exactPath)}$`
  return `^${escapePattern(space.path)}${space.path.endsWith('/') ? '' : '(?:/|$)'}`
}

/** Where a user is asked for, and no key could ever let one in. */
export function warnOfMissingKey(
  context: Context,
  main: Server,
  host: Server | undefined,
  areas: readonly AreaOptions[],
): void {
  if (around(host ? [main, host] : [main]).key) return
  const keyed = areas.filter(({ publicKeys }) => publicKeys !== undefined)
  const asking = areas.find((area) => {
    return (
      area.require !== undefined &&
      asksForUser(area.require) &&
      !keyed.some((one) => mayMeet(spaceOf(one), spaceOf(area)))
    )
  })
  const place = asking && context.areaPlaces.get(asking)
  if (!place) return
  context.notes.warn(
    place,
    `TKTAuthPublicKey: is missing, and ${asking.name} asks for a user; requests there are answered 500`,
  )
}

function spaceOf(area: AreaOptions): Space {
  return area as Space
}
