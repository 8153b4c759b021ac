/** Apache's regular expressions (PCRE with its defaults DOTALL and DOLLAR_ENDONLY) as JavaScript ones, and lighttpd's. */

import { configError, type Place } from './notes.js'
import { compiled, type Scan, SPACE, unsupported } from './pattern-scan.js'
import { translateSet } from './pattern-sets.js'
import { allBut, anyOf, wideAtom } from './utf8-atoms.js'

/** Outside of a set. */
const ESCAPES: Readonly<Record<string, string>> = {
  A: '^',
  z: '$',
  Z: '(?=\\n?$)',
  s: `[${SPACE}]`,
  S: `[^${SPACE}]`,
  h: '[ \\t\\xa0]',
  H: '[^ \\t\\xa0]',
  e: '\\x1b',
  a: '\\x07',
}

/** Outside of a set where a character may have several bytes; undefined: the first is not known to mean the same. */
const UTF8_ESCAPES: Readonly<Record<string, string | undefined>> = {
  S: allBut(SPACE),
  D: allBut('\\d'),
  W: allBut('\\w'),
  N: allBut('\\n'),
  h: undefined,
  H: undefined,
  v: undefined,
}

/** The JavaScript pattern with the same matches; an error where there is none. */
export function translatePattern(source: string, place: Place, subject: string, utf8 = false): string {
  const flags = /^\(\?([is]+)\)/.exec(source)
  const scan: Scan = {
    source,
    place,
    subject,
    ignoreCase: flags?.[1]?.includes('i') ?? false,
    utf8,
    dotAll: !utf8 || (flags?.[1]?.includes('s') ?? false),
    at: flags?.[0].length ?? 0,
  }
  let pattern = ''
  while (scan.at < source.length) pattern += translateNext(scan)
  compiled(scan, pattern)
  return pattern
}

function translateNext(scan: Scan): string {
  const { source } = scan
  const char = source[scan.at] as string
  if (char === '\\') return translateEscape(scan)
  if (char === '[') return translateSet(scan)
  if (char === '(') return translateGroup(scan)
  if (scan.utf8 && char > '\x7f') return translateWide(scan)
  scan.at++
  if (char === '.') return scan.utf8 ? allBut(scan.dotAll ? '' : '\\n') : '[\\s\\S]'
  if (char === '$' && scan.utf8) return '(?=\\n?$)'
  if (
    /[*+?}]/.test(char) &&
    source[scan.at] === '+' &&
    (char !== '}' || /\{\d+(?:,\d*)?\}$/.test(source.slice(0, scan.at)))
  ) {
    return unsupported(scan, 'a possessive quantifier', 'take its + away')
  }
  return scan.ignoreCase ? bothCases(scan, char) : char
}

function bothCases(scan: Scan, char: string): string {
  if (!/[A-Za-z]/.test(char)) return char
  const small = char.toLowerCase()
  return anyOf(`${char.toUpperCase()}${small}`, scan.utf8 ? small : '')
}

function translateWide(scan: Scan): string {
  const found = wideAtom(scan.source.slice(scan.at))
  if (!found)
    throw configError(scan.place, scan.subject, 'is no UTF-8, and lighttpd does not start so; write it in UTF-8')
  if (scan.ignoreCase) return unsupported(scan, 'a char that is not ASCII next to (?i)', 'take the (?i) away')
  scan.at += found.length
  return found.atom
}

function translateEscape(scan: Scan): string {
  const rest = scan.source.slice(scan.at)
  const quoted = /^\\Q([\s\S]*?)(?:\\E|$)/.exec(rest)
  if (quoted) return literal(scan, quoted[0].length, quoted[1] as string)
  const code = /^\\x(?:\{([0-9A-Fa-f]{1,2})\}|([0-9A-Fa-f]{2}))/.exec(rest)
  if (code)
    return literal(scan, code[0].length, String.fromCharCode(Number.parseInt((code[1] ?? code[2]) as string, 16)))
  const char = rest[1]
  if (char === undefined) return unsupported(scan, 'a backslash at its end', 'take it away')
  if (scan.utf8 && char > '\x7f')
    return unsupported(scan, 'a backslash before a char that is not ASCII', 'take it away')
  scan.at += 2
  if (scan.utf8 && Object.hasOwn(UTF8_ESCAPES, char)) {
    return UTF8_ESCAPES[char] ?? unsupported(scan, `\\${char}`, 'list what it stands for')
  }
  const known = Object.hasOwn(ESCAPES, char) ? ESCAPES[char] : undefined
  if (known !== undefined) return known
  if (/[1-9]/.test(char)) {
    // To PCRE a group that took no part matches nothing, to JavaScript the empty text.
    return unsupported(scan, `\\${char}`, 'it means another thing there; write out what it repeats')
  }
  if (/[dDwWbBtnrfv]/.test(char)) return `\\${char}`
  if (/[0A-Za-z]/.test(char)) return unsupported(scan, `\\${char}`, 'write what it stands for')
  return `\\${char}`
}

/** Plain text, each char escaped where it needs it. */
function literal(scan: Scan, length: number, text: string): string {
  if (scan.utf8 && /[^\0-\x7f]/.test(text)) {
    return unsupported(scan, 'a char that is not ASCII in \\Q or \\x', 'write the char itself')
  }
  scan.at += length
  return [...text]
    .map((char) => (scan.ignoreCase ? bothCases(scan, char) : char).replace(/^[\\^$.*+?()[\]{}|/]$/, '\\$&'))
    .join('')
}

function translateGroup(scan: Scan): string {
  const rest = scan.source.slice(scan.at)
  const comment = /^\(\?#[^)]*\)/.exec(rest)
  if (/^(?:\(\?#[^)]*\))+(?:[*+?]|\{\d*,?\d*\})/.test(rest)) {
    return unsupported(scan, 'a comment before a quantifier', 'take the comment out')
  }
  const named = /^\(\?(?:P?<([A-Za-z_]\w*)>|'([A-Za-z_]\w*)')/.exec(rest)
  const plain = /^\((?:\?(?:[:=!]|<[=!])|(?![?*]))/.exec(rest)
  const found = comment ?? named ?? plain
  if (!found)
    return unsupported(
      scan,
      `the group '${rest.slice(0, 3)}'`,
      '(?i) may stand at the very beginning, other groups are ( or (?: or (?= or (?!',
    )
  scan.at += found[0].length
  if (comment) return '(?:)'
  return named ? `(?<${named[1] ?? named[2]}>` : found[0]
}
