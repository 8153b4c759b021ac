/** Areas that ask for a user where no key could ever let one in. */

import { enclosing } from './inherited.js'
import type { OptionIssue, ParsedArea, ParsedGuard, ParsedKey } from './options.js'
import { asksForUser, type Rule } from './require.js'

/** Finds them for the main server and for each host. An area asks for a user unless it or what is around it says otherwise. */
export function keylessAreas(options: ParsedGuard): OptionIssue[] {
  const { keys = [], areas = [], hosts = [] } = options
  const issues = issuesOf(areas, options.require, keys, ['areas'])
  for (const [index, host] of hosts.entries()) {
    const place = ['hosts', index, 'areas']
    if (host.areas !== undefined) {
      issues.push(...issuesOf(host.areas, host.require ?? options.require, host.keys ?? keys, place))
    }
  }
  return issues
}

function issuesOf(
  areas: readonly ParsedArea[],
  outer: Rule | undefined,
  outerKeys: readonly ParsedKey[],
  path: readonly PropertyKey[],
): OptionIssue[] {
  return areas.flatMap((area, index) => {
    if ((area.keys ?? enclosing(area, areas, 'keys')?.keys ?? outerKeys).length > 0) return []
    const rule = area.require ?? enclosing(area, areas, 'require')?.require ?? outer
    if (rule !== undefined && !asksForUser(rule)) return []
    return [{ path: [...path, index], message: 'asks for a user, and there is no key to check tickets with; add keys' }]
  })
}
