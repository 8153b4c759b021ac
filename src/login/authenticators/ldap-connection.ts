/** One conversation with a directory server, from the connection to its end, within a time. */

import { once } from 'node:events'
import { connect, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Client } from 'ldapts'
import { TktError } from '../../errors.js'
import type { LdapServer } from './ldap-options.js'

export type Ldapts = typeof import('ldapts')

/** RFC 4511, 4.14. */
const START_TLS = '1.3.6.1.4.1.1466.20037'

/** What a conversation comes to, and what it was at when it failed: `cause` is made of our words and of codes. */
export type Said<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly cause: string }

export interface Conversation {
  readonly client: Client
  /** What comes now, for the cause if it fails. */
  step(name: string): void
}

/** An optional package: who has no directory has no use for it. */
export async function loadLdapts(load: () => Promise<Ldapts> = () => import('ldapts')): Promise<Ldapts> {
  try {
    return await load()
  } catch (cause) {
    const message = "login: ldap needs the package 'ldapts': npm install ldapts@8"
    throw new TktError('ERR_TKT_CONFIG', message, { cause })
  }
}

/** Never rejects. `ended` ends it from outside. */
export async function converse<T>(
  ldapts: Ldapts,
  server: LdapServer,
  ended: AbortSignal,
  talk: (conversation: Conversation) => Promise<T>,
): Promise<Said<T>> {
  let at = 'connect'
  const step = (name: string) => {
    at = name
  }
  const line: Line = { sockets: [], step }
  const talking = async (): Promise<Said<T>> => {
    const client = await open(ldapts, server, line)
    return { ok: true, value: await talk({ client, step }) }
  }
  let giveUp = () => {}
  const patience = new Promise<Said<T>>((resolve) => {
    giveUp = () => resolve(failed(at, ended.aborted ? 'closed' : `no answer within ${server.timeout / 1000} s`))
  })
  const timer = setTimeout(giveUp, server.timeout)
  ended.addEventListener('abort', giveUp)
  try {
    // Whoever is too late, or fails because the connection goes, is not listened to.
    return await Promise.race([talking(), patience])
  } catch (error) {
    return failed(at, codeOf(error))
  } finally {
    clearTimeout(timer)
    ended.removeEventListener('abort', giveUp)
    for (const socket of line.sockets) socket.destroy()
  }
}

interface Line extends Pick<Conversation, 'step'> {
  /** All that is to be closed at the end. */
  readonly sockets: Socket[]
}

async function open({ Client }: Ldapts, server: LdapServer, { sockets, step }: Line): Promise<Client> {
  const { host, port, tls, ca } = server
  const clientOn = (socket: Socket) =>
    new Client({ url: 'ldap://opened.invalid', createConnection: (() => socket) as typeof connect })
  // Between two of those who listen to a socket, its error must not be nobody's.
  const kept = <S extends Socket>(socket: S): S => {
    sockets.push(socket.on('error', () => {}))
    return socket
  }
  const raw = kept(connect(port, host))
  await once(raw, 'connect')
  if (tls === 'none') return clientOn(raw)
  if (tls === 'start') {
    step('StartTLS')
    await clientOn(raw).exop(START_TLS)
    // The package would keep what came before TLS and read on in it: somebody in between could begin an answer there
    // that the server's own bytes complete. So nothing of this client sees what comes next.
    raw.removeAllListeners('data')
  }
  step('TLS')
  // The name in the certificate is compared with `host`; SNI takes no addresses.
  const name = isIP(host) ? {} : { servername: host }
  const secure = kept(connectTls({ socket: raw, host, ...name, ...(ca !== undefined && { ca }) }))
  await once(secure, 'secureConnect')
  return clientOn(secure)
}

function failed(at: string, why: string): { readonly ok: false; readonly cause: string } {
  return { ok: false, cause: `${at}: ${why}` }
}

/** Never the message: servers put into it what they were sent. */
function codeOf(error: unknown): string {
  const { code, name } = error as { code?: unknown; name?: unknown }
  if (typeof code === 'number') return `${name} (${code})`
  return typeof code === 'string' ? code : 'the connection was lost'
}
