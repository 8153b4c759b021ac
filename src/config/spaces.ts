/** Where a section applies, as URL paths: folders through DocumentRoot and Alias, wildcards, regular expressions. */

import { escapePattern, globPattern } from './globs.js'
import { configError } from './notes.js'
import { translatePattern } from './patterns.js'
import { mapRegex } from './regex-folders.js'
import { type PlaceSection, plainFolder, type Root } from './servers.js'

/** What an area matches. */
export type Space =
  | { readonly path: string }
  | { readonly exactPath: string }
  | { readonly pattern: string }
  | { readonly file: string }

/** The space of a Location; none where it can never match. */
export function locationSpaces({ at, match }: PlaceSection): Space[] {
  if ('regex' in match) return [{ pattern: translatePattern(match.regex, at, `<${at.name}>`) }]
  const { text, glob } = match
  if (!text.startsWith('/') || /\/\/|\/\.{1,2}(?:\/|$)|#/.test(text)) return []
  return [glob ? { pattern: `^${globPattern(text)}$` } : { path: text }]
}

/** The URL spaces of a folder and all below it. `roots` are in the order in which Apache tries them. */
export function folderSpaces({ at, match }: PlaceSection, roots: readonly Root[]): Space[] {
  if ('regex' in match) {
    const { regex } = match
    return roots.flatMap((root, index) => {
      return root.folder === undefined
        ? []
        : mapRegex(at, regex, root.folder, root.url, (url, pattern) => {
            return spaceAt(url, pattern, roots.slice(0, index))
          })
    })
  }
  const parts = plainFolder(match.text).split('/').slice(1)
  if (!match.text.startsWith('/') && match.text !== '') return []
  // What no root shows lies in no folder but the uppermost.
  const base = parts.length === 0 ? [{ url: '', folder: '' }] : []
  const all = roots.some(({ url }) => url === '') ? roots : [...roots, ...base]
  const spaces = all.flatMap((root, index) => spacesInRoot(parts, match.glob, root, all.slice(0, index)))
  // All that there is: no need to say which roots.
  const whole = all.every((root) => root.folder !== undefined && coversRoot(parts, match.glob, root.folder))
  return whole && all.some(({ url }) => url === '') ? [{ path: '/' }] : spaces
}

function coversRoot(parts: readonly string[], glob: boolean, folder: string): boolean {
  const rootParts = folder.split('/').slice(1)
  return parts.length <= rootParts.length && parts.every((part, i) => matchesPart(part, rootParts[i] as string, glob))
}

/** The part of a folder that one root shows. */
function spacesInRoot(parts: readonly string[], glob: boolean, root: Root, before: readonly Root[]): Space[] {
  if (root.folder === undefined) return []
  const rootParts = root.folder.split('/').slice(1)
  const shared = Math.min(parts.length, rootParts.length)
  for (let i = 0; i < shared; i++) if (!matchesPart(parts[i] as string, rootParts[i] as string, glob)) return []
  const rest = parts.slice(rootParts.length)
  const url = root.url.replace(/\/$/, '')
  if (rest.length === 0) return spaceAt(root.url, undefined, before)
  if (!glob) return spaceAt([url, ...rest].join('/'), undefined, before)
  return spaceAt(url, `${escapePattern(url)}/${rest.map(globPattern).join('/')}(?:/|$)`, before)
}

function matchesPart(part: string, name: string, glob: boolean): boolean {
  return glob ? new RegExp(`^${globPattern(part)}$`).test(name) : part === name
}

/** The URLs from `url` down (of those, what `pattern` matches) without what an earlier root takes away. */
function spaceAt(url: string, pattern: string | undefined, before: readonly Root[]): Space[] {
  if (before.some((root) => isBelow(root.url, url))) return []
  const hidden = before.filter((root) => isBelow(url, root.url)).map((root) => start(root.url))
  if (hidden.length === 0) return [pattern === undefined ? { path: url || '/' } : { pattern: `^${pattern}` }]
  return [{ pattern: `^(?!${hidden.join('|')})${pattern ?? start(url)}` }]
}

/** Does `url` lie in what begins at `above`? The empty text is the whole server. */
export function isBelow(above: string, url: string): boolean {
  return url.startsWith(above) && (above === '' || above.endsWith('/') || url === above || url[above.length] === '/')
}

function start(url: string): string {
  return url.endsWith('/') || url === '' ? `${escapePattern(url)}` : `${escapePattern(url)}(?:/|$)`
}

/** The error for a section that nothing can ever fall into. */
export function neverMatches({ at, kind }: PlaceSection): Error {
  const why =
    kind === 'location'
      ? 'can never match; a path begins with / and has no //, /./, /../ or #'
      : 'lies outside of every DocumentRoot and Alias; correct the folder, or let it be skipped (--allow-skipped Directory)'
  return configError(at, `<${at.name}>`, why)
}
