/** Looking into header lines as they came: names in any case, duplicates kept, order kept. */

/** Node's `rawHeaders` (name, value, name, value ...) or the same as pairs. */
export type HeaderLines = readonly string[] | readonly (readonly [name: string, value: string])[]

/** The lines as one flat list. */
export function flatHeaders(lines: HeaderLines): readonly string[] {
  return typeof lines[0] === 'string' || lines.length === 0
    ? (lines as readonly string[])
    : (lines as readonly (readonly [string, string])[]).flat()
}

/** Whether `name` is the lower-case `wanted`; most names differ in length already. */
function isName(name: string, wanted: string): boolean {
  return name.length === wanted.length && (name === wanted || name.toLowerCase() === wanted)
}

/** The value of a header that stands once, or undefined. Several are joined with `, `, as Apache joins them. */
export function headerOf(flat: readonly string[], wanted: string): string | undefined {
  let found: string | undefined
  for (let i = 0; i < flat.length; i += 2) {
    if (!isName(flat[i] as string, wanted)) continue
    const value = flat[i + 1] as string
    found = found === undefined ? value : `${found}, ${value}`
  }
  return found
}

/** How many lines a header has. */
export function headerCount(flat: readonly string[], wanted: string): number {
  let count = 0
  for (let i = 0; i < flat.length; i += 2) if (isName(flat[i] as string, wanted)) count++
  return count
}

/** White space that servers cut off around a value (RFC 9110 section 5.5). */
export function trimValue(value: string): string {
  const first = value.charCodeAt(0)
  const last = value.charCodeAt(value.length - 1)
  const blank = first === 0x20 || first === 0x09 || last === 0x20 || last === 0x09
  return blank ? value.replace(/^[ \t]+|[ \t]+$/g, '') : value
}
