/** Upgrades (WebSocket): the handshake through the guard, then bytes both ways until either side is done. */

import { STATUS_CODES } from 'node:http'
import { type Duplex, pipeline } from 'node:stream'
import type { Dispatcher } from 'undici'
import { hangUp } from '../adapters/upgrade-answer.js'
import { failureOf, type UpstreamFailure } from './failures.js'
import { rawProblem } from './problem.js'
import { clientHeaders } from './response-headers.js'
import type { UpstreamPool } from './upstreams.js'

export interface UpgradeErrand {
  readonly pool: UpstreamPool
  readonly path: string
  readonly lines: string[]
  readonly protocol: string
  readonly onFailure: (failure: UpstreamFailure, origin: string) => void
}

const NOTHING = { setCookies: [], noStore: false }

/** `head`: what the client has sent behind its handshake. Answers on the bare socket, and ends it. */
export function tunnel(socket: Duplex, head: Buffer, errand: UpgradeErrand): void {
  const { pool, path, lines, protocol } = errand
  pool.active++
  socket.once('close', () => pool.active--)
  try {
    pool.dispatcher.dispatch(
      { method: 'GET', path, headers: lines, upgrade: protocol },
      new Handshake(socket, head, errand),
    )
  } catch (error) {
    refuse(socket, error, errand)
  }
}

class Handshake implements Dispatcher.DispatchHandler {
  readonly #socket: Duplex
  readonly #head: Buffer
  readonly #errand: UpgradeErrand
  #answered = false

  constructor(socket: Duplex, head: Buffer, errand: UpgradeErrand) {
    this.#socket = socket
    this.#head = head
    this.#errand = errand
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#socket.destroyed) controller.abort(new Error('the client is gone'))
    else this.#socket.once('close', () => controller.abort(new Error('the client is gone')))
  }

  onRequestUpgrade(controller: Dispatcher.DispatchController, status: number, _headers: unknown, peer: Duplex): void {
    const socket = this.#socket
    this.#answered = true
    if (socket.destroyed) {
      peer.destroy()
      return
    }
    const lines = clientHeaders((controller.rawHeaders ?? []) as Buffer[], NOTHING, (value) => value)
    const start = [`Connection: Upgrade`, `Upgrade: ${this.#errand.protocol}`]
    socket.write(headOf(status, [...start, ...pairsOf(lines)]), 'latin1')
    if (this.#head.length > 0) peer.write(this.#head)
    // Either end that closes or fails takes the other along.
    pipeline(socket, peer, () => {})
    pipeline(peer, socket, () => {})
  }

  /** The upstream did not want to: its answer goes to the client, and the connection ends. */
  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    if (status < 200) return
    this.#answered = true
    const lines = clientHeaders((controller.rawHeaders ?? []) as Buffer[], NOTHING, (value) => value)
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
    else refuse(this.#socket, error, this.#errand)
  }
}

function refuse(socket: Duplex, error: unknown, { pool, onFailure }: UpgradeErrand): void {
  const failure = failureOf(error)
  onFailure(failure, pool.origin)
  hangUp(socket, rawProblem(failure.status))
}

function headOf(status: number, lines: readonly string[]): string {
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('\r\n')}\r\n\r\n`
}

function pairsOf(lines: readonly string[]): string[] {
  const pairs: string[] = []
  for (let i = 0; i < lines.length; i += 2) pairs.push(`${lines[i]}: ${lines[i + 1]}`)
  return pairs
}
