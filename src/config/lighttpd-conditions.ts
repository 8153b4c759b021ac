/** What lighttpd's conditions ask of a request, as far as the guard can ask the same. */

import { parseRange } from '../http/cidr.js'
import type { Rule } from '../policy/require.js'
import type { Context } from './context.js'
import { forbidSkipping } from './guarding.js'
import type { Block, Condition } from './lighttpd-blocks.js'
import { type HostNames, hostPattern, readHostName } from './lighttpd-hosts.js'
import { type Piece, pieceOf } from './lighttpd-paths.js'
import { socketAtom } from './lighttpd-sockets.js'
import { configError } from './notes.js'

export type Atom =
  | ({ readonly kind: 'host'; readonly port: number | undefined } & HostNames)
  | { readonly kind: 'port'; readonly port: number }
  | { readonly kind: 'path'; readonly piece: Piece }
  | { readonly kind: 'who'; readonly rule: Rule }
  /** Nothing that the guard asks: `why`, and what to do. */
  | { readonly kind: 'unknown'; readonly why: string }

/** All terms of a block have to hold, `negated` ones not. */
export interface Term {
  readonly atom: Atom
  readonly negated: boolean
  readonly block: Block
}

/** The terms of the blocks around a block, of the branches before each, and of its own condition. */
export function termsOf(block: Block): Term[] {
  const terms: Term[] = []
  for (let one: Block | undefined = block; one?.condition; one = one.parent) {
    if (one.condition.operator !== undefined) terms.unshift(termOf(one, false))
    for (let before = one.prev; before; before = before.prev) terms.unshift(termOf(before, true))
  }
  return terms
}

function termOf(block: Block, inverted: boolean): Term {
  const condition = block.condition as Condition
  const negative = condition.operator === '!=' || condition.operator === '!~'
  return { atom: atomOf(block, condition), negated: negative !== inverted, block }
}

/** The condition without its negation. */
function atomOf(block: Block, condition: Condition): Atom {
  const subject = condition.subject.replace('"remoteip"', '"remote-ip"')
  switch (subject) {
    case 'HTTP["url"]':
      return { kind: 'path', piece: pieceOf(block, condition) }
    case 'HTTP["host"]':
      return hostAtom(block, condition)
    case 'SERVER["socket"]':
      return socketAtom(block, condition)
    case 'HTTP["remote-ip"]':
      return addressAtom(condition)
    case 'HTTP["request-method"]':
      return methodAtom(condition)
    default:
      return { kind: 'unknown', why: 'is nothing that the guard can ask; take auth.* and url.access-* out of it' }
  }
}

const isEqual = ({ operator }: Condition) => operator === '==' || operator === '!='

function hostAtom(block: Block, condition: Condition): Atom {
  const { operator, text } = condition
  if (/[A-Z]/.test(text) && !text.startsWith('(?i)')) {
    throw configError(block, '$HTTP["host"]', 'has capitals; hosts are compared in small letters: write it so')
  }
  const names = isEqual(condition) ? readHostName(text) : hostPattern(text, operator === '=$')
  if (names && operator !== '=^') return { kind: 'host', port: undefined, ...names }
  return {
    kind: 'unknown',
    why: 'does not come to a list of hosts; write names whole, such as "^(www\\.)?example\\.com$" or "(^|\\.)example\\.com$"',
  }
}

function addressAtom(condition: Condition): Atom {
  const { text } = condition
  const bare = text.replace(/[[\]]/g, '')
  const range = parseRange(bare)
  if (!isEqual(condition) || range === undefined) {
    return { kind: 'unknown', why: 'is no address or range; write it as == "10.0.0.0/8"' }
  }
  if (range.bits === 0) return { kind: 'unknown', why: 'matches nobody in lighttpd; take the condition out' }
  // lighttpd compares an IPv4 client with IPv6 ranges by the listener that it came to.
  if (bare.includes(':') && (range.bytes.length === 4 || coversMapped(range))) {
    return {
      kind: 'unknown',
      why: 'has IPv4 clients in an IPv6 range, which lighttpd may not find there; write it as IPv4',
    }
  }
  return { kind: 'who', rule: { ips: [bare] } }
}

/** Whether ::ffff:0:0/96 may lie in it. */
function coversMapped({ bytes, bits }: NonNullable<ReturnType<typeof parseRange>>): boolean {
  return bits < 96 && bytes.subarray(0, Math.ceil(Math.min(bits, 80) / 8)).every((byte) => byte === 0)
}

/** To the guard, HEAD is GET; to lighttpd they are two. */
function methodAtom(condition: Condition): Atom {
  const { text } = condition
  if (isEqual(condition) && /^[A-Z]+$/.test(text) && text !== 'GET' && text !== 'HEAD') {
    return { kind: 'who', rule: { methods: [text] } }
  }
  return { kind: 'unknown', why: 'is no single method other than GET and HEAD; write it as == "POST"' }
}

/** The first term that nobody can decide here: an error, or, where it may be skipped, a place for nobody. */
export function undecided(context: Context, terms: readonly Term[]): Term | undefined {
  let first: Term | undefined
  for (const term of terms) {
    if (term.atom.kind === 'host' && term.atom.port !== undefined) tellOfPort(context, term)
    if (term.atom.kind !== 'unknown') continue
    const { file, line, condition } = term.block
    const subject = `$${(condition as Condition).subject}`
    const at = { file, line, name: subject, text: '' }
    if (context.skips(subject.slice(1)))
      context.notes.warn(at, `${subject}: skipped, as allowed: nobody enters where it stands`)
    else forbidSkipping(context, at, subject, term.atom.why)
    first ??= term
  }
  return first
}

/** Here versions differ, and a file does not say for which it was written. */
function tellOfPort({ notes }: Context, { block }: Term): void {
  const why =
    'a port counts only where the Host names one, too, as in lighttpd 1.4.69; older ones add their own to others'
  notes.warn(block, `$HTTP["host"]: ${why}`)
}
