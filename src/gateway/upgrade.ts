/** Upgrades (WebSocket): the handshake through the guard, then bytes both ways until either side is done. */

import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Dispatcher } from 'undici'
import { hangUp, rawAnswer } from '../adapters/upgrade-answer.js'
import { BUSY, failureOf, type UpstreamFailure } from './failures.js'
import { problemAnswer } from './problem.js'
import { type Additions, clientHeaders } from './response-headers.js'
import type { UpstreamPool } from './upstreams.js'

export interface UpgradeErrand {
  readonly pool: UpstreamPool
  readonly path: string
  readonly lines: string[]
  readonly protocol: string
  readonly additions: Additions
  /** Requests that may be under way or wait for a connection. */
  readonly room: number
  readonly onFailure: (failure: UpstreamFailure, origin: string) => void
}

/** Milliseconds without a byte until TCP asks whether the other end is still there: tunnels have no time limit. */
const PROBE = 60_000

/** `head`: what the client has sent behind its handshake. Answers on the bare socket, and ends it. */
export function tunnel(socket: Duplex, head: Buffer, errand: UpgradeErrand): unknown {
  const { pool, path, lines, protocol } = errand
  if (pool.active >= errand.room) return refuse(socket, BUSY, errand)
  const handshake = new Handshake(socket, head, errand)
  try {
    return pool.dispatcher.dispatch({ method: 'GET', path, headers: lines, upgrade: protocol }, handshake)
  } catch (error) {
    return handshake.onResponseError(undefined, error as Error)
  }
}

class Handshake implements Dispatcher.DispatchHandler {
  readonly #socket: Duplex
  readonly #head: Buffer
  readonly #errand: UpgradeErrand
  #answered = false
  #under = true

  constructor(socket: Duplex, head: Buffer, errand: UpgradeErrand) {
    this.#socket = socket
    this.#head = head
    this.#errand = errand
    errand.pool.active++
    socket.once('close', () => this.#end())
  }

  /** An open tunnel is no request any more: many of them must not make the upstream look busy. */
  #end(): void {
    if (this.#under) this.#errand.pool.active--
    this.#under = false
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#socket.destroyed) controller.abort(new Error('the client is gone'))
    else this.#socket.once('close', () => controller.abort(new Error('the client is gone')))
  }

  onRequestUpgrade(controller: Dispatcher.DispatchController, status: number, _headers: unknown, peer: Duplex): void {
    const socket = this.#socket
    this.#answered = true
    this.#end()
    if (socket.destroyed) {
      peer.destroy()
      return
    }
    const lines = clientHeaders((controller.rawHeaders ?? []) as Buffer[], this.#errand.additions, (value) => value)
    const start = [`Connection: Upgrade`, `Upgrade: ${this.#errand.protocol}`]
    socket.write(headOf(status, [...start, ...pairsOf(lines)]), 'latin1')
    if (this.#head.length > 0) peer.write(this.#head)
    for (const end of [socket, peer]) (end as Socket).setKeepAlive(true, PROBE)
    join(socket, peer)
    join(peer, socket)
  }

  /** The upstream did not want to: its answer goes to the client, and the connection ends. */
  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    if (status < 200) return
    this.#answered = true
    const lines = clientHeaders((controller.rawHeaders ?? []) as Buffer[], this.#errand.additions, (value) => value)
    this.#socket.write(headOf(status, ['Connection: close', ...pairsOf(lines)]), 'latin1')
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#socket.write(chunk)) return
    controller.pause()
    this.#socket.once('drain', () => controller.resume())
  }

  onResponseEnd(): void {
    this.#socket.end()
  }

  onResponseError(_controller: unknown, error: Error): void {
    if (this.#answered || this.#socket.destroyed) this.#socket.destroy()
    else refuse(this.#socket, failureOf(error), this.#errand)
  }
}

/** What `one` says goes to the other end, to its last byte; where it breaks off, the other one does too. */
function join(one: Duplex, other: Duplex): void {
  one.on('error', () => one.destroy())
  one.once('close', () => {
    if (!one.readableEnded || other.writableFinished) other.destroy()
    else other.once('finish', () => other.destroy())
  })
  one.pipe(other)
}

function refuse(socket: Duplex, failure: UpstreamFailure, { pool, additions, onFailure }: UpgradeErrand): void {
  onFailure(failure, pool.origin)
  hangUp(socket, rawAnswer(problemAnswer(failure.status, additions.setCookies)))
}

function headOf(status: number, lines: readonly string[]): string {
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('\r\n')}\r\n\r\n`
}

function pairsOf(lines: readonly string[]): string[] {
  const pairs: string[] = []
  for (let i = 0; i < lines.length; i += 2) pairs.push(`${lines[i]}: ${lines[i + 1]}`)
  return pairs
}
