/** From the groups that somebody is in to the tokens of the ticket, through a list of those that are meant. */

import { z } from 'zod'
import { TktError } from '../../errors.js'

/** A list: these groups, each a token of its own name. A record: the group's name, and the token that it gives. */
export const tokensSchema = z.union([z.array(z.string()), z.record(z.string(), z.string())])

export type GroupTokens = readonly string[] | Readonly<Record<string, string>>

/** What a ticket can carry as a token. */
export function isToken(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return /^[^!,\x00-\x1f\x7f]+$/.test(text)
}

/** Groups to tokens; throws where one of the tokens is none. `spell` makes the spellings of a group's name one. */
export function readGroupTokens(
  who: string,
  tokens: GroupTokens,
  spell = (group: string) => group,
): ReadonlyMap<string, string> {
  const pairs = Array.isArray(tokens) ? tokens.map((name) => [name, name] as const) : Object.entries(tokens)
  for (const [group, token] of pairs) {
    if (isToken(token)) continue
    const way = Array.isArray(tokens) ? `, write { '${group}': 'a-token' }` : ''
    throw new TktError('ERR_TKT_OPTIONS', `${who}: tokens: '${token}' can be no token: empty, ',', '!', control${way}`)
  }
  return new Map(pairs.map(([group, token]) => [spell(group), token]))
}

/** The tokens of some groups, each once. */
export function tokensOf(groups: readonly string[], tokenOf: (group: string) => string | undefined): string[] {
  return [...new Set(groups.map(tokenOf).filter((token) => token !== undefined))]
}
