/** ProxyPass and its like: which backend answers which paths. */

import type { Context } from './context.js'
import { single } from './directives.js'
import { spacePlace, tell } from './nobody.js'
import { configError } from './notes.js'
import { joinable, slashNote } from './routes.js'
import type { PlaceSection, Server } from './servers.js'
import { parseUpstream, type Reverse, type Route } from './serving.js'
import { locationSpaces, type Space } from './spaces.js'
import { type Directive, isSection } from './tree.js'
import { words } from './words.js'

/** A ProxyPass line: what it covers, and what it says. */
export interface Backend {
  readonly at: Directive
  readonly space: { readonly path: string; readonly pattern?: string }
  /** The path is an expression, and the target may have parts of what it matched. */
  readonly regex: boolean
  /** Undefined: no backend after all (`!`). */
  readonly target: string | undefined
  readonly parameters: readonly string[]
}

/** Lines of a section that are no sections themselves. */
export function linesOf({ at }: Pick<PlaceSection, 'at'>): Directive[] {
  return at.children.filter((child) => !isSection(child))
}

export function named(lines: readonly Directive[], name: string): Directive[] {
  return lines.filter((line) => line.name.toLowerCase() === name)
}

/** The lines of a server, in order. */
export function serverBackends(context: Context, { lines }: Server): Backend[] {
  return lines.flatMap((at): Backend[] => {
    if (!/^proxypass(?:match)?$/i.test(at.name)) return []
    const [path, target, ...parameters] = words(at.text)
    const regex = at.name.toLowerCase() === 'proxypassmatch'
    if (path === undefined || target === undefined || !(regex || path.startsWith('/'))) {
      context.notes.warn(at, `${at.name}: needs a path that begins with / and an URL here, and has no effect`)
      return []
    }
    const space = spacePlace(context, at, regex ? { regex: path } : { path })
    return [{ at, space, regex, target: target === '!' ? undefined : target, parameters }]
  })
}

/** The last line of a Location counts. */
export function locationBackend(section: PlaceSection): Backend | undefined {
  const at = linesOf(section).findLast(({ name }) => /^proxypass(?:match)?$/i.test(name))
  const [space] = locationSpaces(section)
  if (at === undefined || space === undefined) return undefined
  const [target, ...parameters] = words(at.text)
  if (target === undefined) throw configError(at, at.name, 'needs an URL')
  return {
    at,
    space: placeOfSpace(space),
    regex: !('path' in space),
    target: target === '!' ? undefined : target,
    parameters,
  }
}

function placeOfSpace(space: Space): Backend['space'] {
  return 'path' in space ? space : { path: '/', pattern: (space as { pattern: string }).pattern }
}

export interface BackendSettings {
  readonly preserveHost: boolean
  readonly timeout: number | undefined
}

/** Nobody where the backend is none that is asked here: its paths are not anybody else's. */
export function backendRoute(
  context: Context,
  { at, space, regex, target = '!', parameters }: Backend,
  settings: BackendSettings,
): Route {
  const text = target.replace(
    /^((?:unix:[^|]*\|)?)ws(s?):\/\//i,
    (_whole, before: string, tls: string) => `${before}http${tls.toLowerCase()}://`,
  )
  const upstream = /^unix:(?:[^/]|[^|]*$)/.test(text) ? undefined : parseUpstream(text)
  if (upstream === undefined || regex) {
    const [, scheme] = /^([a-z][a-z0-9+.-]*):/i.exec(text) ?? []
    const why = regex
      ? 'regular expressions for backends are not followed here'
      : `a backend ${scheme === undefined ? 'of this kind' : `by ${scheme}:`} is not asked here`
    return tell(context, at, space, `${why}; write a ProxyPass with a path and http://, or give --upstream`)
  }
  const { timeout = settings.timeout, others } = parametersOf(parameters)
  if (others.length > 0) context.notes.info(at, `${at.name}: ${others.join(', ')}: has no effect here`)
  const url = joinable(space.path, upstream.url)
  const uneven = slashNote(space.path, url)
  if (uneven !== undefined) context.notes.warn(at, `${at.name}: ${uneven}, as in Apache`)
  return {
    kind: 'upstream',
    ...upstream,
    url,
    preserveHost: settings.preserveHost,
    path: space.path,
    at: `${at.file}:${at.line}: ${at.name}`,
    ...(timeout === undefined ? {} : { timeout }),
  }
}

function parametersOf(parameters: readonly string[]): { timeout?: number; others: string[] } {
  const others: string[] = []
  let timeout: number | undefined
  for (const parameter of parameters) {
    const [name, value = ''] = parameter.split('=') as [string, string?]
    const given = name.toLowerCase() === 'timeout' ? secondsOf(value) : undefined
    if (given !== undefined) timeout = given
    else others.push(name)
  }
  return timeout === undefined ? { others } : { timeout, others }
}

/** `30`, `500ms`, `2min`, as Apache writes them; undefined where it is no time from now to a day. */
export function secondsOf(text: string): number | undefined {
  const [, digits, unit = 's'] = /^(\d{1,9})(ms|s|mi|min|h)?$/i.exec(text) ?? []
  if (digits === undefined) return undefined
  const seconds = Number(digits) * ({ ms: 0.001, s: 1, mi: 60, min: 60, h: 3600 }[unit.toLowerCase()] as number)
  return seconds > 0 && seconds <= 86_400 ? seconds : undefined
}

/** On or Off of the last line with the name; undefined where there is none. */
export function lastFlag(lines: readonly Directive[], name: string): boolean | undefined {
  const at = named(lines, name).at(-1)
  if (at === undefined) return undefined
  const word = single(at)
  if (!/^o(?:n|ff)$/i.test(word)) throw configError(at, at.name, 'must be On or Off')
  return word.toLowerCase() === 'on'
}

/** ProxyPassReverse of servers and of Locations, in the order in which Apache tries them. */
export function reverses(lines: readonly Directive[], section?: PlaceSection): Reverse[] {
  const [space] = section === undefined ? [] : locationSpaces(section)
  return named(lines, 'proxypassreverse').flatMap((at) => {
    const [first = '', second] = words(at.text)
    const path = section === undefined ? first : space !== undefined && 'path' in space ? space.path : undefined
    const url = (section === undefined ? second : first)?.replace(/^unix:[^|]*\|/, '').replace(/^ws(?=s?:)/i, 'http')
    return path?.startsWith('/') && url !== undefined && /^https?:\/\/[^\s@]+$/i.test(url) ? [{ path, url }] : []
  })
}
