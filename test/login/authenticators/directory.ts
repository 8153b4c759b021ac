/** Authenticators on a slapd that a test started, and servers that are none. */

import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import type { Test } from 'tap'
import { BASE, GROUPS, PASSWORD, PEOPLE, READER, type Slapd, startSlapd } from '../../../native-fixtures/slapd.mjs'
import type { PasswordAuthenticator } from '../../../src/login/authenticators/authenticator.js'
import { type LdapOptions, ldap } from '../../../src/login/authenticators/ldap.js'

export { BASE, GROUPS, PASSWORD, PEOPLE, READER }

export const WRONG = { ok: false, reason: 'wrong' }
export const BY_DN = { bindDn: `uid={uid},${PEOPLE}` }
export const BY_SEARCH = { searchBase: PEOPLE, bindAs: READER, password: PASSWORD }

/** Both ways to find somebody. */
export const WAYS: readonly (readonly [string, Partial<LdapOptions>])[] = [
  ['bindDn', BY_DN],
  ['search', BY_SEARCH],
]

export async function slapdFor(t: Test, options?: { unauthenticated?: boolean; open?: boolean }): Promise<Slapd> {
  const slapd = await startSlapd(options)
  t.teardown(() => slapd.stop())
  return slapd
}

export async function staffOf(t: Test, url: string, options: Partial<LdapOptions>): Promise<PasswordAuthenticator> {
  const staff = await ldap({ url, ...options })
  t.teardown(() => staff.close?.())
  return staff
}

/** A server that does with its connections whatever the test says. */
export async function serverFor(t: Test, serve: (socket: Socket) => void): Promise<{ url: string; open: Set<Socket> }> {
  const open = new Set<Socket>()
  const server = createServer((socket) => {
    open.add(socket)
    socket.on('error', () => {}).on('close', () => open.delete(socket))
    serve(socket)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.close()
    for (const socket of open) socket.destroy()
  })
  return { url: `ldap://127.0.0.1:${(server.address() as AddressInfo).port}`, open }
}

/** An LDAPMessage that says how an operation ended; `id` is that of the request. */
export function result(id: number, operation: number, code: number): Buffer {
  return Buffer.from([0x30, 12, 2, 1, id, operation, 7, 10, 1, code, 4, 0, 4, 0])
}

export const BIND_RESPONSE = 0x61
export const EXTENDED_RESPONSE = 0x78

/** The message ID of a short request: what a client of ours sends first. */
export function idOf(request: Buffer): number {
  return request[4] as number
}
