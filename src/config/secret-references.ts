/** Where a secret can stand: a file, the environment, a line of Apache's or lighttpd's configuration; never told, only named. */

import { logicalLines } from '../policy/lines.js'
import { ownValue, utf8Bytes } from './context.js'
import type { Files } from './files.js'
import { fail, isObject, type Reading } from './json.js'
import { secretsIn } from './lighttpd-secrets.js'
import { expand, nextWord, splitName, words } from './words.js'

type Path = readonly PropertyKey[]

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/
/** Of a file's name between slashes, on all file systems that are in use. */
const NAME_MAX = 255

/** The secret that a reference leads to. A plain string is the secret itself. */
export function readSecret(reading: Reading, value: unknown, path: Path): string | Uint8Array<ArrayBuffer> {
  if (typeof value === 'string') {
    warnOfPlainText(reading, 'secret', path)
    return checkLength(reading, path, value)
  }
  if (isObject(value)) {
    const names = Object.keys(value).sort().join()
    if (names === 'file' && typeof value.file === 'string') return secretFile(reading, value.file, path)
    if (names === 'env' && typeof value.env === 'string') return environmentSecret(reading, value.env, path)
    const { apacheFile, line } = value
    if (names === 'apacheFile,line' && typeof apacheFile === 'string' && typeof line === 'number') {
      return apacheSecret(reading, apacheFile, line, path)
    }
    if (typeof value.lighttpdFile === 'string') {
      const { lighttpdFile: main, included = main, line: at, option, ...rest } = value
      const known = option === undefined || option === 'secret' || option === 'secret-old'
      if (known && typeof included === 'string' && typeof at === 'number' && Object.keys(rest).length === 0) {
        return lighttpdSecret(reading, { main, included, line: at, option: option ?? 'secret' }, path)
      }
    }
  }
  return fail(
    reading,
    path,
    'must be { "file": "..." }, { "env": "..." }, { "apacheFile": "...", "line": 1 } or { "lighttpdFile": "...", "line": 1 }',
  )
}

/** A text that should not stand where the whole configuration is read. */
export function warnOfPlainText(reading: Reading, what: string, path: Path): void {
  const place = { file: reading.file, line: reading.positions.lineOf(path) }
  reading.notes.warn(place, `${what}: stands in the configuration itself; move it to a file of its own and name that`)
}

/** The bytes of a file without one line end at the end. */
function secretFile(reading: Reading, name: string, path: Path): Uint8Array<ArrayBuffer> {
  const text = readNamed(reading, name, path, 'secret').replace(/\r?\n$/, '')
  return bytesOf(checkLength(reading, path, text))
}

function environmentSecret(reading: Reading, name: string, path: Path): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(checkLength(reading, path, fromNamedVariable(reading, name, path)))
}

export function fromNamedVariable(reading: Reading, name: string, path: Path): string {
  const value = ownValue(reading.environment, name)
  if (value !== undefined) return value
  // What is no name may be the secret itself.
  if (!VARIABLE.test(name)) fail(reading, path, 'names no environment variable; write the name of one, not its value')
  return fail(reading, path, `the environment has no ${name}; set it`)
}

function apacheSecret(reading: Reading, name: string, line: number, path: Path): Uint8Array<ArrayBuffer> {
  const secret = apacheArgument(reading, { name, line, path, what: 'secret' }, ['TKTAuthSecret', 'TKTAuthSecretOld'])
  return bytesOf(checkLength(reading, path, secret))
}

interface ApacheLine {
  readonly name: string
  readonly line: number
  readonly path: Path
  readonly what: string
}

