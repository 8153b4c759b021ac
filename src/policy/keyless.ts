/** Areas that ask for a user where no key could ever let one in; and public keys that nobody asks. */

import { defaultsFor } from './defaults.js'
import { enclosing } from './inherited.js'
import type { OptionIssue, ParsedArea, ParsedGuard, ParsedHost } from './options.js'
import { asksForUser } from './require.js'
import type { SomeSettings } from './settings.js'

type Path = readonly PropertyKey[]

/** Finds them for the main server and for each host. An area asks for a user unless it or what is around it says otherwise. */
export function keylessAreas(options: ParsedGuard): OptionIssue[] {
  const issues = (options.areas ?? []).flatMap((area, index, areas) => {
    return issueOf(options, undefined, area, areas, ['areas', index])
  })
  for (const [place, host] of (options.hosts ?? []).entries()) {
    for (const [index, area] of (host.areas ?? []).entries()) {
      issues.push(...issueOf(options, host, area, host.areas ?? [], ['hosts', place, 'areas', index]))
    }
  }
  return issues
}

function issueOf(
  options: ParsedGuard,
  host: ParsedHost | undefined,
  area: ParsedArea,
  areas: readonly ParsedArea[],
  path: Path,
): OptionIssue[] {
  const signed = asksForSigned(options, host, area, areas)
  const what = signed ? 'publicKeys' : 'keys'
  const factor = area.requireMultifactor ?? enclosing(area, areas, 'requireMultifactor')?.requireMultifactor
  if (
    !signed &&
    (factor ?? host?.requireMultifactor ?? options.requireMultifactor) &&
    asks(options, host, area, areas)
  ) {
    const message = "asks for a second factor, which only signed tickets tell of; set authType: 'mod_auth_pubtkt'"
    return [{ path: [...path, 'requireMultifactor'], message }]
  }
  const found = area[what] ?? enclosing(area, areas, what)?.[what] ?? host?.[what] ?? options[what] ?? []
  if (found.length > 0) return []
  if (!asks(options, host, area, areas)) return []
  return [{ path, message: `asks for a user, and there is no key to check tickets with; add ${what}` }]
}

/** Whether signed tickets are asked for there, by its own word or by that of what is around it. */
export function asksForSigned(
  options: ParsedGuard,
  host: ParsedHost | undefined,
  area: ParsedArea,
  areas: readonly ParsedArea[],
): boolean {
  return isSigned(options, [options, host ?? {}, { authType: authTypeOf(area, areas) }])
}

function asks(
  options: ParsedGuard,
  host: ParsedHost | undefined,
  area: ParsedArea,
  areas: readonly ParsedArea[],
): boolean {
  const rule = area.require ?? enclosing(area, areas, 'require')?.require ?? host?.require ?? options.require
  return rule === undefined || asksForUser(rule)
}

function authTypeOf(area: ParsedArea, areas: readonly ParsedArea[]): SomeSettings['authType'] {
  return area.authType === undefined ? enclosing(area, areas, 'authType')?.authType : area.authType
}

function isSigned(options: ParsedGuard, levels: readonly SomeSettings[]): boolean {
  return defaultsFor(options, levels).authType === 'mod_auth_pubtkt' || lastAuthType(levels) === 'mod_auth_pubtkt'
}

function lastAuthType(levels: readonly SomeSettings[]): SomeSettings['authType'] {
  return levels.findLast(({ authType }) => authType !== undefined)?.authType
}

/** Whoever gives public keys means signed tickets: without the word, other tickets would be asked for. */
export function unaskedKeys(options: ParsedGuard): OptionIssue[] {
  const { module, areas = [], hosts = [] } = options
  const levels = [options, ...areas, ...hosts, ...hosts.flatMap((host) => host.areas ?? [])]
  if (module === 'mod_auth_pubtkt' || levels.some(({ authType }) => authType === 'mod_auth_pubtkt')) return []
  const message =
    "check signed tickets, and no area asks for those; set module: 'mod_auth_pubtkt', or an area's authType"
  return levels.some(({ publicKeys }) => publicKeys !== undefined) ? [{ path: ['publicKeys'], message }] : []
}
