/** Decisions that end a request, as answers for any server: status, headers, body. ASCII only: a char is a byte. */

import type { Allow, Decision, Deny, Failure, Pass, Problem, Redirect } from '../policy/decision.js'

export type Refusal = Redirect | Deny | Failure

/** An answer; `headers` without Content-Length and Set-Cookie, which servers treat each in their way. */
export interface Answer {
  readonly status: number
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly setCookies: readonly string[]
  readonly body: string
}

const TEXT = 'text/plain; charset=utf-8'
const HTML = 'text/html; charset=utf-8'
const PROBLEM = 'application/problem+json'

const SENTENCES: Readonly<Record<number, string>> = {
  400: 'This request is not understood.\n',
  401: 'Please sign in first.\n',
  403: 'You may not see this page.\n',
  404: 'There is no such page.\n',
  500: 'Something is wrong on this server.\n',
}

/** For requests whose target the server and the guard would not read alike. */
export const MISREAD: Failure = Object.freeze({
  kind: 'error',
  status: 400,
  reason: 'malformed',
  setCookies: Object.freeze([]) as readonly string[],
  noStore: false,
})

/** True where the request goes no further. */
export function isRefusal(decision: Decision): decision is Refusal {
  return decision.kind !== 'allow' && decision.kind !== 'pass'
}

/** The target that handlers are to see. In shadow mode nothing is enforced, so nothing is changed. */
export function targetFor(decision: Allow | Pass, asked: string): string {
  return decision.kind === 'pass' && decision.shadow ? asked : decision.url
}

/** What the client gets. The reason stays with us: who probes tickets would learn from it. */
export function answerTo(decision: Refusal): Answer {
  const { status, setCookies, noStore } = decision
  const headers: [string, string][] = noStore ? [['Cache-Control', 'no-store']] : []
  if (decision.kind === 'redirect') {
    headers.push(['Location', decision.location], ['Content-Type', HTML])
    return { status, headers, setCookies, body: page(decision.location) }
  }
  if (decision.kind === 'deny' && decision.problem) {
    // RFC 9110 wants a challenge with a 401; on plain ones it is left out, as a proxy in front may turn them into pages.
    if (status === 401) headers.push(['WWW-Authenticate', 'TKT'])
    headers.push(['Content-Type', PROBLEM])
    return { status, headers, setCookies, body: json(decision.problem) }
  }
  headers.push(['Content-Type', TEXT])
  return { status, headers, setCookies, body: sentence(status) }
}

/** The short text that goes with a status. */
export function sentence(status: number): string {
  return SENTENCES[status] ?? `${status}\n`
}

/** For clients that do not follow redirects. */
function page(location: string): string {
  const link = location.replace(/[^\x20-\x7e]/g, percent).replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)
  return `<!doctype html>\n<html lang="en">\n<title>Redirect</title>\n<p>Please continue <a href="${link}">here</a>.</p>\n</html>\n`
}

function percent(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}

function json(problem: Problem): string {
  const unicode = (char: string) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
  return `${JSON.stringify(problem).replace(/[^\x20-\x7e]/g, unicode)}\n`
}
