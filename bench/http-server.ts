/**
 * A server of node:http in a process of its own, for `http.ts`: bare, or the same behind a guard. Says its port over
 * IPC, and to every message how much CPU time the process has used, in microseconds, all its threads together.
 */
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createGuard } from 'authtkt'
import { protect } from 'authtkt/node'
import type { Digest } from './workloads.js'
import { SECRET } from './workloads.js'

export type ServerKind = 'bare' | Digest

function listener(kind: ServerKind): RequestListener {
  // As many bytes as a uid: the bare server sends no shorter an answer.
  if (kind === 'bare') return (_, response) => response.end('nobody00')
  const guard = createGuard({
    keys: [{ secret: SECRET, digest: kind }],
    loginUrl: 'https://login.example.com/',
    areas: Array.from({ length: 10 }, (_, i) => ({ path: `/app${i}`, tokens: ['reader1'] })),
  })
  // The tickets are of one day in 2023.
  return protect(guard, (request, response) => response.end(request.identity?.uid), { now: () => 1_700_003_000 })
}

// Other servers are measured meanwhile: connections must not time out.
const server = createServer({ keepAliveTimeout: 0 }, listener(process.argv[2] as ServerKind))
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send?.(user + system)
})
process.on('disconnect', () => process.exit())
