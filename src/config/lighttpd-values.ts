/** Values of lighttpd's configuration, and how `+` and `+=` put two of them together (configparser.y). */

import { configError, type Place } from './notes.js'

export type Value =
  | ({ readonly kind: 'text'; readonly text: string } & Place)
  | ({ readonly kind: 'integer'; readonly number: number } & Place)
  | ({ readonly kind: 'list'; readonly entries: readonly Entry[] } & Place)

export type List = Extract<Value, { kind: 'list' }>

/** One thing in a list. */
export interface Entry extends Place {
  /** Undefined: it has none (`"a"` rather than `"k" => "a"`). */
  readonly key: string | undefined
  readonly value: Value
}

/** More than any configuration has; a few lines of `+=` could otherwise fill the memory. */
const TEXT_MAX = 1 << 16
const ENTRIES_MAX = 10_000

/** `a + b`. `name` is whose value it becomes, for errors. */
export function joined(a: Value, b: Value, name: string): Value {
  if (a.kind === 'list' && b.kind === 'list') return joinedLists(a, b, name)
  if (a.kind === 'list' || b.kind === 'list') {
    throw configError(b, name, 'adds a list to what is none, or the other way round; write two of a kind')
  }
  if (a.kind === 'integer' && b.kind === 'integer') return { ...a, number: a.number + b.number }
  const text = textOf(a) + textOf(b)
  if (text.length > TEXT_MAX) throw configError(b, name, 'becomes longer than 64 KiB; write it shorter')
  return { kind: 'text', text, file: a.file, line: a.line }
}

function joinedLists(a: List, b: List, name: string): List {
  const entries = [...a.entries, ...b.entries]
  if (entries.length > ENTRIES_MAX) throw configError(b, name, 'becomes longer than 10000 entries; write it shorter')
  checkKeys(entries, name)
  return { ...a, entries }
}

/** A key stands once in a list; lighttpd does not start otherwise. */
export function checkKeys(entries: readonly Entry[], name: string): void {
  const seen = new Set<string>()
  for (const { key, ...place } of entries) {
    if (key === undefined) continue
    if (seen.has(key)) throw configError(place, name, 'has one key twice; lighttpd does not start so: take one out')
    seen.add(key)
  }
}

/** What an integer or a text is as text. */
export function textOf(value: Exclude<Value, List>): string {
  return value.kind === 'text' ? value.text : String(value.number)
}
