/** Wildcards of Apache's sections (apr_fnmatch with APR_FNM_PATHNAME) as JavaScript patterns. */

/** Does Apache take the text for wildcards (apr_fnmatch_test)? A backslash alone does not make it so. */
export function isGlob(text: string): boolean {
  return /[*?]|\[.*\]/s.test(text.replace(/\\[\s\S]/g, ''))
}

/** The wildcards as a pattern without anchors; neither `*` nor `?` nor a set matches a slash. */
export function globPattern(glob: string): string {
  return segmentsOf(glob).map(segmentPattern).join('/')
}

/**
 * The pieces between the stars of one part of a path. All but the last are taken where they come first, as fnmatch does:
 * trying all their places again and again would cost a power of the path's length.
 */
function segmentPattern([first = '', ...others]: readonly string[]): string {
  const last = others.pop()
  const found = others.filter((piece) => piece !== '').map((piece) => `(?:(?!${piece})[^/])*${piece}`)
  return first + found.join('') + (last === undefined ? '' : `[^/]*${last}`)
}

/** The parts between slashes, each as the patterns between its stars. */
function segmentsOf(glob: string): string[][] {
  const segments = [['']]
  let pieces = segments[0] as string[]
  for (let at = 0; at < glob.length; at++) {
    const char = glob[at] as string
    const set = char === '[' ? /^\[([!^]?)(\]?(?:\\[\s\S]|[^\]\\])*)\]/.exec(glob.slice(at)) : null
    let piece = escapePattern(char)
    if (char === '*') pieces.push('')
    else if (char === '/') {
      pieces = ['']
      segments.push(pieces)
    }
    if (char === '*' || char === '/') continue
    if (char === '?') piece = '[^/]'
    else if (char === '\\' && at + 1 < glob.length) piece = escapePattern(glob[++at] as string)
    else if (set) {
      at += set[0].length - 1
      piece = setPattern(set[1] !== '', set[2] as string)
    }
    pieces[pieces.length - 1] += piece
  }
  return segments
}

function setPattern(negated: boolean, members: string): string {
  const escaped = members.replace(/\\([\s\S])|[\]^[\\]/g, (whole, char = whole) => char.replace(/[\]^[\\-]/, '\\$&'))
  return `(?!/)[${negated ? '^' : ''}${escaped}]`
}

/** A text as a pattern that matches it. */
export function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}
