/** Where the files of a name lie, as URL paths: in the last part, or before path info that a script gets. */

import { escapePattern, globPattern } from './globs.js'
import { translatePattern } from './patterns.js'
import type { PlaceSection } from './servers.js'
import type { Space } from './spaces.js'

/** The pattern that a Files section has for a file's name alone. */
export function namePattern({ at, match }: Pick<PlaceSection, 'at' | 'match'>): string {
  if ('regex' in match) return translatePattern(match.regex, at, `<${at.name}>`)
  return `^${match.glob ? globPattern(match.text) : escapePattern(match.text)}$`
}

/** Also a folder's own page, where the pattern has one of its index files. */
export function orIndex(pattern: string, indexNames: readonly string[]): string {
  const regex = new RegExp(pattern)
  return indexNames.some((name) => regex.test(name)) ? `(?:${pattern})|^$` : pattern
}

/** Files of a folder, by the last part of the path. */
export function lastSpace(space: Space, name: string): Space {
  if ('path' in space && space.path === '/') return { file: name }
  const last = `(?=[^/]*$)[^/]*?(?:${inPart(name)})`
  if ('path' in space) return { pattern: `^${folderStart(space.path)}/(?:[\\s\\S]*/)?${last}` }
  return { pattern: `^${within(space)}[\\s\\S]*/${last}` }
}

/** Files of a folder with path info behind their name; a folder of that name looks the same. */
export function infoSpace(space: Space, name: string): { readonly pattern: string } {
  const start = 'path' in space ? folderStart(space.path) : within(space)
  return { pattern: `^${start}(?:/[^/]*)*?/(?=[^/]*/)[^/]*?(?:${inPart(name)})` }
}

/** Files of that name anywhere, with path info or without. */
export function anyPart(name: string): string {
  return `^(?:/[^/]*)*?/[^/]*?(?:${inPart(name)})`
}

/** Files that lie directly in a folder, without the URLs in `others`. */
export function childSpace(path: string, name: string, others: readonly string[]): Space {
  const apart = others.length === 0 ? '' : `(?!(?:${others.map(escapePattern).join('|')})$)`
  return { pattern: `^${apart}${folderStart(path)}/(?=[^/]*$)[^/]*?(?:${inPart(name)})` }
}

function folderStart(path: string): string {
  return escapePattern(path.replace(/\/$/, ''))
}

function within(space: Space): string {
  return `(?=[\\s\\S]*?(?:${(space as { readonly pattern: string }).pattern}))`
}

/** The pattern as it applies to one part of a path: its ends are slashes, and nothing in it goes over one. */
function inPart(pattern: string): string {
  return pattern.replace(/\\[\s\S]|\[(?:\\[\s\S]|[^\]\\])*\]|[\^$/]/g, (token) => {
    if (token === '^') return '(?<=/)'
    if (token === '$') return '(?=/|$)'
    // It stands for no char at all, so that a quantifier behind it makes no difference.
    if (/^\\?\/$/.test(token)) return '(?:(?!))'
    if (token === '[\\s\\S]') return '[^/]'
    return /^(?:\[|\\[DWS])/.test(token) && new RegExp(token).test('/') ? `(?:(?!/)${token})` : token
  })
}
