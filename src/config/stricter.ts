/** Where a path does not tell which of several sections holds: all of their rules. */

import type { Rule } from '../policy/require.js'
import type { AreaSettings } from './draft.js'
import type { PlaceSection } from './servers.js'
import { isBelow, type Space } from './spaces.js'

/** A section with the spaces that it covers on one server, and what it sets there. */
export interface Placed {
  readonly section: PlaceSection
  readonly spaces: readonly Space[]
  readonly settings: AreaSettings
}

/** What keeps somebody out of a part of the space, of sections in the order in which they are merged. */
export function keepersOf(placed: readonly Placed[], space: Space): AreaSettings[] {
  let found: AreaSettings[] = []
  for (const { spaces, settings } of placed) {
    for (const one of spaces) {
      if (settings.require === undefined || !mayMeet(one, space)) continue
      if (holds(one, space)) found = []
      if (settings.require !== 'granted') found.push(settings)
    }
  }
  return found
}

/** The settings with the rules of all; what needs tokens of two kinds, or tickets of two keys, lets nobody in. */
export function stricter({ guestLogin: _, ...settings }: AreaSettings, keepers: readonly AreaSettings[]): AreaSettings {
  const { require, tokens, publicKeys } = settings
  const differs = (a: unknown, b: unknown) => JSON.stringify(a) !== JSON.stringify(b)
  if (tokens && keepers.some((keeper) => keeper.tokens && differs(keeper.tokens, tokens))) {
    return { ...settings, require: 'denied' }
  }
  if (publicKeys && keepers.some((keeper) => keeper.publicKeys && differs(keeper.publicKeys, publicKeys))) {
    return { ...settings, require: 'denied' }
  }
  if (require === undefined || require === 'denied') return settings
  const rules: Rule[] = [require]
  for (const { require: rule } of keepers) {
    if (rule === 'denied') return { ...settings, require: 'denied' }
    if (rule !== undefined && rules.every((known) => differs(known, rule))) rules.push(rule)
  }
  return rules.length === 1 ? settings : { ...settings, require: { all: rules } }
}

/** Can a path lie in both? Of patterns nobody knows. */
export function mayMeet(one: Space, other: Space): boolean {
  if (!('path' in one)) return true
  if ('exactPath' in other) return isBelow(one.path, other.exactPath)
  return !('path' in other) || isBelow(one.path, other.path) || isBelow(other.path, one.path)
}

/** Does all of the space lie in the path? */
export function holds(one: Space, space: Space): boolean {
  if (!('path' in one)) return false
  if ('exactPath' in space) return isBelow(one.path, space.exactPath)
  return one.path === '/' || ('path' in space && isBelow(one.path, space.path))
}
