/** What the guard hands on, in the headers of a Node request: in all the views that it has of them. */

import type { IncomingMessage } from 'node:http'
import type { Identity } from '../policy/decision.js'
import type { Charset } from '../types.js'
import { isAuthorization } from './authorization.js'
import { identityPairs, isOurs } from './identity-pairs.js'

/** Replaces the identity that the client may have sent by the guard's. */
export function writeIdentity(
  request: IncomingMessage,
  identity: Identity | undefined,
  charset: boolean | Charset,
): void {
  replace(request, isOurs, identityPairs(identity, charset))
}

/** Replaces the client's Authorization header; null: by none. */
export function writeAuthorization(request: IncomingMessage, value: string | null): void {
  replace(request, isAuthorization, value === null ? [] : [['authorization', value]])
}

function replace(
  request: IncomingMessage,
  isReplaced: (name: string) => boolean,
  ours: readonly (readonly [name: string, value: string])[],
): void {
  // Node makes the other two from the list when they are first asked for, by a count of its own: before we change it.
  // A request of HTTP/2 has one of them only.
  const { rawHeaders, headers, headersDistinct = {} } = request
  const kept: string[] = []
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (!isReplaced(rawHeaders[i] as string)) kept.push(rawHeaders[i] as string, rawHeaders[i + 1] as string)
  }
  rawHeaders.length = 0
  rawHeaders.push(...kept, ...ours.flat())
  for (const view of [headers, headersDistinct]) {
    for (const name of Object.keys(view)) if (isReplaced(name)) delete view[name]
  }
  for (const [name, value] of ours) {
    headers[name] = value
    headersDistinct[name] = [value]
  }
}
