/** Apache's configuration as a tree: sections with what is in them; conditions decided and files included on the way. */

import { type Line, logicalLines } from '../policy/lines.js'
import { type Condition, conditionOf } from './conditions.js'
import { absolute, type Context, filesFor, loadModule, moduleName } from './context.js'
import { checkLine, checkText, isTold } from './format.js'
import { forbidSkipping, holdsAuth, matters } from './guarding.js'
import { isKnown } from './known.js'
import { mayLead } from './leading.js'
import { configError, type Place } from './notes.js'
import { suppose, tellLoaded } from './ticket-module.js'
import { expanded } from './variables.js'
import { splitName, words } from './words.js'

export interface Directive extends Place {
  /** As it is written; for a section without its brackets. */
  readonly name: string
  /** The arguments as they stand, `${NAME}` replaced; for a section up to its `>`. */
  readonly text: string
}
export interface Section extends Directive {
  readonly children: Statement[]
}
export type Statement = Directive | Section

/** Apache's own limit of files is 20. */
const MAX_DEPTH = 20
const MAX_SECTIONS = 100
/** In place of a name that may be a secret on a line of its own. */
const ONE_WORD = '(one word)'

interface Source {
  readonly file: string
  readonly lines: readonly Line[]
  at: number
  /** Sections that are open. */
  depth: number
  /** Files that led here, the innermost last. */
  readonly trail: readonly string[]
}

export function isSection(statement: Statement): statement is Section {
  return 'children' in statement
}

/** The statements of the main configuration. */
export function readTree(context: Context, text: string, file: string): Statement[] {
  checkText(text, file)
  return readText(context, text, file)
}

/** The statements of a text. `trail` holds the files that include it. */
export function readText(context: Context, text: string, file: string, trail: readonly string[] = []): Statement[] {
  const source = { file, lines: logicalLines(text), at: 0, depth: 0, trail: [...trail, file] }
  return readStatements(context, source, undefined, true)
}

/** Statements up to the end of `section`. What is not `live` is only looked at: no condition in it is decided. */
function readStatements(context: Context, source: Source, section: Directive | undefined, live: boolean): Statement[] {
  const statements: Statement[] = []
  while (source.at < source.lines.length) {
    const place = { file: source.file, line: (source.lines[source.at] as Line).line }
    const raw = (source.lines[source.at++] as Line).text
    if (live) checkLine(place, raw)
    const text = expanded(context, raw, place, live)
    const [name, rest] = splitName(text)
    if (name.startsWith('</')) {
      closes(name, section, place)
      return statements
    }
    if (name === '') continue
    for (const statement of readStatement(context, source, { ...place, name, text: rest }, live))
      statements.push(statement)
  }
  if (section) throw configError(section, `<${section.name}>`, `is never closed; add </${section.name}>`)
  return statements
}

function readStatement(context: Context, source: Source, directive: Directive, live: boolean): Statement[] {
  if (directive.name.startsWith('<')) return readSection(context, source, openTag(directive), live)
  return live ? perform(context, source, directive) : [directive]
}

/** `<Location "/x">` with its brackets taken off; the last `>` of the line ends it, what follows is ignored. */
function openTag({ file, line, name, text }: Directive): Directive {
  const whole = name.endsWith('>') ? '>' : text
  const end = whole.lastIndexOf('>')
  const bare = name.replace(/^<|>$/g, '')
  if (end < 0) throw configError({ file, line }, `<${bare}`, "has no closing '>'; add it at the end of the line")
  return { file, line, name: bare, text: whole.slice(0, end).trimEnd() }
}

function closes(tag: string, section: Directive | undefined, place: Place): void {
  const name = tag.slice(2).replace(/>.*$/s, '')
  if (section?.name.toLowerCase() === name.toLowerCase()) return
  const open = section ? `<${section.name}> of line ${section.line} is open` : 'no section is open'
  throw configError(place, `</${name}>`, `${open}; sections must close in the order they were opened`)
}

function readSection(context: Context, source: Source, tag: Directive, live: boolean): Statement[] {
  const condition = live ? conditionOf(context, tag) : undefined
  // What stands in a section that is not known may happen or not.
  const inside = live && (condition === undefined ? isKnown(tag.name) : condition.holds === true)
  if (++source.depth > MAX_SECTIONS) {
    throw configError(tag, `<${tag.name}>`, `is more than ${MAX_SECTIONS} sections deep; nest less deeply`)
  }
  const children = readStatements(context, source, tag, inside)
  source.depth--
  if (!condition) {
    if (live && !inside && (holdsAuth({ ...tag, children }) || children.some(matters))) {
      const why = 'is not read here and has a bearing on who may enter; write it another way'
      forbidSkipping(context, tag, `<${tag.name}>`, why)
    }
    return [{ ...tag, children }]
  }
  if (condition.supposed) suppose(context, { ...tag, children })
  return condition.holds ? children : leftOut(context, tag, children, condition)
}

