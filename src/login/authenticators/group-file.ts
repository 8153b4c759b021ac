/** A group file as tokens: whose name stands in which groups, and what those are called in tickets. */

import { readGroups } from '../../policy/groups.js'
import { isToken, tokensOf } from './group-tokens.js'

export interface Memberships {
  /** The tokens of a uid. */
  readonly tokens: ReadonlyMap<string, readonly string[]>
  readonly troubles: readonly string[]
}

/** `allowed` undefined: every group is a token of its own name. */
export function readMemberships(
  text: string,
  file: string,
  allowed: ReadonlyMap<string, string> | undefined,
): Memberships {
  const groupsOf = new Map<string, string[]>()
  const groups = Object.entries(readGroups(text))
  for (const [group, uids] of groups) {
    for (const uid of uids) groupsOf.set(uid, [...(groupsOf.get(uid) ?? []), group])
  }
  const tokenOf = (group: string) => (allowed ? allowed.get(group) : isToken(group) ? group : undefined)
  const tokens = new Map([...groupsOf].map(([uid, names]) => [uid, tokensOf(names, tokenOf)]))
  const unfit = allowed ? [] : groups.filter(([group]) => !isToken(group))
  const troubles = unfit.map(
    ([group]) => `${file}: no token can be called '${printable(group)}'; fix: tokens: { 'a group': 'a-token' }`,
  )
  return { tokens, troubles }
}

function printable(name: string): string {
  return JSON.stringify(name).slice(1, -1)
}
