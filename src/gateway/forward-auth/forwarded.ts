/**
 * X-Forwarded-Method, -Proto, -Host, -Uri and -For, which Caddy and Traefik set on check requests. Both replace the
 * client's, unless they are told to trust who asks them: then -For is what that one said, and its address at the end.
 */

import { headerOf } from '../../http/headers.js'
import { type Check, isMisuse, isTls, type Misuse, mustHave, type Original, without } from './convention.js'

/**
 * Forwarded (RFC 7239) goes as well: neither proxy looks at it, so it is whoever's. X-Original-URL and the like stay
 * and mean nothing.
 */
const TAKEN = ['host', 'forwarded', ...['method', 'proto', 'host', 'uri', 'for'].map((name) => `x-forwarded-${name}`)]

/** `fix`: what makes the proxy send them. */
export function readForwarded({ headers }: Check, fix: string): Original | Misuse {
  const said = mustHave(headers, {
    'X-Forwarded-Method': fix,
    'X-Forwarded-Proto': fix,
    'X-Forwarded-Host': fix,
    'X-Forwarded-Uri': fix,
  })
  if (isMisuse(said)) return said
  const tls = isTls(said['X-Forwarded-Proto'])
  if (tls === undefined) return { misuse: `The check request's X-Forwarded-Proto is not http or https: ${fix}.` }
  // Not by mustHave: the trusted one's lines and the proxy's may be two.
  const addresses = (headerOf(headers, 'x-forwarded-for') ?? '').split(',').map((text) => text.trim())
  const ip = addresses.pop()
  if (!ip) return { misuse: `The check request's X-Forwarded-For is missing: ${fix}.` }
  const before = addresses.length === 0 ? [] : ['X-Forwarded-For', addresses.join(', ')]
  return {
    method: said['X-Forwarded-Method'],
    url: said['X-Forwarded-Uri'],
    tls,
    ip,
    headers: [...without(headers, TAKEN), ...before, 'Host', said['X-Forwarded-Host']],
  }
}
