/** The logical lines of Apache's files, as ap_cfg_getline reads them: configurations, group files and password files. */

export interface Line {
  /** Without white space at either end; continuation lines joined. */
  readonly text: string
  /** Number of the physical line that it begins on. */
  readonly line: number
}

/** The lines that say something. A backslash at the end of a line continues it, also that of a comment. */
export function logicalLines(text: string): Line[] {
  const lines: Line[] = []
  let joined = ''
  let start = 1
  const physical = text.split('\n')
  for (const [index, raw] of physical.entries()) {
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw
    if (line.endsWith('\\') && index + 1 < physical.length) {
      joined += line.slice(0, -1)
      continue
    }
    const whole = trim(joined + line)
    if (whole !== '' && !whole.startsWith('#')) lines.push({ text: whole, line: start })
    joined = ''
    start = index + 2
  }
  return lines
}

/** White space of C's isspace: a no-break space is a letter here. */
function trim(text: string): string {
  let end = text.length
  // A regular expression for the end would start anew at every blank in the middle.
  while (end > 0 && ' \t\v\f\r'.includes(text[end - 1] as string)) end--
  return text.slice(0, end).replace(/^[ \t\v\f\r]+/, '')
}
