/** The demo server on a free loopback port, and asking it. */

import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Test } from 'tap'
import { Agent, type Dispatcher, request } from 'undici'
import { createIssuer } from '../../src/index.js'
import { createDemo, type DemoOptions } from '../../src/login/server.js'

export const NOW = 1700000000
export const SECRET = Buffer.from('a secret of the demo tests')
export const USER = 'demo'
export const PASSWORD = 'open sesame & <more>'

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

export interface Asking {
  readonly method?: Dispatcher.HttpMethod
  readonly headers?: Record<string, string>
  readonly body?: string | Buffer
  /** The `auth_tkt` cookie's value. */
  readonly ticket?: string | undefined
  /** The client's own address. */
  readonly from?: string
}

export interface Demo {
  readonly port: number
  readonly origin: string
  /** The server's clock; tests turn it. */
  readonly clock: { now: number }
  ask(path: string, asking?: Asking): Promise<Answer>
}

/** Starts a demo that ends with the test. */
export async function demo(t: Test, options: Partial<DemoOptions> = {}, host = '127.0.0.1'): Promise<Demo> {
  const clock = { now: NOW }
  const server = createDemo({
    secret: SECRET,
    user: USER,
    password: PASSWORD,
    timeout: 7200,
    now: () => clock.now,
    ...options,
  })
  server.listen(0, host)
  await once(server, 'listening')
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  const { port } = server.address() as AddressInfo
  const origin = `http://127.0.0.1:${port}`
  return { port, origin, clock, ask: (path, asking) => ask(`${origin}${path}`, asking) }
}

/** One request on a connection of its own; redirects are not followed. */
async function ask(url: string, { method = 'GET', headers = {}, body, ticket, from }: Asking = {}): Promise<Answer> {
  const agent = new Agent(from === undefined ? {} : { localAddress: from })
  try {
    const answer = await request(url, {
      dispatcher: agent,
      method,
      headers: { ...headers, ...(ticket === undefined ? {} : { cookie: `auth_tkt=${ticket}` }) },
      body: body ?? null,
    })
    return { status: answer.statusCode, headers: answer.headers, body: await answer.body.text() }
  } finally {
    await agent.close()
  }
}

/** A sign-in form as a browser sends it. */
export function form(fields: Record<string, string>, headers: Record<string, string> = {}): Asking {
  return {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: new URLSearchParams(fields).toString(),
  }
}

export const signIn = () => form({ uid: USER, password: PASSWORD })

/** The ticket in the cookie that an answer sets. */
export function ticketOf({ headers }: Answer): string | undefined {
  return /^auth_tkt=([^;]+)/.exec(String(headers['set-cookie']))?.[1]
}

/** A ticket that the demo takes from 127.0.0.1 at NOW. */
export function ticket(uid: string, { secret = SECRET, ip = '127.0.0.1', now = NOW, tokens = ['demo'] } = {}): string {
  return createIssuer({ keys: [{ secret, digest: 'sha256' }] }).issue({ uid, tokens }, { ip, now })
}

/** Sends bytes as they are and reads until the server closes, or for `patience` ms. */
export async function raw(port: number, bytes: string | Buffer, patience = 2000): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.setTimeout(patience, () => socket.end())
  // A server that refuses early resets the connection under our writing.
  socket.on('error', () => {})
  socket.write(bytes)
  return text(socket).catch(() => '')
}

/** Whether this machine has the address: tests that need one it lacks are not defined. */
export async function available(host: string): Promise<boolean> {
  const server = createServer().listen(0, host)
  try {
    await once(server, 'listening')
    server.close()
    return true
  } catch {
    return false
  }
}
