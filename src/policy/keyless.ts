/** Areas that ask for a user where no key could ever let one in. */

import { enclosing } from './inherited.js'
import type { OptionIssue, ParsedArea, ParsedGuard } from './options.js'
import { asksForUser, type Rule } from './require.js'

/** Finds them for the main server and for each host. An area asks for a user unless it or what is around it says otherwise. */
export function keylessAreas(options: ParsedGuard): OptionIssue[] {
  const { keys = [], areas = [], hosts = [] } = options
  const issues = keys.length > 0 ? [] : issuesOf(areas, options.require, ['areas'])
  for (const [index, host] of hosts.entries()) {
    if ((host.keys ?? keys).length > 0 || host.areas === undefined) continue
    issues.push(...issuesOf(host.areas, host.require ?? options.require, ['hosts', index, 'areas']))
  }
  return issues
}

function issuesOf(areas: readonly ParsedArea[], outer: Rule | undefined, path: readonly PropertyKey[]): OptionIssue[] {
  return areas.flatMap((area, index) => {
    const rule = area.require ?? enclosing(area, areas)?.require ?? outer
    if (rule !== undefined && !asksForUser(rule)) return []
    return [{ path: [...path, index], message: 'asks for a user, and there is no key to check tickets with; add keys' }]
  })
}
