/** Requests and responses of the Fetch standard. No runtime's own modules: shared by everything that speaks Fetch. */

import type { Allow, GuardRequest, Pass } from '../policy/decision.js'
import type { Charset } from '../types.js'
import { type Answer, targetFor } from './answer.js'
import { authorizationOf } from './authorization.js'
import { identityPairs, withoutIdentity } from './identity-pairs.js'
import { originOf } from './target.js'

/** Target of a request in origin form, as it is routed: behind the host, without a fragment. */
export function targetOf(url: string): string {
  const end = url.indexOf('#')
  return url.slice(originOf(url)?.length ?? url.length, end < 0 ? url.length : end)
}

/**
 * A request as the guard reads it. The Fetch standard keeps no order of header lines and joins duplicates, cookies with
 * `; `. Where a request was made without a Host header, the URL says the host.
 */
export function factsOf(request: Request, ip: string | undefined, now: number): GuardRequest {
  const headers: string[] = []
  let host: string | undefined
  for (const [name, value] of request.headers) {
    headers.push(name, value)
    if (name === 'host') host = value
  }
  if (host === undefined) headers.push('host', hostOf(request.url))
  const tls = request.url.startsWith('https:')
  const port = Number(/:(\d+)$/.exec(originOf(request.url) ?? '')?.[1] ?? (tls ? 443 : 80))
  return { method: request.method, url: targetOf(request.url), headers, ip, tls, port, now }
}

/** Methods that the Fetch standard knows no requests of: such a one could not be handed on with another target. */
const FORBIDDEN = ['CONNECT', 'TRACE', 'TRACK']

/** Whether the Host header, where there is one, names the URL's host: handlers may go by either. */
export function isReadable({ headers, url, method }: Request): boolean {
  if (FORBIDDEN.includes(method)) return false
  const header = headers.get('host')?.toLowerCase()
  const host = hostOf(url)
  return header === undefined || header === host || header === `${host}:${url.startsWith('https:') ? 443 : 80}`
}

function hostOf(url: string): string {
  const origin = originOf(url)
  return origin === undefined ? '' : origin.slice(origin.indexOf('//') + 2)
}

/** The request with the target that was judged and the headers that the guard hands on; itself where nothing changes. */
export function rewritten(request: Request, decision: Allow | Pass, charset: boolean | Charset | undefined): Request {
  const identity = decision.kind === 'allow' ? decision.identity : undefined
  const asked = targetOf(request.url)
  const target = targetFor(decision, asked)
  const same = asked === target
  const authorization = authorizationOf(decision)
  if (same && !charset && authorization === undefined) return request
  const headers = charset
    ? headersOf([...withoutIdentity(request.headers), ...identityPairs(identity, charset)])
    : new Headers(request.headers)
  if (authorization === null) headers.delete('authorization')
  else if (authorization !== undefined) headers.set('authorization', authorization)
  const { method, body, signal, redirect } = request
  const url = same ? request.url : `${originOf(request.url)}${target}`
  return new Request(url, { method, headers, body, signal, redirect, ...(body ? { duplex: 'half' as const } : {}) })
}

function headersOf(pairs: readonly (readonly [name: string, value: string])[]): Headers {
  const headers = new Headers()
  for (const [name, value] of pairs) headers.append(name, value)
  return headers
}

/** An answer of ours as a Response. */
export function responseOf({ status, headers, setCookies, body }: Answer, method: string): Response {
  const all = headersOf(headers)
  all.set('content-length', String(body.length))
  for (const cookie of setCookies) all.append('set-cookie', cookie)
  return new Response(method === 'HEAD' ? null : body, { status, headers: all })
}

/**
 * The handler's response together with the guard's cookies and `no-store`. A copy: a handler may hand out one response
 * to many. Ours come first: of two cookies with one name browsers keep the last, so a handler can still sign somebody
 * out. A 101 stays as it is; no runtime lets us make another.
 */
export function withOurs(response: Response, { setCookies, noStore }: Allow): Response {
  if ((setCookies.length === 0 && !noStore) || response.status === 101) return response
  const copy = new Response(response.body, response)
  if (setCookies.length > 0) {
    const theirs = response.headers.getSetCookie()
    copy.headers.delete('set-cookie')
    for (const cookie of [...setCookies, ...theirs]) copy.headers.append('set-cookie', cookie)
  }
  if (noStore) copy.headers.set('cache-control', 'no-store')
  return copy
}
