/** The .htaccess files that Apache would read: those of folders where AllowOverride has them. */

import { type Context, filesFor } from './context.js'
import { globPattern } from './globs.js'
import { holdsAuth } from './guarding.js'
import { standsAnywhere } from './known.js'
import { surveyFolder } from './leading.js'
import { configError } from './notes.js'
import { readPlace } from './place.js'
import { type PlaceSection, plainFolder, type Root } from './servers.js'
import { settleFolder } from './ticket-module.js'
import { attempt, isSection, readText as readTree, type Section, type Statement } from './tree.js'

/** One section for each file, for its folder. `folders` are the Directory sections without regular expressions, sorted. */
export function htaccessSections(
  context: Context,
  folders: readonly PlaceSection[],
  roots: readonly Root[],
  names: readonly string[],
): PlaceSection[] {
  const opening = folders.find(({ content: { override } }) => override !== undefined && override !== 'none')
  if (!opening) return []
  const files = filesFor(context, opening.at, 'AllowOverride')
  const found = new Set<string>()
  const first = (folder: string, exists: (name: string) => boolean) => {
    // Of several names, Apache reads the first that is there.
    const name = names.find(exists)
    if (name !== undefined) found.add(`${folder}/${name}`)
  }
  for (const folder of new Set(roots.flatMap((root) => root.folder ?? []))) {
    for (const path of above(folder)) first(path, (name) => files.exists(`${path}/${name}`))
    const below = attempt(opening.at, 'AllowOverride', `'${folder}' cannot be listed`, () => files.named(folder, names))
    const all = new Set(below)
    for (const path of below) {
      const own = path.slice(0, path.lastIndexOf('/'))
      first(own, (name) => all.has(`${own}/${name}`))
    }
  }
  return [...found].flatMap((path) => readOne(context, folders, path, files.readText) ?? [])
}

function readOne(
  context: Context,
  folders: readonly PlaceSection[],
  path: string,
  readText: (path: string) => string,
): PlaceSection | undefined {
  const folder = path.slice(0, path.lastIndexOf('/'))
  const override = folders.findLast((section) => section.content.override !== undefined && covers(section, folder))
    ?.content.override
  const at: Section = { file: path, line: 1, name: '.htaccess', text: folder, children: [] }
  if (override === undefined || override === 'none') return undefined
  const text = attempt(at, '.htaccess', 'cannot be read', () => readText(path))
  const statements = readTree(context, text, path)
  settleFolder(context, statements)
  surveyFolder(context, statements)
  if (override !== 'auth' && statements.some((statement) => forbidden(statement, override))) {
    throw configError(
      at,
      '.htaccess',
      'has directives that AllowOverride does not permit here: Apache answers 500; add AuthConfig',
    )
  }
  if (statements.some(holdsAuth))
    context.notes.info(at, '.htaccess: is read once, at start; later changes need a restart')
  return {
    at: { ...at, children: statements },
    kind: 'directory',
    match: { text: folder, glob: false },
    content: readPlace(context, statements, true),
  }
}

/** Three directives of mod_auth_pubtkt stand wherever AllowOverride has any class; a list has what it names. */
function forbidden(statement: Statement, override: 'list' | 'some'): boolean {
  if (override === 'list' || !holdsAuth(statement)) return holdsAuth(statement)
  if (isSection(statement)) return statement.children.some((child) => forbidden(child, override))
  return !standsAnywhere(statement.name)
}

/** The folders that a path lies in, without itself. */
function above(folder: string): string[] {
  const parts = folder.split('/').slice(1)
  return parts.map((_, length) =>
    parts
      .slice(0, length)
      .map((part) => `/${part}`)
      .join(''),
  )
}

function covers({ match }: PlaceSection, folder: string): boolean {
  if ('regex' in match) return false
  const text = plainFolder(match.text)
  if (match.glob) return new RegExp(`^${globPattern(text)}(?:/|$)`).test(folder)
  return `${folder}/`.startsWith(`${text}/`)
}
