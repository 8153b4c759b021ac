/** node:http and node:https: a listener that asks the guard first, and one for protocol upgrades. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Decision, Guard, GuardRequest } from '../policy/decision.js'
import { answerTo, isRefusal, sentence, targetFor } from './answer.js'
import { decideOn, factsOf, identify, type Judged } from './node-request.js'
import { carry, send } from './node-response.js'
import { type AdapterOptions, checkAdapter, tell } from './options.js'
import { atOnce, type Steps, together } from './together.js'
import { hangUp, upgradeRefusal } from './upgrade-answer.js'

export type { Judged } from './node-request.js'

/** What is protected; may be asynchronous. */
export type NodeHandler = (request: Judged, response: ServerResponse) => unknown

/** The same for upgrades: the socket is the handler's from then on, errors included. */
export type UpgradeHandler = (request: Judged, socket: Duplex, head: Buffer) => unknown

export interface NodeOptions extends AdapterOptions<IncomingMessage> {
  /**
   * Is given what the handler throws or rejects with. The client has its 500 by then. Without this option the error
   * goes where it would go without us: uncaughtException, unhandledRejection.
   */
  readonly onError?: ((error: unknown, request: IncomingMessage) => void) | undefined
  /**
   * Judge together what arrives together, which costs a busy server a good part less: the handler runs in the turn of the
   * event loop behind the one that has read the request. `false`: at once, as `request` is emitted. Upgrades wait for their
   * turn, too, behind the requests before them; tell `protectUpgrade` what `protect` is told. Default true.
   */
  readonly gather?: boolean | undefined
}

/**
 * Puts a guard in front of a handler of node:http or node:https. The handler runs only for requests that the guard
 * lets through; it finds `request.identity` (undefined where nobody had to be known), and in `request.url` the target
 * that was judged.
 *
 * The guard's cookies go out together with the handler's own; `Cache-Control: no-store`, where the guard asks for it,
 * replaces the handler's.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:http'
 * import { createGuard } from 'authtkt'
 * import { protect } from 'authtkt/node'
 *
 * const guard = createGuard({
 *   keys: [{ secret: process.env.AUTHTKT_SECRET, digest: 'sha256' }],
 *   loginUrl: 'https://login.example.com/',
 *   areas: [{ path: '/' }],
 * })
 * createServer(protect(guard, (request, response) => response.end(`Hello ${request.identity?.uid}`))).listen(8080)
 * ```
 */
export function protect(
  guard: Guard,
  handler: NodeHandler,
  options: NodeOptions = {},
): (request: IncomingMessage, response: ServerResponse) => void {
  checkAdapter(guard, options, 'protect', ['onError', 'gather'])
  const steps: Steps<IncomingMessage, ServerResponse, GuardRequest | undefined, Decision> = {
    read: (request) => factsOf(request, request.url as string, request, options),
    judge: (facts) => decideOn(guard, facts),
    goOn(request, response, decision, facts) {
      tell(options, decision, request)
      if (isRefusal(decision)) return send(response, answerTo(decision))
      request.url = targetFor(decision, facts?.url as string)
      identify(request, decision, options)
      if (decision.kind === 'allow') carry(response, decision)
      const outcome = handler(request as Judged, response)
      if (outcome instanceof Promise) outcome.catch((error) => fail(error, request, response, options))
    },
    fail: (error, request, response) => fail(error, request, response, options),
  }
  return options.gather === false ? atOnce(steps) : together(steps)
}

/**
 * Puts a guard in front of a server's `upgrade` event (WebSocket). Refusals are plain HTTP answers, and the connection
 * ends; where a page would be redirected the answer is 401, as no WebSocket client follows redirects. On the way in
 * there is no answer of ours to put cookies on: they are renewed with the next page.
 *
 * @example
 * ```ts
 * import { protectUpgrade } from 'authtkt/node'
 *
 * server.on('upgrade', protectUpgrade(guard, (request, socket, head) => {
 *   sockets.handleUpgrade(request, socket, head, (peer) => peer.send(`Hello ${request.identity?.uid}`))
 * }))
 * ```
 */
export function protectUpgrade(
  guard: Guard,
  handler: UpgradeHandler,
  options: NodeOptions = {},
): (request: IncomingMessage, socket: Duplex, head: Buffer) => void {
  checkAdapter(guard, options, 'protectUpgrade', ['onError', 'gather'])

  const abandon = (error: unknown, request: IncomingMessage, socket: Duplex) => {
    socket.destroy()
    report(error, request, options)
  }
  type Upgrade = { readonly socket: Duplex; readonly head: Buffer }
  const steps: Steps<IncomingMessage, Upgrade, GuardRequest | undefined, Decision> = {
    read: (request) => factsOf(request, request.url as string, request, options),
    judge: (facts) => decideOn(guard, facts),
    goOn(request, { socket, head }, decision, facts) {
      tell(options, decision, request)
      if (isRefusal(decision)) return hangUp(socket, upgradeRefusal(decision))
      request.url = targetFor(decision, facts?.url as string)
      identify(request, decision, options)
      const outcome = handler(request as Judged, socket, head)
      if (outcome instanceof Promise) outcome.catch((error) => abandon(error, request, socket))
    },
    fail: (error, request, { socket }) => abandon(error, request, socket),
  }
  if (options.gather === false) {
    const listener = atOnce(steps)
    return (request, socket, head) => listener(request, { socket, head })
  }
  const listener = together({
    ...steps,
    goOn(request, upgrade, decision, facts) {
      upgrade.socket.off('error', drop)
      if (!upgrade.socket.destroyed) steps.goOn(request, upgrade, decision, facts)
    },
  })
  // Behind the answers to what came before it on this connection: they must not land in its stream.
  return (request, socket, head) => {
    // Node has taken its own listener off; a client that is gone must not end the process.
    socket.on('error', drop)
    listener(request, { socket, head })
  }
}

function drop(this: Duplex): void {
  this.destroy()
}

/** The client of a handler that failed: a 500 that says nothing, or the end of an answer that has begun. */
function fail(error: unknown, request: IncomingMessage, response: ServerResponse, options: NodeOptions): void {
  if (response.headersSent) response.destroy()
  else {
    for (const name of response.getHeaderNames()) response.removeHeader(name)
    const headers = [['Content-Type', 'text/plain; charset=utf-8']] as const
    send(response, { status: 500, headers, setCookies: [], body: sentence(500) })
  }
  report(error, request, options)
}

function report(error: unknown, request: IncomingMessage, { onError }: NodeOptions): void {
  if (!onError) throw error
  onError(error, request)
}
