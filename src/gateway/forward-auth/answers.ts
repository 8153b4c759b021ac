/** Decisions as answers to a proxy: for those that hand an answer on, and for those that only understand a status. */

import { type Answer, answerTo, isRefusal } from '../../adapters/answer.js'
import type { Allow, Decision, Pass } from '../../policy/decision.js'
import type { Respond } from './convention.js'

type Pair = readonly [name: string, value: string]

const NO_STORE: Pair = ['Cache-Control', 'no-store']

/** Caddy, Traefik, Envoy: what is no 200 is for the client, as it is; our headers' names are none of its business. */
export const relay: Respond = (decision, handed) => {
  if (isRefusal(decision)) return answerTo(decision)
  const answer = welcome(decision)
  return { ...answer, headers: [...answer.headers, ...pairsOf(handed)] }
}

/**
 * nginx, HAProxy: 200, 401 or 403; 500 where the site is not fully configured. A redirect is a 401 that says where to.
 * nginx joins the values of several Set-Cookie lines or drops all but the first, so each cookie has a name of its own
 * as well.
 */
export const signal: Respond = (decision, handed) => {
  const { status, headers, setCookies, body } = signalOf(decision)
  const cookies = setCookies.map((cookie, i): Pair => [i === 0 ? 'X-Auth-Cookie' : `X-Auth-Cookie-${i + 1}`, cookie])
  return { status, headers: [...headers, ...cookies, ...pairsOf(handed)], setCookies, body }
}

function signalOf(decision: Decision): Answer {
  if (!isRefusal(decision)) return welcome(decision)
  if (decision.kind !== 'redirect') {
    const { status } = decision
    // A 400 or 404 would be an error of ours to nginx.
    return { ...answerTo(decision), status: status === 400 || status === 404 ? 403 : status }
  }
  const { location, setCookies, noStore } = decision
  const headers: Pair[] = noStore ? [NO_STORE] : []
  headers.push(['X-Auth-Redirect', location], ['X-Auth-Redirect-Status', String(decision.status)])
  return { status: 401, headers, setCookies, body: '' }
}

function welcome(decision: Allow | Pass): Answer {
  if (decision.kind === 'pass') return { status: 200, headers: [], setCookies: [], body: '' }
  return { status: 200, headers: decision.noStore ? [NO_STORE] : [], setCookies: decision.setCookies, body: '' }
}

function pairsOf(flat: readonly string[]): Pair[] {
  return flat.flatMap((name, i) => (i % 2 === 0 ? [[name, flat[i + 1] as string] as const] : []))
}
