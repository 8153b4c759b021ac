/** Apache's regular expressions (PCRE with its defaults DOTALL and DOLLAR_ENDONLY) as JavaScript ones, and lighttpd's. */

import { configError, type Place } from './notes.js'
import { allBut, anyOf, wideAtom } from './utf8-atoms.js'

const SPACE = ' \\t\\n\\v\\f\\r'
const CLASSES: Readonly<Record<string, string>> = {
  alpha: 'A-Za-z',
  digit: '0-9',
  alnum: 'A-Za-z0-9',
  upper: 'A-Z',
  lower: 'a-z',
  space: SPACE,
  blank: ' \\t',
  punct: '!-\\/:-@\\[-`{-~',
  xdigit: '0-9A-Fa-f',
  word: '\\w',
  cntrl: '\\x00-\\x1f\\x7f',
  print: ' -~',
  graph: '!-~',
}
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

interface Scan {
  readonly source: string
  readonly place: Place
  readonly subject: string
  readonly ignoreCase: boolean
  /** lighttpd's: characters of UTF-8, and neither DOTALL nor DOLLAR_ENDONLY. */
  readonly utf8: boolean
  readonly dotAll: boolean
  at: number
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

function compiled({ place, subject }: Scan, pattern: string): RegExp {
  try {
    return new RegExp(pattern)
  } catch (error) {
    throw configError(place, subject, 'is no regular expression that JavaScript can read; write it more simply', error)
  }
}

function unsupported(scan: Scan, what: string, fix: string): never {
  throw configError(scan.place, scan.subject, `has ${what}, which JavaScript's regular expressions lack; ${fix}`)
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

/** `[...]`: a `]` may come first, and names such as [:alpha:] stand for their members. */
function translateSet(scan: Scan): string {
  const found = /^\[(\^?)(\]?(?:\[:\^?\w+:\]|\\[\s\S]|[^\]\\])*)\]/.exec(scan.source.slice(scan.at))
  if (!found) return unsupported(scan, "a '[' without its ']'", 'close the set')
  scan.at += found[0].length
  let set = ''
  let plain = ''
  let hyphens = true
  for (const token of (found[2] as string).matchAll(MEMBER)) {
    const [whole, name, braced, digits, escaped] = token
    const code = braced ?? digits
    const names = name !== undefined || /^[sh]$/.test(escaped ?? '')
    // Next to what stands for several chars, and at the end, where more is added, a hyphen is one: it must not make a
    // range with the first or last of them.
    const beside = !hyphens || /^(?:$|\[:|\\[shdDwW])/.test(token.input.slice(token.index + 1))
    let member: string
    if (name !== undefined) member = className(scan, name)
    else if (code !== undefined) member = memberCode(scan, code)
    else if (escaped !== undefined) member = memberEscape(scan, escaped)
    else member = /[[\]^]/.test(whole) || (whole === '-' && beside) ? `\\${whole}` : whole
    set += member
    if (name === undefined && !/^[dws]$/.test(escaped ?? '')) plain += member
    hyphens = !names
  }
  const members = scan.ignoreCase ? set + otherCase(scan, set) : set
  return scan.utf8 ? utf8Set(scan, found[1] === '^', members, plain) : `[${found[1]}${members}]`
}

/** Of a set, what is listed by itself has forms beyond ASCII where case does not matter; \w and [:alpha:] have none. */
function utf8Set(scan: Scan, negated: boolean, members: string, plain: string): string {
  if (/[^\0-\x7f]/.test(members) || /\\x[89a-f]/i.test(members)) {
    return unsupported(scan, 'a char that is not ASCII in a set', 'write (?:a|b) in place of [ab]')
  }
  const listed = compiled(scan, `[${plain}]`)
  const letters = scan.ignoreCase ? [...'KkSs'].filter((letter) => listed.test(letter)) : []
  return (negated ? allBut : anyOf)(members, letters.join('').toLowerCase())
}

/** [:name:], \x{41}, \x41, another escape, a char. */
const MEMBER = /\[:(\^?\w+):\]|\\x(?:\{([^}]*)\}|([0-9A-Fa-f]{0,2}))|\\([\s\S])|[\s\S]/g

function className(scan: Scan, name: string): string {
  const members = Object.hasOwn(CLASSES, name) ? CLASSES[name] : undefined
  return members ?? unsupported(scan, `[:${name}:]`, 'list its members')
}

function memberCode(scan: Scan, digits: string): string {
  if (!/^[0-9A-Fa-f]{1,2}$/.test(digits)) return unsupported(scan, `\\x{${digits}} in a set`, 'write two digits')
  return `\\x${digits.padStart(2, '0')}`
}

function memberEscape(scan: Scan, char: string): string {
  if (scan.utf8 && /[DWhv]/.test(char)) return unsupported(scan, `\\${char} in a set`, 'list what it stands for')
  if (char === 's') return SPACE
  if (char === 'h') return ' \\t\\xa0'
  if (/[dDwWbtnrfv]/.test(char) || !/[0-9A-Za-z]/.test(char)) return `\\${char}`
  return unsupported(scan, `\\${char} in a set`, 'list what it stands for')
}

/** The letters that the members have in one case only, in the other. */
function otherCase(scan: Scan, set: string): string {
  const members = compiled(scan, `[${set}]`)
  const turned = (char: string) => (char === char.toLowerCase() ? char.toUpperCase() : char.toLowerCase())
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz']
  return letters.filter((char) => !members.test(char) && members.test(turned(char))).join('')
}
