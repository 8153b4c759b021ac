/** Arguments of Apache's syntax, as ap_resolve_env and ap_getword_conf read them. */

/** The name at the start of a line, and its arguments as they stand. A name may have quotes, as any other word. */
export function splitName(text: string): [name: string, rest: string] {
  return nextWord(text)
}

/**
 * The first argument and what follows it. Quotes of either kind end at their like, with `\"` (or `\'`) and `\\` inside;
 * a quote that is never closed runs to the end, and outside of quotes only `\\` means something.
 */
export function nextWord(text: string): [word: string, rest: string] {
  const start = text.replace(/^[ \t\v\f\r]+/, '')
  const quote = start[0]
  if (quote !== '"' && quote !== "'") {
    const word = (/^[^ \t\v\f\r]*/.exec(start) as RegExpExecArray)[0]
    return [word.replaceAll('\\\\', '\\'), start.slice(word.length).replace(/^[ \t\v\f\r]+/, '')]
  }
  let end = 1
  while (end < start.length && start[end] !== quote) {
    end += start[end] === '\\' && (start[end + 1] === quote || start[end + 1] === '\\') ? 2 : 1
  }
  const inside = start
    .slice(1, end)
    .replace(/\\(["'\\])/g, (pair, char) => (char === '\\' || char === quote ? char : pair))
  return [inside, start.slice(end + 1).replace(/^[ \t\v\f\r]+/, '')]
}

/** All arguments up to the first empty one: that is where Apache's own loops stop. */
export function words(text: string): string[] {
  const all: string[] = []
  for (let [word, rest] = nextWord(text); word !== ''; [word, rest] = nextWord(rest)) all.push(word)
  return all
}

/**
 * `${NAME}` replaced, once: a value is not looked at again. Names that `lookup` does not know stay as they are, as in
 * Apache, and are reported.
 */
export function expand(
  text: string,
  lookup: (name: string) => string | undefined,
  unknown: (name: string) => void,
): string {
  const parts: string[] = []
  let at = 0
  for (let start = text.indexOf('${'); start >= 0; start = text.indexOf('${', at)) {
    const end = text.indexOf('}', start)
    if (end < 0) break
    const name = text.slice(start + 2, end)
    const value = lookup(name)
    if (value === undefined) unknown(name)
    parts.push(text.slice(at, start), value ?? text.slice(start, end + 1))
    at = end + 1
  }
  return parts.join('') + text.slice(at)
}
