/** A request on its way to an upstream, and the answer on its way back: streams, back-pressure, aborts, time limits. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { PassThrough, type Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import { send } from '../adapters/node-response.js'
import { skip } from '../adapters/skip.js'
import { BUSY, failureOf, isStale, type UpstreamFailure } from './failures.js'
import { problemAnswer } from './problem.js'
import { type Additions, clientHeaders } from './response-headers.js'
import type { UpstreamPool } from './upstreams.js'

export interface Errand {
  readonly pool: UpstreamPool
  /** Path and query to ask for. */
  readonly path: string
  /** Header lines, ready for undici. */
  readonly lines: string[]
  /** Content-Length of the request, if it has one. */
  readonly length: string | undefined
  readonly additions: Additions
  /** An URL of the upstream as the client's own. */
  readonly reverse: (value: string) => string
  /** Seconds that a client may take to send or to take the next bytes. */
  readonly idle: number
  /** Requests that may wait for a connection, besides those that have one. */
  readonly room: number
  readonly bodyMax: number | null
  /** Tells a client that waits with its body to send it. */
  readonly accept: (() => void) | undefined
  readonly onFailure: (failure: UpstreamFailure, origin: string) => void
  /** Sees the upstream's answer before the client does (shadow mode). */
  readonly onAnswer?: ((status: number, lines: readonly string[]) => void) | undefined
}

/** Methods that may be asked twice (RFC 9110 section 9.2.2), where nothing has come back. */
const REPEATABLE = new Set(['GET', 'HEAD', 'OPTIONS'])
const REASON = /^[\t\x20-\x7e\x80-\xff]*$/

/** Sends the request on; the answer ends `response`, whatever happens. */
export function forward(message: IncomingMessage, response: ServerResponse, errand: Errand): unknown {
  const { pool, length, bodyMax } = errand
  const long = bodyMax !== null && Number(length) > bodyMax
  if (long || pool.active >= errand.room) {
    skip(message)
    if (long) return tooLong(message, response, errand)
    errand.onFailure(BUSY, pool.origin)
    return refuse(response, BUSY, errand)
  }
  errand.accept?.()
  return new Exchange(message, response, errand).start()
}

class Exchange implements Dispatcher.DispatchHandler {
  readonly #message: IncomingMessage
  readonly #response: ServerResponse
  readonly #errand: Errand
  #controller: Dispatcher.DispatchController | undefined
  #body: Readable | null = null
  #tries = 0
  #over = false

  constructor(message: IncomingMessage, response: ServerResponse, errand: Errand) {
    this.#message = message
    this.#response = response
    this.#errand = errand
  }

