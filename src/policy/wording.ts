/** What is said of options of a wrong shape. Of a value only what it was probably meant to be: it may be secret. */

import type { z } from 'zod'
import { nearest } from './nearest.js'

const TYPES: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'an array',
  object: 'an object',
  record: 'an object',
}

/** What is said of a name that is not known. */
export function unknownKey(key: string, known: readonly string[]): string {
  const near = nearest(key, known)
  return `there is no option '${key}' here${near ? `; did you mean '${near}'?` : `; known are ${known.join(', ')}`}`
}

/** What is said of any other issue; `value` is what stands at its place. */
export function issueText(issue: z.core.$ZodIssue, value: unknown): string {
  if (value === undefined && issue.path.length > 0) return 'is missing; give it'
  if (issue.code === 'invalid_value') {
    const names = issue.values.map(String)
    const near = typeof value === 'string' ? nearest(value, names) : undefined
    return `must be ${names.length > 1 ? 'one of ' : ''}${names.join(', ')}${near ? `; did you mean '${near}'?` : ''}`
  }
  // What a schema itself has to say says more.
  if (!issue.message.startsWith('Invalid input')) return issue.message
  const forms = issue.code === 'invalid_union' ? issue.errors.flat() : [issue]
  const types = forms.flatMap((form) => (form.code === 'invalid_type' ? (TYPES[form.expected] ?? []) : []))
  return types.length > 0 ? `must be ${[...new Set(types)].join(' or ')}` : issue.message
}

/** What stands at a place of a value. */
export function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key], value)
}
