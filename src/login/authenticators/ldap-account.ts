/** From a directory's entry to an account: what of it is the uid, the tokens and the userData of a ticket. */

import type { Entry } from 'ldapts'
import type { Account } from './authenticator.js'
import { tokensOf } from './group-tokens.js'
import { spellGroup } from './ldap-names.js'
import type { LdapPlan } from './ldap-options.js'

/** The texts of an attribute; servers may spell its name otherwise. */
export function valuesOf(entry: Entry, attribute: string): string[] {
  const name = Object.keys(entry).find((key) => key.toLowerCase() === attribute.toLowerCase())
  const value = name === undefined ? [] : entry[name]
  return [value ?? []].flat().filter((text): text is string => typeof text === 'string')
}

/** The account, or why there is none though the password was right. */
export function accountOf(entry: Entry, groups: readonly string[], plan: LdapPlan): Account | string {
  const [uid, ...others] = valuesOf(entry, plan.uidAttribute)
  // Which of several comes first is the server's whim, and a uid is for ever.
  if (uid === undefined || others.length > 0) return `the entry has not one value of ${plan.uidAttribute}`
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (uid === '' || /[!\x00-\x1f\x7f]/.test(uid)) return `the entry's ${plan.uidAttribute} cannot stand in a ticket`
  const tokens = tokensOf(groups, (group) => plan.tokens.get(spellGroup(group)))
  const pairs = plan.userData.flatMap((name) => valuesOf(entry, name).map((value) => `${name}=${ascii(value)}`))
  return { uid, tokens, userData: pairs.join('&') }
}

function ascii(value: string): string {
  return encodeURIComponent(value).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16)}`)
}
