/** Where the keys of signed tickets can stand: in the configuration, a file or the environment; never told, only named. */

import { fail, isObject, type Reading } from './json.js'
import { publicKeyIn } from './public-keys.js'
import { apacheArgument, bytesOf, fromNamedVariable, readNamed, warnOfPlainText } from './secret-references.js'

type Path = readonly PropertyKey[]

/** No key that anybody uses comes near it. */
const MAX_CHARS = 65_536
const FORMS = '{ "file": "..." } or { "env": "..." }'

/** A key that everybody may see. In a file other things may stand beside it, as they may for the C module. */
export function readPublicKey(reading: Reading, value: unknown, path: Path): string {
  const given = textOf(reading, value, path, undefined)
  if (typeof value === 'string') return given
  return (
    publicKeyIn(given)?.text ?? fail(reading, path, 'holds no public key in PEM (BEGIN PUBLIC KEY); name another file')
  )
}

export function readPrivateKey(reading: Reading, value: unknown, path: Path): string {
  return textOf(reading, value, path, 'privateKey')
}

/** `secret`: what it is called where others than its owner can read it. */
function textOf(reading: Reading, value: unknown, path: Path, secret: string | undefined): string {
  const text = given(reading, value, path, secret)
  if (text === undefined) return fail(reading, path, `must be a text in PEM, ${FORMS}`)
  if (text.length === 0) fail(reading, path, 'is empty; a key is a text in PEM')
  if (text.length > MAX_CHARS) fail(reading, path, 'is too long to be a key')
  return text
}

/** A text, and those that a file and a variable hold; undefined for other forms. */
function given(reading: Reading, value: unknown, path: Path, secret: string | undefined): string | undefined {
  if (typeof value === 'string') {
    if (secret !== undefined) warnOfPlainText(reading, secret, path)
    return value
  }
  if (!isObject(value)) return undefined
  const names = Object.keys(value).join()
  if (names === 'file' && typeof value.file === 'string') return readNamed(reading, value.file, path, secret)
  if (names === 'env' && typeof value.env === 'string') return fromNamedVariable(reading, value.env, path)
  return undefined
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
  const text = given(reading, value, path, 'passthruKey')
  if (text === undefined)
    return fail(reading, path, `must be a text, ${FORMS.replace(' or', ',')} or { "apacheFile": "...", "line": 1 }`)
  if (file === undefined) return sixteen(reading, new TextEncoder().encode(text), path)
  return sixteen(reading, bytesOf(text.length > 16 ? text.replace(/\r?\n$/, '') : text), path)
}

function sixteen(reading: Reading, bytes: Uint8Array<ArrayBuffer>, path: Path): Uint8Array<ArrayBuffer> {
  return bytes.length === 16 ? bytes : fail(reading, path, `has ${bytes.length} bytes; it must have 16`)
}
