/** Who answers a path: the first route that fits, as mod_proxy and mod_alias find theirs. */

import type { Reverse } from '../config/serving.js'
import { readTarget } from '../http/target.js'

export interface Found<T> {
  readonly to: T
  /** What the URL has behind the route's path, its query included. */
  readonly rest: string
}

/** `url` is what a decision says: one spelling, dots resolved, slashes merged. */
export type FindRoute<T> = (url: string) => Found<T> | undefined

export interface FinderRoute<T> {
  /** Decoded: `/app` is it and all below it, `/app/` only what is below, `/` everything. */
  readonly path: string
  /** Only decoded paths that it matches as well. */
  readonly pattern?: string | undefined
  readonly to: T
}

export function createFinder<T>(routes: readonly FinderRoute<T>[]): FindRoute<T> {
  const compiled = routes.map(({ path, pattern, to }) => {
    return { start: path === '/' ? '' : path, regex: pattern === undefined ? undefined : new RegExp(pattern), to }
  })
  return (url) => {
    for (const { start, regex, to } of compiled) {
      const end = endOf(start, url)
      if (end !== undefined && (regex === undefined || regex.test(decodedPath(url))))
        return { to, rest: url.slice(end) }
    }
    return undefined
  }
}

function decodedPath(url: string): string {
  const target = readTarget(url)
  return typeof target === 'string' ? url : target.path
}

/** Where the decoded path `start` ends in an URL that begins with it, in whatever spelling; undefined for others. */
function endOf(start: string, url: string): number | undefined {
  let at = 0
  for (let i = 0; i < start.length; i++) {
    const escaped = url[at] === '%'
    const code = escaped ? Number.parseInt(url.slice(at + 1, at + 3), 16) : url.charCodeAt(at)
    // The query begins where the path ends.
    if (code !== start.charCodeAt(i) || (!escaped && code === QUERY)) return undefined
    at += escaped ? 3 : 1
  }
  if (start === '' || start.endsWith('/') || at === url.length) return at
  const next = url.charCodeAt(at)
  return next === SLASH || next === QUERY ? at : undefined
}

const SLASH = 0x2f
const QUERY = 0x3f

/** Two parts of a path joined as ProxyPass joins them, but never with two slashes between. */
export function joinPath(base: string, rest: string): string {
  const path = base.endsWith('/') && rest.startsWith('/') ? base + rest.slice(1) : base + rest
  return path.startsWith('/') ? path : `/${path}`
}

/** URLs of an upstream in its answers as the client's own. `origin`: `https://www.example.com` as the client sees us. */
export type Reverser = (value: string, origin: string) => string

export function createReverser(reverse: readonly Reverse[]): Reverser {
  const known = reverse.map(({ url, path }) => ({ url: url.toLowerCase(), path }))
  return (value, origin) => {
    for (const { url, path } of known) {
      if (!value.slice(0, url.length).toLowerCase().startsWith(url)) continue
      // Without an origin in front, two slashes (or what browsers take for them) would begin the name of a host.
      const rest = value.slice(url.length).replace(/^[/\\]{2,}/, '/')
      // http://app is no part of http://app.example.com or http://app:81.
      if (url.endsWith('/') || rest === '' || /^[/?#]/.test(rest)) return origin + joinPath(path, rest)
    }
    return value
  }
}
