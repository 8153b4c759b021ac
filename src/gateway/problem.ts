/** Answers of the gateway itself: a status and a problem (RFC 9457) that says no more than a stranger may know. */

import { STATUS_CODES } from 'node:http'
import type { Answer } from '../adapters/answer.js'
import { rawAnswer } from '../adapters/upgrade-answer.js'

const DETAILS: Readonly<Record<number, string>> = {
  400: 'The request is not understood.',
  404: 'There is no such page.',
  405: 'This method is not answered here.',
  408: 'The request took too long.',
  413: 'The body of the request is too long.',
  414: 'The address of the request is too long.',
  431: 'The request has too many or too long headers.',
  500: 'Something is wrong on this server.',
  501: 'This server does not do what the request asks for.',
  502: 'The server behind this gateway cannot be reached, or its answer is not understood.',
  503: 'The server is busy. Please try again.',
  504: 'The server behind this gateway does not answer in time.',
}

const NONE: readonly string[] = []

/** What is answered at all; others may be handed on, but are nobody's to ask for. */
export const METHODS = 'GET, HEAD, POST, OPTIONS'

/** `setCookies`: the guard's, which go out with whatever is answered. */
export function problemAnswer(status: number, setCookies: readonly string[] = NONE): Answer {
  const problem = { type: 'about:blank', title: STATUS_CODES[status], status, detail: DETAILS[status] }
  const headers: [string, string][] = [
    ['Content-Type', 'application/problem+json'],
    ['Cache-Control', 'no-store'],
  ]
  if (status === 405) headers.push(['Allow', METHODS])
  if (status === 503) headers.push(['Retry-After', '1'])
  return { status, headers, setCookies, body: `${JSON.stringify(problem)}\n` }
}

/** The same for a bare socket, which ends with it. */
export function rawProblem(status: number): string {
  return rawAnswer(problemAnswer(status))
}
