/** What a provider says of somebody, turned into what a ticket says: uid, tokens, userData. Nothing is taken over unasked. */

import { isWellFormed } from '../../ticket/charset.js'
import type { Account } from './authenticator.js'

export type Claims = Readonly<Record<string, unknown>>

/** How an account is made of claims. */
export interface AccountRules {
  readonly name: string
  /** `sub` to uid. */
  readonly accounts: ReadonlyMap<string, string>
  readonly unknownAccounts: 'allow' | 'refuse'
  /** The claim, and what its values are called in the ticket. */
  readonly tokens: { readonly claim: string; readonly allow: ReadonlyMap<string, string> } | undefined
  /** One of these tokens, or the person is refused; undefined: nobody has to have any. */
  readonly required: readonly string[] | undefined
  readonly userData: readonly string[]
}

/** OpenID Connect Core 2: `sub` has at most 255 chars. */
const SUB_MAX = 255
/** A cookie has 4096 bytes for everything; a long claim must not cost somebody the sign-in. */
const USER_DATA_MAX = 1024
const encoder = new TextEncoder()
/** What a uid carries as it is: printable ASCII but space, `!` and `%`. */
const UID_CHAR = /[\x22-\x24\x26-\x7e]/
const DATA_CHAR = /[A-Za-z0-9._~-]/

/** Whether this can be somebody's `sub`. Half a surrogate pair has no bytes: two people would become one. */
export function isSub(sub: unknown): sub is string {
  return typeof sub === 'string' && sub !== '' && sub.length <= SUB_MAX && isWellFormed(sub)
}

/**
 * The account of the person whose `sub` the ID token has, or undefined where we do not let them in. `claims` are the
 * ID token's and the userinfo endpoint's together.
 */
export function accountOf(sub: string, claims: Claims, rules: AccountRules): Account | undefined {
  const known = rules.accounts.get(sub)
  if (known === undefined && rules.unknownAccounts === 'refuse') return undefined
  const tokens = tokensOf(claims, rules.tokens)
  if (rules.required && !rules.required.some((token) => tokens.includes(token))) return undefined
  const uid = known ?? `${rules.name}:${percent(sub, UID_CHAR)}`
  return { uid, tokens, userData: userDataOf(claims, rules.userData) }
}

/** Whether `accountOf` makes accounts of this uid. */
export function isOurs(uid: string, { name, accounts, unknownAccounts }: AccountRules): boolean {
  if (unknownAccounts === 'allow' && uid.startsWith(`${name}:`)) return true
  return [...accounts.values()].includes(uid)
}

function tokensOf(claims: Claims, rule: AccountRules['tokens']): string[] {
  if (!rule) return []
  const value = find(claims, rule.claim)
  const values: readonly unknown[] = Array.isArray(value) ? value : [value]
  // The allow-list's order, not the provider's: the same rights make the same ticket.
  const tokens = [...rule.allow].filter(([from]) => values.includes(from)).map(([, token]) => token)
  return [...new Set(tokens)]
}

/** `name=value&name=value`; what is not there, is no plain value or would be too long is left out. */
function userDataOf(claims: Claims, names: readonly string[]): string {
  let text = ''
  for (const name of names) {
    const value = find(claims, name)
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') continue
    const longer = `${text}${text && '&'}${percent(name, DATA_CHAR)}=${percent(String(value), DATA_CHAR)}`
    if (longer.length <= USER_DATA_MAX) text = longer
  }
  return text
}

/** The claim of that name, or at that path: names may have dots themselves (`https://example.com/groups`). */
function find(claims: unknown, path: string): unknown {
  if (typeof claims !== 'object' || claims === null) return undefined
  if (Object.hasOwn(claims, path)) return (claims as Claims)[path]
  for (let dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
    const head = path.slice(0, dot)
    const found = Object.hasOwn(claims, head) ? find((claims as Claims)[head], path.slice(dot + 1)) : undefined
    if (found !== undefined) return found
  }
  return undefined
}

/** ASCII: bytes that are not `plain` are percent-encoded. */
function percent(text: string, plain: RegExp): string {
  let encoded = ''
  for (const byte of encoder.encode(text)) {
    const char = String.fromCharCode(byte)
    encoded += plain.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }
  return encoded
}
