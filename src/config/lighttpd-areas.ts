/** The layers of a lighttpd configuration as areas: later ones count over earlier ones, setting by setting. */

import type { AreaOptions } from '../policy/options.js'
import type { Context } from './context.js'
import { type HostClass, scopeOf } from './lighttpd-classes.js'
import type { Layer } from './lighttpd-layers.js'
import { OPTS } from './lighttpd-options.js'
import { type Asked, matchOf } from './lighttpd-paths.js'
import { type Fit, nameOf, rulesOf } from './lighttpd-rules.js'
import type { Settled } from './lighttpd-settings.js'
import type { Place } from './notes.js'

/** The areas of one kind of host. */
export function areasFor(
  context: Context,
  layers: readonly Layer[],
  kind: HostClass,
  settled: Settled,
  serverName: string | undefined,
): AreaOptions[] {
  const fits = layers.flatMap((layer): Fit[] => {
    const scope = scopeOf(layer.terms, kind)
    return scope ? [{ layer, scope }] : []
  })
  const areas = settled.firstAreas(serverName)
  const add = (place: Place, asked: readonly Asked[], rest: AreaOptions) => {
    const area = { ...matchOf(asked), ...rest }
    const { file, line } = place
    context.areaPlaces.set(area, { file, line, name: (rest.name as string).slice(nameOf('', place).length) })
    areas.push(area)
  }
  for (const { layer, scope } of fits) {
    const own = layer.options && settled.areaOf(layer, serverName)
    if (own) add(layer.options as Place, scope.asked, { name: nameOf(OPTS, layer.options as Place), ...own })
  }
  for (const { asked, rule, name, ...place } of rulesOf(fits)) add(place, asked, { name, require: rule })
  return areas
}
