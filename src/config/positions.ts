/** JSON with comments, as plain values that know their lines. */

import { parse } from '@humanwhocodes/momoa'
import { placeOf } from '../policy/options.js'
import { configError } from './notes.js'

export interface Positioned {
  readonly value: unknown
  /** The line of what a path leads to, or of the nearest thing around it that is there. */
  lineOf(path: readonly PropertyKey[]): number
}

type Node = ReturnType<typeof parse>['body']
interface Walk {
  readonly file: string
  readonly lines: Map<string, number>
}

/** One line for every mistake in the syntax; a key that stands twice is one. */
export function parsePositioned(text: string, file: string): Positioned {
  const walk: Walk = { file, lines: new Map() }
  const value = plain(walk, parseText(text, file), [])
  return {
    value,
    lineOf(path) {
      for (let length = path.length; length > 0; length--) {
        const line = walk.lines.get(JSON.stringify(path.slice(0, length)))
        if (line !== undefined) return line
      }
      return 1
    },
  }
}

function parseText(text: string, file: string): Node {
  try {
    return parse(text, { mode: 'jsonc' }).body
  } catch (error) {
    // The parser's own message repeats what it found, which may be part of a secret.
    const { line = 1, column } = error as { line?: number; column?: number }
    const where = column === undefined ? '' : ` at column ${column}`
    throw configError({ file, line }, 'JSON', `cannot be read${where}; look for a missing comma, quote or bracket`)
  }
}

function plain(walk: Walk, node: Node, path: readonly PropertyKey[]): unknown {
  if (!walk.lines.has(JSON.stringify(path))) walk.lines.set(JSON.stringify(path), node.loc.start.line)
  if (node.type === 'Array') return node.elements.map((element, index) => plain(walk, element.value, [...path, index]))
  if (node.type === 'Object') return plainObject(walk, node, path)
  return node.type === 'Null' ? null : 'value' in node ? node.value : undefined
}

function plainObject(walk: Walk, node: Extract<Node, { type: 'Object' }>, path: readonly PropertyKey[]): unknown {
  const entries = new Map<string, unknown>()
  for (const { name, value, loc } of node.members) {
    const key = name.type === 'String' ? name.value : name.name
    const inner = [...path, key]
    const place = { file: walk.file, line: loc.start.line }
    if (entries.has(key))
      throw configError(place, placeOf(inner), 'stands here for the second time; take one of them out')
    walk.lines.set(JSON.stringify(inner), loc.start.line)
    entries.set(key, plain(walk, value, inner))
  }
  return Object.fromEntries(entries)
}
