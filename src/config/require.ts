/** `Require` and its containers as the guard's rules. */

import { parseRange } from '../http/cidr.js'
import type { Rule } from '../policy/require.js'
import type { Context } from './context.js'
import { forbidSkipping, holdsAuth } from './guarding.js'
import { configError } from './notes.js'
import { type Directive, isSection, type Section } from './tree.js'
import { nextWord, words } from './words.js'

const METHODS = new Set(
  `GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH PROPFIND PROPPATCH MKCOL COPY MOVE LOCK UNLOCK VERSION-CONTROL
  CHECKOUT UNCHECKOUT CHECKIN UPDATE LABEL REPORT MKWORKSPACE MKACTIVITY BASELINE-CONTROL MERGE`.split(/\s+/),
)

/** The rule of a Require line. What is skipped denies. */
export function readRequire(context: Context, at: Directive): Rule {
  const [first, rest] = nextWord(at.text)
  if (first.toLowerCase() === 'not') return { not: readKind(context, at, rest) }
  return readKind(context, at, at.text)
}

function readKind(context: Context, at: Directive, text: string): Rule {
  const [kind, rest] = nextWord(text)
  const given = words(rest)
  if (/%\{/.test(rest)) return skipped(context, at, 'expressions are not read here; write the names out')
  switch (kind) {
    case 'valid-user':
      return 'valid-user'
    case 'user':
      // Without a name Apache lets nobody in.
      return given.length > 0 ? { users: given } : 'denied'
    case 'group':
      return given.length > 0 ? { groups: given } : 'denied'
    case 'all':
      return readAll(at, given)
    case 'ip':
      return { ips: needed(at, kind, given).map((text) => range(at, text)) }
    case 'local':
      return { ips: ['127.0.0.0/8', '::1'] }
    case 'method':
      return { methods: needed(at, kind, given).map((name) => method(at, name)) }
    default:
      return skipped(context, at, `'${kind}' is not read here; use valid-user, user, group, ip, all, local or method`)
  }
}

function skipped(context: Context, at: Directive, why: string): Rule {
  forbidSkipping(context, at, 'Require', why)
  return 'denied'
}

function needed(at: Directive, kind: string, given: readonly string[]): readonly string[] {
  if (given.length === 0) throw configError(at, 'Require', `'${kind}' needs at least one argument`)
  return given
}

function readAll(at: Directive, given: readonly string[]): Rule {
  const word = given[0]?.toLowerCase()
  if (given.length === 1 && (word === 'granted' || word === 'denied')) return word
  throw configError(at, 'Require', "after 'all' stands 'granted' or 'denied'")
}

function method(at: Directive, name: string): string {
  if (METHODS.has(name)) return name
  throw configError(at, 'Require', `'${name}' is no method that Apache knows; methods are written in capitals`)
}

/** Addresses, CIDRs, `10.1` for 10.1.0.0/16 and `10.0.0.0/255.0.0.0`. */
function range(at: Directive, text: string): string {
  const parts = /^(\d{1,3}(?:\.\d{1,3}){0,3})\.?(?:\/(\d{1,2}|\d{1,3}(?:\.\d{1,3}){3}))?$/.exec(text)
  const cidr = parts ? ipv4Range(parts[1] as string, parts[2]) : text
  if (cidr !== undefined && parseRange(cidr) !== undefined) return cidr
  throw configError(at, 'Require', `'${text}' is no IPv4 or IPv6 address or network, such as 10.1.0.0/16`)
}

function ipv4Range(digits: string, mask: string | undefined): string | undefined {
  const bytes = digits.split('.')
  const address = [...bytes, ...Array<string>(4 - bytes.length).fill('0')].join('.')
  const bits = mask?.includes('.') ? maskBits(mask) : (mask ?? String(bytes.length * 8))
  // A partial address and a mask together are nothing that Apache reads.
  if (bits === undefined || (mask !== undefined && bytes.length < 4)) return undefined
  return bits === '32' ? address : `${address}/${bits}`
}

function maskBits(mask: string): string | undefined {
  const bits = mask
    .split('.')
    .map((byte) => Number(byte).toString(2).padStart(8, '0'))
    .join('')
  return /^1*0*$/.test(bits) && bits.length === 32 ? String(bits.replaceAll('0', '').length) : undefined
}

/** A container and what is in it; undefined where nothing in it says anything. */
export function readContainer(context: Context, section: Section): Rule | undefined {
  const kind = section.name.slice('Require'.length).toLowerCase()
  if (section.text !== '') throw configError(section, `<${section.name}>`, 'takes no arguments')
  const rules = section.children.flatMap((child): Rule[] => {
    if (isRequire(child)) return [readRequire(context, child)]
    if (isSection(child) && isContainer(child)) return [readContainer(context, child) ?? []].flat()
    if (holdsAuth(child)) {
      forbidSkipping(
        context,
        child,
        isSection(child) ? `<${child.name}>` : child.name,
        'cannot stand here; move it out',
      )
      return ['denied']
    }
    context.notes.skipped(child, child.name)
    return []
  })
  if (rules.length === 0) {
    context.notes.warn(section, `<${section.name}>: is empty and has no effect`)
    return undefined
  }
  if (kind === 'all' && rules.every(isNegative)) {
    throw configError(
      section,
      `<${section.name}>`,
      "has only negative rules and would let nobody in; add 'Require all granted'",
    )
  }
  if (kind !== 'all') refuseNegative(section, `<${section.name}>`, rules)
  return kind === 'all' ? { all: rules } : kind === 'any' ? { any: rules } : { none: rules }
}

/** Where one rule must grant, a negative one has no effect: Apache does not start. */
export function refuseNegative(at: Directive, subject: string, rules: readonly Rule[]): void {
  if (rules.some(isNegative))
    throw configError(at, subject, 'a negative rule has no effect here; put it in <RequireAll>')
}

function isNegative(rule: Rule): boolean {
  return typeof rule === 'object' && ('not' in rule || 'none' in rule)
}

function isRequire(statement: Directive): boolean {
  return statement.name.toLowerCase() === 'require' && !('children' in statement)
}

export function isContainer(statement: Directive): boolean {
  return /^require(?:any|all|none)$/i.test(statement.name)
}