  start(): void {
    const { pool } = this.#errand
    pool.active++
    this.#body = hasBody(this.#message) ? this.#readBody() : null
    // The client is gone: so is the reason to go on. Node tells the answer only where it is the connection's next one.
    const { socket } = this.#message
    let ended = false
    const end = () => {
      if (ended) return
      ended = true
      socket.off('close', end)
      this.#response.off('close', end)
      pool.active--
      if (!this.#over) this.#abandon()
    }
    socket.once('close', end)
    this.#response.once('close', end)
    this.#ask()
  }

  #ask(): void {
    const { pool, path, lines, length } = this.#errand
    this.#tries++
    const headers = length === undefined ? lines : ['Content-Length', length, ...lines]
    try {
      pool.dispatcher.dispatch({ method: this.#message.method as string, path, headers, body: this.#body }, this)
    } catch (error) {
      this.#fail(error)
    }
  }

  /**
   * The body by way of a stream of its own: undici destroys what it cannot send, and with the request itself the
   * client's connection would be gone before it has its answer.
   */
  #readBody(): Readable {
    const message = this.#message
    const { socket } = message
    const { idle, bodyMax } = this.#errand
    const body = new PassThrough()
    const wait = () => socket.setTimeout(idle * 1000)
    const stopWaiting = () => {
      // Behind the answer runs the time until the next request.
      if (!this.#response.writableFinished) socket.setTimeout(0)
    }
    wait()
    // While the upstream takes nothing, nothing can come from the client.
    message.on('pause', stopWaiting)
    message.on('resume', wait)
    message.once('end', stopWaiting)
    if (bodyMax !== null && this.#errand.length === undefined) {
      let count = 0
      message.on('data', (chunk: Buffer) => {
        count += chunk.length
        if (count > bodyMax && !this.#over) {
          this.#abandon()
          tooLong(message, this.#response, this.#errand)
        }
      })
    }
    return message.pipe(body)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#over) controller.abort(new Error('the client is gone'))
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    _headers: unknown,
    reason: string | undefined,
  ): void {
    // Informational ones are between us and the upstream.
    if (status < 200 || this.#over) return
    const { additions, reverse, onAnswer } = this.#errand
    const raw = (controller.rawHeaders ?? []) as (Buffer | string)[]
    const lines = clientHeaders(raw, additions, reverse)
    onAnswer?.(status, lines)
    if (reason !== undefined && REASON.test(reason)) this.#response.writeHead(status, reason, lines)
    else this.#response.writeHead(status, lines)
    // They end here; a length that a 304 has is that of another answer, which undici would wait for.
    if (status === 204 || status === 304) this.onResponseEnd()
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    const response = this.#response
    if (this.#over || response.write(chunk)) return
    const { socket } = this.#message
    controller.pause()
    socket.setTimeout(this.#errand.idle * 1000)
    response.once('drain', () => {
      socket.setTimeout(this.#message.complete ? 0 : this.#errand.idle * 1000)
      controller.resume()
    })
  }

  onResponseEnd(): void {
    if (this.#over) return
    this.#over = true
    const { socket } = this.#message
    socket.setTimeout(this.#errand.idle * 1000)
    // Before Node's own listener, which sets the time until the next request; one that waits already has none.
    this.#response.prependOnceListener('finish', () => socket.setTimeout(0))
    this.#response.end()
    this.#skipBody()
  }

  onResponseError(_controller: unknown, error: Error): void {
    if (!this.#over) this.#fail(error)
  }

  #fail(error: unknown): unknown {
    const { pool, onFailure } = this.#errand
    const response = this.#response
    if (this.#mayRepeat(error)) return this.#ask()
    this.#over = true
    const failure = failureOf(error)
    onFailure(failure, pool.origin)
    if (response.headersSent) cutOff(this.#message, response)
    else refuse(response, failure, this.#errand)
    return this.#skipBody()
  }

  #mayRepeat(error: unknown): boolean {
    const first = this.#tries === 1 && this.#body === null && !this.#response.headersSent
    return first && REPEATABLE.has(this.#message.method as string) && isStale(error)
  }

  /** What the client still sends is read and dropped: hanging up on it could take our answer away from it. */
  #skipBody(): void {
    if (this.#body === null || this.#message.complete) return
    this.#message.unpipe()
    skip(this.#message)
  }

  /** Ends the exchange with the upstream; the client is somebody else's matter. */
  #abandon(): void {
    this.#over = true
    this.#skipBody()
    this.#controller?.abort(new Error('abandoned'))
    this.#body?.destroy()
  }
}

/** Half an answer must not look like a whole one. To old clients its end is that of the connection: it must be a bad one. */
function cutOff({ httpVersion, socket }: IncomingMessage, response: ServerResponse): void {
  if (httpVersion === '1.0') socket.resetAndDestroy()
  response.destroy()
}

/** Whether a body follows the head (RFC 9112 section 6.3). */
export function hasBody({ headers }: IncomingMessage): boolean {
  if (headers['transfer-encoding'] !== undefined) return true
  const length = headers['content-length']
  return length !== undefined && length !== '0'
}

function refuse(response: ServerResponse, { status }: UpstreamFailure, { additions }: Errand): void {
  send(response, problemAnswer(status, additions.setCookies))
}

function tooLong(message: IncomingMessage, response: ServerResponse, { additions }: Errand): void {
  if (response.headersSent) cutOff(message, response)
  else send(response, problemAnswer(413, additions.setCookies))
}
