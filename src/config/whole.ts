/** The last look at what a reader made of a configuration. */

import { allProblems } from '../policy/key-problems.js'
import { checkOptions, type GuardOptions, placeOf } from '../policy/options.js'
import type { Context } from './context.js'
import { configError } from './notes.js'

/** What the guard would refuse when it is made, with the line that it comes from. */
export function checkWhole(context: Context, options: GuardOptions): void {
  const checked = checkOptions(options)
  const issues =
    'issues' in checked ? checked.issues : allProblems(checked.options, context.exact ? 'exact' : 'hardened', false)
  const [issue] = issues
  if (!issue) return
  const [first, index, second, inner] = issue.path
  const area =
    first === 'hosts' && second === 'areas'
      ? options.hosts?.[index as number]?.areas?.[inner as number]
      : first === 'areas'
        ? options.areas?.[index as number]
        : undefined
  const place = (area && context.areaPlaces.get(area)) ?? { file: context.file, line: 1, name: 'configuration' }
  throw configError(place, place.name, `cannot be used: ${placeOf(issue.path)}: ${issue.message}`)
}
