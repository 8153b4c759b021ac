/**
 * Caddy, forward_auth: asks with GET; appends the client's query to the endpoint's own, so that query says nothing. 2xx
 * lets in, everything else is what the client gets.
 */

import { isRefusal } from '../../adapters/answer.js'
import { isAuthorization } from '../../adapters/authorization.js'
import { relay } from './answers.js'
import type { Convention, Respond } from './convention.js'
import { readForwarded } from './forwarded.js'

const FIX = 'ask with forward_auth, or with header_up X-Forwarded-Method {method} and X-Forwarded-Uri {uri}'

/** A placeholder for a header that is not there would go on as it is written: an empty one, which is taken out. */
const respond: Respond = (decision, handed, original) => {
  const has = isRefusal(decision) || handed.some((name, i) => i % 2 === 0 && isAuthorization(name))
  return relay(decision, has ? handed : [...handed, 'Authorization', ''], original)
}

export const caddy: Convention = {
  takesPath: false,
  read: (check) => readForwarded(check, FIX),
  respond,
}
