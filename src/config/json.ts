/** Our own configuration: the guard's options as JSON with comments; secrets and groups may stand elsewhere. */

import { readGroups } from '../policy/groups.js'
import { allProblems } from '../policy/key-problems.js'
import { checkOptions, type GuardOptions, placeOf } from '../policy/options.js'
import type { Files } from './files.js'
import { BESIDE, guardPart, loginPart } from './json-parts.js'
import { servingOf } from './json-serving.js'
import { type LoginConfig, loginOf } from './login.js'
import { configError, createNotes, type Note, type Notes } from './notes.js'
import { type Positioned, parsePositioned } from './positions.js'
import { fromFolder, readSecret } from './secret-references.js'
import type { Serving } from './serving.js'
import { readPassthruKey, readPrivateKey, readPublicKey } from './signed-references.js'

export interface ConfigOptions {
  /** What notes and errors call the text; relative names are looked up from its folder. Default `authtkt.json`. */
  readonly file?: string | undefined
  /** How other files are read. Without it, what names one is an error. */
  readonly files?: Files | undefined
  /** Where `{ "env": ... }` is looked up. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined
}

export interface Config {
  readonly options: GuardOptions
  /** What a gateway has beside its guard. */
  readonly serving: Serving
  readonly notes: Note[]
}

type Path = readonly PropertyKey[]
type Values = Record<string, unknown>

/** What the parts share while one text is read. */
export interface Reading {
  readonly file: string
  readonly files: Files | undefined
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly notes: Notes
  readonly positions: Positioned
}

/** The guard's options and what an operator should know. Every mistake is one line: file, line, place, fix. */
export function readConfig(
  text: string,
  { file = 'authtkt.json', files, environment = {} }: ConfigOptions = {},
): Config {
  const positions = parsePositioned(text, file)
  const reading: Reading = { file, files, environment, notes: createNotes(), positions }
  const { value } = positions
  if (!isObject(value)) throw configError({ file, line: 1 }, 'JSON', 'must be an object: { "keys": [...], ... }')
  const { $schema, ...options } = value
  if ($schema !== undefined && typeof $schema !== 'string') fail(reading, ['$schema'], 'must be an URL or a path')
  if (options.signatures !== undefined) {
    fail(
      reading,
      ['signatures'],
      'is for programs that call createGuard; take it out: node:crypto checks signatures here',
    )
  }
  const whole = resolveAll(reading, guardPart(options), [])
  check(reading, whole)
  const serving = servingOf(reading, options)
  return { options: whole as GuardOptions, serving, notes: reading.notes.list() }
}

/** How people sign in, alone in a file: what `login` is in the whole configuration. */
export function readLogin(
  text: string,
  { file = 'login.json', files, environment = {} }: ConfigOptions = {},
): { readonly config: LoginConfig; readonly notes: Note[] } {
  const positions = parsePositioned(text, file)
  const reading: Reading = { file, files, environment, notes: createNotes(), positions }
  const { value } = positions
  if (!isObject(value))
    throw configError({ file, line: 1 }, 'JSON', 'must be an object: { "authenticators": [...], ... }')
  const { $schema: _, ...parts } = value
  return { config: loginOf(reading, loginPart(reading, parts), [], `${file}:1: login`), notes: reading.notes.list() }
}

/** The error at a place of the text. */
export function fail(reading: Reading, path: Path, message: string, cause?: unknown): never {
  throw configError({ file: reading.file, line: reading.positions.lineOf(path) }, placeOf(path), message, cause)
}

export function isObject(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function check(reading: Reading, options: Values): void {
  const checked = checkOptions(options, BESIDE)
  const issues =
    'issues' in checked ? checked.issues : allProblems(checked.options, checked.options.compat ?? 'hardened', true)
  const [first] = issues
  if (first) fail(reading, first.path, first.message)
}

/** References replaced by what they lead to, wherever they may stand. */
function resolveAll(reading: Reading, level: Values, path: Path): Values {
  const resolved: Values = { ...level }
  if (isObject(level.groups)) resolved.groups = resolveGroups(reading, level.groups, [...path, 'groups'])
  each(level.keys, (key, index) => {
    if ('secret' in key)
      replace(resolved, 'keys', index, {
        ...key,
        secret: readSecret(reading, key.secret, [...path, 'keys', index, 'secret']),
      })
  })
  resolveSigned(reading, resolved, path)
  for (const name of ['areas', 'hosts']) {
    each(level[name], (inner, index) =>
      replace(resolved, name, index, resolveAll(reading, inner, [...path, name, index])),
    )
  }
  return resolved
}

/** The keys of signed tickets, which may stand wherever a ring may. */
function resolveSigned(reading: Reading, level: Values, path: Path): void {
  each(level.publicKeys, (key, index) => {
    const place = [...path, 'publicKeys', index, 'publicKey']
    if ('publicKey' in key)
      replace(level, 'publicKeys', index, { ...key, publicKey: readPublicKey(reading, key.publicKey, place) })
  })
  const { signingKey, passthruKey } = level
  if (isObject(signingKey) && 'privateKey' in signingKey) {
    const privateKey = readPrivateKey(reading, signingKey.privateKey, [...path, 'signingKey', 'privateKey'])
    level.signingKey = { ...signingKey, privateKey }
  }
  if (passthruKey !== undefined) level.passthruKey = readPassthruKey(reading, passthruKey, [...path, 'passthruKey'])
}

function each(list: unknown, run: (entry: Values, index: number) => void): void {
  if (!Array.isArray(list)) return
  for (const [index, entry] of list.entries()) if (isObject(entry)) run(entry, index)
}

function replace(level: Values, name: string, index: number, entry: Values): void {
  level[name] = (level[name] as unknown[]).with(index, entry)
}

/** `{ "file": ... }`, in Apache's format; a group called file has a list. */
function resolveGroups(reading: Reading, groups: Values, path: Path): Values {
  const { file: name, ...more } = groups
  if (typeof name !== 'string') return groups
  if (Object.keys(more).length > 0) fail(reading, path, 'has more than "file"; put the groups into that file')
  const { files } = reading
  if (!files) return fail(reading, path, 'names a file, and no file access was given; pass `files`')
  try {
    return readGroups(files.readText(fromFolder(reading.file, name)))
  } catch (error) {
    return fail(reading, path, `'${name}' cannot be read; check that it exists and may be read`, error)
  }
}
