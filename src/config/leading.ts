/** Directives that lead requests elsewhere than their URL says, and the places that somebody could reach by them. */

import type { Context } from './context.js'
import { forbidSkipping } from './guarding.js'
import type { Directive, Statement } from './tree.js'
import { words } from './words.js'

/** What one server, or one .htaccess file, has of both. */
export interface Survey {
  readonly leads: Directive[]
  /** Is somebody kept out of some URL, of some folder? */
  urls: boolean
  folders: boolean
}

/** They show folders at URLs that nobody knows here; the others go to another URL or file. */
const TO_FOLDERS = /^(?:VirtualDocumentRootIP|VirtualScriptAlias(?:IP)?|WSGIScriptAlias(?:Match)?)$/i
const PLACE = /^(?:location|directory|files)(?:match)?$/i

/** Could it be one that leads elsewhere, going by its name? */
export function mayLead(name: string): boolean {
  return TO_FOLDERS.test(name) || /^(?:RewriteRule|FallbackResource|DirectoryIndex|Action|Script)$/i.test(name)
}

function leads({ name, text }: Directive): boolean {
  const [first, second] = words(text)
  switch (name.toLowerCase()) {
    case 'rewriterule':
      return rewrites(text)
    case 'fallbackresource':
      return first?.toLowerCase() !== 'disabled'
    case 'directoryindex':
      return words(text).some((word) => word.includes('/'))
    case 'action':
    case 'script':
      return second !== undefined
    default:
      return TO_FOLDERS.test(name)
  }
}

/** To `-` or, said by a flag, to another server or a backend: no place of this server is reached by that. */
function rewrites(text: string): boolean {
  const [, target, flags = ''] = words(text)
  // Apache joins words at a backslash here, and makes a path of an URL that has its own name.
  if (/\\[ \t\v\f\r]/.test(text)) return true
  return (
    target !== '-' && !(/^[a-z][a-z0-9+.-]*:\/\//i.test(target ?? '') && hasFlag(flags, /^(?:R|redirect|P|proxy)$/i))
  )
}

/** Does the rule forbid what it matches? */
export function forbids({ name, text }: Directive): boolean {
  return name.toLowerCase() === 'rewriterule' && hasFlag(words(text)[2] ?? '', /^(?:F|forbidden)$/i)
}

function hasFlag(flags: string, wanted: RegExp): boolean {
  return flags
    .replace(/^\[|\]$/g, '')
    .split(',')
    .some((flag) => wanted.test((flag.split('=', 1)[0] as string).trim()))
}

function childrenOf(statement: Statement): readonly Statement[] {
  return 'children' in statement ? statement.children : []
}

function asks(statement: Statement): boolean {
  if (statement.name.toLowerCase() === 'require') return words(statement.text)[0]?.toLowerCase() !== 'all'
  return childrenOf(statement).some(asks)
}

/** Apache's page about itself, which Debian shows to the own machine only, is nothing that rules lead to. */
function isStatusPage(statement: Statement): boolean {
  return childrenOf(statement).some(
    ({ name, text }) => /^sethandler$/i.test(name) && /^"?server-(?:status|info)/.test(text),
  )
}

function isLocal(statement: Statement): boolean {
  const children = childrenOf(statement)
  return children.every((child) => !asks(child) || (/^require$/i.test(child.name) && /^local$/i.test(child.text)))
}

function denied(statement: Statement): boolean {
  const all = childrenOf(statement).some(({ name, text }) => /^require$/i.test(name) && /^all\s+denied$/i.test(text))
  return all && /^directory/i.test(statement.name) && !/^"?\/"?$/.test(statement.text)
}

/** Adds what is in the statements; what stands beside a rule for users is marked. */
function look(context: Context, statements: readonly Statement[], found: Survey): Survey {
  for (const statement of statements) {
    if (PLACE.test(statement.name) && !(isStatusPage(statement) && isLocal(statement))) {
      const keeps = asks(statement)
      if (keeps) mark(context, childrenOf(statement))
      found.urls ||= keeps
      found.folders ||= (keeps && !/^location/i.test(statement.name)) || denied(statement)
    }
    if (leads(statement)) found.leads.push(statement)
    look(context, childrenOf(statement), found)
  }
  return found
}

function mark(context: Context, statements: readonly Statement[]): void {
  for (const statement of statements) {
    context.guarded.add(statement)
    mark(context, childrenOf(statement))
  }
}

function check(context: Context, { leads }: Survey, around: readonly Survey[]): void {
  for (const at of leads) {
    const toFolders = TO_FOLDERS.test(at.name)
    if (!around.some(({ urls, folders }) => folders || (urls && !toFolders))) continue
    const why =
      'may lead to a protected place from URLs that cannot be followed here; take it out, or protect those URLs'
    const hint = /^rewriterule$/i.test(at.name) ? ' (a rule to another server needs the flag R or P)' : ''
    forbidSkipping(context, at, at.name, `${why}${hint}`)
  }
}

const empty = (): Survey => ({ leads: [], urls: false, folders: false })
const isHost = ({ name }: Statement) => name.toLowerCase() === 'virtualhost'

/** The main configuration: what the main server has counts for all hosts, what a host has for itself. */
export function surveyServers(context: Context, statements: readonly Statement[]): void {
  const main = look(
    context,
    statements.filter((statement) => !isHost(statement)),
    empty(),
  )
  const hosts = statements.filter(isHost).map((host) => look(context, childrenOf(host), empty()))
  check(context, main, [main, ...hosts])
  for (const host of hosts) check(context, host, [main, host])
  context.surveys.push(main, ...hosts)
}

/** A .htaccess file: nobody knows here on which hosts its folder is shown. */
export function surveyFolder(context: Context, statements: readonly Statement[]): void {
  const folder = look(context, statements, empty())
  if (statements.some(asks)) {
    mark(context, statements)
    folder.urls = true
    folder.folders = true
  }
  if (folder.urls || folder.leads.length > 0) context.surveys.push(folder)
  for (const survey of context.surveys) check(context, survey, [folder])
  check(context, folder, context.surveys)
}
