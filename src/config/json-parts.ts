/** What our own configuration has beside the guard's options: split off, and checked with lines of its own. */

import { z } from 'zod'
import type { Beside } from '../policy/options.js'
import { issueText, unknownKey, valueAt } from '../policy/wording.js'
import { fail, isObject, type Reading } from './json.js'
import { type LoginInput, loginSchema } from './login-schema.js'
import { areaShape, contentShape, gatewaySchema, hostShape } from './serving-schema.js'

type Path = readonly PropertyKey[]
type Values = Readonly<Record<string, unknown>>

const areaParts = z.strictObject(areaShape)
const contentParts = z.strictObject(contentShape)
const hostParts = z.strictObject(hostShape)
const topParts = z.strictObject({ ...contentShape, gateway: gatewaySchema.optional(), login: loginSchema.optional() })

export type AreaParts = z.output<typeof areaParts>
export type ContentParts = z.output<typeof contentParts>
export type HostParts = z.output<typeof hostParts>
export type TopParts = z.output<typeof topParts>

export const BESIDE: Beside = {
  top: Object.keys(topParts.shape),
  hosts: Object.keys(hostParts.shape),
  areas: Object.keys(areaParts.shape),
}

/** The options as the guard takes them. */
export function guardPart(whole: Values): Values {
  const rest = without(whole, BESIDE.top)
  const hosts = eachOf(rest.hosts, (host) => withoutInAreas(without(host, BESIDE.hosts)))
  return withoutInAreas(hosts === undefined ? rest : { ...rest, hosts })
}

function withoutInAreas(level: Values): Values {
  const areas = eachOf(level.areas, (area) => without(area, BESIDE.areas))
  return areas === undefined ? level : { ...level, areas }
}

function eachOf(list: unknown, run: (entry: Values) => Values): unknown[] | undefined {
  return Array.isArray(list) ? list.map((entry: unknown) => (isObject(entry) ? run(entry) : entry)) : undefined
}

function without(level: Values, names: readonly string[]): Values {
  return Object.fromEntries(Object.entries(level).filter(([name]) => !names.includes(name)))
}

function only(level: Values, names: readonly string[]): Values {
  return Object.fromEntries(Object.entries(level).filter(([name]) => names.includes(name)))
}

export function topOf(reading: Reading, whole: Values): TopParts {
  return parse(reading, topParts, only(whole, BESIDE.top), [])
}

/** A file that has nothing but how people sign in. */
export function loginPart(reading: Reading, whole: Values): LoginInput {
  return parse(reading, loginSchema, whole, [])
}

export function hostOf(reading: Reading, host: Values, path: Path): HostParts {
  return parse(reading, hostParts, only(host, BESIDE.hosts), path)
}

/** An upstream or a folder of an area; undefined where it has neither. */
export function areaOf(reading: Reading, area: Values, path: Path): AreaParts | undefined {
  const parts = only(area, BESIDE.areas)
  const [name] = Object.keys(parts)
  if (name === undefined) return undefined
  if (area.path === undefined) {
    fail(
      reading,
      [...path, name],
      'an area without a path has no answers of its own; write a path for them into routes',
    )
  }
  return parse(reading, areaParts, parts, path)
}

function parse<T extends z.ZodType>(reading: Reading, schema: T, value: unknown, path: Path): z.output<T> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const { issues } = result.error
  // A misspelt name is also a missing one.
  const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? (issues[0] as z.core.$ZodIssue)
  return report({ reading, schema, value, path }, issue, [])
}

/** What was parsed, and where it stands in the text. */
interface Parsed {
  readonly reading: Reading
  readonly schema: z.ZodType
  readonly value: unknown
  readonly path: Path
}

/** The error of an issue; `inside` is where it is seen from the schema's own root. */
function report(parsed: Parsed, issue: z.core.$ZodIssue, inside: Path): never {
  const { reading, schema, value, path } = parsed
  const place = [...inside, ...issue.path]
  if (issue.code === 'unrecognized_keys') {
    const [key] = issue.keys as [string]
    const known = objectsAt(schema, place).flatMap(({ shape }) => Object.keys(shape))
    return fail(reading, [...path, ...place, key], unknownKey(key, known))
  }
  if (issue.code === 'invalid_union') {
    // Of the forms that a value can have, the one that it was meant to have.
    const meant = issue.errors.find((issues) => !issues.some(isOtherKind))
    const inner = meant?.find(({ code }) => code === 'unrecognized_keys') ?? meant?.[0]
    if (inner) return report(parsed, inner, place)
  }
  return fail(reading, [...path, ...place], issueText(issue, valueAt(value, place)))
}

/** Is the value as a whole none of that form: a text in place of a list? */
function isOtherKind(issue: z.core.$ZodIssue): boolean {
  if (issue.path.length > 0) return false
  return (
    issue.code === 'invalid_type' ||
    (issue.code === 'invalid_union' && issue.errors.every((all) => all.some(isOtherKind)))
  )
}

/** The objects that a schema can have at a place. */
function objectsAt(schema: unknown, path: Path): z.ZodObject[] {
  if (schema instanceof z.ZodOptional) return objectsAt(schema.unwrap(), path)
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => objectsAt(option, path))
  const [first, ...rest] = path
  if (schema instanceof z.ZodArray && typeof first === 'number') return objectsAt(schema.element, rest)
  if (!(schema instanceof z.ZodObject)) return []
  return first === undefined ? [schema] : objectsAt((schema.shape as Record<PropertyKey, unknown>)[first], rest)
}
