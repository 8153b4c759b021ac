/** auth.require and mod_access of all layers that are for a host, as rules on paths: the last one that fits counts. */

import type { Rule } from '../policy/require.js'
import { ALLOW, DENY, type Ends } from './lighttpd-access.js'
import type { Scope, Who } from './lighttpd-classes.js'
import type { Layer } from './lighttpd-layers.js'
import { type Asked, opposite, prefixPiece, suffixPiece } from './lighttpd-paths.js'
import { REQUIRE } from './lighttpd-require.js'
import { configError, type Place } from './notes.js'

/** What is said of some paths, over what was said before. */
export interface Said extends Place {
  readonly asked: readonly Asked[]
  readonly rule: Rule
  readonly name: string
}

export type Fit = { readonly layer: Layer; readonly scope: Scope }

const SAID_MAX = 5000

/** As areas of Apache's sections are called. */
export function nameOf(what: string, { file, line }: Place): string {
  return `${file}:${line} ${what}`
}

export function rulesOf(fits: readonly Fit[]): Said[] {
  let said: readonly Said[] = []
  for (const { layer, scope } of fits) {
    if (layer.requirements !== undefined && !layer.unknown) {
      said = over(said, required(layer, layer.requirements, scope, said.length > 0), scope.who, layer)
    }
  }
  for (const [index, { layer, scope }] of fits.entries()) {
    said = over(said, closed({ layer, scope }, fits.slice(index + 1)), layer.unknown ? [] : scope.who, layer)
  }
  return [...said]
}

/** What is new, after what was said before; for some of those who ask only where `who` says so. */
function over(before: readonly Said[], added: readonly Said[], who: readonly Who[], { block }: Layer): readonly Said[] {
  const count = who.length === 0 ? added.length : added.length * (before.length + 1)
  if (before.length + count > SAID_MAX)
    throw configError(block, REQUIRE, 'comes to too many places; write it more simply')
  return [...before, ...(who.length === 0 ? added : added.flatMap((one) => mixed(one, before, who)))]
}

/** A list takes the place of the one before it: what it does not name is open. Its first prefix that fits counts. */
function required(
  layer: Layer,
  requirements: NonNullable<Layer['requirements']>,
  scope: Scope,
  again: boolean,
): Said[] {
  const { file, line } = layer.block.settings.get(REQUIRE) as Place
  const open: Said = { asked: scope.asked, rule: 'granted', name: nameOf(REQUIRE, { file, line }), file, line }
  const own = [...requirements].reverse().map(
    ({ prefix, rule, ...place }): Said => ({
      asked: [...scope.asked, { piece: prefixPiece(prefix), negated: false }],
      rule,
      name: nameOf(`${REQUIRE} ${prefix}`, place),
      ...place,
    }),
  )
  // Where nothing was said before, all is open as it is.
  return again ? [open, ...own] : own
}

/** Who is not meant goes on with what was said before, wherever that was something of its own. */
function mixed(one: Said, before: readonly Said[], who: readonly Who[]): Said[] {
  const meant: Rule = { all: who.map(({ rule, negated }) => (negated ? negative(rule) : rule)) }
  const others: Rule = { any: who.map(({ rule, negated }) => (negated ? rule : negative(rule))) }
  const everywhere: Said = { ...one, asked: [], rule: 'granted' }
  return [everywhere, ...before].map((other) => ({
    ...one,
    asked: [...one.asked, ...other.asked],
    rule: { any: [{ all: [meant, one.rule] }, { all: [others, other.rule] }] },
  }))
}

/** `not` alone never grants. */
function negative(rule: Rule): Rule {
  return { all: [{ not: rule }, 'granted'] }
}

/** What nobody may have: mod_access, and places that nobody could decide. */
function closed({ layer, scope }: Fit, later: readonly Fit[]): Said[] {
  const said = (name: string, { file, line }: Place, asked: readonly Asked[]): Said => {
    return { asked: [...scope.asked, ...asked], rule: 'denied', name: nameOf(name, { file, line }), file, line }
  }
  if (layer.unknown) return [said('skipped', layer.block, [])]
  const { denied, allowed } = layer
  const ends = (name: string, { texts, ...place }: Ends, what: 'denied' | 'allowed') =>
    said(name, place, [...overruled(later, what), { piece: suffixPiece(texts), negated: what === 'allowed' }])
  return [
    ...(denied && denied.texts.length > 0 ? [ends(DENY, denied, 'denied')] : []),
    ...(allowed && allowed.texts.length > 0 ? [ends(ALLOW, allowed, 'allowed')] : []),
  ]
}

/** Not where a later layer says it anew, if that depends on the path alone. */
function overruled(later: readonly Fit[], what: 'denied' | 'allowed'): Asked[] {
  return later
    .filter(({ layer, scope }) => layer[what] !== undefined && !layer.unknown && scope.who.length === 0)
    .map(({ scope }) => opposite(scope.asked))
}
