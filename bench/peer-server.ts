/** A server of node:http or Express in a process of its own, for `servers.ts`: one page, with or without our guard. Says its port over IPC. */
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createGuard } from 'authtkt'
import { protect as protectExpress } from 'authtkt/express'
import { protect } from 'authtkt/node'
import express from 'express'
import { BODY } from './apache.js'
import { type Digest, SECRET } from './workloads.js'

export const PEER_KINDS = ['bare', 'guarded', 'express'] as const
export type PeerKind = (typeof PEER_KINDS)[number]

// The tickets are of one day in 2023.
const now = () => 1_700_003_000

function listener(kind: PeerKind, digest: Digest): RequestListener {
  if (kind === 'bare') return (_, response) => response.end(BODY)
  const guard = createGuard({
    keys: [{ secret: SECRET, digest }],
    loginUrl: 'https://login.example.com/',
    areas: [{ path: '/page', tokens: ['reader1'] }],
  })
  if (kind === 'guarded') return protect(guard, (_, response) => response.end(BODY), { now })
  const app = express().disable('x-powered-by')
  app.use(protectExpress(guard, { now }))
  app.get('/page', (_, response) => void response.end(BODY))
  return app
}

const [kind, digest] = process.argv.slice(2) as [PeerKind, Digest]
// Other servers are measured meanwhile: connections must not time out.
const server = createServer({ keepAliveTimeout: 0 }, listener(kind, digest))
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
process.on('disconnect', () => process.exit())
