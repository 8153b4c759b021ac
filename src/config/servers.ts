/** The main server and the virtual hosts: names, folders, keys, and the sections of each. */

import { readDirective } from './access.js'
import { absolute, type Context } from './context.js'
import { exactly, several, single } from './directives.js'
import { createDraft, type Draft } from './draft.js'
import { isGlob } from './globs.js'
import { forbidSkipping, forbidUnread, holdsAuth } from './guarding.js'
import { type Address, hostNames, readAddresses } from './host-names.js'
import { standsAnywhere } from './known.js'
import { configError, type Place } from './notes.js'
import { type PlaceContent, readPlace } from './place.js'
import { type Directive, isSection, type Section, type Statement } from './tree.js'
import { words } from './words.js'

/** What a section's argument matches. */
export type Match = { readonly text: string; readonly glob: boolean } | { readonly regex: string }

export interface PlaceSection {
  readonly at: Section
  readonly kind: 'directory' | 'files' | 'location'
  readonly match: Match
  readonly content: PlaceContent
}

/** URLs that lie in a folder (DocumentRoot, Alias), or with a backend, where no folder counts. */
export interface Root {
  /** `/img`: it and what is below; `/img/`: only what is below; `` for all. */
  readonly url: string
  readonly folder: string | undefined
}

export interface Server {
  /** Undefined for the main server. */
  readonly at: Section | undefined
  readonly draft: Draft
  readonly names: string[]
  /** The last ServerName, if there is one; none where it is no name that a request can have. */
  serverName: readonly string[] | undefined
  readonly addresses: readonly Address[]
  readonly sections: PlaceSection[]
  readonly aliases: Root[]
  /** Directives that map URLs to folders in a way that cannot be followed here. */
  readonly unmapped: (Place & { readonly name: string; readonly folder: string })[]
  /** URLs that no backend gets after all (`ProxyPass /x !`). */
  readonly unproxied: string[]
  readonly hosts: Server[]
  /** All lines of the server itself, for those who read what it serves. */
  readonly lines: Directive[]
  documentRoot: string | undefined
  accessFiles: readonly string[] | undefined
}

export function readServer(context: Context, statements: readonly Statement[], at?: Section): Server {
  const server: Server = {
    at,
    draft: createDraft('server'),
    names: [],
    serverName: undefined,
    addresses: at ? readAddresses(at) : [],
    sections: [],
    aliases: [],
    unmapped: [],
    unproxied: [],
    hosts: [],
    lines: [],
    documentRoot: undefined,
    accessFiles: undefined,
  }
  for (const statement of statements) {
    if (isSection(statement)) readServerSection(context, server, statement)
    else {
      server.lines.push(statement)
      readServerDirective(context, server, statement)
    }
  }
  if (server.draft.denied) server.draft.settings.require = 'denied'
  // A host without a name has the main server's.
  for (const { names, serverName = server.serverName ?? [] } of at ? [] : [server, ...server.hosts]) {
    names.unshift(...serverName)
  }
  return server
}

function readServerSection(context: Context, server: Server, section: Section): void {
  const name = section.name.toLowerCase()
  if (name === 'virtualhost' && !server.at) {
    server.hosts.push(readServer(context, section.children, section))
  } else if (/^(?:location|directory|files)(?:match)?$/.test(name)) {
    const place = readSection(context, section)
    server.sections.push(place)
    const kept = unproxiedBy(place)
    if (kept !== undefined) server.unproxied.push(kept)
  } else if (holdsAuth(section)) {
    forbidUnread(context, section)
  } else {
    context.notes.skipped(section, `<${section.name}>`)
  }
}

/** The URLs that no backend gets because of a Location: there folders count, whatever the server says. */
function unproxiedBy({ at, kind, match }: PlaceSection): string | undefined {
  if (kind !== 'location' || !('text' in match) || match.glob) return undefined
  const last = at.children.findLast(({ name }) => /^proxypass(?:match)?$/i.test(name))
  if (last === undefined || words(last.text)[0] !== '!') return undefined
  return match.text === '/' ? '' : match.text
}

