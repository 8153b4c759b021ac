/** The sets of PCRE's regular expressions, `[...]`, as JavaScript's. */

import { compiled, type Scan, SPACE, unsupported } from './pattern-scan.js'
import { allBut, anyOf } from './utf8-atoms.js'

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

/** `[...]`: a `]` may come first, and names such as [:alpha:] stand for their members. */
export function translateSet(scan: Scan): string {
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
