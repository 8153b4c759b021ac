/** The sections of a server as the guard's areas, in the order in which Apache merges them. */

import type { AreaOptions } from '../policy/options.js'
import type { Context } from './context.js'
import { type FileSection, placeFiles } from './file-areas.js'
import { orSkip } from './guarding.js'
import { htaccessSections } from './htaccess.js'
import { placeLocation } from './index-pages.js'
import { inheritance } from './inheritance.js'
import { configError, type Place } from './notes.js'
import { type PlaceSection, plainFolder, type Root, readSection, type Server } from './servers.js'
import { signedInPlaces } from './signed-keys.js'
import { folderSpaces, isBelow, neverMatches } from './spaces.js'
import type { Placed } from './stricter.js'

/** Sections that fell into place on some server; the rest are errors. */
export type Seen = Set<PlaceSection>

/** The areas, and the folders' sections as they are merged. */
export interface Areas {
  readonly areas: AreaOptions[]
  readonly folders: readonly Placed[]
}

/** Areas of the main server, or of a host: then the main server's come first within each kind. */
export function areasOf(
  context: Context,
  main: Server,
  host: Server | undefined,
  seen: Seen,
  indexNames: readonly string[],
): Areas {
  const servers = host ? [main, host] : [main]
  const sections = servers.flatMap((server) => server.sections)
  const roots = rootsOf(main, host)
  const folders = foldersOf(context, main, host, sections, roots)
  checkUnmapped(context, servers, folders)
  const placedFolders = folders.map((section): Placed => {
    return { section, spaces: folderSpaces(section, roots), settings: section.content.draft.settings }
  })
  noteProxied(context, placedFolders, roots, seen)
  const files = [
    ...sections
      .filter(({ kind }) => kind === 'files')
      .map((section): FileSection => ({ section, within: [{ path: '/' }], folder: undefined })),
    ...placedFolders.flatMap((placed) => innerFiles(context, placed)),
  ]
  const placed = [...placedFolders, ...placeFiles(context, files, placedFolders, { roots, indexNames })]
  for (const section of sections) {
    if (section.kind === 'location') placed.push(...placeLocation(context, section, placed, indexNames))
  }
  return { areas: emit(context, servers, placed, seen), folders: placedFolders }
}

/** In the order in which Apache tries them: backends, aliases (a host's own first), the DocumentRoot. */
function rootsOf(main: Server, host: Server | undefined): Root[] {
  const aliases = [...(host?.aliases ?? []), ...main.aliases]
  const documentRoot = host?.documentRoot ?? main.documentRoot
  const kept = [...(host?.unproxied ?? []), ...main.unproxied]
  // Where a part of what goes to a backend does not, folders count for all of it: that is the stricter reading.
  const proxied = ({ url }: Root) => !kept.some((path) => isBelow(url, path) || isBelow(path, url))
  return [
    ...aliases.filter((root) => root.folder === undefined && proxied(root)),
    ...aliases.filter(({ folder }) => folder !== undefined),
    ...(documentRoot === undefined ? [] : [{ url: '', folder: documentRoot }]),
  ]
}

/** Directory sections from the shortest to the longest, .htaccess files after those of their folder, then expressions by their slashes. */
function foldersOf(
  context: Context,
  main: Server,
  host: Server | undefined,
  sections: readonly PlaceSection[],
  roots: readonly Root[],
): PlaceSection[] {
  const folders = sections.filter(({ kind }) => kind === 'directory')
  const plain = folders.filter(({ match }) => 'text' in match).sort((a, b) => depth(a) - depth(b))
  const names = host?.accessFiles ?? main.accessFiles ?? ['.htaccess']
  const all = [...plain, ...htaccessSections(context, plain, roots, names)].sort((a, b) => depth(a) - depth(b))
  const slashes = ({ match }: PlaceSection) => ('regex' in match ? match.regex.split('/').length : 0)
  const matching = folders.filter(({ match }) => 'regex' in match).sort((a, b) => slashes(a) - slashes(b))
  return [...all, ...matching]
}

