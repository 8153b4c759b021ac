/** The identity as request headers, for code that was written to stand behind Apache. */

import type { Identity } from '../policy/decision.js'
import type { Charset } from '../types.js'

type Pair = readonly [name: string, value: string]

const NAMES = ['remote_user', 'remote_user_tokens', 'remote_user_data']

/** True for our names and for whatever CGI-style code folds into them: `Remote_User`, `remote.user`. */
export function isOurs(name: string): boolean {
  return NAMES.includes(name.toLowerCase().replace(/[^a-z0-9]/g, '_'))
}

/** Header lines without those that only we may send. */
export function withoutIdentity(pairs: Iterable<Pair>): Pair[] {
  return Array.from(pairs).filter(([name]) => !isOurs(name))
}

/** Three headers, or none. */
export function identityPairs(identity: Identity | undefined, charset: boolean | Charset): Pair[] {
  if (!identity) return []
  const spell = (text: string) => escapeValue(text, charset === 'utf8')
  return [
    ['remote-user', spell(identity.uid)],
    ['remote-user-tokens', spell(identity.tokens.join(','))],
    ['remote-user-data', spell(identity.userData)],
  ]
}

/** A field as a header can carry it. Everything but printable ASCII is escaped, `%` with it, and spaces at the ends, which servers cut off. */
export function escapeValue(text: string, utf8: boolean): string {
  return text.replace(/[^\x20-\x7e]+|%|^ +| +$/gu, (part) => {
    const bytes = utf8 ? new TextEncoder().encode(part) : Array.from(part, (char) => char.charCodeAt(0))
    return Array.from(bytes, (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('')
  })
}
