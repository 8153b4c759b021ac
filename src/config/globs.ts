/** Wildcards of Apache's sections (apr_fnmatch with APR_FNM_PATHNAME) as JavaScript patterns. */

/** Does Apache take the text for wildcards (apr_fnmatch_test)? A backslash alone does not make it so. */
export function isGlob(text: string): boolean {
  return /[*?]|\[.*\]/s.test(text.replace(/\\[\s\S]/g, ''))
}

/** The wildcards as a pattern without anchors; neither `*` nor `?` nor a set matches a slash. */
export function globPattern(glob: string): string {
  let pattern = ''
  for (let at = 0; at < glob.length; at++) {
    const char = glob[at] as string
    if (char === '*') pattern += '[^/]*'
    else if (char === '?') pattern += '[^/]'
    else if (char === '\\' && at + 1 < glob.length) pattern += escapePattern(glob[++at] as string)
    else {
      const set = char === '[' ? /^\[([!^]?)(\]?(?:\\[\s\S]|[^\]\\])*)\]/.exec(glob.slice(at)) : null
      if (set) at += set[0].length - 1
      pattern += set ? setPattern(set[1] !== '', set[2] as string) : escapePattern(char)
    }
  }
  return pattern
}

function setPattern(negated: boolean, members: string): string {
  const escaped = members.replace(/\\([\s\S])|[\]^[\\]/g, (whole, char = whole) => char.replace(/[\]^[\\-]/, '\\$&'))
  return `(?!/)[${negated ? '^' : ''}${escaped}]`
}

/** A text as a pattern that matches it. */
export function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}
