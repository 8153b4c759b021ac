/** Asking a site: with undici, or with bytes as they are where undici would tidy them up. */

import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { Agent, type Dispatcher, request } from 'undici'
import type { Seen } from './site.js'

export interface Asking {
  readonly method?: Dispatcher.HttpMethod
  readonly headers?: Record<string, string>
  readonly body?: string | Buffer
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly cookies: readonly string[]
  readonly body: string
}

const agent = new Agent({ keepAliveTimeout: 50, keepAliveMaxTimeout: 50 })

export async function ask(port: number, path: string, asking: Asking = {}): Promise<Answer> {
  const { method = 'GET', headers = {}, body } = asking
  const url = `http://127.0.0.1:${port}${path}`
  const answer = await request(url, { dispatcher: agent, method, headers, body: body ?? null })
  const cookies = [answer.headers['set-cookie'] ?? []].flat()
  return { status: answer.statusCode, headers: answer.headers, cookies, body: await answer.body.text() }
}

export const seenIn = ({ body }: { readonly body: string }): Seen => JSON.parse(body)

/** One request on a connection of its own, and all that comes back. */
export async function raw(port: number, bytes: string | Buffer, patience = 2000): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.setTimeout(patience, () => socket.destroy())
  socket.on('error', () => {})
  socket.write(bytes)
  return text(socket).catch(() => '')
}

/** A request's bytes with any target. */
export function bytesOf(target: string, headers: readonly string[] = [], method = 'GET'): string {
  return `${[`${method} ${target} HTTP/1.1`, ...headers, 'Connection: close'].join('\r\n')}\r\n\r\n`
}

export const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1] ?? 0)
