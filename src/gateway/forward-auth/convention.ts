/**
 * What a proxy's way of asking consists of. A check request stands for another one; the guard is given that one as we
 * would have got it, had we stood in the proxy's place.
 */

import type { Answer } from '../../adapters/answer.js'
import { headerOf, trimValue } from '../../http/headers.js'
import type { Decision } from '../../policy/decision.js'

/** A check request. */
export interface Check {
  readonly method: string
  /** What its target has behind the path of the endpoint. */
  readonly rest: string
  /** Name, value, name, value ... */
  readonly headers: readonly string[]
}

/** The request that is asked about. */
export interface Original {
  readonly method: string
  readonly url: string
  readonly tls: boolean
  /** Address that the proxy was asked from: the client's, or that of a proxy in front of it. */
  readonly ip: string
  /** Host included; without what the proxy has put in for us. */
  readonly headers: readonly string[]
}

/** The proxy does not say what it must: what is missing and what to set, in one line. */
export interface Misuse {
  readonly misuse: string
}

/**
 * `handed`: what the application is to get in place of the client's own, name, value, name, value ... Every identity
 * header; and the Authorization that goes on, the client's where nothing else is decided. Without one none goes on:
 * proxies do not tell one that is missing from one that is empty.
 */
export type Respond = (decision: Decision, handed: readonly string[], original: Original) => Answer

export interface Convention {
  /** The endpoint's path also stands in front of the original one. */
  readonly takesPath: boolean
  read(check: Check): Original | Misuse
  readonly respond: Respond
}

/** Reads headers that must be there once. What is wrong is told by the first of them. */
export function mustHave<Name extends string>(
  headers: readonly string[],
  names: Readonly<Record<Name, string>>,
): Readonly<Record<Name, string>> | Misuse {
  const values: Partial<Record<Name, string>> = {}
  for (const [name, fix] of Object.entries(names) as [Name, string][]) {
    const wanted = name.toLowerCase()
    const count = headers.filter((text, i) => i % 2 === 0 && text.toLowerCase() === wanted).length
    const value = trimValue(headerOf(headers, wanted) ?? '')
    // Two of them: one may be the client's own.
    if (count !== 1 || value === '') {
      const state = count > 1 ? 'came more than once' : 'is missing'
      return { misuse: `The check request's ${name} ${state}: ${fix}.` }
    }
    values[name] = value
  }
  return values as Record<Name, string>
}

export function isMisuse(value: object): value is Misuse {
  return 'misuse' in value
}

/** The lines without the named ones (in lower case). */
export function without(headers: readonly string[], names: readonly string[]): string[] {
  const kept: string[] = []
  for (let i = 0; i < headers.length; i += 2) {
    if (!names.includes((headers[i] as string).toLowerCase())) kept.push(headers[i] as string, headers[i + 1] as string)
  }
  return kept
}

/** The scheme's word for TLS; undefined where it is no scheme of ours. */
export function isTls(scheme: string): boolean | undefined {
  const lower = scheme.toLowerCase()
  return lower === 'https' || lower === 'wss' ? true : lower === 'http' || lower === 'ws' ? false : undefined
}
