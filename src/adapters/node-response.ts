/** Answers of node:http: sending ours, and adding our headers to the handler's. */

import type { ServerResponse } from 'node:http'
import type { Allow } from '../policy/decision.js'
import type { Answer } from './answer.js'

type Headers = Record<string, string | string[]>

/** Sends an answer of ours. Node itself leaves the body out of answers to HEAD. */
export function send(response: ServerResponse, { status, headers, setCookies, body }: Answer): void {
  response.statusCode = status
  for (const [name, value] of headers) response.setHeader(name, value)
  if (setCookies.length > 0) response.appendHeader('Set-Cookie', setCookies)
  response.setHeader('Content-Length', body.length)
  // Or Node writes the head as UTF-8 with it, and 8-bit bytes of a Location with that.
  response.end(body, 'latin1')
}

/**
 * Lets the guard's cookies and `no-store` go out with whatever the handler answers. They are added in the last moment,
 * when the head is written, so neither `setHeader` nor `writeHead` of the handler can drop them, nor they its cookies.
 * Ours come first: of two cookies with one name browsers keep the last, so a handler can still sign somebody out.
 */
export function carry(response: ServerResponse, { setCookies, noStore }: Allow): void {
  if (setCookies.length === 0 && !noStore) return
  const writeHead = response.writeHead as (status: number, reason?: string, headers?: Headers) => ServerResponse
  const withOurs = (status: number, reason?: unknown, headers?: unknown): ServerResponse => {
    const given = readHeaders(typeof reason === 'string' ? headers : (headers ?? reason))
    if (setCookies.length > 0) {
      const theirs = take(given, 'set-cookie') ?? listOf(response.getHeader('set-cookie'))
      // A second call, after one that has failed, finds ours among them.
      response.setHeader('Set-Cookie', [...setCookies, ...theirs.filter((cookie) => !setCookies.includes(cookie))])
    }
    if (noStore) {
      take(given, 'cache-control')
      response.setHeader('Cache-Control', 'no-store')
    }
    return typeof reason === 'string'
      ? writeHead.call(response, status, reason, given)
      : writeHead.call(response, status, undefined, given)
  }
  response.writeHead = withOurs as ServerResponse['writeHead']
}

/** What `writeHead` takes (an object, a flat list or a list of pairs) as one object; repeated names become lists. */
function readHeaders(given: unknown): Headers {
  const headers: Headers = Object.create(null)
  if (!Array.isArray(given)) return Object.assign(headers, given)
  const names = new Map<string, string>()
  const flat = given.every((one) => Array.isArray(one)) ? given.flat() : given
  for (let i = 0; i + 1 < flat.length; i += 2) {
    const key = String(flat[i]).toLowerCase()
    const name = names.get(key) ?? String(flat[i])
    headers[name] = names.has(key) ? [...listOf(headers[name]), ...listOf(flat[i + 1])] : flat[i + 1]
    names.set(key, name)
  }
  return headers
}

/** Takes a header out, in any case; undefined where it is not there. */
function take(headers: Headers, wanted: string): string[] | undefined {
  let found: string[] | undefined
  for (const name of Object.keys(headers)) {
    if (name.toLowerCase() !== wanted) continue
    found = [...(found ?? []), ...listOf(headers[name])]
    delete headers[name]
  }
  return found
}

function listOf(value: unknown): string[] {
  return value === undefined ? [] : Array.isArray(value) ? value.map(String) : [String(value)]
}
