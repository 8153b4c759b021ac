/** Areas that would ask nobody for a ticket because of what is around them, though nobody said so. */

import type { OptionIssue, ParsedArea, ParsedGuard } from './options.js'
import { asksForUser, type Rule } from './require.js'

type Path = readonly PropertyKey[]

/**
 * Finds areas without a rule of their own inside one that lets everybody in. Left out, `require` means valid-user at the
 * top: whoever leaves it out deeper inside may well think that it still does.
 */
export function silentlyOpen(options: ParsedGuard): OptionIssue[] {
  const { areas = [], hosts = [] } = options
  return [
    ...issuesOf(areas, options.require, ['areas']),
    ...hosts.flatMap((host, index) =>
      issuesOf(host.areas ?? [], host.require ?? options.require, ['hosts', index, 'areas']),
    ),
  ]
}

function issuesOf(areas: readonly ParsedArea[], outer: Rule | undefined, path: Path): OptionIssue[] {
  return areas.flatMap((area, index) => {
    if (area.require !== undefined || asksAround(area, areas, outer)) return []
    const message =
      "an area around this one lets everybody in, and so would this one: set require, such as 'valid-user'"
    return [{ path: [...path, index], message }]
  })
}

/** Whether what is around an area asks for users. Any area may be around one that is given by a pattern. */
function asksAround(area: ParsedArea, areas: readonly ParsedArea[], outer: Rule | undefined): boolean {
  const around = (rule: Rule | undefined) => rule === undefined || asksForUser(rule) || rule === 'denied'
  if (area.path === undefined && area.exactPath === undefined) {
    return around(outer) && areas.every(({ require }) => around(require))
  }
  return around(enclosing(area, areas, 'require')?.require ?? outer)
}

/** The nearest area around this one that has a rule, or keys, of its own. */
export function enclosing(
  { path, exactPath }: ParsedArea,
  areas: readonly ParsedArea[],
  what: 'require' | 'keys' | 'publicKeys' | 'passthruKey' | 'authType' | 'requireMultifactor',
): ParsedArea | undefined {
  const inner = path ?? exactPath
  if (inner === undefined) return undefined
  const all = areas.filter((area) => area[what] !== undefined && area.path !== undefined && isInside(inner, area.path))
  return all.sort((a, b) => (b.path as string).length - (a.path as string).length)[0]
}

function isInside(inner: string, outer: string): boolean {
  return inner.startsWith(outer) && inner !== outer && (outer.endsWith('/') || inner[outer.length] === '/')
}
