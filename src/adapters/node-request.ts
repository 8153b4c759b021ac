/** A request of node:http as the guard reads it. Shared by the adapters for servers that stand on node:http. */

import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Allow, Decision, Guard, GuardRequest, Identity, Pass } from '../policy/decision.js'
import { MISREAD } from './answer.js'
import { authorizationOf } from './authorization.js'
import { writeAuthorization, writeIdentity } from './identity-headers.js'
import { type AdapterOptions, systemNow } from './options.js'
import { namesHost } from './target.js'

/** A request that has been judged. */
export type Judged<Request = IncomingMessage> = Request & {
  /** Who asks; undefined where nobody had to be known. Only ever set by the guard. */
  identity: Identity | undefined
}

/**
 * What the guard always needs are fields; what it rarely needs are getters: asking a socket for its own address is a
 * system call.
 */
class NodeRequest implements GuardRequest {
  readonly method: string
  readonly url: string
  readonly headers: readonly string[]
  readonly ip: string | undefined
  readonly tls: boolean
  readonly now: number
  readonly #message: IncomingMessage

  constructor(message: IncomingMessage, url: string, ip: string | undefined, now: number) {
    this.method = message.method as string
    this.url = url
    this.headers = message.httpVersionMajor === 2 ? linesOfHttp2(message.rawHeaders) : message.rawHeaders
    this.ip = ip
    this.tls = (message.socket as Socket & { encrypted?: boolean }).encrypted === true
    this.now = now
    this.#message = message
  }

  get httpVersion(): string {
    return this.#message.httpVersion
  }

  get port(): number | undefined {
    return this.#message.socket.localPort
  }

  get localAddress(): string | undefined {
    return this.#message.socket.localAddress
  }
}

/** What the guard asks of a request; `url` is the target that the server routes on, `ip` the connection's other end. */
export function guardRequest(message: IncomingMessage, url: string, ip: string | undefined, now: number): GuardRequest {
  return new NodeRequest(message, url, ip, now)
}

export function decideOn(guard: Guard, facts: GuardRequest | undefined): Decision {
  return facts === undefined ? MISREAD : guard.decide(facts)
}

/** What the guard is to be asked, as it is now; undefined where a request names two hosts. */
export function factsOf<Subject>(
  message: IncomingMessage,
  url: string,
  subject: Subject,
  options: AdapterOptions<Subject>,
): GuardRequest | undefined {
  const ip = options.ip ? options.ip(subject) : message.socket.remoteAddress
  const facts = new NodeRequest(message, url, ip, options.now ? options.now() : systemNow())
  return url.charCodeAt(0) === 0x2f || namesHost(url, message.headers.host) ? facts : undefined
}

/**
 * Puts the identity where handlers look for it, over whatever is there; undefined on requests that just pass. So with
 * the Authorization header, where the guard has one for the application.
 */
export function identify(message: IncomingMessage, decision: Allow | Pass, options: AdapterOptions<never>): void {
  const identity = decision.kind === 'allow' ? decision.identity : undefined
  ;(message as Judged).identity = identity
  if (options.identityHeaders) writeIdentity(message, identity, options.identityHeaders)
  const authorization = authorizationOf(decision)
  if (authorization !== undefined) writeAuthorization(message, authorization)
}

/** HTTP/2 has the host in a pseudo-header and may have cut the cookies up (RFC 9113, 8.3.1 and 8.2.3). */
function linesOfHttp2(raw: readonly string[]): string[] {
  const lines: string[] = []
  const cookies: string[] = []
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] as string
    const value = raw[i + 1] as string
    if (name === ':authority') lines.push('host', value)
    else if (name === 'cookie') cookies.push(value)
    else if (!name.startsWith(':')) lines.push(name, value)
  }
  if (cookies.length > 0) lines.push('cookie', cookies.join('; '))
  return lines
}
