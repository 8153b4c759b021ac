/** IfModule, IfDefine, IfVersion and IfFile: what Apache decides while it reads. */

import { absolute, type Context, filesFor, isLoaded, moduleName } from './context.js'
import { configError, type Place } from './notes.js'
import { isTicketModule } from './ticket-module.js'
import { words } from './words.js'

export interface Condition {
  /** Undefined: nobody here can know. */
  readonly holds: boolean | undefined
  /** Said where something that bears on who may enter is left out because of it; empty where that is no news. */
  readonly why: string
  /** The module that has to be missing, where that is all that is asked. */
  readonly lacks?: string
  /** It is taken to hold until it is known which module tickets are of. */
  readonly supposed?: true
}

interface Tag extends Place {
  readonly name: string
  readonly text: string
}

/** The condition that a section is, or undefined for a section of another kind. */
export function conditionOf(context: Context, tag: Tag): Condition | undefined {
  const decide = { ifmodule: ifModule, ifdefine: ifDefine, ifversion: ifVersion, iffile: ifFile }[
    tag.name.toLowerCase()
  ]
  if (!decide) return undefined
  const given = words(tag.text)
  if (given.length === 0) throw configError(tag, `<${tag.name}>`, 'needs an argument')
  return decide(context, tag, given)
}

/** `!X` is the opposite of X. */
function negatable([first]: readonly string[]): [name: string, negated: boolean] {
  const text = first as string
  return text.startsWith('!') ? [text.slice(1), true] : [text, false]
}

function ifModule(context: Context, _tag: Tag, given: readonly string[]): Condition {
  const [name, negated] = negatable(given)
  const asked = negated ? { lacks: moduleName(name) } : {}
  const ticket = isTicketModule(context, name)
  if (ticket === 'suppose') return { holds: true, why: '', supposed: true }
  if (ticket === false) return { holds: negated, why: `${name} is not loaded`, ...asked }
  if (ticket || isLoaded(context, name)) return { holds: !negated, why: '', ...asked }
  if (context.complete) return { holds: negated, why: `${name} is not loaded` }
  return {
    holds: undefined,
    why: `nobody can know here whether ${name} is loaded; write mod_x.c or x_module and name it in modules, or take the section out`,
    ...asked,
  }
}

function ifDefine(context: Context, _tag: Tag, given: readonly string[]): Condition {
  const [name, negated] = negatable(given)
  const holds = context.defines.has(name) !== negated
  return { holds, why: `${name} is ${negated ? '' : 'not '}defined` }
}

function ifFile(context: Context, tag: Tag, given: readonly string[]): Condition {
  const [name, negated] = negatable(given)
  const exists = filesFor(context, tag, '<IfFile>').exists(absolute(context, name))
  return { holds: exists !== negated, why: `'${name}' ${negated ? 'exists' : 'does not exist'}` }
}

function ifVersion(context: Context, tag: Tag, given: readonly string[]): Condition {
  const { version } = context
  if (version === undefined) {
    return { holds: undefined, why: 'nobody can know the version here; say which it is (version), or take it out' }
  }
  const [operator, wanted] = given.length > 1 ? (given as [string, string]) : ['=', given[0] as string]
  const negated = operator.startsWith('!')
  const holds = compare(version, tag, operator.replace(/^!/, '') || '=', wanted)
  return { holds: holds !== negated, why: `the version is taken to be ${version}` }
}

function compare(version: string, tag: Tag, operator: string, wanted: string): boolean {
  const slashed = /^\/(.*)\/$/.exec(wanted)?.[1]
  if (operator === '~' || ((operator === '=' || operator === '==') && slashed !== undefined)) {
    return matches(tag, slashed ?? wanted, version)
  }
  if (!/^\d+(?:\.\d+){0,2}$/.test(wanted)) throw configError(tag, '<IfVersion>', 'needs a version such as 2.4.10')
  const difference = order(version, wanted)
  const results: Record<string, boolean> = {
    '=': difference === 0,
    '==': difference === 0,
    '>': difference > 0,
    '>=': difference >= 0,
    '<': difference < 0,
    '<=': difference <= 0,
  }
  const result = results[operator]
  if (result === undefined) throw configError(tag, '<IfVersion>', 'has an unknown operator; use = > >= < <= or ~')
  return result
}

function matches(tag: Tag, pattern: string, version: string): boolean {
  try {
    return new RegExp(pattern).test(version)
  } catch (error) {
    throw configError(tag, '<IfVersion>', 'is no regular expression that can be read here', error)
  }
}

function order(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => text.split('.').map(Number)) as [number[], number[]]
  for (let i = 0; i < 3; i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
