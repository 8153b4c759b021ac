/** Files sections as areas. A path does not say where the file's name ends: what keeps somebody out does so in any part. */

import type { Context } from './context.js'
import type { AreaSettings } from './draft.js'
import { childSpace, infoSpace, lastSpace, namePattern, orIndex } from './file-spaces.js'
import { forbidSkipping } from './guarding.js'
import { type PlaceSection, plainFolder, type Root } from './servers.js'
import type { Space } from './spaces.js'
import { keepersOf, type Placed, stricter } from './stricter.js'

/** A Files section and the spaces of what it stands in. */
export interface FileSection {
  readonly section: PlaceSection
  readonly within: readonly Space[]
  /** The folder that it stands in, as the configuration names it. */
  readonly folder: string | undefined
}

/** What a server has that says where files are. */
export interface FileSystem {
  readonly roots: readonly Root[]
  readonly indexNames: readonly string[]
}

/** The areas of Files sections, in order; `folders` are those around them. */
export function placeFiles(
  context: Context,
  files: readonly FileSection[],
  folders: readonly Placed[],
  system: FileSystem,
): Placed[] {
  const placed: Placed[] = []
  for (const file of files) {
    placed.push(
      ...(keeps(file) ? placeLast(file, system) : placeOpening(context, file, [...folders, ...placed], system)),
    )
  }
  const keeping = files.filter((file) => keeps(file) && Object.keys(file.section.content.draft.settings).length > 0)
  const infos = keeping.flatMap((file) => placeInfo(file, folders, system.roots))
  return [...placed, ...infos, ...keeping.flatMap((file) => placeBoth(file, keeping, folders))]
}

function keeps({ section }: FileSection): boolean {
  return section.content.draft.settings.require !== 'granted'
}

function placeLast({ section, within }: FileSection, { indexNames }: FileSystem): Placed[] {
  const name = orIndex(namePattern(section), indexNames)
  const { settings } = section.content.draft
  return [{ section, spaces: within.map((space) => lastSpace(space, name)), settings }]
}

/** With path info, and where an alias shows the file by another name. */
function placeInfo({ section, within }: FileSection, folders: readonly Placed[], roots: readonly Root[]): Placed[] {
  const name = namePattern(section)
  const regex = new RegExp(name)
  const shown = roots.filter(({ url, folder }) => {
    return folder !== undefined && !/(?:^|\/)$/.test(url) && regex.test(folder.slice(folder.lastIndexOf('/') + 1))
  })
  return within.flatMap((space) => {
    const aliases = shown.filter(({ url }) => isShown(space, url)).map(({ url }): Space => ({ path: url }))
    const settings = stricter(section.content.draft.settings, keepersOf(folders, space))
    return { section, spaces: [infoSpace(space, name), ...aliases], settings }
  })
}

function isShown(space: Space, url: string): boolean {
  if ('path' in space) return space.path === '/' || space.path === url
  return new RegExp((space as { readonly pattern: string }).pattern).test(url)
}

/** Two names in one path: which of them is the file, nobody can tell. */
function placeBoth(
  { section, within }: FileSection,
  files: readonly FileSection[],
  folders: readonly Placed[],
): Placed[] {
  const { settings } = section.content.draft
  return files.flatMap((other) => {
    const others = other.section.content.draft.settings
    const asked = ({ require, tokens, publicKeys }: AreaSettings) => JSON.stringify([require, tokens, publicKeys])
    if (asked(others) === asked(settings)) return []
    return within.flatMap((space) =>
      other.within.map((otherSpace): Placed => {
        const before = infoSpace(space, namePattern(section)).pattern
        const last = infoSpace(otherSpace, namePattern(other.section)).pattern.replace('(?=[^/]*/)', '')
        const keepers = [...keepersOf(folders, space), others]
        const { require } = stricter({ require: 'valid-user', ...settings }, keepers)
        return { section, spaces: [{ pattern: `^(?=${before.slice(1)})${last.slice(1)}` }], settings: { require } }
      }),
    )
  })
}

/** What opens does so for the last part alone, and where others keep it, only in folders that are known to be some. */
function placeOpening(
  context: Context,
  { section, within, folder }: FileSection,
  before: readonly Placed[],
  { roots }: FileSystem,
): Placed[] {
  const name = namePattern(section)
  const { at, content } = section
  const { settings } = content.draft
  const aliases = roots.map(({ url }) => url).filter((url) => !/(?:^|\/)$/.test(url))
  return within.flatMap((space) => {
    if (keepersOf(before, space).length === 0) return { section, spaces: [lastSpace(space, name)], settings }
    const paths = 'path' in space ? knownFolders(space.path, folder, roots) : []
    if (paths.length === 0) {
      forbidSkipping(
        context,
        at,
        `<${at.name}>`,
        'opens what is kept, and which part of a path is the file cannot be known here; use <LocationMatch>',
      )
      return []
    }
    context.notes.warn(
      at,
      `<${at.name}>: opens only files that lie directly in ${paths.join(', ')}; open others with <LocationMatch>`,
    )
    return { section, spaces: paths.map((path) => childSpace(path, name, aliases)), settings }
  })
}

/** URLs of folders, of which an alias that could show a file is none. */
function knownFolders(path: string, folder: string | undefined, roots: readonly Root[]): string[] {
  const text = folder === undefined ? undefined : plainFolder(folder)
  const known = (root: Root) => root.folder !== undefined && (/(?:^|\/)$/.test(root.url) || root.folder === text)
  if (path === '/') return roots.filter(known).map(({ url }) => url || '/')
  const root = roots.find(({ url }) => url === path)
  return root === undefined || known(root) ? [path] : []
}
