/** Folders whose own page is one that a Location keeps: Apache asks there for the page that it shows. */

import type { Context } from './context.js'
import { escapePattern, globPattern } from './globs.js'
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

/** All folders below the one that every match begins with, if the expression has a page there. */
function pagesOfRegex(
  context: Context,
  at: PlaceSection['at'],
  pattern: string,
  indexNames: readonly string[],
): Space[] {
  const regex = new RegExp(pattern)
  const plain = pattern.replace(/\\[\s\S]|\[(?:\\[\s\S]|[^\]\\])*\]/g, (token) => (token === '[\\s\\S]' ? '.' : ''))
  const start = pattern.includes('|') ? undefined : /^\^((?:\/|\/[A-Za-z0-9_/-]*\/)(?![*+?{]))/.exec(pattern)?.[1]
  const folder = start ?? '/'
  // Without an end of its own, what matches the folder matches all that is in it.
  if (regex.test(folder) && !plain.includes('$')) return []
  if (indexNames.some((name) => regex.test(folder + name))) {
    return [{ pattern: `^${escapePattern(folder)}(?:[\\s\\S]*/)?$` }]
  }
  if (/[$.*+]/.test(plain)) {
    context.notes.warn(
      at,
      `<${at.name}>: does not hold for a folder whose page it matches; let it match the folder, too`,
    )
  }
  return []
}
