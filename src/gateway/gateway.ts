/** The gateway: a request in, the guard asked, and what it lets through handed to whoever answers the path. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { answerTo, isRefusal, targetFor } from '../adapters/answer.js'
import { guardRequest } from '../adapters/node-request.js'
import { send } from '../adapters/node-response.js'
import { systemNow } from '../adapters/options.js'
import { together } from '../adapters/together.js'
import { hangUp, upgradeRefusal } from '../adapters/upgrade-answer.js'
import type { Allow, Decision, GuardRequest, Pass } from '../policy/decision.js'
import { addressOf, asSeen, clientOf, ORIGIN, originOf } from './connection.js'
import type { UpstreamFailure } from './failures.js'
import { METHODS, problemAnswer, rawProblem } from './problem.js'
import { type Errand, forward } from './proxy.js'
import { redirectAnswer } from './redirect.js'
import { type Client, upstreamHeaders } from './request-headers.js'
import { additionsOf } from './response-headers.js'
import { joinPath } from './routes.js'
import type { OldAnswer } from './shadow.js'
import { type Destination, placeFor, type Site } from './site.js'
import { tunnel } from './upgrade.js'

/** Who wants to know: logs, metrics, shadow mode. Nothing in it may throw. */
export interface Watch {
  readonly started?: (message: IncomingMessage, response: ServerResponse) => void
  /** Before the decision is carried out. */
  readonly decided?: (decision: Decision, message: IncomingMessage, site: Site) => void
  /** In shadow mode: what the old server answers. */
  readonly compared?: (ours: Decision, theirs: OldAnswer, message: IncomingMessage, site: Site) => void
  readonly failed?: (failure: UpstreamFailure, origin: string) => void
  /** A mistake of ours. */
  readonly broken?: (error: unknown) => void
}

export interface Gateway {
  /** For node:http's `request`. */
  handle(message: IncomingMessage, response: ServerResponse): void
  /** For `checkContinue`: the client waits with its body until we say so. */
  handleExpect(message: IncomingMessage, response: ServerResponse): void
  /** For `upgrade` of WebSockets: all others are put back before. */
  upgrade(message: IncomingMessage, socket: Duplex, head: Buffer): void
}

export interface GatewayOptions {
  /** The site as it is now: a reload changes it between two requests. */
  readonly site: () => Site
  readonly watch?: Watch
  /** Unix time in whole seconds. */
  readonly now?: () => number
}

/** The status of a request that no guard is asked about. */
type Unfit = 405 | 414 | 431

/** A request as it arrived, and the site as it was then. */
interface Asked {
  readonly site: Site
  readonly unfit: Unfit | undefined
  readonly request: GuardRequest
}
type GoOn = (message: IncomingMessage, response: ServerResponse, decision: Decision | Unfit, asked: Asked) => unknown

