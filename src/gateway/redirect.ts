/** Answers that send the client elsewhere because a route says so (Redirect of mod_alias), not the guard. */

import { type Answer, answerTo } from '../adapters/answer.js'
import { originOf } from './connection.js'
import { problemAnswer } from './problem.js'
import type { Client } from './request-headers.js'
import type { Additions } from './response-headers.js'

/** `rest`: what the request has behind the route's path, its query included. */
export function redirectAnswer(
  to: { readonly url: string; readonly status: number },
  rest: string,
  client: Client,
  { setCookies, noStore }: Additions,
): Answer {
  const { status, url } = to
  if (status < 300 || status > 399) return problemAnswer(status, setCookies)
  const named = url.replace(/^(https?:\/\/)\*(?=\/|$)/, (_, scheme: string) => scheme + nameOf(client))
  const whole = named.endsWith('/') && rest.startsWith('/') ? named + rest.slice(1) : named + apart(named, rest)
  const location = url.startsWith('/') ? originOf(client) + whole : whole
  const moved = { kind: 'redirect', status: 302, location, reason: 'absent', setCookies, noStore } as const
  return { ...answerTo(moved), status }
}

/** Behind a bare host nothing of the client's may become a part of its name: `//host` and `.example.net/`. */
function apart(url: string, rest: string): string {
  return /^https?:\/\/[^/?#]+$/i.test(url) && rest !== '' && !/^[/?]/.test(rest) ? `/${rest}` : rest
}

/** The host without its port, which is another one with another scheme. */
function nameOf({ host = 'localhost' }: Client): string {
  return host.replace(/:\d*$/, '')
}
