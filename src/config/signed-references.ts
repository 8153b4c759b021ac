/** Where the keys of signed tickets can stand: in the configuration, a file or the environment; never told, only named. */

import { isKeyLike, privateTrouble, publicTrouble } from '../pubtkt/key-trouble.js'
import { fail, isObject, type Reading } from './json.js'
import { publicKeyIn } from './public-keys.js'
import {
  apacheArgument,
  bytesOf,
  fromFolder,
  fromNamedVariable,
  readNamed,
  warnOfPlainText,
} from './secret-references.js'

type Path = readonly PropertyKey[]

/** No key that anybody uses comes near it. */
const MAX_CHARS = 65_536
const FORMS = '{ "file": "..." } or { "env": "..." }'

/** A text, and where it was found: what messages call that, and the file for commands. */
interface Given {
  readonly text: string
  readonly name?: string
  readonly file?: string
}

/** A key that everybody may see. In a file other things may stand beside it, as they may for the C module. */
export function readPublicKey(reading: Reading, value: unknown, path: Path): string {
  const found = keyText(reading, value, path, undefined)
  // What stands in the configuration itself is the guard's to check: nothing may stand beside it there.
  if (found.name === undefined) return found.text
  const key = publicKeyIn(found.text)
  if (key !== undefined) return key.text
  const trouble = publicTrouble(found.text, found.file ?? 'FILE')
  const damaged = 'holds no public key in PEM (BEGIN PUBLIC KEY) that can be read; name another file'
  return fail(reading, path, trouble === undefined ? `${found.name} ${damaged}` : `${found.name}: ${trouble}`)
}

export function readPrivateKey(reading: Reading, value: unknown, path: Path): string {
  const { text, name, file = 'FILE' } = keyText(reading, value, path, 'privateKey')
  const trouble = name === undefined ? undefined : privateTrouble(text, file)
  return trouble === undefined ? text : fail(reading, path, `${name}: ${trouble}`)
}

/** `secret`: what it is called where others than its owner can read it. */
function keyText(reading: Reading, value: unknown, path: Path, secret: string | undefined): Given {
  const found = given(reading, value, path, secret)
  if (found === undefined) return fail(reading, path, `must be a text in PEM, ${FORMS}`)
  const { text, name } = found
  if (text.length > MAX_CHARS) fail(reading, path, `${name ?? 'this'}: is too long to be a key`)
  if (name === undefined && !isKeyLike(text)) {
    fail(reading, path, 'is no text in PEM; to name a file, write { "file": "..." }')
  }
  return found
}

/** A text, and those that a file and a variable hold; undefined for other forms. */
function given(reading: Reading, value: unknown, path: Path, secret: string | undefined): Given | undefined {
  if (typeof value === 'string') {
    if (secret !== undefined) warnOfPlainText(reading, secret, path)
    return { text: value }
  }
  if (!isObject(value)) return undefined
  const { file, env } = value
  const names = Object.keys(value).join()
  if (names === 'file' && typeof file === 'string') {
    const text = readNamed(reading, file, path, secret)
    return { text, name: `'${file}'`, file: fromFolder(reading.file, file) }
  }
  if (names !== 'env' || typeof env !== 'string') return undefined
  return { text: fromNamedVariable(reading, env, path), name: env }
}

/** Sixteen bytes; a file may have a line end behind them. */
export function readPassthruKey(reading: Reading, value: unknown, path: Path): Uint8Array<ArrayBuffer> {
  const { file, apacheFile, line } = isObject(value) ? value : {}
  if (isObject(value) && Object.keys(value).sort().join() === 'apacheFile,line') {
    if (typeof apacheFile === 'string' && typeof line === 'number') {
      const where = { name: apacheFile, line, path, what: 'passthruKey' }
      return sixteen(reading, bytesOf(apacheArgument(reading, where, ['TKTAuthPassthruBasicKey'])), path)
    }
  }
  const text = given(reading, value, path, 'passthruKey')?.text
  if (text === undefined)
    return fail(reading, path, `must be a text, ${FORMS.replace(' or', ',')} or { "apacheFile": "...", "line": 1 }`)
  if (file === undefined) return sixteen(reading, new TextEncoder().encode(text), path)
  return sixteen(reading, bytesOf(text.length > 16 ? text.replace(/\r?\n$/, '') : text), path)
}

function sixteen(reading: Reading, bytes: Uint8Array<ArrayBuffer>, path: Path): Uint8Array<ArrayBuffer> {
  return bytes.length === 16 ? bytes : fail(reading, path, `has ${bytes.length} bytes; it must have 16`)
}