/** A condition that does not hold, or that cannot be decided here. */
function leftOut(context: Context, tag: Directive, children: Statement[], condition: Condition): Statement[] {
  const unknown = condition.holds === undefined
  if (loadsWhatLacks(context, children, condition)) return []
  if (!children.some((child) => (unknown ? matters(child) : holdsAuth(child)))) {
    if (unknown) context.notes.skipped(tag, `<${tag.name}>`)
    return unknown ? children.flatMap(leadsIn) : []
  }
  if (unknown) {
    forbidSkipping(context, tag, `<${tag.name}>`, condition.why)
    return [{ ...tag, children }]
  }
  if (condition.why) context.notes.warn(tag, `<${tag.name}>: left out with all that is in it: ${condition.why}`)
  return []
}

/**
 * `<IfModule !mod_x.c>` round `LoadModule x_module`: whether it holds or not, the module is there behind it. That says
 * nothing of the other modules: authz_core loaded in this way makes no whole configuration.
 */
function loadsWhatLacks(context: Context, children: readonly Statement[], { lacks }: Condition): boolean {
  const loads = (child: Statement) =>
    child.name.toLowerCase() === 'loadmodule' && moduleName(words(child.text)[0] ?? '') === lacks
  if (lacks === undefined || children.length === 0 || !children.every(loads)) return false
  context.modules.add(lacks)
  context.loaded.add(lacks)
  return true
}

/** What leads elsewhere is seen to even where nobody knows whether it counts. */
function leadsIn(statement: Statement): Statement[] {
  if (isSection(statement)) return statement.children.flatMap(leadsIn)
  return mayLead(statement.name) ? [statement] : []
}

/** The directives that take effect while Apache reads. */
function perform(context: Context, source: Source, directive: Directive): Statement[] {
  const [first, second = ''] = words(directive.text)
  switch (directive.name.toLowerCase()) {
    case 'include':
    case 'includeoptional':
      return include(context, source, directive, first)
    case 'define':
      if (first !== undefined) context.defines.set(first, second)
      return []
    case 'undefine':
      if (first !== undefined) context.defines.delete(first)
      return []
    case 'loadmodule':
      if (first !== undefined && tellLoaded(context, directive, first)) loadModule(context, first)
      return []
    case 'serverroot':
      context.root = first
      return []
    case 'error':
      throw configError(directive, 'Error', 'the configuration itself stops here; remove the line or its cause')
    default:
      return [directive.text !== '' || isTold(directive.name) ? directive : { ...directive, name: ONE_WORD }]
  }
}

function include(context: Context, source: Source, directive: Directive, name: string | undefined): Statement[] {
  if (name === undefined) throw configError(directive, directive.name, 'needs the name of a file')
  const files = filesFor(context, directive, directive.name)
  const path = absolute(context, name)
  const found = attempt(directive, directive.name, `'${name}' cannot be listed`, () => files.glob(path))
  if (found.length === 0 && directive.name.toLowerCase() === 'include') {
    throw configError(directive, directive.name, `there is no '${path}'; correct the name, or use IncludeOptional`)
  }
  return found.flatMap((file) => {
    if (source.trail.includes(file))
      throw configError(directive, directive.name, `'${file}' includes itself; break the circle`)
    if (source.trail.length >= MAX_DEPTH)
      throw configError(directive, directive.name, `more than ${MAX_DEPTH} files deep; include less deeply`)
    const text = attempt(directive, directive.name, `'${file}' cannot be read`, () => files.readText(file))
    return readText(context, text, file, source.trail)
  })
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: ': there is no such file; correct its name',
  EISDIR: ': it is a folder; name a file in it',
  EACCES: ': it is not ours to read; check its owner and mode',
}

/** What a file operation gives; where it fails, an error at the directive that wanted it. */
export function attempt<T>(place: Place, subject: string, trouble: string, run: () => T): T {
  try {
    return run()
  } catch (error) {
    const known = REASONS[(error as { readonly code?: string }).code ?? '']
    throw configError(place, subject, `${trouble}${known ?? '; check that it exists and may be read'}`, error)
  }
}
