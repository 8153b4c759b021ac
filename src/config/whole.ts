/** The last look at what a reader made of a configuration. */

import { allProblems } from '../policy/key-problems.js'
import {
  type AreaOptions,
  checkOptions,
  type GuardOptions,
  type OptionIssue,
  type ParsedGuard,
  placeOf,
} from '../policy/options.js'
import type { Context } from './context.js'
import type { PublicKeyOptions } from './keyring.js'
import { configError, type Place } from './notes.js'

/** What the guard would refuse when it is made, with the line that it comes from. */
export function checkWhole(context: Context, options: GuardOptions): void {
  const checked = checkOptions(options)
  const issues =
    'issues' in checked ? checked.issues : allProblems(checked.options, context.exact ? 'exact' : 'hardened', false)
  const [issue] = issues
  if (issue) {
    const place = placeIn(context, options, issue)
    throw configError(place, place.name, `cannot be used: ${placeOf(issue.path)}: ${issue.message}`)
  }
  if (!context.exact && 'options' in checked) checkKeys(context, options, checked.options)
}

/** Weak keys, of which Apache's syntax cannot say that they are put up with. */
function checkKeys(context: Context, options: GuardOptions, parsed: ParsedGuard): void {
  for (const issue of allProblems(parsed, 'hardened', true)) {
    const place = placeIn(context, options, issue)
    if (context.weakKeys === 'refuse') throw configError(place, place.name, `${issue.message}${IN_APACHE}`)
    context.notes.warn(place, `${place.name}: ${issue.message}, in publicKeys; until then the output is refused`)
  }
}

const IN_APACHE =
  "; in Apache's syntax that cannot be said: make a better key (authtkt keygen), have the login sign with SHA256 and set TKTAuthDigest, or convert the file (authtkt convert) and say it there"

/** The directive of a public key, the section of an area, or no more than the file. */
function placeIn(context: Context, options: GuardOptions, { path }: OptionIssue): Place & { readonly name: string } {
  let level: unknown = options
  let place: Place & { readonly name: string } = { file: context.file, line: 1, name: 'configuration' }
  for (const key of path) {
    level = (level as Record<PropertyKey, unknown> | undefined)?.[key]
    const area = context.areaPlaces.get(level as AreaOptions)
    const directive = context.keyPlaces.get(level as PublicKeyOptions)
    if (area) place = area
    if (directive) place = { ...directive, name: 'TKTAuthPublicKey' }
  }
  return place
}
