/**
 * The endpoints that other proxies ask before they let a request through. One for each convention, never guessed: what
 * one proxy overwrites, a client can send through another. Neither a ticket nor an option is read from the endpoint's
 * own query.
 *
 * The server that this listens to has no `upgrade` listener: a proxy may pass the client's Upgrade on to us, and Node
 * then takes it for a plain request.
 */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Answer, isRefusal, MISREAD, targetFor } from '../../adapters/answer.js'
import { authorizationOf, isAuthorization } from '../../adapters/authorization.js'
import { send } from '../../adapters/node-response.js'
import { samePath } from '../../adapters/target.js'
import type { Decision, Guard, GuardRequest } from '../../policy/decision.js'
import type { IdentityHeaders } from '../identity.js'
import { caddy } from './caddy.js'
import { type Convention, isMisuse } from './convention.js'
import { envoy } from './envoy.js'
import { haproxy } from './haproxy.js'
import { nginx } from './nginx.js'
import { traefik } from './traefik.js'

export const CONVENTIONS = { nginx, caddy, traefik, envoy, haproxy } as const

export type ConventionName = keyof typeof CONVENTIONS

/** What a decision was about. The request holds tickets: not for logs as it is. */
export interface CheckFacts {
  readonly convention: ConventionName
  /** Address of the proxy. */
  readonly peer: string
  /** The original request. */
  readonly request: GuardRequest
}

export interface ForwardAuthDeps {
  /** Asked anew for each request: a reload swaps guards. */
  readonly guard: () => Guard
  /** Whether a proxy at this address is answered. */
  readonly peers: (ip: string) => boolean
  /** Unix time in whole seconds. */
  readonly now: () => number
  readonly identity: IdentityHeaders
  readonly onDecision?: ((decision: Decision, facts: CheckFacts) => void) | undefined
  /** Is told in one line why no decision could be asked for: a proxy's configuration, or an error of ours. */
  readonly onProblem?: ((text: string, convention: ConventionName) => void) | undefined
}

const PREFIX = '/auth/'
/** A proxy at the other end of a Unix socket. */
const LOCAL = '127.0.0.1'

export function createForwardAuth(deps: ForwardAuthDeps): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    // A connection that is gone has no address, either; nobody reads what it is answered.
    const peer = request.socket.remoteAddress ?? LOCAL
    if (!deps.peers(peer)) return send(response, text(403, 'This proxy is not among the forward-auth peers.'))
    const found = endpointOf(request.url as string)
    if (found === undefined) {
      const names = Object.keys(CONVENTIONS).map((name) => `${PREFIX}${name}`)
      return send(response, text(404, `There is no such endpoint; known are ${names.join(', ')}.`))
    }
    send(response, answer(request, peer, found, deps))
  }
}

interface Endpoint {
  readonly name: ConventionName
  readonly rest: string
}

function endpointOf(url: string): Endpoint | undefined {
  const [, name = '', rest = ''] = /^\/auth\/([a-z]+)(?=[/?]|$)(.*)$/s.exec(url) ?? []
  if (!Object.hasOwn(CONVENTIONS, name)) return undefined
  const known = name as ConventionName
  if (rest.startsWith('/') && !CONVENTIONS[known].takesPath) return undefined
  return { name: known, rest }
}

/** Whatever goes wrong in here, nobody is let in. */
function answer(request: IncomingMessage, peer: string, { name, rest }: Endpoint, deps: ForwardAuthDeps): Answer {
  const convention: Convention = CONVENTIONS[name]
  try {
    const original = convention.read({ method: request.method as string, rest, headers: request.rawHeaders })
    if (isMisuse(original)) {
      quietly(() => deps.onProblem?.(original.misuse, name))
      return text(500, original.misuse)
    }
    const asked: GuardRequest = { ...original, now: deps.now() }
    const decision = judge(deps.guard(), asked)
    quietly(() => deps.onDecision?.(decision, { convention: name, peer, request: asked }))
    const identity = deps.identity.pairs(decision.kind === 'allow' ? decision.identity : undefined)
    return convention.respond(decision, [...identity, ...authorizationLines(decision, original.headers)], original)
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown'
    quietly(() => deps.onProblem?.(`The check failed: ${reason}`, name))
    return text(500, 'The check failed.')
  }
}

/** What goes on to the application: ours, or the client's as it came. It is a credential: never in a refusal. */
function authorizationLines(decision: Decision, headers: readonly string[]): string[] {
  if (isRefusal(decision)) return []
  const ours = authorizationOf(decision)
  if (ours !== undefined) return ours === null ? [] : ['Authorization', ours]
  return headers.flatMap((name, i) =>
    i % 2 === 0 && isAuthorization(name) ? ['Authorization', headers[i + 1] as string] : [],
  )
}

/** The proxy hands on what the client sent, not what was judged: a path that is not in its one spelling is refused. */
function judge(guard: Guard, asked: GuardRequest): Decision {
  // A target with a host in it would be a second one.
  if (!asked.url.startsWith('/') && asked.url !== '*') return MISREAD
  const decision = guard.decide(asked)
  return isRefusal(decision) || samePath(asked.url, targetFor(decision, asked.url)) ? decision : MISREAD
}

/** A log must not open a door, nor close one. */
function quietly(tell: () => void): void {
  try {
    tell()
  } catch {
    // Dropped on purpose.
  }
}

function text(status: number, line: string): Answer {
  return { status, headers: [['Content-Type', 'text/plain; charset=utf-8']], setCookies: [], body: `${line}\n` }
}
