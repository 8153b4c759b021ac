/** What the tests of what is served share: who answers a path, in short. */

import { covers, patternOf } from '../../src/config/routes.js'
import type { Content, Route } from '../../src/config/serving.js'
import { read } from './config-helpers.js'

/** The first route that fits, as a gateway finds it. */
export function routeAt({ routes }: Content, path: string): Route | undefined {
  return routes.find((route) => covers(route.path, path) && new RegExp(patternOf(route) ?? '').test(path))
}

/** Where a path leads: an URL, a folder with the rest of the path, `nobody`, or nowhere. */
export function leadsTo(content: Content, path: string): string {
  const route = routeAt(content, path)
  if (route === undefined) return 'nowhere'
  const rest = path.slice(route.path === '/' ? 1 : route.path.length)
  if (route.kind === 'upstream') return (route.unix === undefined ? '' : `${route.unix} `) + route.url + rest
  return route.kind === 'files' ? `${route.folder}/${rest}`.replace(/\/+/g, '/') : 'nobody'
}

/** The same for the main server of an Apache configuration. */
export const mainLeadsTo = (text: string, ...paths: string[]): string[] => {
  const { main } = read(text).serving
  return paths.map((path) => leadsTo(main, path))
}
