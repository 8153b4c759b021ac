/** Which module the directives for tickets are of: mod_auth_tkt and mod_auth_pubtkt share most of their names. */

import type { ApacheConfigOptions, Context } from './context.js'
import { holdsAuth } from './guarding.js'
import { ownerOf, type TicketModule } from './known.js'
import { configError, type Place } from './notes.js'
import type { Directive, Section, Statement } from './tree.js'
import { nextWord } from './words.js'

interface Evidence extends Place {
  readonly module: TicketModule
  /** The words that tell it. */
  readonly words: string
}

/** A section for one of them, which stands before anything told which it is. */
interface Supposed {
  readonly tag: Section
  readonly module: TicketModule
  readonly negated: boolean
}

export interface ModuleSearch {
  /** Whose they are; undefined: nothing has told, and mod_auth_tkt is what they are read as. */
  module: TicketModule | undefined
  /** Said from outside: nothing in the text can contradict it. */
  readonly given: boolean
  /** What the text tells first. */
  evidence: Evidence | undefined
  /** The text is only looked through: sections for either of them are read as if they counted. */
  looking: boolean
  readonly supposed: Supposed[]
  /** A .htaccess file tells that all that was read before is mod_auth_pubtkt's. */
  late: boolean
}

const MODULES: Readonly<Record<string, TicketModule>> = { auth_tkt: 'mod_auth_tkt', auth_pubtkt: 'mod_auth_pubtkt' }
const HOW = "say which counts (option module, or --module), and take out what is the other's"

export function createModuleSearch({ module, modules }: ApacheConfigOptions): ModuleSearch {
  const listed = Object.keys(MODULES).filter((name) =>
    modules?.some((one) => ticketModule(one) === MODULES[name] || one === name),
  )
  const given = module ?? (listed.length === 1 ? MODULES[listed[0] as string] : undefined)
  const looking = given === undefined && modules === undefined
  return { module: given, given: given !== undefined, evidence: undefined, looking, supposed: [], late: false }
}

/** The one that a name of IfModule or LoadModule is, in the exact spelling that Apache has for it. */
function ticketModule(name: string): TicketModule | undefined {
  const [, source, identifier] = /^(?:mod_(.+)\.c|(.+)_module)$/.exec(name) ?? []
  const plain = source ?? identifier ?? ''
  return Object.hasOwn(MODULES, plain) ? MODULES[plain] : undefined
}

/** Whether one of the two is loaded. `suppose`: nobody knows yet. Undefined for other modules, or where nothing tells. */
export function isTicketModule({ tickets }: Context, name: string): boolean | 'suppose' | undefined {
  const asked = ticketModule(name)
  if (asked === undefined) return undefined
  // One Apache has one of them.
  const known = tickets.module ?? tickets.evidence?.module
  return known === undefined ? (tickets.looking ? 'suppose' : undefined) : known === asked
}

/** Keeps what a section for one of them holds until it is known which it is. */
export function suppose({ tickets }: Context, tag: Section): void {
  const [name] = nextWord(tag.text)
  const module = ticketModule(name.replace(/^!/, '')) as TicketModule
  tickets.supposed.push({ tag, module, negated: name.startsWith('!') })
}

/** What a LoadModule line tells. False: it is the one that does not count. */
export function tellLoaded(context: Context, at: Directive, name: string): boolean {
  const module = ticketModule(name)
  if (module === undefined) return true
  const { given, module: known } = context.tickets
  if (given && module !== known) {
    context.notes.warn(at, `${at.name}: ${name} counts as not loaded: this is read as ${known}'s configuration`)
    return false
  }
  tell(context, { ...at, module, words: `${at.name} ${name}` })
  return true
}

function tell({ tickets }: Context, found: Evidence): void {
  if (tickets.given) return
  const { evidence } = tickets
  if (evidence === undefined) tickets.evidence = found
  else if (evidence.module !== found.module) throw contradiction(evidence, found)
}

function contradiction(one: Evidence, other: Evidence): Error {
  const text = `is for ${other.module}, and '${one.words}' of ${one.file}:${one.line} is for ${one.module}`
  return configError(other, other.words, `${text}; one Apache has one of them: ${HOW}`)
}

/** AuthType and the directives that only one of them has, of sections and all; what may be skipped tells nothing. */
function look(context: Context, statements: readonly Statement[], apart: ReadonlySet<Statement>): void {
  for (const statement of statements) {
    const { file, line, name, text } = statement
    if (apart.has(statement)) continue
    const signed = /^authtype$/i.test(name) && /^mod_auth_pubtkt$/i.test(nextWord(text)[0])
    const module = signed ? 'mod_auth_pubtkt' : ownerOf(name)
    if (module !== undefined && !context.skips(name))
      tell(context, { file, line, module, words: signed ? `${name} mod_auth_pubtkt` : name })
    if ('children' in statement && !context.skips(name)) look(context, statement.children, apart)
  }
}

/** Sections for a module that is nowhere else told to be loaded would have no sense without it. */
function lookAtSupposed(context: Context): void {
  for (const { tag, module, negated } of context.tickets.supposed) {
    if (!negated && tag.children.some(holdsAuth)) tell(context, { ...tag, module, words: `<${tag.name} ${tag.text}>` })
  }
}

/** What the main configuration tells. False: it has to be read again, now that it is known which it is. */
export function settleModule(context: Context, statements: readonly Statement[]): boolean {
  const { tickets } = context
  const apart = new Set(tickets.supposed.flatMap(({ tag }) => tag.children))
  look(context, statements, apart)
  if (tickets.evidence === undefined) lookAtSupposed(context)
  tickets.module ??= tickets.evidence?.module
  tickets.looking = false
  return tickets.supposed.length === 0
}

/** What a .htaccess file tells. */
export function settleFolder(context: Context, statements: readonly Statement[]): void {
  const { tickets } = context
  look(context, statements, new Set())
  if (tickets.module !== undefined) return
  tickets.module = tickets.evidence?.module
  tickets.late = tickets.module === 'mod_auth_pubtkt'
}

/** Takes over what a first reading told. */
export function handOver(from: ModuleSearch, to: ModuleSearch): void {
  to.module = from.module
  to.evidence = from.evidence
  to.looking = false
}

/** Why a directive that is the other module's is none here; undefined where it is not. */
export function foreign({ tickets: { module = 'mod_auth_tkt' } }: Context, name: string): string | undefined {
  const owner = ownerOf(name)
  if (owner === undefined || owner === module) return undefined
  return `is ${owner}'s, and this is read as ${module}'s configuration; ${HOW}`
}
