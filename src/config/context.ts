/** What the parts of the Apache reader share while one configuration is read. */

import type { AreaOptions } from '../policy/options.js'
import type { Files } from './files.js'
import { configError, createNotes, type Notes, type Place } from './notes.js'

export interface ApacheConfigOptions {
  /** What notes and errors call the text; relative names are looked up from its folder. Default `apache.conf`. */
  readonly file?: string | undefined
  /** How other files are read: Include, AuthGroupFile, .htaccess. Without it, what needs one is an error. */
  readonly files?: Files | undefined
  /** Names that count as defined (`-D NAME`, `Define NAME value`). */
  readonly defines?: Readonly<Record<string, string>> | undefined
  /** Values of `${NAME}` that nothing defines. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined
  /** Modules that count as loaded, besides those of LoadModule lines. Default: auth_tkt and Debian's own set. */
  readonly modules?: readonly string[] | undefined
  /** What IfVersion compares with. Default 2.4.62. */
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
}

/** Apache's built-in modules, the set that Debian switches on, and the one that this package replaces. */
const MODULES =
  `auth_tkt core http so unixd log_config logio version watchdog access_compat alias auth_basic authn_core authn_file
  authz_core authz_host authz_user authz_groupfile autoindex deflate dir env filter mime mpm_event negotiation
  reqtimeout setenvif status`.split(/\s+/)

export interface Context {
  readonly file: string
  readonly files: Files | undefined
  readonly notes: Notes
  readonly exact: boolean
  readonly inheritAll: boolean
  readonly inheritOldSecret: boolean
  readonly bareDigits: 'replace' | 'refuse'
  readonly version: string
  environment(name: string): string | undefined
  /** Grows with Define and LoadModule while the text is read. */
  readonly defines: Map<string, string>
  readonly modules: Set<string>
  /** Where each area comes from. */
  readonly areaPlaces: Map<AreaOptions, Place & { readonly name: string }>
  /** Folder that relative names start from (ServerRoot). */
  root: string | undefined
  /** May this construct be left out? */
  skips(name: string): boolean
}

export function createContext(options: ApacheConfigOptions): Context {
  const { file = 'apache.conf', files, defines = {}, environment = {}, compat = 'exact', version = '2.4.62' } = options
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
    version,
    environment: (name) => (environment[name] === undefined ? undefined : utf8Bytes(environment[name])),
    defines: new Map(Object.entries(defines).map(([name, value]) => [name, utf8Bytes(value)])),
    modules: new Set((options.modules ?? MODULES).map(moduleName)),
    areaPlaces: new Map(),
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

/** `mod_auth_tkt.c`, `auth_tkt_module` and `auth_tkt` are one module. */
export function moduleName(name: string): string {
  return name.toLowerCase().replace(/^mod_|\.c$|_module$/g, '')
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
