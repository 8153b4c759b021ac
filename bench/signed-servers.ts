/**
 * What does a guard for signed tickets add to a request of node:http, and is it faster than Apache with mod_auth_pubtkt?
 *
 * Method as in `gateway.ts`: two pages of one process, or two servers, live at once, pinned to one core, and take turns in
 * short slices. `cached`: 64 tickets, which both remember. `distinct`: 2048 tickets in turn where Apache has room for 200
 * and we are given room for 64: nobody ever meets one again, and both still pay for looking and for keeping.
 */
import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { CacheStats } from 'authtkt'
import { ask, open } from './http-client.js'
import {
  CLIENT_CORE,
  type Contender,
  compare,
  type Fixtures,
  fixtures,
  type PairPlan,
  type PairResults,
  type PairTiming,
  type Server,
  type Start,
} from './pairs.js'
import { pin } from './processes.js'
import { PAGE, type SignedServerOptions } from './signed-server.js'
import { type SignedSite, signedSite, signedTicket } from './signed-workloads.js'

const CONNECTIONS = 32
const CACHED = { tickets: 64, entries: 4096 }
const DISTINCT = { tickets: 2048, entries: 64 }
/** Pages of signed-server.ts that everybody gets. */
const OPEN = ['/open', '/later']
/** What is held against what within a server: the guard as it is; one that judges each request as it comes; its own part. */
const WITHIN = [
  ['guarded to open', '/page', '/open'],
  ['guarded without gathering to open', '/alone', '/open'],
  ['guarded to open, both gathered', '/page', '/later'],
] as const

interface Load {
  readonly site: SignedSite
  readonly tickets: readonly string[]
  readonly entries: number
}

function requestsOf({ tickets }: Load, path: string): Buffer[] {
  return tickets.map((value) => {
    const lines = [
      `GET ${path} HTTP/1.1`,
      'Host: www.example.com',
      'Accept: */*',
      `Cookie: theme=dark; auth_pubtkt=${value}`,
    ]
    return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1')
  })
}

async function startNode({ site, entries }: Load): Promise<Server & { readonly process: ChildProcess }> {
  const process = fork(fileURLToPath(new URL('signed-server.js', import.meta.url)))
  const exited = once(process, 'exit')
  process.send({ key: site.key, entries } satisfies SignedServerOptions)
  const [port] = (await once(process, 'message')) as [number]
  const stop = async () => {
    process.send('stats')
    const [stats] = (await once(process, 'message')) as [CacheStats]
    // What was to be new was, but for the first request of each connection; and what was to be known.
    const [few, many] = entries === DISTINCT.entries ? [stats.hits, stats.misses] : [stats.misses, stats.hits]
    assert.ok(few < 0.05 * many, `${stats.misses} misses, ${stats.hits} hits`)
    process.kill()
    await exited
  }
  return { pid: process.pid as number, port, stop, process }
}

/** Apache at its best: threads, connections that stay open, a small file that it keeps mapped, no .htaccess, no log. */
async function startApache({ site, tickets }: Load, tools: Fixtures): Promise<Server> {
  const { ports, pid, stop } = await tools.startServer({
    module: 'auth_pubtkt',
    configure(folder: string) {
      const [page, key] = [join(folder, 'htdocs', 'page'), join(folder, 'key.pem')]
      writeFileSync(page, PAGE)
      utimesSync(page, 1_700_000_000, 1_700_000_000)
      writeFileSync(key, site.key.publicKey)
      chmodSync(key, 0o644)
      return [
        ...tools.loadModules(
          ['mpm_event', 'authn_core', 'authz_core', 'authz_user', 'mime', 'file_cache'],
          'auth_pubtkt',
        ),
        ...['StartServers 1', 'ServerLimit 1', 'ThreadsPerChild 64', 'MaxRequestWorkers 64', 'TypesConfig /dev/null'],
        ...['MaxKeepAliveRequests 0', 'KeepAliveTimeout 600', `MMapFile "${page}"`, 'FileETag None'],
        ...[`TKTAuthPublicKey "${key}"`, 'TKTAuthDigest SHA256'],
        ...['<Location /page>', 'AuthType mod_auth_pubtkt', 'Require valid-user'],
        ...['TKTAuthLoginURL https://login.example.com/', 'TKTAuthToken reader1', '</Location>'],
      ]
    },
    knock: ([port = 0]: number[]) =>
      open(port, 1, requestsOf({ site, tickets, entries: 0 }, '/page')[0] as Buffer)
        .then(([one]) => one?.socket.destroy())
        .then(() => true),
  })
  return { pid, port: ports[0] as number, stop }
}

/** With any of the tickets the page; with a forged one, or none, a redirect, but where it is open. */
async function check({ port }: Server, load: Load, path: string): Promise<void> {
  const requests = requestsOf(load, path)
  const [{ socket } = { socket: undefined }] = await open(port, 1, requests[0] as Buffer)
  if (!socket) throw new Error('No connection')
  for (const request of requests) {
    const answer = await ask(socket, request)
    if (!answer.startsWith('HTTP/1.1 200 ') || !answer.endsWith(PAGE)) throw new Error(`${path}: a wrong answer`)
  }
  const forged = requestsOf({ ...load, tickets: [signedTicket(load.site, 0, true)] }, path)[0] as Buffer
  const strangers = [forged, Buffer.from(`GET ${path} HTTP/1.1\r\nHost: www.example.com\r\n\r\n`)]
  for (const stranger of strangers) {
    if (!(await ask(socket, stranger)).startsWith(`HTTP/1.1 ${OPEN.includes(path) ? 200 : 307} `))
      throw new Error(`${path}: strangers are let in`)
  }
  socket.destroy()
}

async function contender(server: Server, load: Load, path = '/page'): Promise<Contender> {
  await check(server, load, path)
  const requests = requestsOf(load, path)
  return { server, requests, connections: await open(server.port, CONNECTIONS, requests[0] as Buffer) }
}

export async function signedServerResults(plan: PairPlan): Promise<PairResults> {
  const pinned = { all: pin(process.pid, CLIENT_CORE) }
  const tools = await fixtures()
  const missing = tools.pubtktMissing()
  const site = signedSite('rsa')
  const all = Array.from({ length: DISTINCT.tickets }, (_, i) => signedTicket(site, i))
  const rows: PairTiming[] = []
  const skipped: { name: string; why: string }[] = []
  for (const [name, { tickets, entries }] of Object.entries({ cached: CACHED, distinct: DISTINCT })) {
    const load: Load = { site, tickets: all.slice(0, tickets), entries }
    for (const [what, one, other] of WITHIN) {
      const pair: Start = async (run) => {
        const server = await run(startNode(load))
        return [await contender(server, load, one), await contender(server, load, other)]
      }
      rows.push(await compare(`node:http, rsa ${name}, ${what}`, pair, plan, pinned))
    }
    const toApache = `rsa ${name}, node:http to Apache`
    if (missing !== undefined) {
      skipped.push({ name: toApache, why: missing })
      continue
    }
    rows.push(
      await compare(
        toApache,
        async (run) => {
          const ours = await run(startNode(load))
          const apache = await run(startApache(load, tools))
          return [await contender(ours, load), await contender(apache, load)]
        },
        plan,
        pinned,
      ),
    )
  }
  return { pinned: pinned.all, rows, skipped }
}
