/**
 * What does the guard cost a proxy, and is a guarded folder served faster than by Apache with mod_auth_tkt?
 *
 * Every server is what users run: `authtkt serve` with an Apache configuration, and Debian's Apache (event MPM) with
 * the same one. One thing at a time is loaded, pinned to one core; the client, and behind proxies the upstream, have
 * the other. The two of a comparison live at once and take turns, in slices of some 30 ms: a neighbour of the machine
 * must not hit one of them alone. Ratios are taken within a round, the median over the rounds counts; then come new
 * processes, and the median over those.
 *
 * What the guard costs is the difference between a guarded page and an open one of the same gateway: two gateways, both
 * without any guard, differ by up to 15 % for as long as they live. The same open page against itself: 0.2 µs +- 0.4.
 */
import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BODY, guarded, startApache, writePage } from './apache.js'
import { ask, open } from './http-client.js'
import {
  CLIENT_CORE,
  type Contender,
  compare,
  fixtures,
  type PairPlan,
  type PairResults,
  type PairTiming,
  type Server,
  type Start,
} from './pairs.js'
import { pin } from './processes.js'
import type { Digest } from './workloads.js'
import { DIGESTS, SECRET, tickets, ticketText } from './workloads.js'

const CONNECTIONS = 32

const GUARDED = '/page'
const OPENED = '/open'

function requests(digest: Digest, path = GUARDED): Buffer[] {
  return tickets('typical').map((ticket) => {
    const value = Buffer.from(ticketText(digest, SECRET, '127.0.0.1', ticket), 'latin1').toString('base64')
    return Buffer.from(
      `GET ${path} HTTP/1.1\r\nHost: www.example.com\r\nAccept: */*\r\nCookie: theme=dark; auth_tkt=${value}\r\n\r\n`,
      'latin1',
    )
  })
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

/** With a ticket the page; without one a redirect, but where it is open. */
async function check({ port }: Server, digest: Digest, path: string, isOpen: boolean): Promise<void> {
  const all = requests(digest, path)
  const [{ socket } = { socket: undefined }] = await open(port, 1, all[0] as Buffer)
  if (!socket) throw new Error('No connection')
  for (const request of all) {
    const answer = await ask(socket, request)
    if (!answer.startsWith('HTTP/1.1 200 ') || !answer.endsWith(BODY)) throw new Error(`${digest}: a wrong answer`)
  }
  const stranger = await ask(socket, Buffer.from(`GET ${path} HTTP/1.1\r\nHost: www.example.com\r\n\r\n`))
  if (!stranger.startsWith(`HTTP/1.1 ${isOpen ? 200 : 307} `)) throw new Error(`${digest}: strangers are let in`)
  socket.destroy()
}

async function contender(server: Server, digest: Digest, path = GUARDED, isOpen = false): Promise<Contender> {
  await check(server, digest, path, isOpen)
  const all = requests(digest, path)
  return { server, requests: all, connections: await open(server.port, CONNECTIONS, all[0] as Buffer) }
}

export async function gatewayResults(plan: PairPlan): Promise<PairResults> {
  const pinned = { all: pin(process.pid, CLIENT_CORE) }
  const folder = mkdtempSync(join(tmpdir(), 'authtkt-bench-'))
  const upstream = fork(fileURLToPath(new URL('gateway-upstream.js', import.meta.url)), [BODY])
  const [port] = (await once(upstream, 'message')) as [number]
  pinned.all = pin(upstream.pid, CLIENT_CORE) && pinned.all
  writePage(join(folder, 'page'))
  const proxied = ['--upstream', `http://127.0.0.1:${port}`]
  try {
    const tools = await fixtures()
    const missing = tools.apacheMissing()
    const rows: PairTiming[] = []
    const add = async (name: string, start: Start) => rows.push(await compare(name, start, plan, pinned))
    for (const digest of DIGESTS) {
      await add(`proxy ${digest}, guarded page to open page`, async (run) => {
        const gateway = await run(startServe(folder, `proxy-${digest}`, guarded(digest), proxied))
        return [await contender(gateway, digest), await contender(gateway, digest, OPENED, true)]
      })
    }
    const filesName = (digest: Digest) => `files ${digest}, authtkt to Apache`
    for (const digest of missing === undefined ? DIGESTS : []) {
      await add(filesName(digest), async (run) => {
        const lines = `DocumentRoot "${folder}"\n${guarded(digest)}`
        const ours = await run(startServe(folder, `files-${digest}`, lines, []))
        const apache = await run(startApache(tools, requests(digest)[0] as Buffer, guarded(digest)))
        return [await contender(ours, digest), await contender(apache, digest)]
      })
    }
    const skipped = missing === undefined ? [] : DIGESTS.map((digest) => ({ name: filesName(digest), why: missing }))
    return { pinned: pinned.all, rows, skipped }
  } finally {
    upstream.kill()
    rmSync(folder, { recursive: true })
  }
}
