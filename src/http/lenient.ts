/** How software that is more lenient than Apache reads paths: frameworks, Windows, Java servers, double decoders. */

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
const CONTROLS = /[\0-\x1f\x7f]/g

/**
 * Paths on which no two readers agree: back slashes, separators and dots that a second decoding would show, overlong
 * UTF-8, and segments of which dots or blanks are left once `;parameters` are cut off. Not by `i`: that folds bytes, too.
 */
const AMBIGUOUS =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
  /\\|%(?:00|2[EeFf]|3[Bb]|5[Cc]|25[0-9A-Fa-f]{2})|[\xc0\xc1][\x80-\xbf]|\xe0[\x80-\x9f]|\xf0[\x80-\x8f]|\/(?:[. \0-\x1f\x7f]|%(?:[01][0-9A-Fa-f]|20|7[Ff]))+(?:;[^/]*)?(?:\/|$)/

/** Whether software that is lenient in one way and strict in another may end up anywhere: no one reading tells. */
export function isAmbiguous(path: string): boolean {
  return AMBIGUOUS.test(path)
}

/**
 * An unambiguous path as lenient software may read it: decoded twice, control bytes left out (a `$` matches in front of a
 * line break), `;parameters` cut off, dots and blanks cut from the ends of segments, lower case.
 */
export function lenientPath(path: string): string {
  const twice = path.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  const kept = twice.replace(CONTROLS, '').split('/').map(lenientSegment)
  const lenient = lowerCase(`/${kept.filter((segment) => segment !== '').join('/')}`)
  return path.endsWith('/') && lenient !== '/' ? `${lenient}/` : lenient
}

/** ASCII letters alone: the others are bytes, and parts of UTF-8. */
export function lowerCase(path: string): string {
  return path.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}

function lenientSegment(segment: string): string {
  const semicolon = segment.indexOf(';')
  let end = semicolon < 0 ? segment.length : semicolon
  while (end > 0 && (segment[end - 1] === '.' || segment[end - 1] === ' ')) end--
  return segment.slice(0, end)
}
