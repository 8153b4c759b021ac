/** Who asks, as headers: for upstreams, and for the proxies that ask us. */

import { escapeValue } from '../adapters/identity-pairs.js'
import type { IdentityNames } from '../config/serving.js'
import type { Identity } from '../policy/decision.js'
import type { Charset } from '../types.js'

export interface IdentityHeaders {
  /** Name, value, name, value ...: every name, also where nobody is known (then all are empty). */
  pairs(identity: Identity | undefined): string[]
  /** One of our names, in any spelling that CGI-style software folds into it (`remote_user`): only we may send it. */
  isOurs(name: string): boolean
}

export function identityHeaders(names: IdentityNames, charset: Charset): IdentityHeaders {
  const utf8 = charset === 'utf8'
  const folded = new Set([...names.uid, ...names.tokens, ...names.userData].map(fold))
  // Most headers of a request have a length that none of ours has.
  const lengths = new Set([...folded].map((name) => name.length))
  const spell = (text: string) => (isPlain(text) ? text : escapeValue(text, utf8))
  const pairs = (uid: string, tokens: string, userData: string) => {
    const lines: string[] = []
    for (const name of names.uid) lines.push(name, uid)
    for (const name of names.tokens) lines.push(name, tokens)
    for (const name of names.userData) lines.push(name, userData)
    return lines
  }
  const nobody = pairs('', '', '')
  return {
    pairs(identity) {
      if (identity === undefined) return nobody
      const { uid, tokens, userData } = identity
      return pairs(spell(uid), spell(joined(tokens)), spell(userData))
    },
    isOurs: (name) => lengths.has(name.length) && folded.has(fold(name)),
  }
}

/** Most tickets have one token or none: `join` takes its time even for those. */
function joined(tokens: readonly string[]): string {
  return tokens.length === 0 ? '' : tokens.length === 1 ? (tokens[0] as string) : tokens.join(',')
}

/** Nothing to escape, as in most fields: printable ASCII but `%`, no space at either end. */
function isPlain(text: string): boolean {
  const { length } = text
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i)
    if (code < 0x20 || code > 0x7e || code === PERCENT) return false
  }
  return length === 0 || (text.charCodeAt(0) !== SPACE && text.charCodeAt(length - 1) !== SPACE)
}

const SPACE = 0x20
const PERCENT = 0x25

function fold(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '_')
}