/** A Location, Directory or Files section of either spelling. */
export function readSection(context: Context, section: Section): PlaceSection {
  const { kind, match } = readHead(section)
  return { at: section, kind, match, content: readPlace(context, section.children, kind === 'directory') }
}

/** What the section is, and what it matches. */
export function readHead(section: Section): Pick<PlaceSection, 'at' | 'kind' | 'match'> {
  const kind = section.name.toLowerCase().replace('match', '') as PlaceSection['kind']
  const [first, second, ...more] = words(section.text)
  const plain = !section.name.toLowerCase().endsWith('match')
  const regex = plain && first !== '~' ? undefined : plain ? second : first
  const text = regex ?? first
  if (text === undefined || (plain && first === '~' && second === undefined)) {
    throw configError(section, `<${section.name}>`, 'needs an argument')
  }
  if (more.length > 0 || (second !== undefined && text !== second)) {
    throw configError(section, `<${section.name}>`, 'takes one argument; put quotes round one that has spaces')
  }
  return { at: section, kind, match: regex === undefined ? { text, glob: isGlob(text) } : { regex } }
}

type ServerReader = (context: Context, server: Server, at: Directive) => void

const alias: ServerReader = (context, server, at) => {
  const [url, folder] = exactly(at, 2, 'an URL path and a folder') as [string, string]
  server.aliases.push({ url: url === '/' ? '' : url, folder: plainFolder(absolute(context, folder)) })
}

const aliasMatch: ServerReader = (context, server, at) => {
  const [, target] = exactly(at, 2, 'a regular expression and a folder') as [string, string]
  const fixed = absolute(context, target)
    .replace(/[$\\].*$/s, '')
    .replace(/[^/]*$/, '')
  server.unmapped.push({ file: at.file, line: at.line, name: at.name, folder: plainFolder(fixed) })
}

/** What goes to a backend lies in no folder; `!` takes a path out of that again. */
const proxyPass: ServerReader = (_context, server, at) => {
  const [url, backend] = words(at.text)
  const plain = url === '/' ? '' : url
  if (plain !== undefined && backend === '!') server.unproxied.push(plain)
  else if (plain === '' || plain?.startsWith('/')) server.aliases.push({ url: plain, folder: undefined })
}

const READERS: Readonly<Record<string, ServerReader>> = {
  servername(context, server, at) {
    server.serverName = hostNames(context, at, [single(at)])
  },
  serveralias: (context, server, at) => void server.names.push(...hostNames(context, at, several(at))),
  documentroot(context, server, at) {
    server.documentRoot = plainFolder(absolute(context, single(at)))
  },
  accessfilename(_context, server, at) {
    server.accessFiles = several(at)
  },
  alias,
  scriptalias: alias,
  aliasmatch: aliasMatch,
  scriptaliasmatch: aliasMatch,
  userdir(_context, server, at) {
    if (words(at.text)[0]?.toLowerCase() !== 'disabled') server.unmapped.push({ ...at, folder: '' })
  },
  virtualdocumentroot(_context, server, at) {
    const fixed = single(at)
      .replace(/%.*$/s, '')
      .replace(/[^/]*$/, '')
    server.unmapped.push({ ...at, folder: plainFolder(fixed) })
  },
  proxypass: proxyPass,
}

function readServerDirective(context: Context, server: Server, at: Directive): void {
  const name = at.name.toLowerCase()
  const reader = Object.hasOwn(READERS, name) ? READERS[name] : undefined
  if (reader) {
    reader(context, server, at)
    return
  }
  if (/^(?:require|auth(?:type|merging|groupfile)|satisfy|order|allow|deny)$/.test(name)) {
    forbidSkipping(context, at, at.name, 'stands outside of a section, where Apache does not have it; move it into one')
    server.draft.denied = true
    return
  }
  const before = Object.keys(server.draft.settings).length
  readDirective(context, server.draft, at)
  if (Object.keys(server.draft.settings).length > before && !standsAnywhere(at.name)) {
    context.notes.info(
      at,
      `${at.name}: stands outside of a section, where Apache does not have it; it counts for all places`,
    )
  }
}

/** `/srv/www/` and `/srv//www` are `/srv/www`; `/` is the empty text. */
export function plainFolder(path: string): string {
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return parts.map((part) => `/${part}`).join('')
}
