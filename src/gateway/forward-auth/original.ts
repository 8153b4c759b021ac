/** X-Original-*: headers that only our own configuration of nginx and HAProxy sets. */

import { type Check, isMisuse, type Misuse, mustHave, type Original, without } from './convention.js'

/** How the proxy's configuration gives each of them. */
export interface Sources {
  readonly url: string
  readonly method: string
  readonly ip: string
  readonly host: string
}

const NAMES = ['x-original-url', 'x-original-method', 'x-original-ip', 'x-original-host']

/**
 * The proxy chooses the server by one name (X-Original-Host), the application goes by the Host header, which is the one
 * in X-Original-URL: a client can make them differ with an absolute target. Such a request keeps two hosts, which the
 * guard refuses.
 *
 * Everything else is as the client sent it, X-Forwarded-* included: those count where the guard trusts X-Original-IP.
 */
export function readOriginal({ headers }: Check, sources: Sources): Original | Misuse {
  const said = mustHave(headers, {
    'X-Original-URL': sources.url,
    'X-Original-Method': sources.method,
    'X-Original-IP': sources.ip,
    'X-Original-Host': sources.host,
  })
  if (isMisuse(said)) return said
  const [, scheme, authority = '', target = ''] = /^(https?):\/\/([^/?#]*)(.*)$/s.exec(said['X-Original-URL']) ?? []
  if (scheme === undefined) {
    return { misuse: `The check request's X-Original-URL has no http:// or https:// in front: ${sources.url}.` }
  }
  const own = said['X-Original-Host']
  const hosts = authority === '' ? [] : ['Host', authority]
  if (authority !== '' && nameOf(authority) !== nameOf(own)) hosts.push('Host', own)
  return {
    method: said['X-Original-Method'],
    url: target,
    tls: scheme === 'https',
    ip: said['X-Original-IP'],
    headers: [...without(headers, ['host', ...NAMES]), ...hosts],
  }
}

/** A host without its port, as servers compare it. */
function nameOf(host: string): string {
  return host.toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '')
}
