/** What one server of an Apache configuration answers without a backend: redirects, aliases, programs, DocumentRoot. */

import { absolute, type Context } from './context.js'
import { departure, redirectOf, WHY } from './diversions.js'
import { spacePlace, tell } from './nobody.js'
import { named } from './proxy-pass.js'
import { plainFolder, type Server } from './servers.js'
import type { Route } from './serving.js'
import { isBelow } from './spaces.js'
import type { Placed } from './stricter.js'
import { type Directive, isSection } from './tree.js'
import { words } from './words.js'

export interface Documents {
  readonly programs: readonly string[]
}

/** In the order in which Apache tries them: redirects, aliases, programs, what stands for DocumentRoot, DocumentRoot. */
export function documentRoutes(
  context: Context,
  main: Server,
  host: Server | undefined,
  folders: readonly Placed[],
  { programs }: Documents,
): Route[] {
  const servers = host ? [host, main] : [main]
  const lines = servers.flatMap((server) => server.lines)
  const files = (at: Directive, path: string, folder: string): Route => ({
    kind: 'files',
    folder: fileName(plainFolder(absolute(context, folder))) || '/',
    index: indexOf(context, servers, folders, plainFolder(absolute(context, folder))),
    programs,
    path,
    at: `${at.file}:${at.line}: ${at.name}`,
  })
  const root = servers.map((server) => named(server.lines, 'documentroot').at(-1)).find((at) => at !== undefined)
  return [
    ...lines.flatMap((at) => redirectRoutes(context, at)),
    ...lines.flatMap((at) => aliasRoutes(context, at, files)),
    ...lines.flatMap((at) => wsgiRoutes(context, at)),
    ...lines.flatMap((at) => substituteRoutes(context, at)),
    ...(root === undefined ? [] : [files(root, '/', words(root.text)[0] as string)]),
  ]
}

/** A name from Apache's configuration, one char a byte, as Node names files. */
export function fileName(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8')
}

function redirectRoutes(context: Context, at: Directive): Route[] {
  const redirect = redirectOf(at)
  if (redirect !== undefined) return [redirect]
  const where = departure(at)
  return where === undefined ? [] : [tell(context, at, spacePlace(context, at, where), WHY.rewritten)]
}

function aliasRoutes(
  context: Context,
  at: Directive,
  files: (at: Directive, path: string, folder: string) => Route,
): Route[] {
  const [path = '', folder = ''] = words(at.text)
  switch (at.name.toLowerCase()) {
    case 'alias':
      if (path.endsWith('/') === folder.endsWith('/') || !path.endsWith('/')) return [files(at, path, folder)]
      return [
        tell(
          context,
          at,
          { path },
          'only the path ends with a slash, so that it names no folder; give both one, or none',
        ),
      ]
    case 'scriptalias':
      return [tell(context, at, { path }, WHY.programs)]
    case 'aliasmatch':
      return [
        tell(
          context,
          at,
          spacePlace(context, at, { regex: path }),
          'expressions for folders are not followed here; use Alias',
        ),
      ]
    case 'scriptaliasmatch':
      return [tell(context, at, spacePlace(context, at, { regex: path }), WHY.programs)]
    default:
      return []
  }
}

/** mod_wsgi looks after the aliases. */
function wsgiRoutes(context: Context, at: Directive): Route[] {
  const [path = ''] = words(at.text)
  if (/^wsgiscriptalias$/i.test(at.name)) return [tell(context, at, { path }, WHY.programs)]
  if (/^wsgiscriptaliasmatch$/i.test(at.name))
    return [tell(context, at, spacePlace(context, at, { regex: path }), WHY.programs)]
  return []
}

/** Folders of users, and folders by the name of the host. */
function substituteRoutes(context: Context, at: Directive): Route[] {
  const [first = ''] = words(at.text)
  switch (at.name.toLowerCase()) {
    case 'userdir':
      return first.toLowerCase() === 'disabled'
        ? []
        : [tell(context, at, { path: '/', pattern: '^/~' }, 'folders of users are not looked up here; use Alias')]
    case 'virtualdocumentroot':
    case 'virtualdocumentrootip':
      return [
        tell(context, at, { path: '/' }, 'folders by the name of the host are not looked up here; use DocumentRoot'),
      ]
    case 'virtualscriptalias':
    case 'virtualscriptaliasip':
      return [tell(context, at, { path: '/cgi-bin/' }, WHY.programs)]
    default:
      return []
  }
}

/** DirectoryIndex of the innermost section around the folder, of the host, of the main server. */
function indexOf(context: Context, servers: readonly Server[], folders: readonly Placed[], folder: string): string[] {
  let inner: string[] | undefined
  for (const { section } of folders) {
    const { at, match } = section
    const names = indexNames(at.children.filter((child) => !isSection(child)))
    if (names === undefined) continue
    // The guard does not know the pages of .htaccess files.
    const around = at.name !== '.htaccess' && 'text' in match && !match.glob && isBelow(plainFolder(match.text), folder)
    if (around) inner = names
    else
      context.notes.warn(
        at,
        `<${at.name}>: DirectoryIndex counts for the folder of a DocumentRoot or an Alias only; give this one an Alias`,
      )
  }
  return (
    inner ?? servers.map((server) => indexNames(server.lines)).find((names) => names !== undefined) ?? ['index.html']
  )
}

/** Names of all lines of one place; those with a slash lead elsewhere. */
function indexNames(lines: readonly Directive[]): string[] | undefined {
  const given = named(lines, 'directoryindex')
  if (given.length === 0) return undefined
  const names = given.flatMap(({ text }) => words(text))
  return names.length === 1 && names[0]?.toLowerCase() === 'disabled' ? [] : names.filter((name) => !name.includes('/'))
}
