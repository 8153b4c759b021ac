/**
 * What does the guard cost a proxy, and is a guarded folder served faster than by Apache with mod_auth_tkt?
 *
 * Every server is what users run: `authtkt serve` with an Apache configuration, and Debian's Apache (event MPM) with
 * the same one. One server at a time is loaded, pinned to one core; the client, and behind proxies the upstream, have
 * the other. The servers of a comparison live at once and take turns in rotating order; ratios are taken within a round,
 * the median over the rounds counts. CPU time is the system's account of the server's processes.
 */
import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Digest } from 'authtkt'
import { ask, type Connection, load, open } from './http-client.js'
import { median } from './measure.js'
import { cpuOf, pin } from './processes.js'
import { DIGESTS, SECRET, tickets, ticketText } from './workloads.js'

export interface GatewayPlan {
  readonly rounds: number
  readonly requests: number
  readonly warmUp: number
}
export const GATEWAY_FULL: GatewayPlan = { rounds: 15, requests: 4000, warmUp: 20_000 }
export const GATEWAY_QUICK: GatewayPlan = { rounds: 7, requests: 3000, warmUp: 10_000 }
const CONNECTIONS = 32
const [CLIENT_CORE, SERVER_CORE] = [0, 1]
const BODY = 'x'.repeat(1024)

export interface GatewayTiming {
  readonly name: string
  /** Of the comparison's first server. */
  readonly perSecond: number
  readonly cpu: number
  /** Of the second, which it is held against. */
  readonly otherPerSecond: number
  readonly otherCpu: number
  /** Requests per second, first to second, and CPU time the first takes more (µs per request). */
  readonly ratio: number
  readonly added: number
}

export interface GatewayResults {
  readonly plan: GatewayPlan
  readonly pinned: boolean
  /** Why there is no comparison with Apache. */
  readonly missing: string | undefined
  readonly rows: readonly GatewayTiming[]
}

interface Server {
  readonly pid: number
  readonly port: number
  readonly stop: () => Promise<unknown>
}

/** The pieces that start a real Apache; nothing of it is in the published package. */
interface Fixtures {
  apacheMissing(): string | undefined
  startServer(options: object): Promise<{ ports: number[]; pid: number; stop: () => Promise<void> }>
  loadModules(names: string[]): string[]
}

async function fixtures(): Promise<Fixtures> {
  const load = (file: string) => import(new URL(`../../native-fixtures/${file}`, import.meta.url).href)
  return { ...(await load('debian.mjs')), ...(await load('apache-server.mjs')) }
}

/** Other servers are measured meanwhile: connections must not time out. */
const OPEN = 'KeepAliveTimeout 600\n'
const guarded = (digest: Digest) => `${OPEN}
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

function requests(digest: Digest): Buffer[] {
  return tickets('typical').map((ticket) => {
    const value = Buffer.from(ticketText(digest, SECRET, '127.0.0.1', ticket), 'latin1').toString('base64')
    return Buffer.from(
      `GET /page HTTP/1.1\r\nHost: www.example.com\r\nAccept: */*\r\nCookie: theme=dark; auth_tkt=${value}\r\n\r\n`,
      'latin1',
    )
  })
}

/** An old one: of files that have just changed servers are not sure, and their answers differ. */
function writePage(file: string): void {
  writeFileSync(file, BODY)
  utimesSync(file, 1_700_000_000, 1_700_000_000)
}

async function startServe(folder: string, name: string, lines: string, more: readonly string[]): Promise<Server> {
  const file = join(folder, `${name}.conf`)
  writeFileSync(file, lines)
  const bin = fileURLToPath(new URL('../../dist/cli/bin.js', import.meta.url))
  const args = [bin, 'serve', '--config', file, '--listen', '127.0.0.1:0', '--no-watch', ...more]
  const child: ChildProcess = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'pipe'] })
  const exited = once(child, 'exit')
  const port = await new Promise<number>((resolve, reject) => {
    let text = ''
    child.stderr?.on('data', (chunk) => {
      text += chunk
      const found = /listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(text)?.[1]
      if (found !== undefined) resolve(Number(found))
    })
    exited.then(() => reject(new Error(`authtkt serve did not start: ${text}`)))
  })
  const stop = () => {
    child.kill()
    return exited
  }
  return { pid: child.pid as number, port, stop }
}

async function startApache(digest: Digest, tools: Fixtures): Promise<Server> {
  const { ports, pid, stop } = await tools.startServer({
    configure: (folder: string) => {
      writePage(join(folder, 'htdocs', 'page'))
      return [
        ...tools.loadModules(['mpm_event', 'authn_core', 'authz_core', 'authz_user', 'mime']),
        ...['StartServers 1', 'ServerLimit 1', 'ThreadsPerChild 64', 'MaxRequestWorkers 64', 'TypesConfig /dev/null'],
        ...['MaxKeepAliveRequests 0', guarded(digest)],
      ]
    },
    knock: ([port = 0]: number[]) =>
      open(port, 1, requests(digest)[0] as Buffer)
        .then(([one]) => one?.socket.destroy())
        .then(() => true),
  })
  return { pid, port: ports[0] as number, stop }
}

