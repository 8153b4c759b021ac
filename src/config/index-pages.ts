/** Folders whose own page is one that a Location keeps: Apache asks there for the page that it shows. */

import type { Context } from './context.js'
import { escapePattern, globPattern } from './globs.js'
import { forbidSkipping } from './guarding.js'
import { alternatives } from './regex-folders.js'
import type { PlaceSection } from './servers.js'
import { locationSpaces, type Space } from './spaces.js'
import { keepersOf, type Placed, stricter } from './stricter.js'

/** A Location, behind the folders of the pages that it keeps. */
export function placeLocation(
  context: Context,
  section: PlaceSection,
  before: readonly Placed[],
  indexNames: readonly string[],
): Placed[] {
  const spaces = locationSpaces(section)
  const { settings } = section.content.draft
  const own = { section, spaces, settings }
  if (settings.require === 'granted' || Object.keys(settings).length === 0) return [own]
  const pages = spaces.flatMap((space) => pagesOf(context, section, space, indexNames))
  return [
    ...pages.map((page) => ({ section, spaces: [page], settings: stricter(settings, keepersOf(before, page)) })),
    own,
  ]
}

function pagesOf(context: Context, { at, match }: PlaceSection, space: Space, indexNames: readonly string[]): Space[] {
  if ('regex' in match) return pagesOfRegex(context, at, (space as { pattern: string }).pattern, indexNames)
  const end = match.text.lastIndexOf('/') + 1
  const [folder, name] = [match.text.slice(0, end), match.text.slice(end)]
  const regex = new RegExp(`^${match.glob ? globPattern(name) : escapePattern(name)}$`)
  if (!indexNames.some((index) => regex.test(index))) return []
  return [match.glob ? { pattern: `^${globPattern(folder)}$` } : { exactPath: folder }]
}

/** The folder that every match begins with, or all below it, if the expression has a page there. */
function pagesOfRegex(context: Context, at: PlaceSection['at'], whole: string, indexNames: readonly string[]): Space[] {
  return alternatives(whole).flatMap((pattern): Space[] => {
    const regex = new RegExp(pattern)
    const start = /^\^(\/(?:[A-Za-z0-9_/-]*\/)?(?![*+?{]))/.exec(pattern)?.[1]
    const folder = start ?? '/'
    const tokens: string[] = pattern.match(/\\[\s\S]|\[(?:\\[\s\S]|[^\]\\])*\]|[\s\S]/g) ?? []
    // Without an end of its own, what matches the folder matches all that is in it.
    if (regex.test(folder) && !tokens.includes('$')) return []
    const own = start !== undefined && !tokens.slice(start.length + 1).some(hasSlash)
    if (indexNames.some((name) => regex.test(folder + name))) {
      return [own ? { exactPath: folder } : { pattern: `^${escapePattern(folder)}(?:[\\s\\S]*/)?$` }]
    }
    if (!own && mayEndAs(pattern, indexNames)) {
      const why = 'matches the page of a folder, but not the folder, where Apache asks as well; let it match both'
      forbidSkipping(context, at, `<${at.name}>`, why)
    }
    return []
  })
}

/** Can the token of an expression stand for a slash? */
function hasSlash(token: string): boolean {
  return /^(?:\[|\\[DWS])/.test(token) ? new RegExp(token).test('/') : /^\\?\/$/.test(token)
}

/** Not if the expression ends with other plain chars than all of the names. */
function mayEndAs(pattern: string, names: readonly string[]): boolean {
  const end = /(?<!\\)((?:[\w-]|\\[^\w])+)\$$/.exec(pattern)?.[1]?.replace(/\\(?=[^\w])/g, '')
  return /[$*+]|\[\\s\\S\]/.test(pattern) && (end === undefined || names.some((name) => name.endsWith(end)))
}
