/** Lists of routes: which one hides which, a part of one, and the order that both syntaxes share. */

import { escapePattern } from './globs.js'
import { plainFolder } from './servers.js'
import type { Reverse, Route } from './serving.js'
import { isBelow } from './spaces.js'

/** Does a route of the path `above` have all that one of `path` has? */
export function covers(above: string, path: string): boolean {
  return isBelow(above === '/' ? '' : above, path)
}

export function patternOf(route: Route): string | undefined {
  return route.kind === 'nobody' ? route.pattern : undefined
}

/** The first-match list of folders as far as it goes for a path; what nobody has there must not fall through to other routes. */
export function within(routes: readonly Route[], path: string, at: string): Route[] {
  const found: Route[] = []
  for (const route of routes) {
    if (covers(route.path, path)) found.push(partOf(route, path))
    else if (covers(path, route.path)) found.push(route)
    if (patternOf(route) === undefined && covers(route.path, path)) return found
  }
  return [...found, { kind: 'nobody', why: 'no folder has it', path, at }]
}

/** The same answers, for a path inside. */
function partOf(route: Route, path: string): Route {
  const rest = path.slice(route.path.length)
  if (route.kind === 'files') return { ...route, path, folder: plainFolder(`${route.folder}/${rest}`) }
  if (route.kind === 'redirect') return { ...route, path, url: route.url && route.url + rest }
  return { ...route, path }
}

/**
 * The same answers in the order of our own configuration: patterns first, then the longest path. What an earlier route
 * hides is left out, and what comes before a pattern is taken out of it.
 */
export function arranged(routes: readonly Route[]): Route[] {
  const plain: Route[] = []
  const patterns: Route[] = []
  for (const route of routes) {
    if (plain.some(({ path }) => covers(path, route.path))) continue
    if (route.kind === 'nobody' && route.pattern !== undefined) {
      const before = plain.map(({ path }) => path).filter((path) => covers(route.path, path))
      patterns.push({ ...route, pattern: except(route.pattern, before) })
    } else {
      plain.push(route)
    }
  }
  return [...patterns, ...plain.sort((a, b) => b.path.length - a.path.length)]
}

function except(pattern: string, paths: readonly string[]): string {
  if (paths.length === 0) return pattern
  const starts = paths.map((path) => escapePattern(path) + (path.endsWith('/') ? '' : '(?:/|$)'))
  return `^(?!${starts.join('|')})(?=[\\s\\S]*?(?:${pattern}))`
}

/** What upstreams say of themselves, as the client knows it. */
export function reverseOf(routes: readonly Route[]): Reverse[] {
  return routes.flatMap((route) => (route.kind === 'upstream' ? [{ path: route.path, url: route.url }] : []))
}

/** Behind `/`, and behind a host alone, the rest of a path cannot be put without a slash. */
export function joinable(path: string, url: string): string {
  const bare = /^https?:\/\/[^/]+$/i.test(url)
  return path.endsWith('/') && !url.endsWith('/') && (bare || path === '/') ? `${url}/` : url
}

/** What to tell where only one of them ends with a slash. */
export function slashNote(path: string, url: string): string | undefined {
  if (path.endsWith('/') === url.endsWith('/') || /^https?:\/\/[^/]+$/i.test(url)) return undefined
  return 'only one of the path and the URL ends with a slash: what follows the path is put behind the URL as it is'
}
