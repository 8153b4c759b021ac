/** Requests as `explain` takes them: one JSON object a line. */

import { hasBadLine } from '../http/headers.js'
import type { GuardRequest } from '../policy/decision.js'

export interface ExplainRequest {
  readonly id: unknown
  readonly request: GuardRequest
  /** Header lines that a server refuses before anybody is asked. */
  readonly bad: boolean
}

/** Reads one line; a string says what is wrong with it, without repeating any of it. */
export function parseRequest(line: string, now: number): ExplainRequest | string {
  let value: unknown
  try {
    // Lines come as bytes, one char each; JSON is UTF-8, and its strings are bytes again.
    value = JSON.parse(Buffer.from(line, 'latin1').toString('utf8'))
  } catch {
    return 'the line is no JSON object'
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'the line is no JSON object'
  const given = value as Record<string, unknown>
  const { id = null, method = 'GET', url, httpVersion = '1.1', headers = [], ip, serverName, port, tls = false } = given
  const time = given.now ?? now
  if (typeof url !== 'string') return 'url must be a string'
  if (typeof method !== 'string') return 'method must be a string'
  if (typeof httpVersion !== 'string') return 'httpVersion must be a string such as 1.1'
  if (!isPairs(headers)) return 'headers must be pairs: [["Host", "www.example.com"], ...]'
  if (ip !== undefined && typeof ip !== 'string') return 'ip must be a string'
  if (serverName !== undefined && typeof serverName !== 'string') return 'serverName must be a string'
  if (port !== undefined && !Number.isInteger(port)) return 'port must be a whole number'
  if (typeof tls !== 'boolean') return 'tls must be true or false'
  if (typeof time !== 'number' || !(time >= 0)) return 'now must be unix time in whole seconds'
  const request = {
    method,
    url,
    httpVersion,
    headers,
    ip,
    serverName,
    port: port as number | undefined,
    tls,
    now: time,
  }
  return { id, request, bad: hasBadLine(headers.flat()) || !/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(method) }
}

function isPairs(headers: unknown): headers is [string, string][] {
  return (
    Array.isArray(headers) &&
    headers.every((pair) => Array.isArray(pair) && pair.length === 2 && pair.every((text) => typeof text === 'string'))
  )
}
