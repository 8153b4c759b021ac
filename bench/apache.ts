/** Debian's Apache (event MPM) with a page and, if wanted, mod_auth_tkt in front of it; the same lines guard our gateway. */
import { utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { open } from './http-client.js'
import type { Fixtures, Server } from './pairs.js'
import type { Digest } from './workloads.js'
import { SECRET } from './workloads.js'

export const BODY = 'x'.repeat(1024)

/** Other servers are measured meanwhile: connections must not time out. */
const KEEP = 'KeepAliveTimeout 600'

/** What guards `/page`. */
export const guarded = (digest: Digest): string => `${KEEP}
TKTAuthSecret "${SECRET}"
TKTAuthDigestType ${digest.toUpperCase()}
<Location /page>
  AuthType None
  Require valid-user
  TKTAuthLoginURL https://login.example.com/
  TKTAuthTimeout 0
  TKTAuthToken reader1
</Location>
`

/** An old one: of files that have just changed servers are not sure, and their answers differ. */
export function writePage(file: string): void {
  writeFileSync(file, BODY)
  utimesSync(file, 1_700_000_000, 1_700_000_000)
}

/** One that answers: connects, asks once. */
export const knocks = (port: number, request: Buffer): Promise<boolean> =>
  open(port, 1, request)
    .then(([one]) => one?.socket.destroy())
    .then(() => true)

/** One process with threads, no .htaccess, no log. Without `guard` it does not even load the module. */
export async function startApache(tools: Fixtures, request: Buffer, guard?: string): Promise<Server> {
  const modules = ['mpm_event', 'authn_core', 'authz_core', 'authz_user', 'mime']
  const { ports, pid, stop } = await tools.startServer({
    configure: (folder: string) => {
      writePage(join(folder, 'htdocs', 'page'))
      const load = tools.loadModules(modules)
      return [
        ...(guard === undefined ? load.filter((line) => !line.includes('auth_tkt')) : load),
        ...['StartServers 1', 'ServerLimit 1', 'ThreadsPerChild 64', 'MaxRequestWorkers 64', 'TypesConfig /dev/null'],
        ...['MaxKeepAliveRequests 0', guard ?? KEEP],
      ]
    },
    knock: ([port = 0]: number[]) => knocks(port, request),
  })
  return { pid, port: ports[0] as number, stop }
}
