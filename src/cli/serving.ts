/** What the options of `serve` change in what the configuration says. */

import { type Content, type Endpoint, type Listen, parseUpstream, type Route, type Serving } from '../config/serving.js'
import type { Loaded } from '../gateway/serve.js'
import { parseRange } from '../http/cidr.js'
import { misuse } from './output.js'

export interface Overrides {
  listen?: Endpoint[]
  upstream?: string
  admin?: Endpoint
  forwardAuth?: Endpoint
  forwardAuthPeer?: string[]
  trustedProxy?: string[]
  workers?: number
  shadow?: boolean
}

const DEFAULT_LISTEN: Listen = { endpoint: { host: '127.0.0.1', port: 8080 }, tls: undefined, at: 'serve' }
const LOOPBACK = ['127.0.0.0/8', '::1']

export function withOverrides({ options, serving }: Loaded, flags: Overrides): Loaded {
  checkAddresses('--trusted-proxy', flags.trustedProxy)
  checkAddresses('--forward-auth-peer', flags.forwardAuthPeer)
  const changed: Serving = {
    ...(flags.upstream === undefined ? serving : withUpstream(serving, flags.upstream)),
    ...(flags.admin && { admin: listenAt(flags.admin, '--admin') }),
    ...(flags.workers && { workers: flags.workers }),
    ...forwardAuthOf(serving, flags),
  }
  return {
    options: {
      ...options,
      ...(flags.trustedProxy && { trustedProxies: flags.trustedProxy }),
      ...(flags.shadow && { shadow: true }),
    },
    serving: { ...changed, listen: listenersOf(changed, flags) },
  }
}

function checkAddresses(option: string, given: readonly string[] = []): void {
  const wrong = given.find((text) => parseRange(text) === undefined)
  if (wrong !== undefined) {
    throw misuse(`${option}: '${wrong}' is no IPv4 or IPv6 address or CIDR, such as 10.0.0.0/8`)
  }
}

function listenAt(endpoint: Endpoint, at: string): Listen {
  return { endpoint, tls: undefined, at }
}

/** Who only answers other proxies has no listener for the public. */
function listenersOf(serving: Serving, { listen }: Overrides): readonly Listen[] {
  if (listen) return listen.map((endpoint) => listenAt(endpoint, '--listen'))
  if (serving.listen.length > 0) return serving.listen
  const nothing = [serving.main, ...serving.hosts].every(({ routes }) => routes.length === 0)
  return nothing && serving.forwardAuth && serving.login === undefined ? [] : [DEFAULT_LISTEN]
}

function forwardAuthOf({ forwardAuth }: Serving, flags: Overrides): Partial<Serving> {
  const listen = flags.forwardAuth ? listenAt(flags.forwardAuth, '--forward-auth') : forwardAuth?.listen
  if (listen === undefined) {
    if (flags.forwardAuthPeer) throw misuse('--forward-auth-peer needs --forward-auth HOST:PORT')
    return {}
  }
  return { forwardAuth: { listen, peers: flags.forwardAuthPeer ?? forwardAuth?.peers ?? LOOPBACK } }
}

/** Apache answers it with a refusal: whoever else would have an answer is not to be asked. */
function isForbidden(route: Route): boolean {
  return route.kind === 'nobody' && route.forbidden === true
}

/**
 * The upstream takes the place of everything that is served from this machine; what the configuration hands to other
 * upstreams stays theirs.
 */
function withUpstream(serving: Serving, text: string): Serving {
  const address = parseUpstream(text) as { url: string; unix?: string }
  const base = address.url.replace(/\/$/, '')
  const routeAt = (path: string): Route => {
    const url = path === '/' ? address.url : base + path.replace(/[^!-~]|[%?#]/g, percent)
    return { kind: 'upstream', path, preserveHost: true, at: '--upstream', ...address, url }
  }
  const replaced = ({ routes, reverse }: Content): Content => {
    const changed = routes.flatMap((one): Route[] => {
      if (one.kind === 'upstream' || one.kind === 'redirect' || isForbidden(one)) return [one]
      // A pattern is a part of a path that somebody answers anyway.
      return one.kind === 'nobody' && one.pattern !== undefined ? [] : [routeAt(one.path)]
    })
    // A host that sends everybody elsewhere, or to an upstream of its own, goes on doing so.
    if (changed.some(({ kind, path }) => path === '/' && kind !== 'nobody')) return { routes: changed, reverse }
    return { routes: [...changed, routeAt('/')], reverse: [...reverse, { path: '/', url: address.url }] }
  }
  return { ...serving, main: replaced(serving.main), hosts: serving.hosts.map(replaced) }
}

function percent(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}