/** With a ticket the page, without one a redirect. */
async function check({ port }: Server, digest: Digest, isGuarded: boolean): Promise<void> {
  const [first] = requests(digest)
  const [{ socket } = { socket: undefined }] = await open(port, 1, first as Buffer)
  if (!socket) throw new Error('No connection')
  for (const request of requests(digest)) {
    const answer = await ask(socket, request)
    if (!answer.startsWith('HTTP/1.1 200 ') || !answer.endsWith(BODY)) throw new Error(`${digest}: a wrong answer`)
  }
  const stranger = await ask(socket, Buffer.from('GET /page HTTP/1.1\r\nHost: www.example.com\r\n\r\n'))
  if (!stranger.startsWith(`HTTP/1.1 ${isGuarded ? 307 : 200} `)) throw new Error(`${digest}: strangers are let in`)
  socket.destroy()
}

interface Contender {
  readonly server: Server
  readonly requests: readonly Buffer[]
  readonly connections: readonly Connection[]
}

async function contender(
  server: Server,
  digest: Digest,
  isGuarded: boolean,
  pinned: { all: boolean },
): Promise<Contender> {
  await check(server, digest, isGuarded)
  pinned.all = pin(server.pid, SERVER_CORE) && pinned.all
  const all = requests(digest)
  return { server, requests: all, connections: await open(server.port, CONNECTIONS, all[0] as Buffer) }
}

async function measure({ server, requests, connections }: Contender, count: number) {
  const cpu = cpuOf(server.pid)
  const start = performance.now()
  await load(connections, requests, count)
  const seconds = (performance.now() - start) / 1000
  return { perSecond: count / seconds, cpu: (cpuOf(server.pid) - cpu) / count }
}

async function compare(name: string, one: Contender, other: Contender, plan: GatewayPlan): Promise<GatewayTiming> {
  process.stderr.write(`gateway, ${name}\n`)
  for (const { connections, requests } of [one, other]) await load(connections, requests, plan.warmUp)
  const rounds: { one: { perSecond: number; cpu: number }; other: { perSecond: number; cpu: number } }[] = []
  for (let round = 0; round < plan.rounds; round++) {
    if (round % 2 === 0)
      rounds.push({ one: await measure(one, plan.requests), other: await measure(other, plan.requests) })
    else {
      const second = await measure(other, plan.requests)
      rounds.push({ one: await measure(one, plan.requests), other: second })
    }
  }
  const over = (figure: (round: (typeof rounds)[number]) => number) => median(rounds.map(figure))
  return {
    name,
    perSecond: over((round) => round.one.perSecond),
    cpu: over((round) => round.one.cpu),
    otherPerSecond: over((round) => round.other.perSecond),
    otherCpu: over((round) => round.other.cpu),
    ratio: over(({ one, other }) => one.perSecond / other.perSecond),
    added: over(({ one, other }) => one.cpu - other.cpu),
  }
}

export async function gatewayResults(plan: GatewayPlan): Promise<GatewayResults> {
  const pinned = { all: pin(process.pid, CLIENT_CORE) }
  const folder = mkdtempSync(join(tmpdir(), 'authtkt-bench-'))
  const upstream = fork(fileURLToPath(new URL('gateway-upstream.js', import.meta.url)), [BODY])
  const [port] = (await once(upstream, 'message')) as [number]
  pinned.all = pin(upstream.pid, CLIENT_CORE) && pinned.all
  writePage(join(folder, 'page'))
  const running: Server[] = []
  const begin = async (start: Promise<Server>, digest: Digest, isGuarded = true) => {
    const server = await start
    running.push(server)
    return contender(server, digest, isGuarded, pinned)
  }
  try {
    const rows: GatewayTiming[] = []
    const proxied = ['--upstream', `http://127.0.0.1:${port}`]
    const tools = await fixtures()
    const missing = tools.apacheMissing()
    for (const digest of DIGESTS) {
      const open = await begin(startServe(folder, `open-${digest}`, OPEN, proxied), digest, false)
      const closed = await begin(startServe(folder, `proxy-${digest}`, guarded(digest), proxied), digest)
      rows.push(await compare(`proxy ${digest}, guard to no guard`, closed, open, plan))
      await Promise.all(running.splice(0).map((server) => server.stop()))
    }
    for (const digest of missing === undefined ? DIGESTS : []) {
      const lines = `DocumentRoot "${folder}"\n${guarded(digest)}`
      const ours = await begin(startServe(folder, `files-${digest}`, lines, []), digest)
      const apache = await begin(startApache(digest, tools), digest)
      rows.push(await compare(`files ${digest}, authtkt to Apache`, ours, apache, plan))
      await Promise.all(running.splice(0).map((server) => server.stop()))
    }
    return { plan, pinned: pinned.all, missing, rows }
  } finally {
    await Promise.all(running.map((server) => server.stop()))
    upstream.kill()
    rmSync(folder, { recursive: true })
  }
}
