/** A lighttpd configuration as it is read: the global block and the conditional ones, in the order in which they count. */

import type { Value } from './lighttpd-values.js'
import { configError, type Place } from './notes.js'

export type Operator = '==' | '!=' | '=~' | '!~' | '=^' | '=$'

export interface Condition {
  /** `HTTP["url"]`. */
  readonly subject: string
  /** Undefined: an `else` without a condition. */
  readonly operator: Operator | undefined
  readonly text: string
}

export interface Setting extends Place {
  readonly name: string
  readonly value: Value
}

export interface Block extends Place {
  /** Undefined for the global block. */
  readonly condition: Condition | undefined
  readonly parent: Block | undefined
  /** The branch before this one, which must not hold. */
  prev: Block | undefined
  readonly settings: Map<string, Setting>
  /** By what lighttpd tells them apart with: a condition that stands twice is one block, in the first one's place. */
  inner: Map<string, Block>
  /** The same for what stands in a plain else-branch in it: all of them share it, by an oversight of lighttpd's. */
  readonly innerOfElse: Map<string, Block>
  readonly index: number
}

export const ELSE: Condition = { subject: 'else', operator: undefined, text: '' }
const OPPOSITE: Readonly<Record<Operator, string>> = {
  '==': '!=',
  '!=': '==',
  '=~': '!~',
  '!~': '=~',
  '=^': '!^',
  '=$': '!$',
}

export function globalBlock(file: string): Block {
  return emptyBlock({ file, line: 1 }, undefined, undefined, undefined, 0)
}

function emptyBlock(
  { file, line }: Place,
  condition: Condition | undefined,
  parent: Block | undefined,
  prev: Block | undefined,
  index: number,
): Block {
  const settings = new Map()
  const inner = new Map()
  return { file, line, condition, parent, prev, settings, inner, innerOfElse: new Map(), index }
}

/** The block of a condition, new or as it stood before; `prev` where it is an else-branch. */
export function blockOf(
  all: Block[],
  parent: Block,
  condition: Condition,
  place: Place,
  prev: Block | undefined,
): Block {
  const key = keyOf(condition, prev)
  const known = parent.inner.get(key)
  if (prev !== undefined) {
    const late = known !== undefined && known.index <= prev.index
    if (late || prev.condition === ELSE || (condition === ELSE && known !== undefined)) {
      throw configError(place, 'else', 'is never reached, and lighttpd does not start so; take the branch out')
    }
    if (known) known.prev = prev
  }
  if (known) return known
  const block = emptyBlock(place, condition, parent, prev, all.length)
  all.push(block)
  parent.inner.set(key, block)
  return block
}

/** A plain else goes by the opposite of the branch before it. */
function keyOf({ subject, operator, text }: Condition, prev: Block | undefined): string {
  if (operator !== undefined) return `${subject} ${operator} ${text}`
  const { subject: other, operator: before, text: same } = (prev as Block).condition as Condition
  return `${other} ${before === undefined ? '' : OPPOSITE[before]} ${same}`
}

/** What an expression is that has no more than anchors around plain text, to lighttpd as well. */
const PLAIN = /^(\^?)((?:\\\.)?[^\\.[\](){}|*+?^$]*)(\$?)$/

/** lighttpd takes simple expressions for the plain comparisons that they are: both spellings are one block. */
export function simplified({ subject, operator, text }: Condition): Condition {
  const [, begin, plain = '', end] = (operator === '=~' && PLAIN.exec(text)) || []
  const dotted = plain.startsWith('\\.')
  if ((!begin && !end) || (dotted && begin)) return { subject, operator, text }
  const both = begin && end ? '==' : begin ? '=^' : '=$'
  return { subject, operator: both, text: plain.replace('\\', '') }
}

/** Whether a setting of that name stands in the block. */
export function sets(block: Block, names: readonly string[]): boolean {
  return names.some((name) => block.settings.has(name))
}