export function createGateway({ site: current, watch = {}, now = systemNow }: GatewayOptions): Gateway {
  function read(message: IncomingMessage): Asked {
    const site = current()
    const request = guardRequest(message, message.url as string, addressOf(message), now())
    return { site, unfit: unfitness(message, site), request }
  }

  const judge = ({ site, unfit, request }: Asked) => (unfit === undefined ? site.guard.decide(request) : unfit)

  function serve(
    message: IncomingMessage,
    response: ServerResponse,
    decision: Decision | Unfit,
    { site }: Asked,
    accept?: () => void,
  ): unknown {
    if (typeof decision === 'number') return send(response, problemAnswer(decision))
    watch.decided?.(decision, message, site)
    if (isRefusal(decision)) return send(response, answerTo(decision))
    const url = targetFor(decision, message.url as string).replace(ORIGIN, '') || '/'
    if (url === '*') return send(response, { status: 200, headers: [['Allow', METHODS]], setCookies: [], body: '' })
    const { to, rest } = placeFor(site, decision.host).find(url) ?? { to: undefined, rest: '' }
    return deliver(message, response, site, decision, to, rest, accept)
  }

  function deliver(
    message: IncomingMessage,
    response: ServerResponse,
    site: Site,
    decision: Allow | Pass,
    to: Destination | undefined,
    rest: string,
    accept: (() => void) | undefined,
  ): unknown {
    const additions = additionsOf(decision)
    if (to === undefined) return send(response, problemAnswer(404, additions.setCookies))
    if (to.kind === 'pages') {
      const time = now()
      const visit = site.guard.visit(guardRequest(message, decision.url, addressOf(message), time))
      return to.pages.handle(message, response, visit, time, accept).catch((error) => fail(response, error))
    }
    if (to.kind === 'nobody') return send(response, problemAnswer(501, additions.setCookies))
    if (to.kind === 'redirect') return send(response, redirectAnswer(to, rest, seenBy(message, site), additions))
    if (to.kind === 'files') {
      message.url = decision.url
      return to.serve(message, response, rest.replace(/\?.*$/s, ''), additions)
    }
    return forward(message, response, errandTo(message, site, decision, to, rest, accept))
  }

  /** In one literal: an object spread into another took 4 % of the process's time. */
  function errandTo(
    message: IncomingMessage,
    site: Site,
    decision: Allow | Pass,
    to: Destination & { kind: 'upstream' },
    rest: string,
    accept: (() => void) | undefined,
  ): Errand {
    const client = clientOf(message)
    const place = placeFor(site, decision.host)
    const { timeouts, limits } = site.serving
    const { compared } = watch
    const shadow = decision.kind === 'pass' ? decision.shadow : undefined
    const { lines, length } = upstreamHeaders(message, client, to.host ?? client.host, decision, site.headers)
    return {
      pool: to.pool,
      path: joinPath(to.base, rest),
      lines,
      length,
      additions: additionsOf(decision),
      room: limits.connections + limits.waiting,
      onFailure: (failure, origin) => watch.failed?.(failure, origin),
      accept,
      reverse: (value) => place.reverse(value, originOf(seenBy(message, site))),
      idle: timeouts.idle,
      bodyMax: limits.bodyBytes,
      onAnswer: shadow && compared && ((status, lines) => compared(shadow, { status, lines }, message, site)),
    }
  }

  /** Until it is told to go on, nobody knows whether the client sends a body or its next request. */
  const serveExpecting: GoOn = (message, response, decision, asked) => {
    const { shouldKeepAlive } = response
    response.shouldKeepAlive = false
    return serve(message, response, decision, asked, () => {
      response.shouldKeepAlive = shouldKeepAlive
      response.writeContinue()
    })
  }

  /** Judged together with what comes with it; whoever watches is told of its coming at once. */
  function listener(goOn: GoOn): Gateway['handle'] {
    const gather = together({ read, judge, goOn, fail: (error, _, response: ServerResponse) => fail(response, error) })
    return (message, response) => {
      watch.started?.(message, response)
      gather(message, response)
    }
  }

  function fail(response: ServerResponse, error: unknown): void {
    // A client that went away in the middle of a form is no mistake of ours.
    if (response.destroyed) return
    watch.broken?.(error)
    if (response.headersSent) response.destroy()
    else send(response, problemAnswer(500))
  }

  function upgrade(message: IncomingMessage, socket: Duplex, head: Buffer): unknown {
    const asked = read(message)
    const { site } = asked
    const decision = judge(asked)
    if (typeof decision === 'number') return hangUp(socket, rawProblem(decision))
    watch.decided?.(decision, message, site)
    if (isRefusal(decision)) return hangUp(socket, upgradeRefusal(decision))
    const url = targetFor(decision, message.url as string).replace(ORIGIN, '') || '/'
    const found = placeFor(site, decision.host).find(url)
    if (found?.to.kind !== 'upstream') return hangUp(socket, rawProblem(404))
    const errand = errandTo(message, site, decision, found.to, found.rest, undefined)
    return tunnel(socket, head, { ...errand, protocol: 'websocket' })
  }

  return {
    handle: listener((message, response, decision, asked) => serve(message, response, decision, asked)),
    handleExpect: listener(serveExpecting),
    upgrade(message, socket, head) {
      // Node has taken its own listener off; a client that is gone must not end the process.
      socket.on('error', () => socket.destroy())
      try {
        upgrade(message, socket, head)
      } catch (error) {
        watch.broken?.(error)
        hangUp(socket, rawProblem(500))
      }
    },
  }
}

/** How the client sees us. */
function seenBy(message: IncomingMessage, { headers }: Site): Client {
  return asSeen(clientOf(message), message, headers.trusts, headers.forwarded)
}

/** Why a request is refused before anybody is asked about it; undefined for most. */
function unfitness(message: IncomingMessage, { serving: { limits } }: Site): Unfit | undefined {
  if ((message.url as string).length > limits.urlBytes) return 414
  if (message.rawHeaders.length > 2 * limits.headers) return 431
  // What a proxy adds on the way would be shown to scripts.
  if (message.method === 'TRACE') return 405
  return undefined
}
