/** Apache's regular expressions (PCRE with its defaults DOTALL and DOLLAR_ENDONLY) as JavaScript ones. */

import { configError, type Place } from './notes.js'

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

interface Scan {
  readonly source: string
  readonly place: Place
  readonly subject: string
  readonly ignoreCase: boolean
  at: number
}

/** The JavaScript pattern with the same matches; an error where there is none. */
export function translatePattern(source: string, place: Place, subject: string): string {
  const flags = /^\(\?([is]+)\)/.exec(source)
  const scan: Scan = {
    source,
    place,
    subject,
    ignoreCase: flags?.[1]?.includes('i') ?? false,
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
  scan.at++
  if (char === '.') return '[\\s\\S]'
  if (
    /[*+?}]/.test(char) &&
    source[scan.at] === '+' &&
    (char !== '}' || /\{\d+(?:,\d*)?\}$/.test(source.slice(0, scan.at)))
  ) {
    return unsupported(scan, 'a possessive quantifier', 'take its + away')
  }
  return scan.ignoreCase ? bothCases(char) : char
}

function bothCases(char: string): string {
  return /[A-Za-z]/.test(char) ? `[${char.toUpperCase()}${char.toLowerCase()}]` : char
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
  scan.at += 2
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
  scan.at += length
  return [...text]
    .map((char) => (scan.ignoreCase ? bothCases(char) : char).replace(/^[\\^$.*+?()[\]{}|/]$/, '\\$&'))
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
  let hyphens = true
  for (const token of (found[2] as string).matchAll(MEMBER)) {
    const [whole, name, braced, digits, escaped] = token
    const code = braced ?? digits
    const names = name !== undefined || /^[sh]$/.test(escaped ?? '')
    // Next to what stands for several chars, a hyphen is one: it must not make a range with the first or last of them.
    const beside = !hyphens || /^(?:\[:|\\[shdDwW])/.test(token.input.slice(token.index + 1))
    if (name !== undefined) set += className(scan, name)
    else if (code !== undefined) set += memberCode(scan, code)
    else if (escaped !== undefined) set += memberEscape(scan, escaped)
    else set += /[[\]^]/.test(whole) || (whole === '-' && beside) ? `\\${whole}` : whole
    hyphens = !names
  }
  return `[${found[1]}${set}${scan.ignoreCase ? otherCase(scan, set) : ''}]`
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
