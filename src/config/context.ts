/** What the parts of the Apache reader share while one configuration is read. */

import type { AreaOptions } from '../policy/options.js'
import type { Files } from './files.js'
import type { FoundSources, PublicKeyOptions } from './keyring.js'
import type { TicketModule } from './known.js'
import type { Survey } from './leading.js'
import { configError, createNotes, type Notes, type Place } from './notes.js'
import { createModuleSearch, type ModuleSearch } from './ticket-module.js'

export interface ApacheConfigOptions {
  /** What notes and errors call the text; relative names are looked up from its folder. Default `apache.conf`. */
  readonly file?: string | undefined
  /** How other files are read: Include, AuthGroupFile, .htaccess. Without it, what needs one is an error. */
  readonly files?: Files | undefined
  /** Names that count as defined (`-D NAME`, `Define NAME value`). */
  readonly defines?: Readonly<Record<string, string>> | undefined
  /** Values of `${NAME}` that nothing defines. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined
  /** Modules that count as loaded, besides those of LoadModule lines. Default: Debian's own set, and that of the tickets. */
  readonly modules?: readonly string[] | undefined
  /**
   * Whose the directives are that begin with TKTAuth. Default: what AuthType, LoadModule and the directives of one alone
   * tell; where nothing does, mod_auth_tkt.
   */
  readonly module?: TicketModule | undefined
  /** What IfVersion compares with. Without it, nobody can know what such a section does. */
  readonly version?: string | undefined
  /** Directives and sections that may be left out although they bear on who may enter. What is left out denies. */
  readonly allowSkipped?: readonly string[] | undefined
  /** Which defaults apply. Default `exact`: the module's own. */
  readonly compat?: 'exact' | 'hardened' | undefined
  /** Sections inherit CookieName, BackArgName and TimeoutRefresh as they do the rest (A7). Default: when hardened. */
  readonly inheritAll?: boolean | undefined
  /** A host with a secret of its own still accepts the main server's old one (A8). Default: when exact. */
  readonly inheritOldSecret?: boolean | undefined
  /** A bare number among the arguments of TKTAuthTimeout replaces what stood before it (A10). Default: when exact. */
  readonly bareDigits?: 'replace' | 'refuse' | undefined
  /**
   * What hardened makes of weak keys of signed tickets (P8): an error, or, where the result is only to be written down
   * (`toJson`), a warning. Default `refuse`.
   */
  readonly weakKeys?: 'refuse' | 'leave' | undefined
}

/** Apache's built-in modules, and the one that this package replaces. */
const BUILT_IN = 'auth_tkt core http so unixd log_config logio version watchdog'.split(' ')
/** The set that Debian switches on: what a part of a configuration counts on. */
const USUAL =
  `access_compat alias auth_basic authn_core authn_file authz_core authz_host authz_user authz_groupfile autoindex deflate
  dir env filter mime mpm_event negotiation reqtimeout setenvif status`.split(/\s+/)

export interface Context {
  readonly file: string
  readonly files: Files | undefined
  readonly notes: Notes
  readonly exact: boolean
  readonly inheritAll: boolean
  readonly inheritOldSecret: boolean
  readonly bareDigits: 'replace' | 'refuse'
  readonly weakKeys: 'refuse' | 'leave'
  readonly version: string | undefined
  environment(name: string): string | undefined
  /** Grows with Define and LoadModule while the text is read. */
  readonly defines: Map<string, string>
  readonly modules: Set<string>
  /** Those of LoadModule lines. */
  readonly loaded: Set<string>
  /** Which of the two modules for tickets it is. */
  readonly tickets: ModuleSearch
  readonly keySources: FoundSources
  /** All modules are known: those that are not among them are not loaded. */
  complete: boolean
  /** The TKTAuthPublicKey of each public key. */
  readonly keyPlaces: Map<PublicKeyOptions, Place>
  /** Where each area comes from. */
  readonly areaPlaces: Map<AreaOptions, Place & { readonly name: string }>
  /** Directives that stand in a section that keeps somebody out: what is unknown there may be a rule, too. */
  readonly guarded: Set<object>
  /** What the main configuration and each .htaccess file have that leads elsewhere, or keeps somebody out. */
  readonly surveys: Survey[]
  /** Folder that relative names start from (ServerRoot). */
  root: string | undefined
  /** May this construct be left out? */
  skips(name: string): boolean
}

