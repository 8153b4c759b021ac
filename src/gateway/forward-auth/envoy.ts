/**
 * Envoy, ext_authz over HTTP: asks with the original method and Host, the original target behind path_prefix, and those
 * of the client's headers that its configuration names. Exactly 200 lets in; everything else is what the client gets.
 *
 * X-Forwarded-For is of no use here: Envoy's client puts Envoy's own address behind the client's. The site sets
 * X-Original-IP in front of the filter.
 */

import { isRefusal } from '../../adapters/answer.js'
import { authorizationOf } from '../../adapters/authorization.js'
import { relay } from './answers.js'
import { type Convention, isMisuse, isTls, mustHave, type Respond, without } from './convention.js'

const ALLOWED = 'name it in allowed_headers, and set use_remote_address'
const TAKEN = ['x-original-ip', 'x-forwarded-proto', 'x-forwarded-host', 'x-forwarded-for', 'forwarded']

/** Of a header that is not there Envoy keeps the client's: it has to be told which ones to take away. */
const respond: Respond = (decision, handed, original) => {
  const answer = relay(decision, handed, original)
  if (isRefusal(decision) || authorizationOf(decision) !== null) return answer
  return { ...answer, headers: [...answer.headers, ['X-Envoy-Auth-Headers-To-Remove', 'authorization']] }
}

export const envoy: Convention = {
  takesPath: true,
  read({ method, rest, headers }) {
    const said = mustHave(headers, {
      'X-Forwarded-Proto': ALLOWED,
      'X-Original-IP':
        'set it with header_mutation to %DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT% in front of ext_authz, and name it in allowed_headers',
    })
    if (isMisuse(said)) return said
    const tls = isTls(said['X-Forwarded-Proto'])
    if (tls === undefined) return { misuse: `The check request's X-Forwarded-Proto is not http or https: ${ALLOWED}.` }
    if (!rest.startsWith('/'))
      return { misuse: 'The check request has no path of its own: set path_prefix: /auth/envoy.' }
    return { method, url: rest, tls, ip: said['X-Original-IP'], headers: without(headers, TAKEN) }
  },
  respond,
}
