/**
 * A server of node:http in a process of its own, for `signed-servers.ts`: `/page` behind a guard for signed tickets,
 * `/alone` behind one that does not gather requests; `/open` the same page without, `/later` as a gathering guard would answer.
 * Is sent the public key and whether tickets may be remembered over IPC; says its port, and then to every
 * message what its cache has counted.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createGuard } from 'authtkt'
import { protect } from 'authtkt/node'
import { SIGNED_NOW, type SignedSite } from './signed-workloads.js'

export interface SignedServerOptions {
  readonly key: SignedSite['key']
  /** Fewer than there are tickets: then every one is new. */
  readonly entries: number
}

export const PAGE = 'let in\n'

function start({ key, entries }: SignedServerOptions): void {
  const guard = createGuard({
    compat: 'exact',
    module: 'mod_auth_pubtkt',
    publicKeys: [key],
    cache: { entries },
    areas: [
      {
        path: '/',
        require: 'valid-user',
        authType: 'mod_auth_pubtkt',
        loginUrl: 'https://login.example.com/',
        tokens: ['reader1'],
      },
    ],
  })
  const handler = (_: IncomingMessage, response: ServerResponse) => void response.end(PAGE)
  const now = () => SIGNED_NOW
  const pages: Readonly<Record<string, (request: IncomingMessage, response: ServerResponse) => void>> = {
    '/page': protect(guard, handler, { now }),
    '/alone': protect(guard, handler, { now, gather: false }),
    '/open': handler,
    '/later': (request, response) => void setImmediate(handler, request, response),
  }
  // One process for all: two of them are never optimised alike.
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    pages[request.url as string]?.(request, response)
  })
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
  process.on('message', () => process.send?.(guard.cacheStats()))
}

process.once('message', (options: SignedServerOptions) => start(options))
process.on('disconnect', () => process.exit())
