/**
 * Caddy, forward_auth: asks with GET; appends the client's query to the endpoint's own, so that query says nothing. 2xx
 * lets in, everything else is what the client gets.
 */

import { relay } from './answers.js'
import type { Convention } from './convention.js'
import { readForwarded } from './forwarded.js'

const FIX = 'ask with forward_auth, or with header_up X-Forwarded-Method {method} and X-Forwarded-Uri {uri}'

export const caddy: Convention = {
  takesPath: false,
  read: (check) => readForwarded(check, FIX),
  respond: relay,
}
