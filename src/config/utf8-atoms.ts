/** Characters of UTF-8 in JavaScript patterns on bytes: PCRE takes paths so where lighttpd compiles its expressions. */

/** All that are not ASCII, as RFC 3629 has them: no overlong forms, no surrogates. */
const WIDE = [
  '[\\xc2-\\xdf][\\x80-\\xbf]',
  '\\xe0[\\xa0-\\xbf][\\x80-\\xbf]',
  '[\\xe1-\\xec\\xee\\xef][\\x80-\\xbf]{2}',
  '\\xed[\\x80-\\x9f][\\x80-\\xbf]',
  '\\xf0[\\x90-\\xbf][\\x80-\\xbf]{2}',
  '[\\xf1-\\xf3][\\x80-\\xbf]{3}',
  '\\xf4[\\x80-\\x8f][\\x80-\\xbf]{2}',
].join('|')
/** What is a letter of ASCII but for its case: the sign of Kelvin and the long s. */
const FOLDED: Readonly<Record<string, string>> = { k: '\\xe2\\x84\\xaa', s: '\\xc5\\xbf' }

/** At the beginning of a path: all of it is UTF-8. One alternative for each first byte, so it takes one pass. */
const VALID = `(?=(?:[\\0-\\x7f]|${WIDE})*$)`

/** Within a lookahead at the beginning of a path: the pattern matches somewhere in it, from the beginning of a character. */
export function somewhere(pattern: string): string {
  return `${VALID}[\\s\\S]*?(?![\\x80-\\xbf])(?:${pattern})`
}

/** Any character but those of ASCII that a set of bytes excludes, and these letters' other forms. */
export function allBut(excluded: string, letters = ''): string {
  const folded = foldedOf(letters)
  const others = folded.length === 0 ? '' : `(?!${folded.join('|')})`
  return `(?:[^\\x80-\\xff${excluded}]|${others}(?:${WIDE}))`
}

/** A set of ASCII, and these letters' other forms. */
export function anyOf(set: string, letters: string): string {
  const folded = foldedOf(letters)
  return folded.length === 0 ? `[${set}]` : `(?:[${set}]|${folded.join('|')})`
}

function foldedOf(letters: string): string[] {
  return Object.entries(FOLDED).flatMap(([letter, other]) => (letters.includes(letter) ? [other] : []))
}

/** The character at the beginning of a text of bytes that is not ASCII, as one atom; undefined where it is no UTF-8. */
export function wideAtom(text: string): { readonly length: number; readonly atom: string } | undefined {
  const char = new RegExp(`^(?:${WIDE})`).exec(text)?.[0]
  return char === undefined ? undefined : { length: char.length, atom: `(?:${char})` }
}
