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
  try {
    new RegExp(pattern)
  } catch (error) {
    throw configError(place, subject, 'is no regular expression that JavaScript can read; write it more simply', error)
  }
  return pattern
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
  if (/[dDwWbBtnrfv1-9]/.test(char)) return `\\${char}`
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
  const members = found[2] as string
  let set = ''
  for (const [whole, name, escaped] of members.matchAll(/\[:(\^?\w+):\]|\\([\s\S])|[\s\S]/g)) {
    if (name !== undefined)
      set += Object.hasOwn(CLASSES, name) ? CLASSES[name] : unsupported(scan, `[:${name}:]`, 'list its members')
    else if (escaped !== undefined) set += memberEscape(scan, escaped)
    else set += /[[\]^]/.test(whole) ? `\\${whole}` : whole
  }
  return `[${found[1]}${set}${scan.ignoreCase ? otherCase(set) : ''}]`
}

function memberEscape(scan: Scan, char: string): string {
  if (char === 's') return SPACE
  if (char === 'h') return ' \\t\\xa0'
  if (/[dDwWbtnrfvx]/.test(char) || !/[0-9A-Za-z]/.test(char)) return `\\${char}`
  return unsupported(scan, `\\${char} in a set`, 'list what it stands for')
}

/** The same letters and ranges of letters in the other case. */
function otherCase(set: string): string {
  const turned = (char: string) => (char === char.toLowerCase() ? char.toUpperCase() : char.toLowerCase())
  const plain = set.replace(/\\(?:x..|[\s\S])/g, '')
  return [...plain.matchAll(/([A-Za-z])-([A-Za-z])|[A-Za-z]/g)]
    .map(([whole, from, to]) => (from && to ? sameCase(from, to, turned) : turned(whole)))
    .join('')
}

function sameCase(from: string, to: string, turned: (char: string) => string): string {
  const lower = (char: string) => char === char.toLowerCase()
  // A range from capitals to small letters, such as A-z, has both cases of all that it can have.
  return lower(from) === lower(to) ? `${turned(from)}-${turned(to)}` : 'A-Za-z'
}