export function createContext(options: ApacheConfigOptions): Context {
  const { file = 'apache.conf', files, defines = {}, environment = {}, compat = 'exact' } = options
  const exact = compat === 'exact'
  const skips = new Set(options.allowSkipped?.map(plainName))
  return {
    file,
    files,
    notes: createNotes(),
    exact,
    inheritAll: options.inheritAll ?? !exact,
    inheritOldSecret: options.inheritOldSecret ?? exact,
    bareDigits: options.bareDigits ?? (exact ? 'replace' : 'refuse'),
    weakKeys: options.weakKeys ?? 'refuse',
    version: options.version,
    environment(name) {
      const value = ownValue(environment, name)
      return value === undefined ? undefined : utf8Bytes(value)
    },
    defines: new Map(Object.entries(defines).map(([name, value]) => [name, utf8Bytes(value)])),
    modules: new Set((options.modules ?? [...BUILT_IN, ...USUAL]).map(moduleName)),
    loaded: new Set(),
    tickets: createModuleSearch(options),
    keySources: new Map(),
    keyPlaces: new Map(),
    complete: options.modules !== undefined,
    areaPlaces: new Map(),
    guarded: new Set(),
    surveys: [],
    root: undefined,
    skips: (name) => skips.has(plainName(name)),
  }
}

/** Text from outside as the bytes that Apache would see, one char each. */
export function utf8Bytes(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('')
}

/** `<Limit>`, `Limit` and `limit` are one name. */
function plainName(name: string): string {
  return name.toLowerCase().replace(/^<\/?|>$/g, '')
}

/** A variable of the environment; `__proto__` and its like are none. */
export function ownValue(environment: Readonly<Record<string, string | undefined>>, name: string): string | undefined {
  const value: unknown = Object.hasOwn(environment, name) ? environment[name] : undefined
  return typeof value === 'string' ? value : undefined
}

/** Modules whose source is not called `mod_NAME.c`, by its name. */
const SOURCES = new Map([
  ['core.c', 'core'],
  ['http_core.c', 'http'],
  ['event.c', 'mpm_event'],
  ['worker.c', 'mpm_worker'],
  ['prefork.c', 'mpm_prefork'],
  ['util_ldap.c', 'ldap'],
])

/** `mod_auth_tkt.c`, `auth_tkt_module` and `auth_tkt` are one module in options; capitals count, as in Apache. */
export function moduleName(name: string): string {
  return SOURCES.get(name) ?? name.replace(/^mod_|\.c$|_module$/g, '')
}

/**
 * A LoadModule line. Nothing works without authz_core: a configuration that loads it is a whole one, and what it does
 * not load is not there.
 */
export function loadModule(context: Context, name: string): void {
  const module = moduleName(name)
  context.loaded.add(module)
  if (module === 'authz_core' && !context.complete) {
    context.complete = true
    for (const usual of USUAL) if (!context.loaded.has(usual)) context.modules.delete(usual)
  }
  context.modules.add(module)
}

/** Is this the exact name, of source or of module, of one that is loaded? Apache knows a module by no other. */
export function isLoaded(context: Context, name: string): boolean {
  if (SOURCES.has(name)) return context.modules.has(moduleName(name))
  const [, source, identifier] = /^(?:mod_(.+)\.c|(.+)_module)$/.exec(name) ?? []
  if (source !== undefined && [...SOURCES.values()].includes(source)) return false
  return context.modules.has(source ?? identifier ?? '')
}

/** The file access, or an error at the directive that cannot do without. */
export function filesFor(context: Context, place: Place, subject: string): Files {
  if (context.files) return context.files
  throw configError(place, subject, 'names another file, and no file access was given; pass `files`')
}

/** What a relative name means: from ServerRoot, else from the folder of the configuration. */
export function absolute(context: Context, name: string): string {
  if (name.startsWith('/')) return name
  const root = context.root ?? (context.file.includes('/') ? context.file.replace(/\/[^/]*$/, '') : '.')
  return `${root.replace(/\/$/, '')}/${name}`
}

/** From where a name was looked up that is not there: without ServerRoot Apache has one that is compiled in. */
export function lookedUp({ root, file }: Context, name: string): string {
  if (name.startsWith('/')) return ''
  if (root !== undefined) return ` (${name} below ServerRoot)`
  return ` (no ServerRoot is set: ${name} is looked up beside ${file})`
}
