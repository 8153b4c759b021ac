/** Who checks and makes signatures where the caller does not say. */

import { TktError } from '../errors.js'
import type { AsyncSignatureHost, SignatureHost } from './host.js'
import { nodeSignatures } from './node-signatures.js'
import { webCryptoSignatures } from './web-signatures.js'

/** `where` is the function that asks; `instead` the one that can do without node:crypto. */
export function syncHost(given: SignatureHost | undefined, where: string, instead: string): SignatureHost {
  const host = given ?? nodeSignatures()
  if (host?.async === false) return host
  const what = host === undefined ? 'there is no node:crypto here' : 'signatures answers with promises'
  throw new TktError('ERR_TKT_OPTIONS', `${where}: ${what}: use ${instead}`)
}

export function asyncHost(given: AsyncSignatureHost | undefined, where: string, instead: string): AsyncSignatureHost {
  const host = given ?? webCryptoSignatures()
  if (host.async) return host
  throw new TktError('ERR_TKT_OPTIONS', `${where}: signatures answers at once: use ${instead}`)
}
