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
  const nobody = pairsOf(names, '', '', '')
  return {
    pairs(identity) {
      if (identity === undefined) return nobody
      const spell = (text: string) => escapeValue(text, utf8)
      return pairsOf(names, spell(identity.uid), spell(identity.tokens.join(',')), spell(identity.userData))
    },
    isOurs: (name) => lengths.has(name.length) && folded.has(fold(name)),
  }
}

function fold(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '_')
}

function pairsOf(names: IdentityNames, uid: string, tokens: string, userData: string): string[] {
  return [
    ...names.uid.flatMap((name) => [name, uid]),
    ...names.tokens.flatMap((name) => [name, tokens]),
    ...names.userData.flatMap((name) => [name, userData]),
  ]
}