/** The argument of one of the directives on a line of an Apache configuration. */
export function apacheArgument(
  reading: Reading,
  { name, line, path, what }: ApacheLine,
  directives: readonly string[],
): string {
  const lines = logicalLines(readNamed(reading, name, path, what))
  const [directive, rest] = splitName(lines.find((one) => one.line === line)?.text ?? '-')
  if (!directives.some((one) => one.toLowerCase() === directive.toLowerCase())) {
    fail(reading, path, `'${name}' has no ${directives[0]} on line ${line}; correct the line, or convert it again`)
  }
  const defined = new Map(
    lines
      .map(({ text }) => splitName(text))
      .filter(([word]) => /^define$/i.test(word))
      .map(([, text]) => {
        const [variable = '', value = ''] = words(text)
        return [variable, value]
      }),
  )
  const lookup = (variable: string) => defined.get(variable) ?? fromEnvironment(reading, variable)
  const place = { file: reading.file, line: reading.positions.lineOf(path) }
  // What looks like a name may be a part of the secret: it is not told.
  const note = `${what}: a \${...} in '${name}' is not defined and stands as it is, as in Apache`
  const text = expand(rest, lookup, () => reading.notes.warn(place, note))
  return nextWord(text)[0]
}

interface LighttpdReference {
  readonly main: string
  /** The file that the line is in: `main`, or one that it includes. */
  readonly included: string
  readonly line: number
  readonly option: 'secret' | 'secret-old'
}

/** `secret` or `secret-old` on a line of a lighttpd configuration, with the variables that it may be made of. */
function lighttpdSecret(reading: Reading, { main, included, line, option }: LighttpdReference, path: Path) {
  const text = readNamed(reading, main, path, 'secret')
  checkName(reading, included, path)
  const file = fromFolder(reading.file, main)
  const within = fromFolder(reading.file, included)
  const { files, environment } = reading
  const found = secretsIn(text, { file, files, environment }, option).filter(
    (one) => one.file === within && one.line === line,
  )
  const [first] = found
  if (first === undefined) {
    return fail(reading, path, `'${included}' has no ${option} on line ${line}; correct the line, or convert it again`)
  }
  if (found.some((one) => one.text !== first.text)) {
    return fail(reading, path, `'${included}' has several on line ${line}; write each on a line of its own`)
  }
  return bytesOf(checkLength(reading, path, first.text))
}

function fromEnvironment({ environment }: Reading, name: string): string | undefined {
  const value = ownValue(environment, name)
  return value === undefined ? undefined : utf8Bytes(value)
}

/** The text of a file that is named. `what`: it is one to be kept from others than its owner. */
export function readNamed(reading: Reading, name: string, path: Path, what: string | undefined): string {
  const { files } = reading
  checkName(reading, name, path)
  if (!files) return fail(reading, path, 'names a file, and no file access was given; pass `files`')
  const file = fromFolder(reading.file, name)
  try {
    const text = files.readText(file)
    if (what !== undefined) warnOfOpenFile(reading, files, file, path, what)
    return text
  } catch (error) {
    return fail(reading, path, `'${name}' cannot be read; check that it exists and may be read`, error)
  }
}

/** Before anything is done with it: messages, and the causes of errors, tell names. */
function checkName(reading: Reading, name: string, path: Path): void {
  const last = name.slice(name.lastIndexOf('/') + 1)
  if (!/[\r\n]|-----BEGIN/.test(name) && last.length <= NAME_MAX) return
  fail(reading, path, 'names no file; it looks like the key itself: put that into a file, and name it here')
}

function warnOfOpenFile(reading: Reading, files: Files, file: string, path: Path, what: string): void {
  if (!files.isOpen(file)) return
  const place = { file: reading.file, line: reading.positions.lineOf(path) }
  reading.notes.warn(place, `${what}: others than its owner can read '${file}'; chmod 600 it`)
}

function checkLength(reading: Reading, path: Path, text: string): string {
  if (text.length === 0) fail(reading, path, 'is empty; a secret has 1 to 1024 bytes')
  if (text.length > 1024) fail(reading, path, 'is too long; a secret has 1 to 1024 bytes')
  return text
}

export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (char) => char.charCodeAt(0))
}

/** A name that is not absolute begins at the folder of the file that has it. */
export function fromFolder(file: string, name: string): string {
  if (name.startsWith('/') || !file.includes('/')) return name
  return `${file.slice(0, file.lastIndexOf('/') + 1)}${name}`
}
