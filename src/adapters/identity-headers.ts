/** The identity in the headers of a Node request, in all the views that it has of them. */

import type { IncomingMessage } from 'node:http'
import type { Identity } from '../policy/decision.js'
import type { Charset } from '../types.js'
import { identityPairs, isOurs } from './identity-pairs.js'

/** Replaces the identity that the client may have sent by the guard's. */
export function writeIdentity(
  request: IncomingMessage,
  identity: Identity | undefined,
  charset: boolean | Charset,
): void {
  // Node makes the other two from the list when they are first asked for, by a count of its own: before we change it.
  const { rawHeaders, headers, headersDistinct } = request
  const ours = identityPairs(identity, charset)
  const kept: string[] = []
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (!isOurs(rawHeaders[i] as string)) kept.push(rawHeaders[i] as string, rawHeaders[i + 1] as string)
  }
  rawHeaders.length = 0
  rawHeaders.push(...kept, ...ours.flat())
  for (const view of [headers, headersDistinct]) {
    for (const name of Object.keys(view)) if (isOurs(name)) delete view[name]
  }
  for (const [name, value] of ours) {
    headers[name] = value
    headersDistinct[name] = [value]
  }
}
