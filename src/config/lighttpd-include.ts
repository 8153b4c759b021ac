/** `include` and `include_shell` of lighttpd: other files are read in their place, programs are never run. */

import { normalize } from 'node:path/posix'
import { type Context, filesFor } from './context.js'
import { forbidSkipping } from './guarding.js'
import type { Token } from './lighttpd-tokens.js'
import { configError } from './notes.js'
import { attempt, type Directive } from './tree.js'

export interface Includes {
  /** The files that are being read, from the outermost. */
  readonly around: string[]
  count: number
}

/** Deeper or more, and it is one that includes itself. */
const DEPTH_MAX = 16
const COUNT_MAX = 1000
/** Debian's own: MIME types, and whether to listen on IPv6. */
const HARMLESS_PROGRAM = /^\S*\/(?:create-mime(?:\.assign|\.conf)?\.pl|use-ipv6\.pl)(?:\s+\d+)?$/

/** Relative names count from the folder of the main file, wherever the line stands, as in lighttpd. */
export function includeFile(
  context: Context,
  includes: Includes,
  at: Token,
  name: string,
  read: (text: string, file: string) => void,
): void {
  const files = filesFor(context, at, 'include')
  const folder = context.file.includes('/') ? context.file.replace(/[^/]*$/, '') : ''
  const path = name.startsWith('/') ? name : folder + name
  if (/[{}]/.test(path)) throw configError(at, 'include', 'has a name with braces; write a line for each')
  const found = attempt(at, 'include', 'cannot be read', () => files.glob(path))
  const plain = !/[*?[]/.test(path)
  if (found.some((file) => depthOf(file) !== depthOf(path)) || (plain && found.length === 0 && files.exists(path))) {
    throw configError(at, 'include', `'${path}' is or matches a folder, which lighttpd does not read; add /*.conf`)
  }
  if (plain && found.length === 0) {
    throw configError(at, 'include', `names a file that does not exist: '${path}'; correct its name`)
  }
  for (const file of found) {
    if (includes.around.includes(file) || includes.around.length > DEPTH_MAX || ++includes.count > COUNT_MAX) {
      throw configError(at, 'include', 'goes round in a circle, or too deep; take it out')
    }
    const text = attempt(at, 'include', 'cannot be read', () => files.readText(file))
    includes.around.push(file)
    read(text, file)
    includes.around.pop()
  }
}

/** Of a folder, all files below it are found. */
function depthOf(path: string): number {
  return normalize(path).split('/').length
}

/** What a program would print is part of the configuration: nobody knows what it says of who may enter. */
export function noteShell(context: Context, at: Directive): void {
  if (HARMLESS_PROGRAM.test(at.text)) context.notes.skipped(at, at.name)
  else
    forbidSkipping(context, at, at.name, 'is not run here, and may say who may enter; put what it prints into a file')
}
