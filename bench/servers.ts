/**
 * How many requests does a CPU second serve: Apache with mod_auth_tkt and without, lighttpd, node:http, and our guard in
 * node:http and in Express? A page of 1 KB, a file for those who serve files. Each takes turns with the same one, our guard in
 * node:http, pinned to the same core, as in `gateway.ts`; all get the same requests, tickets included.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { BODY, guarded, knocks, startApache, writePage } from './apache.js'
import { ask, open } from './http-client.js'
import {
  CLIENT_CORE,
  type Contender,
  compare,
  type Fixtures,
  fixtures,
  type PairPlan,
  type PairResults,
  type Server,
} from './pairs.js'
import type { PeerKind } from './peer-server.js'
import { pin } from './processes.js'
import type { Figure, Sheet } from './sheet.js'
import { SECRET, tickets, ticketText } from './workloads.js'

const CONNECTIONS = 32
const DIGEST = 'sha256'
/** What the others are held against. */
const OURS = 'node:http, our guard'

const REQUESTS: readonly Buffer[] = tickets('typical').map((ticket) => {
  const value = Buffer.from(ticketText(DIGEST, SECRET, '127.0.0.1', ticket), 'latin1').toString('base64')
  const lines = ['GET /page HTTP/1.1', 'Host: www.example.com', 'Accept: */*', `Cookie: theme=dark; auth_tkt=${value}`]
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1')
})
const STRANGER = Buffer.from('GET /page HTTP/1.1\r\nHost: www.example.com\r\n\r\n')
const KNOCK = REQUESTS[0] as Buffer

async function startNode(kind: PeerKind): Promise<Server> {
  const child = fork(fileURLToPath(new URL('peer-server.js', import.meta.url)), [kind, DIGEST])
  const exited = once(child, 'exit')
  const [port] = (await once(child, 'message')) as [number]
  const stop = () => {
    child.kill()
    return exited
  }
  return { pid: child.pid as number, port, stop }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

async function startLighttpd(tools: Fixtures): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), 'authtkt-bench-'))
  const port = await freePort()
  writePage(join(folder, 'page'))
  const lines = [
    `server.document-root = "${folder}"`,
    'server.bind = "127.0.0.1"',
    `server.port = ${port}`,
    'server.max-keep-alive-requests = 65535',
    'server.max-keep-alive-idle = 600',
  ]
  writeFileSync(join(folder, 'lighttpd.conf'), `${lines.join('\n')}\n`)
  const child = await tools.startChild(tools.LIGHTTPD, ['-D', '-f', join(folder, 'lighttpd.conf')])
  const stop = async () => {
    await child.stop()
    rmSync(folder, { recursive: true })
  }
  for (const end = Date.now() + 10_000; ; await delay(20)) {
    if (await knocks(port, KNOCK).catch(() => false)) return { pid: child.pid, port, stop }
    if (Date.now() < end) continue
    await stop()
    throw new Error(`lighttpd does not answer: ${child.complaint()}`)
  }
}

/** With a ticket the page; without one a redirect, but where nobody guards it. */
async function contender(server: Server, name: string, isOpen: boolean): Promise<Contender> {
  const [{ socket } = { socket: undefined }] = await open(server.port, 1, KNOCK)
  if (!socket) throw new Error('No connection')
  for (const request of REQUESTS) {
    const answer = await ask(socket, request)
    if (!answer.startsWith('HTTP/1.1 200 ') || !answer.endsWith(BODY)) throw new Error(`${name}: a wrong answer`)
  }
  const answer = await ask(socket, STRANGER)
  if (!answer.startsWith(`HTTP/1.1 ${isOpen ? 200 : 307} `)) throw new Error(`${name}: strangers are let in`)
  socket.destroy()
  return { server, requests: REQUESTS, connections: await open(server.port, CONNECTIONS, KNOCK) }
}

interface Peer {
  readonly name: string
  readonly isOpen?: true
  /** Why it cannot be started here. */
  readonly missing?: string | undefined
  start(): Promise<Server>
}

const peersOf = (tools: Fixtures): Peer[] => [
  { name: 'node:http, bare', isOpen: true, start: () => startNode('bare') },
  { name: 'Express, our guard', start: () => startNode('express') },
  {
    name: 'Apache, mod_auth_tkt',
    missing: tools.apacheMissing(),
    start: () => startApache(tools, KNOCK, guarded(DIGEST)),
  },
  { name: 'Apache, bare', isOpen: true, missing: tools.apacheMissing(), start: () => startApache(tools, KNOCK) },
  { name: 'lighttpd, bare', isOpen: true, missing: tools.lighttpdMissing(), start: () => startLighttpd(tools) },
]

export async function serverResults(plan: PairPlan): Promise<PairResults> {
  const pinned = { all: pin(process.pid, CLIENT_CORE) }
  const peers = peersOf(await fixtures())
  const rows: PairResults['rows'][number][] = []
  for (const { name, isOpen = false, missing, start } of peers) {
    if (missing !== undefined) continue
    const pair = async (run: (server: Promise<Server>) => Promise<Server>) => {
      const [peer, ours] = [await run(start()), await run(startNode('guarded'))]
      return [await contender(peer, name, isOpen), await contender(ours, OURS, false)] as const
    }
    rows.push(await compare(name, pair, plan, pinned))
  }
  const skipped = peers.flatMap(({ name, missing: why }) => (why === undefined ? [] : [{ name, why }]))
  return { pinned: pinned.all, rows, skipped }
}

/** Of µs per request. */
function perCpuSecond({ value, mad }: Figure): Figure {
  return { value: 1e6 / value, mad: mad === undefined ? undefined : (1e6 / value) * (mad / value) }
}

/** Ours stands once in it, as the first comparison found it; the ratio is each one's own. */
export function serverTables({ pinned, rows, skipped }: PairResults): Sheet[] {
  const [first] = rows
  const ours = first && { name: OURS, cells: [first.otherPerSecond, perCpuSecond(first.otherCpu), null] }
  return [
    {
      name: 'servers',
      title: 'Requests that a CPU second serves',
      corner: `one core${pinned ? '' : ', NOT PINNED'}`,
      columns: [
        { name: 'req/s', unit: 'per second' },
        { name: 'req per CPU second', unit: 'per second' },
        { name: `to ${OURS}`, unit: 'x' },
      ],
      rows: [
        ...(ours ? [ours] : []),
        ...rows.map(({ name, perSecond, cpu, perCore }) => ({ name, cells: [perSecond, perCpuSecond(cpu), perCore] })),
        ...skipped.map(({ name, why }) => ({ name, cells: [], skipped: why })),
      ],
      chart: { columns: ['req per CPU second'] },
    },
  ]
}
