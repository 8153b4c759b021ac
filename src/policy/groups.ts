/** Group files, as mod_authz_groupfile reads them: `name: uid uid`. */

import { logicalLines } from './lines.js'

/** Names to uids. A group that stands twice has the uids of both lines. */
export function readGroups(text: string): Record<string, string[]> {
  const groups = new Map<string, string[]>()
  for (const { text: line } of logicalLines(text)) {
    const [, name, uids] = /^([^:]+):(.*)$/s.exec(line) ?? []
    if (name === undefined || uids === undefined) continue
    const members = uids.split(/[ \t]+/).filter((uid) => uid !== '')
    groups.set(name.trim(), [...(groups.get(name.trim()) ?? []), ...members])
  }
  return Object.fromEntries(groups)
}
