/** Looking into header lines as they came: names in any case, duplicates kept, order kept. */

/** Node's `rawHeaders` (name, value, name, value ...) or the same as pairs. */
export type HeaderLines = readonly string[] | readonly (readonly [name: string, value: string])[]

/** The lines as one flat list. */
export function flatHeaders(lines: HeaderLines): readonly string[] {
  if (typeof lines[0] === 'string' || lines.length === 0) return lines as readonly string[]
  // By hand: `flat` takes longer than all the rest of a decision.
  const flat: string[] = []
  for (const [name, value] of lines as readonly (readonly [string, string])[]) flat.push(name, value)
  return flat
}

/**
 * Whether `name` is `word`, which is in lower case. Without the string that `toLowerCase` makes; most names differ in
 * length or in the first char.
 */
export function isWord(name: string, word: string): boolean {
  if (name.length !== word.length) return false
  for (let i = 0; i < word.length; i++) {
    const code = name.charCodeAt(i)
    const wanted = word.charCodeAt(i)
    if (code !== wanted && (wanted < 0x61 || wanted > 0x7a || code !== wanted - 0x20)) return false
  }
  return true
}

/** The value of a header that stands once, or undefined. Several are joined with `, `, as Apache joins them. */
export function headerOf(flat: readonly string[], wanted: string): string | undefined {
  let found: string | undefined
  for (let i = 0; i < flat.length; i += 2) {
    if (!isWord(flat[i] as string, wanted)) continue
    const value = flat[i + 1] as string
    found = found === undefined ? value : `${found}, ${value}`
  }
  return found
}

/** White space that servers cut off around a value (RFC 9110 section 5.5). */
export function trimValue(value: string): string {
  let from = 0
  let end = value.length
  while (from < end && isBlank(value.charCodeAt(from))) from++
  while (end > from && isBlank(value.charCodeAt(end - 1))) end--
  return from === 0 && end === value.length ? value : value.slice(from, end)
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
const CONTROL = /[\0-\x08\x0a-\x1f\x7f]/

/** Whether a server refuses the header lines as they are: control bytes, or a name that is none (RFC 9110 section 5). */
export function hasBadLine(flat: readonly string[]): boolean {
  return flat.some((text, i) => (i % 2 === 0 ? !/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(text) : CONTROL.test(text)))
}
