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
    return { start: spell(path), regex: pattern === undefined ? undefined : new RegExp(pattern), to }
  })
  return (url) => {
    for (const { start, regex, to } of compiled) {
      if (isBelow(url, start) && (regex === undefined || regex.test(decodedPath(url))))
        return { to, rest: url.slice(start.length) }
    }
    return undefined
  }
}

function decodedPath(url: string): string {
  const target = readTarget(url)
  return typeof target === 'string' ? url : target.path
}

function isBelow(url: string, start: string): boolean {
  if (!url.startsWith(start)) return false
  if (start === '' || start.endsWith('/') || url.length === start.length) return true
  const next = url.charCodeAt(start.length)
  return next === 0x2f || next === 0x3f
}

/** The path as targets spell it; the empty text for all paths. */
function spell(path: string): string {
  if (path === '/') return ''
  const target = readTarget(path.replace(/[^!-~]|[%?#]/g, (char) => `%${hex(char)}`))
  return typeof target === 'string' ? path : target.url
}

function hex(char: string): string {
  return char.charCodeAt(0).toString(16).padStart(2, '0')
}

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