function depth({ match }: PlaceSection): number {
  return 'text' in match ? plainFolder(match.text).split('/').length : Number.POSITIVE_INFINITY
}

/** Folders that would be served if a backend did not get all their URLs: there they count for nothing, as in Apache. */
function noteProxied(context: Context, placed: readonly Placed[], roots: readonly Root[], seen: Seen): void {
  const served = roots.filter(({ folder }) => folder !== undefined)
  for (const { section, spaces } of placed) {
    if (spaces.length > 0 || folderSpaces(section, served).length === 0) continue
    seen.add(section)
    context.notes.warn(
      section.at,
      `<${section.at.name}>: has no effect: a backend gets all its URLs; protect them with <Location>`,
    )
  }
}

function innerFiles(context: Context, { section, spaces }: Placed): FileSection[] {
  const folder = 'text' in section.match && !section.match.glob ? section.match.text : undefined
  return section.content.files.map((file) => ({ section: readSection(context, file), within: spaces, folder }))
}

function emit(context: Context, servers: readonly Server[], placed: readonly Placed[], seen: Seen): AreaOptions[] {
  const areas: AreaOptions[] = []
  const inherit = inheritance(context, servers)
  const signed = signedInPlaces(context, servers)
  for (const { section, spaces, settings } of placed) {
    if (spaces.length > 0) seen.add(section)
    const { at, content } = section
    if (Object.keys(settings).length === 0 && !content.draft.owns) continue
    for (const space of spaces) {
      const name = nameOf(section)
      const { own: keys, more } = signed(section, space)
      const own: AreaOptions = { name, ...space, ...settings, ...keys }
      const area = content.draft.owns ? inherit(at, own) : own
      for (const one of [area, ...more.map((part) => ({ name, ...part }))]) {
        context.areaPlaces.set(one, at)
        areas.push(one)
      }
    }
  }
  return areas
}

function nameOf({ at }: PlaceSection): string {
  return at.name === '.htaccess' ? at.file : `${at.file}:${at.line} <${at.name} ${at.text}>`
}

/** Sections that no server has a place for: an error where more than opening stands in them. */
export function checkSeen(context: Context, servers: readonly Server[], seen: Seen): void {
  for (const section of servers.flatMap((server) => server.sections)) {
    if (seen.has(section)) continue
    const { at, content } = section
    const { require, ...others } = content.draft.settings
    const opens =
      (require === undefined || require === 'granted') && Object.keys(others).length === 0 && !content.draft.owns
    const error = neverMatches(section)
    if (!(opens && content.files.length === 0) && !context.skips(at.name)) throw error
    context.notes.info(at, `<${at.name}>: has no effect: it lies outside of what is served`)
  }
}

/** AliasMatch and its like may show folders at URLs that nobody knows here. */
function checkUnmapped(context: Context, servers: readonly Server[], folders: readonly PlaceSection[]): void {
  for (const { name, folder, ...at } of servers.flatMap((server) => server.unmapped)) {
    for (const { match, content } of folders) {
      const { require, ...others } = content.draft.settings
      const text = 'text' in match && !match.glob ? plainFolder(match.text) : undefined
      const apart = text !== undefined && !`${text}/`.startsWith(`${folder}/`) && !`${folder}/`.startsWith(`${text}/`)
      const harmless =
        (require === undefined || require === 'granted') &&
        Object.keys(others).length === 0 &&
        content.files.length === 0
      if (text === '' || apart || harmless || context.skips(name)) continue
      throw unmapped(at, name)
    }
  }
}

function unmapped(at: Place, name: string): Error {
  return configError(
    at,
    name,
    orSkip(
      'may show a protected folder at URLs that cannot be followed here; use Alias, or protect the URLs with <LocationMatch>',
      name,
    ),
  )
}
